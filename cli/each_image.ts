/** The table of `fid --images`: a line for each generated image. */
import type { EachImage } from "../lib/scoring/each_image.ts";
import { csvText } from "./csv.ts";

/** The columns, and what stands in them. */
const COLUMNS: Readonly<Record<string, (image: EachImage) => string | number>> = {
  index: ({ index }) => index,
  file: ({ file }) => file,
  digit: ({ digit }) => digit,
  confidence: ({ confidence }) => confidence,
  realism: ({ realism }) => realism,
  inside: ({ isInside }) => isInside ? 1 : 0,
  real: ({ real }) => real,
  real_distance: ({ realDistance }) => realDistance,
  training: ({ training }) => training,
  training_distance: ({ trainingDistance }) => trainingDistance,
  flags: ({ flags }) => flags.join(" + "),
};

/** The whole table. */
export function imagesCsv(images: readonly EachImage[]): string {
  return csvText([Object.keys(COLUMNS), ...images.map((image) => Object.values(COLUMNS).map((value) => value(image)))]);
}
