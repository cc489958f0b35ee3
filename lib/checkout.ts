/** Where the project's own files are: the one place that knows how deep in the checkout the code lies. */
import { fileURLToPath } from "node:url";

/**
 * The path of a file or folder of the project.
 *
 * @param name its path within the checkout, with `/` between folders; the checkout itself unless given
 * @throws TypeError if the code was not loaded from a disk, where there are no such files
 */
export function checkoutPath(name = ""): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
