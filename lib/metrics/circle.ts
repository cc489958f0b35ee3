/** Sine of an angle in turns by arithmetic alone, so that every machine finds the same bits. */

/** Taylor coefficients of sin(2πx) / x in powers of x²: up to a quarter turn the error is below 1e-11. */
const COEFFICIENTS = Array.from({ length: 8 }, (_, k) => {
  let term = 2 * Math.PI;
  for (let i = 1; i <= k; i++) term *= -((2 * Math.PI) ** 2) / (2 * i * (2 * i + 1));
  return term;
});
const [C0, C1, C2, C3, C4, C5, C6, C7] = COEFFICIENTS;

/** sin(2πx) for x from -1/4 to 1/4. */
function sineOfQuarter(x: number): number {
  const s = x * x;
  return x * (C0 + s * (C1 + s * (C2 + s * (C3 + s * (C4 + s * (C5 + s * (C6 + s * C7)))))));
}

/** sin(2π turns), to 1e-11. */
export function sineOfTurns(turns: number): number {
  const x = turns - Math.floor(turns + 0.5); // -1/2 … 1/2
  return sineOfQuarter(x > 0.25 ? 0.5 - x : x < -0.25 ? -0.5 - x : x);
}

/** cos(2π turns), to 1e-11. */
export function cosineOfTurns(turns: number): number {
  return sineOfQuarter(0.25 - Math.abs(turns - Math.floor(turns + 0.5)));
}
