/** Bytes that modules carry as text. */

/** The bytes of a base64 text; white space is passed over. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: typeof Uint8Array.fromBase64 };
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  const characters = atob(text), bytes = new Uint8Array(characters.length); // Node before 25 has no newer way
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
