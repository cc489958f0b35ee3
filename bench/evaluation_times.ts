/** How long the evaluation of the test images takes. */
import type { LabelledImages } from "../lib/data/images.ts";
import { median } from "../lib/metrics/numbers.ts";
import { type Arch, initialParameters } from "../lib/model.ts";
import { createNetwork } from "../lib/network/create.ts";
import type { Kernels } from "../lib/network/network.ts";
import { evaluate } from "../lib/training/evaluate.ts";

/** Time to evaluate the test images, from bytes in memory to accuracy. */
export interface EvaluationTimes {
  /** How many there are. */
  readonly images: number;
  /** The first time in a process, which makes the shaders' pipelines. */
  readonly first_seconds: number;
  /** The median of later times. */
  readonly seconds: number;
}

/** Evaluates a network once, and then some times more. */
export async function evaluationTimes(
  kernels: Kernels,
  arch: Arch,
  test: LabelledImages,
  repetitions: number,
): Promise<EvaluationTimes> {
  const network = await createNetwork(arch, kernels, initialParameters(arch, 0));
  const seconds: number[] = [];
  for (let i = 0; i <= repetitions; i++) {
    const began = performance.now();
    await evaluate(network, test);
    seconds.push((performance.now() - began) / 1000);
  }
  network.dispose();
  const [first, ...later] = seconds;
  return { images: test.count, first_seconds: first, seconds: median(later) };
}
