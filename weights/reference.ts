// Made by `deno task embed`.
// deno-fmt-ignore-file
/** Name and version of the reference network: other weights get another version. */
export const REFERENCE = "reference-v1";

/** SHA-256 of its file. */
export const REFERENCE_SHA256 = "a5051f354866a08e4febe069c9639f3f6d14fbecd17746b7456b4a3e9f46ece2";
