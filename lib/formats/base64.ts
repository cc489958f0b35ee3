/** Bytes that modules carry as text. */

/** The bytes of a base64 text; white space is passed over. Runs where there is no newer way, as in Node 20. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
