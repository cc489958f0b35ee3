/** What went wrong with a file, in words that a person can act on. */
import { constants } from "node:os";
import { DigitFidError } from "../errors.ts";

/** What the operating system's error codes mean to the user. */
const REASONS: Record<string, string> = {
  ENOENT: "no such file or folder",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a part of the path is a file, not a folder",
  EACCES: "no permission",
  EPERM: "not permitted",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its links lead round in a circle",
  EIO: "the disk reports an error",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENXIO: "nothing can be read from it",
  ESPIPE: "it is no file with a place for every byte",
  ESTALE: "the server that it lies on has it no longer",
  ETXTBSY: "it is a program that runs",
  EBUSY: "it is in use",
  EFBIG: "the file would be too large",
  ENOTEMPTY: "the folder is not empty",
  EEXIST: "it exists already",
  EXDEV: "it lies on another file system",
  ERR_FS_FILE_TOO_LARGE: "it is too large to be read at once",
  ERR_INVALID_ARG_VALUE: "a path has no zero byte in it",
};

/**
 * Turns what a file operation threw into one line: `cannot ACTION PATH: REASON`.
 *
 * @param action what was tried, such as `read`
 */
export function fileError(action: string, path: string, error: unknown): DigitFidError {
  if (error instanceof DigitFidError) return error;
  const otherwise = action === "read" && isKept(error) ? ": pipe the content in instead" : "";
  return new DigitFidError(`cannot ${action} ${path}: ${reasonOf(error)}${otherwise}`, { cause: error });
}

/** What the operating system's error means to the user. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isKept(error)) return "programs are kept from this path";
  return REASONS[codeOf(error)] ?? error.message.replace(/ \(os error \d+\).*$|^[A-Z]+: |, \w+( '.*')?$/gs, "");
}

/** Whether Deno itself keeps programs from a path, as it does from most of `/dev` and `/proc`. */
function isKept(error: unknown): boolean {
  return error instanceof Error && error.name === "NotCapable";
}

/** The name of the system's error. Not every host names every one of them, but then it says its number. */
export function codeOf(error: unknown): string {
  const { code, errno, message } = error as {
    readonly code?: string;
    readonly errno?: number;
    readonly message: string;
  };
  if (code !== undefined && code in REASONS) return code;
  const number = errno === undefined ? Number(/\(os error (\d+)\)/.exec(message)?.[1]) : -errno;
  return Object.entries(constants.errno).find(([, each]) => each === number)?.[0] ?? code ?? "";
}
