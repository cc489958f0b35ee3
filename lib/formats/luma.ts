/** From colours to grey. */

/** Rec. 601 luma, on the values as they are stored; what is grey already stays exactly as it is. */
export function luma(red: number, green: number, blue: number): number {
  return red === green && green === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
}
