/** Floats of 16 bits (IEEE 754 binary16), for which Node has no array before version 24. */

let table: Float32Array | undefined;

/** The numbers of which these are the bits, exactly. */
export function floatsOfHalves(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = table ??= allHalves();
  const floats = new Float32Array(bits.length);
  for (let i = 0; i < floats.length; i++) floats[i] = values[bits[i]];
  return floats;
}

/** Every number by its bits. */
function allHalves(): Float32Array {
  const values = new Float32Array(2 ** 16), words = new Uint32Array(values.buffer);
  for (let bits = 0; bits < values.length; bits++) {
    const [sign, exponent, fraction] = [bits >> 15, bits >> 10 & 31, bits & 1023];
    if (exponent === 0) values[bits] = (sign ? -1 : 1) * fraction / 2 ** 24;
    else words[bits] = sign << 31 | (exponent === 31 ? 255 : exponent + 112) << 23 | fraction << 13;
  }
  return values;
}
