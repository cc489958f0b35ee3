/** What is used of Node's `node:url`, for a browser: the script of the page is bundled with it in its place. */

/** There are no files. */
export function fileURLToPath(url: URL): string {
  throw new TypeError(`${url} is no file here`);
}
