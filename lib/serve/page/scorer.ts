/** Scores what is dropped on the page, by the code and so to the bits of the command line. */
import { imagesFromIdx } from "../../data/mnist.ts";
import type { Images } from "../../data/images.ts";
import { sourceOf } from "../../data/sources.ts";
import { parseSafetensors } from "../../formats/safetensors.ts";
import { parseIdx } from "../../idx.ts";
import { Moments } from "../../metrics/moments.ts";
import { CpuNetwork } from "../../network/cpu/network.ts";
import type { IdentifiedWeights, NetworkIdentity } from "../../network/identity.ts";
import { referenceWeights } from "../../network/reference.ts";
import { weightsFromTensors } from "../../network/weights.ts";
import { type Arithmetic, openArithmetic } from "../../scoring/arithmetic.ts";
import { calibrationOf, meaningOf } from "../../scoring/calibration.ts";
import { type Embedding, embeddingOf } from "../../scoring/embedding.ts";
import { lookedAt, type Neighbour, neighboursOf } from "../../scoring/extremes.ts";
import { extractFeatures, type ScoredSet, scoreSets } from "../../scoring/features.ts";
import { likenessRows, scoreFields, scoreRows } from "../../scoring/words.ts";
import { openDropped } from "./dropped.ts";
import {
  type DroppedFile,
  nameOf,
  type Outputs,
  type PageScore,
  type Pictures,
  type ReadingOptions,
  SHOWN,
} from "./protocol.ts";
import { bytesOf, ShownImages, stack, widened } from "./shown_images.ts";
import { secondsFor, watchedArithmetic, watchedNetwork, type Watcher } from "./watched.ts";

/** Pairs shown of either end. */
const PAIRS = 24;
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

/** A network, and the real images as it sees them. */
export class PageScorer {
  #realSet: Promise<ScoredSet> | undefined;
  #arithmetic: Promise<Arithmetic> | undefined;

  private constructor(
    readonly network: CpuNetwork,
    readonly identity: NetworkIdentity,
    readonly embedding: Embedding | undefined,
    readonly real: Images,
  ) {}

  /** Makes ready to score by the reference network, or another. */
  static async create(real: Images, weights?: IdentifiedWeights): Promise<PageScorer> {
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
  realSet(watch: Watcher = () => {}): Promise<ScoredSet> {
    return this.#realSet ??= extractFeatures(
      watchedNetwork(this.network, watch),
      sourceOf(this.real, REAL),
      this.embedding,
    );
  }

  /**
   * Scores files.
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
  ): Promise<PageScore> {
    const source = await openDropped(files, options);
    if (source.count > MANY && !isAgreed) throw new ManyImages(source.name, describeMany(source.count));
    let done = 0;
    const whole = secondsFor(source.count);
    const watch: Watcher = (what, seconds) => onProgress(what, Math.min(1, (done += seconds) / whole));

    const realSet = await this.realSet();
    const shown = new ShownImages(source);
    const fakeSet = await extractFeatures(watchedNetwork(this.network, watch), shown.watched(), this.embedding);
    const arithmetic = await (this.#arithmetic ??= openArithmetic());
    const score = await scoreSets(realSet, fakeSet, { arithmetic: watchedArithmetic(arithmetic, watch) });
    const { features } = fakeSet;
    arithmetic.forget(features instanceof Moments ? features : features.latents);

    const neighbours = features instanceof Moments || realSet.features instanceof Moments
      ? []
      : neighboursOf(realSet.features.latents, features.latents);
    const calibration = await calibrationOf(this.identity);
    const meaning = calibration && meaningOf(score, calibration, realSet.sha256);
    const known = { meaning, realSha256: realSet.sha256, fakeSha256: fakeSet.sha256 };
    const fields = scoreFields(score, { identity: this.identity, real: REAL, fake: nameOf(files) }, known);
    return {
      fields: { ...fields, seed: 0, kernels: this.network.kernels },
      rows: scoreRows(score, meaning),
      likeness: meaning ? likenessRows(meaning) : [],
      description: `${source.count.toLocaleString("en")} images, ${source.description}`,
      ...(score.digitHistogram && { histogram: score.digitHistogram }),
      samples: shown.samples(),
      lookedAt: lookedAt(source.count).length,
      worst: this.#pairs(neighbours.slice(-PAIRS).reverse(), shown),
      best: this.#pairs(neighbours.slice(0, PAIRS), shown),
    };
  }

  /** Generated images and the real ones beside them. */
  #pairs(pairs: readonly Neighbour[], shown: ShownImages): { pairs: readonly Neighbour[]; pictures: Pictures } {
    const { size, pixels } = shown.take(pairs.map(({ image }) => image));
    const area = size * size;
    const pictures = pairs.flatMap(({ real }, i) => [
      pixels.subarray(i * area, (i + 1) * area),
      widened(bytesOf(this.real, real), size),
    ]);
    return { pairs, pictures: stack(size, pictures) };
  }

  /** Frees the network and the threads. */
  async close(): Promise<void> {
    this.network.dispose();
    await (await this.#arithmetic)?.[Symbol.asyncDispose]();
  }
}

/** The images in an IDX file packed with gzip. */
export async function unpackImages(packed: ArrayBuffer): Promise<Images> {
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
  return imagesFromIdx(parseIdx(bytes, REAL), REAL);
}

/** A network of weights from elsewhere. */
export function weightsOf(bytes: ArrayBuffer, identity: NetworkIdentity): IdentifiedWeights {
  const { tensors } = parseSafetensors(new Uint8Array(bytes), identity.name);
  return { ...weightsFromTensors(tensors, identity.name), identity };
}

function describeMany(count: number): string {
  const time = Math.ceil(secondsFor(count) / 60);
  const memory = count > 200_000
    ? "Of more than 200,000 images only the statistics are kept: they get a Fréchet distance and no other metric."
    : `They take about ${Math.ceil(count * 0.0008)} MB of memory.`;
  return `${count.toLocaleString("en")} images take about ${time} minute${time === 1 ? "" : "s"} in this browser. ` +
    memory;
}
