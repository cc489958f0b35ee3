/** Numbers as they are printed. */

/** A number with so many decimals; its minus sign is as wide as a plus, and a zero has none. */
export function fixed(value: number, decimals: number): string {
  return value.toFixed(decimals).replace(/^-(?=0(\.0+)?$)/, "").replace("-", "−");
}

/** A fraction as a percentage, which does not break before its sign. */
export function percent(fraction: number, decimals = 2): string {
  return `${fixed(100 * fraction, decimals)}\u00a0%`;
}

/** Three digits that count, but no more than six decimals. */
export function significant(value: number): string {
  const decimals = 2 - Math.floor(Math.log10(Math.abs(value) || 1));
  return fixed(value, Math.max(0, Math.min(6, decimals)));
}

/** A whole number, its thousands set apart. */
export function grouped(count: number): string {
  return count.toLocaleString("en");
}
