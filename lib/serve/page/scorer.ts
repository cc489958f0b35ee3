/** Scores what is dropped on the page, by the code and so to the bits of the command line. */
import { labelsOfBytes } from "../../data/labels.ts";
import type { LabelledImages } from "../../data/images.ts";
import { type ImageSource, sourceOf } from "../../data/sources.ts";
import { CpuNetwork } from "../../network/cpu/network.ts";
import type { IdentifiedWeights, NetworkIdentity } from "../../network/identity.ts";
import { referenceWeights } from "../../network/reference.ts";
import { type Arithmetic, openArithmetic } from "../../scoring/arithmetic.ts";
import { calibrationOf, meaningOf } from "../../scoring/calibration.ts";
import { compareSets } from "../../scoring/comparison.ts";
import { type ComparedSet, comparisonFields } from "../../scoring/comparison_words.ts";
import { type Embedding, embeddingOf } from "../../scoring/embedding.ts";
import { extractFeatures, type ScoredSet, scoreSets } from "../../scoring/features.ts";
import { bytesOf, openDropped } from "./dropped.ts";
import { more } from "./more.ts";
import { type DroppedFile, type Outputs, type PageResult, type ReadingOptions, setName, SHOWN } from "./protocol.ts";
import { type Sorted, sortFiles } from "./sorted.ts";
import { secondsFor, watchedArithmetic, watchedNetwork, type Watcher } from "./watched.ts";

/** More images than these are scored only if it is wished. */
const MANY = 50_000;
/** What the real images are called, as on the command line. */
const REAL = "mnist-test";

/** More images than are scored unasked. */
export class ManyImages extends Error {
  /** Takes what to say of them. */
  constructor(readonly source: string, readonly what: string) {
    super(what);
  }
}

/** A set that is to be scored, and then is. */
interface OpenSet {
  readonly name: string;
  readonly source: ImageSource;
}

/** A network, and the real images as it sees them. */
export class PageScorer {
  readonly #real: ImageSource;
  #realSet: Promise<ScoredSet> | undefined;
  #arithmetic: Promise<Arithmetic> | undefined;

  private constructor(
    readonly network: CpuNetwork,
    readonly identity: NetworkIdentity,
    readonly embedding: Embedding | undefined,
    real: LabelledImages,
  ) {
    this.#real = sourceOf(real, REAL);
  }

  /** Makes ready to score by the reference network, or another. */
  static async create(real: LabelledImages, weights?: IdentifiedWeights): Promise<PageScorer> {
    const { arch, parameters, identity } = weights ?? await referenceWeights();
    return new PageScorer(await CpuNetwork.create(arch, parameters), identity, await embeddingOf(identity), real);
  }

  /** What the network makes of a drawing. */
  async read(image: Float32Array<ArrayBuffer>): Promise<Outputs> {
    using drawing = this.network.upload({ count: 1, size: 28, pixels: image });
    const [pool1, pool2, pool3, latent, logits] = await this.network.outputs(drawing, 0, 1, SHOWN);
    return { pool1, pool2, pool3, latent, logits };
  }

  /** Looks at the real images, once; does so ahead of the first score. */
  realSet(): Promise<ScoredSet> {
    return this.#realSet ??= extractFeatures(this.network, this.#real, this.embedding);
  }

  /**
   * Scores files: one set, or several that are compared.
   *
   * @param isAgreed whether to score however many images there are
   * @throws ManyImages if there are many and that is not agreed
   * @throws DigitFidError as the command line, in its words
   */
  async score(
    files: readonly DroppedFile[],
    options: ReadingOptions,
    isAgreed: boolean,
    onProgress: (what: string, share: number) => void,
  ): Promise<PageResult> {
    const sorted = await sortFiles(files);
    const sets = await openAll(sorted, options);
    const images = sets.reduce((sum, { source }) => sum + source.count, 0);
    if (images > MANY && !isAgreed) {
      throw new ManyImages(sets.map(({ name }) => name).join(", "), describeMany(sets));
    }
    const whole = sets.reduce((sum, { source }) => sum + secondsFor(source.count, sets.length === 1), 0);
    let done = 0, current = "";
    const watch: Watcher = (what, seconds) => onProgress(current + what, Math.min(1, (done += seconds) / whole));

    const realSet = await this.realSet();
    const opened = await (this.#arithmetic ??= openArithmetic());
    const arithmetic = watchedArithmetic(opened, watch), calibration = await calibrationOf(this.identity);
    const scored: (ComparedSet & { readonly set: ScoredSet })[] = [];
    for (const [i, { name, source }] of sets.entries()) {
      if (sets.length > 1) current = `${i + 1} of ${sets.length}, ${name}: `;
      const set = await extractFeatures(watchedNetwork(this.network, watch), source, this.embedding);
      const metrics = await scoreSets(realSet, set, { arithmetic });
      const meaning = calibration && meaningOf(metrics, calibration, realSet.sha256);
      scored.push({ fake: name, set, metrics, meaning, realSha256: realSet.sha256, fakeSha256: set.sha256 });
    }
    const { network, identity } = this;
    const made = { seed: 0, kernels: network.kernels, options: writtenOptions(options, sorted.labels) };
    try {
      if (scored.length === 1) {
        const [real, fake] = [{ source: this.#real, set: realSet }, { source: sets[0].source, ...scored[0] }];
        return { score: await more({ network, identity, opened, watch, real: { ...real, name: REAL }, fake, made }) };
      }
      const comparison = await compareSets(realSet, scored.map(({ set }) => set), { arithmetic: opened });
      const compared = scored.map(({ set: _, ...rest }) => rest);
      return {
        comparison,
        sets: compared,
        files: sorted.sets,
        fields: comparisonFields({ identity, real: REAL, made }, compared, comparison),
      };
    } finally {
      for (const { set: { features } } of scored) opened.forget("latents" in features ? features.latents : features);
    }
  }

  /** Frees the network and the threads. */
  async close(): Promise<void> {
    this.network.dispose();
    await (await this.#arithmetic)?.[Symbol.asyncDispose]();
  }
}

async function openAll({ sets, labels }: Sorted, options: ReadingOptions): Promise<OpenSet[]> {
  const opened: OpenSet[] = [];
  for (const files of sets) {
    const source = await openDropped(files, options);
    const given = labels && await labelsOfBytes(bytesOf(labels), source.count);
    opened.push({ name: setName(files, options), source: { ...source, ...(given && { labels: given }) } });
  }
  return opened;
}

/** The options that are not as they are by default, by the names of the command line's flags. */
function writtenOptions({ array: _, grid, ...options }: ReadingOptions, labels?: DroppedFile): Record<string, unknown> {
  const given = Object.entries({ ...options, grid: grid && `${grid.columns}x${grid.rows}` })
    .flatMap(([name, value]) => value ? [[`fake-${name}`, value]] : []);
  return { ...Object.fromEntries(given), ...(labels && { labels: labels.path }) };
}

function describeMany(sets: readonly OpenSet[]): string {
  const counts = sets.map(({ source }) => source.count), count = counts.reduce((a, b) => a + b);
  const seconds = counts.reduce((sum, count) => sum + secondsFor(count, sets.length === 1), 0);
  const time = Math.ceil(seconds / 60);
  const memory = Math.max(...counts) > 200_000
    ? "Of more than 200,000 images only the statistics are kept: they get a Fréchet distance and no other metric."
    : `They take about ${Math.ceil(count * 0.0016)} MB of memory.`;
  return `${count.toLocaleString("en")} images take about ${time} minute${time === 1 ? "" : "s"} in this browser. ` +
    memory;
}
