/** Exponential and logarithm by arithmetic alone: those of hosts differ in their last bits. */

/** ln 2 in two parts: multiples of the first by whole numbers up to 2,000 are exact. */
const LN2_HIGH = 0.6931471803691238, LN2_LOW = 1.9082149292705877e-10;
/** Taylor coefficients of exp, from the 13th down: within ± ln 2 / 2 the rest is below 1e-17. */
const EXP_TERMS = Array.from({ length: 14 }, (_, i) => {
  let factorial = 1;
  for (let k = 2; k <= 13 - i; k++) factorial *= k;
  return 1 / factorial;
});
/** Coefficients of atanh(s) / s in powers of s², from the eleventh down: for s up to 0.172 the rest is below 1e-17. */
const LOG_TERMS = Array.from({ length: 12 }, (_, i) => 1 / (2 * (11 - i) + 1));

const BITS = new DataView(new ArrayBuffer(8));

/** eˣ, within two units in the last place. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const power = Math.round(x * Math.LOG2E), rest = x - power * LN2_HIGH - power * LN2_LOW;
  const sum = polynomial(EXP_TERMS, rest);
  const half = power >> 1; // in two steps, as 2 ** power may be no number where the product is one
  return sum * powerOfTwo(half) * powerOfTwo(power - half);
}

/** Natural logarithm of a number that is not negative, within two units in the last place. */
export function log(x: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0 && x < Infinity)) return x === Infinity ? x : NaN;
  const isTiny = x < 2.2250738585072014e-308;
  BITS.setFloat64(0, isTiny ? x * 18014398509481984 : x);
  const high = BITS.getUint32(0);
  BITS.setUint32(0, high & 0xfffff | 1023 << 20);
  let fraction = BITS.getFloat64(0), exponent = (high >>> 20) - 1023 - (isTiny ? 54 : 0);
  if (fraction > Math.SQRT2) [fraction, exponent] = [fraction / 2, exponent + 1];
  const s = (fraction - 1) / (fraction + 1), square = s * s;
  return exponent * LN2_HIGH + (2 * s * polynomial(LOG_TERMS, square) + exponent * LN2_LOW);
}

/** The polynomial of these coefficients, that of the highest power first, by Horner's rule. */
function polynomial(terms: readonly number[], x: number): number {
  let sum = 0;
  for (const term of terms) sum = sum * x + term;
  return sum;
}

function powerOfTwo(exponent: number): number {
  BITS.setUint32(0, exponent + 1023 << 20);
  BITS.setUint32(4, 0);
  return BITS.getFloat64(0);
}
