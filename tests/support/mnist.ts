/** MNIST for the tests. */
import type { LabelledImages } from "../../lib/data/images.ts";
import { defaultDataDirectory, loadMnist, type Split } from "../../lib/data/mnist.ts";

const splits = new Map<Split, Promise<LabelledImages>>();

/** MNIST, read once. */
export function mnist(split: Split): Promise<LabelledImages> {
  if (!splits.has(split)) splits.set(split, loadMnist(defaultDataDirectory(), split));
  return splits.get(split)!;
}
