/** Scoring one sample after the other against the same real images. */
import { join } from "node:path";
import { DigitFidError } from "../lib/errors.ts";
import type { NetworkIdentity } from "../lib/network/identity.ts";
import { type LoadedNetwork, loadNetwork } from "../lib/network/load.ts";
import { type Arithmetic, openArithmetic } from "../lib/scoring/arithmetic.ts";
import { type Embedding, embeddingOf } from "../lib/scoring/embedding.ts";
import { type ScoredSet, scoreSets } from "../lib/scoring/features.ts";
import { featuresOf } from "../lib/scoring/score.ts";
import { measuresOf, type ScoreRecord } from "../lib/scoring/score_log.ts";
import { type Flag, integer, type Values, writtenValue } from "./flags.ts";
import { IMAGE_FLAGS, imageOptions } from "./image_flags.ts";
import { DATA_FLAGS, images, NETWORK_FLAGS, openSide, showIdentity, showSet } from "./inputs.ts";
import { chooseKernels } from "./kernels.ts";
import type { Output } from "./output.ts";
import { inWords } from "./remedy.ts";

const { labels: _, ...UNLABELLED } = IMAGE_FLAGS;

const ARRAY: Flag<string | undefined> = {
  help: "which array to take in files with several",
  placeholder: "NAME",
  expected: "the name of an array",
  default: undefined,
  read: (text) => text || undefined,
};

/** The flags that decide what samples are scored by. */
export const SAMPLE_FLAGS = {
  real: images("real images to compare with", "mnist-test"),
  array: ARRAY,
  ...UNLABELLED,
  seed: integer("seed of what is drawn at random", 0, { min: 0, max: 2 ** 32 - 1 }),
  ...NETWORK_FLAGS,
  ...DATA_FLAGS,
};
type SampleValues = Values<typeof SAMPLE_FLAGS> & { readonly dir: string };

/** The network and what it makes of the real images, kept from sample to sample. */
export class SampleScorer implements AsyncDisposable {
  readonly #values: SampleValues;
  readonly #output: Output;
  readonly #loaded: LoadedNetwork;
  readonly #embedding: Embedding | undefined;
  readonly #real: ScoredSet;
  readonly #arithmetic: Arithmetic & AsyncDisposable;
  readonly #warned = new Set<string>();

  private constructor(
    values: SampleValues,
    output: Output,
    loaded: LoadedNetwork,
    embedding: Embedding | undefined,
    real: ScoredSet,
    arithmetic: Arithmetic & AsyncDisposable,
  ) {
    this.#values = values;
    this.#output = output;
    this.#loaded = loaded;
    this.#embedding = embedding;
    this.#real = real;
    this.#arithmetic = arithmetic;
  }

  /**
   * Loads the network and the real images.
   *
   * @throws DigitFidError if one of them cannot be read or used
   */
  static async open(values: SampleValues, output: Output): Promise<SampleScorer> {
    const computing = await chooseKernels(values, output, "sameness");
    const loaded = await loadNetwork({ weights: values.weights, ...computing });
    const { network, identity } = loaded;
    const set = await openSide(values.real, "real", { ...values, labels: undefined }, identity);
    if ("description" in set) output.note(showSet(set));
    const embedding = await embeddingOf(identity);
    const real = await featuresOf(network, set, embedding);
    return new SampleScorer(values, output, loaded, embedding, real, await openArithmetic(values.threads));
  }

  /** The network. */
  get identity(): NetworkIdentity {
    return this.#loaded.identity;
  }

  /** All that decides the numbers besides the sample: scores compare where this is the same. */
  get by(): string {
    const { real, seed, array, ...values } = this.#values;
    const options = Object.entries({ ...imageOptions(values, "fake"), array })
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([name, value]) => `, ${name} ${writtenValue(value)}`);
    return `${showIdentity(this.identity)} against ${real}, seed ${seed}${options.join("")}`;
  }

  /** Scores a sample; of one that cannot be scored, the reason and what to do. */
  async score(name: string): Promise<Omit<ScoreRecord, "name" | "stamp" | "by">> {
    const { dir, array, seed } = this.#values;
    const path = join(dir, array === undefined ? name : `${name}#${array}`);
    try {
      const set = await openSide(path, "fake", { ...this.#values, labels: undefined }, this.identity);
      const fake = await featuresOf(this.#loaded.network, set, this.#embedding);
      const metrics = await scoreSets(this.#real, fake, { seed, arithmetic: this.#arithmetic });
      const advised = new Map(fake.warnings.map((warning) => [warning.message, inWords(warning, "fake")]));
      const warnings = metrics.warnings.map((warning) => advised.get(warning) ?? warning);
      for (const warning of warnings) this.#warn(warning);
      return { images: metrics.fakeImages, scores: measuresOf(metrics), ...(warnings.length > 0 && { warnings }) };
    } catch (error) {
      if (error instanceof DigitFidError) return { images: 0, scores: {}, refused: error.message };
      throw error;
    }
  }

  /** Says something once, however many samples it is true of. */
  #warn(message: string): void {
    if (!this.#warned.has(message)) this.#output.warn(message);
    this.#warned.add(message);
  }

  /** Ends the threads and frees the network. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#arithmetic[Symbol.asyncDispose]();
    this.#loaded[Symbol.dispose]();
  }
}
