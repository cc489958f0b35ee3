/**
 * What is used of Node's `node:fs`, `node:fs/promises`, `node:os` and `node:util`, for a browser: the script of the page is
 * bundled with it in its place. There are no files, and what was dropped comes in by `dropped.ts`.
 */

/** The system's error codes: none. */
export const constants = { errno: {} };

function noFiles(): never {
  throw new TypeError("a page has no files");
}

export {
  noFiles as link,
  noFiles as mkdir,
  noFiles as open,
  noFiles as readdir,
  noFiles as readFile,
  noFiles as rename,
  noFiles as stat,
  noFiles as unlink,
};

/** Callbacks are for files. */
export function promisify(): () => never {
  return noFiles;
}
