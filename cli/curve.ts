/** The curve of the scores, drawn with the blocks of a terminal. */
import { significant } from "../lib/numerals.ts";
import { bestScore, leadingMeasure, type ScoreRecord } from "../lib/scoring/score_log.ts";
import { printable } from "../lib/printable.ts";
import { type Output, tryWriting } from "./output.ts";

const ROWS = 6;
const EIGHTHS = " ▁▂▃▄▅▆▇█";
/** Columns for the numbers at the side. */
const SIDE = 10;

/**
 * The distance of each sample as a column, the best one marked; the last of them where not all fit. The scale is
 * logarithmic, as distances fall by powers of ten, unless one is not above zero, as an unbiased estimate may be.
 *
 * @param records a score for each sample, in their order; one at least
 * @param width columns of the terminal
 */
export function drawCurve(records: readonly ScoreRecord[], width: number): string {
  const measure = leadingMeasure(records), best = bestScore(records);
  const shown = records.slice(-Math.max(1, width - SIDE - 1));
  const values = shown.map(({ scores }) => scores[measure] ?? NaN);
  const scale = values.every((value) => value > 0) ? Math.log : (value: number) => value;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = scale(most) - scale(least) || 1;
  const heights = values.map((value) => 1 + Math.round((8 * ROWS - 1) * (scale(value) - scale(least)) / span));
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const side = row === 0 ? significant(most) : row === ROWS - 1 ? significant(least) : "";
    const below = 8 * (ROWS - 1 - row);
    return `${side.padStart(SIDE)} ${heights.map((h) => EIGHTHS[Math.max(0, Math.min(8, h - below))]).join("")}`;
  });
  const marks = shown.map((record) => record === best ? "▲" : " ").join("");
  const name = best
    ? `best: ${printable(best.name)}, ${measure.replace("_", " ")} ${significant(best.scores[measure] ?? NaN)}`
    : "";
  return [...lines, `${" ".repeat(SIDE + 1)}${marks}`, name].join("\n");
}

/** A curve that stays at the bottom of a terminal. */
export class LiveCurve {
  readonly #output: Output;
  #lines = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Takes the curve away, so that a line can be printed. */
  hide(): void {
    if (this.#lines > 0) tryWriting(Deno.stderr, `\x1b[${this.#lines}A\x1b[J`);
    this.#lines = 0;
  }

  /** Draws the curve, where somebody watches. */
  show(records: readonly ScoreRecord[]): void {
    if (!this.#output.showsBar || records.length === 0) return;
    this.hide();
    const text = drawCurve(records, Deno.consoleSize().columns);
    tryWriting(Deno.stderr, `${text}\n`);
    this.#lines = text.split("\n").length;
  }
}
