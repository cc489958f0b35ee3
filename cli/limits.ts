/** Limits on how many images of a set are taken. */
import type { ImageSource } from "../lib/data/sources.ts";
import type { LabelledImages } from "../lib/data/images.ts";
import { drawLabelled, subsetOf } from "../lib/data/subset.ts";
import { integer } from "./flags.ts";
import type { Output } from "./output.ts";

/** How many images of each set are scored. */
export const LIMIT_FLAG = {
  limit: integer(
    "take N images of each set, drawn at random; with fewer of mnist-test no real digits stand beside",
    undefined,
    { min: 2 },
  ),
};

/** What the limit is, and what the draw depends on. */
interface LimitValues {
  readonly limit?: number;
  readonly seed: number;
}

/** So many images of a set, drawn at random; all if it has no more, which is said. */
export async function limited(
  source: ImageSource,
  { limit, seed }: LimitValues,
  output: Output,
): Promise<ImageSource> {
  sayIfFewer(limit, source, output);
  return await subsetOf(source, limit ?? Infinity, { seed });
}

/** The same of the test images. */
export function limitedTest(images: LabelledImages, { limit, seed }: LimitValues, output: Output): LabelledImages {
  sayIfFewer(limit, { name: "the test set", count: images.count }, output);
  return drawLabelled(images, limit ?? Infinity, { seed });
}

/** Says that a set has fewer images than the limit. */
export function sayIfFewer(
  limit: number | undefined,
  { name, count }: Pick<ImageSource, "name" | "count">,
  output: Output,
): void {
  if (limit === undefined || limit <= count) return;
  output.warn(`--limit ${limit}: ${name} has ${count} images; all of them are taken`);
}
