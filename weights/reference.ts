// Made by `deno task embed`.
// deno-fmt-ignore-file
/** Name and version of the reference network: other weights get another version. */
export const REFERENCE = "reference-v2";

/** SHA-256 of its file. */
export const REFERENCE_SHA256 = "00219bd2a3916c6b1d9abacdcd6d13eb5c176f6c585e4bd483534b53645a1584";
