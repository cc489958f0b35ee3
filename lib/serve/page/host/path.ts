/** What is used of Node's `node:path`, for a browser: the script of the page is bundled with it in its place. */

/** The last part of a path. */
export function basename(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** All but the last part of a path. */
export function dirname(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/"))) || ".";
}

/** A path of parts. */
export function join(...parts: string[]): string {
  return parts.filter((part) => part !== "" && part !== ".").join("/");
}
