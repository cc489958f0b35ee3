/**
 * What each metric notices: the smallest share of bad digits among real ones that moves it beyond chance.
 *
 * `deno task power` draws many sets of real digits (MNIST's test images, which the network has not seen) and scores each
 * against 10,000 training images. A metric's threshold is what it exceeds for 5 % of these sets. Then a share of each set
 * is replaced by bad digits; the metric notices the share if it exceeds its threshold for 90 % of the sets. Sets of more
 * than 2,000 are drawn from the other training images, as MNIST has 10,000 unseen ones in all.
 */
import { corrupt, CORRUPTIONS } from "../lib/data/corruption.ts";
import { type Images, type LabelledImages, takeImages, takeLabelled } from "../lib/data/images.ts";
import { openImages } from "../lib/data/image_files.ts";
import { defaultDataDirectory, loadMnist } from "../lib/data/mnist.ts";
import { sourceOf } from "../lib/data/sources.ts";
import { drawAll } from "../lib/fid.ts";
import { checkoutPath } from "../lib/checkout.ts";
import { digitDistance } from "../lib/metrics/digit_distance.ts";
import { type Outputs, type Projection, type View, viewOf } from "../lib/metrics/embedding.ts";
import { type Latents, takeRows } from "../lib/metrics/latents.ts";
import { MeanEmbedding } from "../lib/metrics/mean_embedding.ts";
import { Moments } from "../lib/metrics/moments.ts";
import { loadNetwork } from "../lib/network/load.ts";
import { Random } from "../lib/random.ts";
import { type Arithmetic, openArithmetic } from "../lib/scoring/arithmetic.ts";
import { embeddingOf } from "../lib/scoring/embedding.ts";
import { extractFeatures } from "../lib/scoring/features.ts";
import { answerHelp } from "../cli/developers.ts";
import ownText from "./power.ts" with { type: "text" };

/** Images of a set, or those that the arguments say. */
const SIZES = Deno.args.length > 0 ? Deno.args.map(Number) : [500, 2000];
/** Larger sets would be too large a part of the 10,000 unseen images to be independent of each other. */
const MOST_UNSEEN = 2000;
/** The digit that a generator may not make. */
const MISSING = 8;
/** Shares of bad digits, in percent. */
const SHARES = [1, 2, 5, 10, 20, 40];
/** Sets drawn without bad digits, and with each share of them. */
const DRAWS = { real: 100, bad: 30 };
/** Real images to score against. */
const REFERENCE = 10_000;

/** A metric by what it is called; larger is worse. */
type Values = Readonly<Record<string, number>>;

/** The rows of the given numbers of some sets, one set after the other. */
function joined(parts: readonly (readonly [Outputs, Uint32Array])[]): Outputs {
  const [latents, logits, defects] = (["latent", "logits", "defects"] as const).map((view) => {
    const rows = parts.map(([outputs, numbers]) => takeRows(viewOf(outputs, view), numbers));
    const [{ width }] = rows, count = rows.reduce((sum, { count }) => sum + count, 0);
    const data = new Float32Array(count * width);
    let end = 0;
    for (const part of rows) {
      data.set(part.data, end);
      end += part.data.length;
    }
    return { count, width, data };
  });
  return { latents, logits: logits.data, defects: defects.data };
}

/** Latents in the units of the digit distance's first view. */
function whitened({ count, width, data }: Latents, { centre, whitening }: View): Latents {
  const white = new Float32Array(count * width);
  const row = new Float64Array(width);
  for (let i = 0; i < count; i++) {
    row.fill(0);
    for (let k = 0; k < width; k++) {
      const value = data[i * width + k] - centre[k];
      for (let j = 0; j < width; j++) row[j] += value * whitening[k * width + j];
    }
    white.set(row, i * width);
  }
  return { count, width, data: white };
}

/** Every metric of one set against the reference. */
class Judge {
  readonly #real: Outputs;
  readonly #realMoments: Moments;
  readonly #realWhite: Latents;
  readonly #realMeans: ReadonlyMap<string, MeanEmbedding>;

  private constructor(
    readonly arithmetic: Arithmetic,
    readonly views: readonly View[],
    readonly spaces: ReadonlyMap<string, readonly Projection[]>,
    real: Outputs,
    means: ReadonlyMap<string, MeanEmbedding>,
  ) {
    this.#real = real;
    this.#realMoments = Moments.of(real.latents);
    this.#realWhite = whitened(real.latents, views[0]);
    this.#realMeans = means;
  }

  static async create(
    arithmetic: Arithmetic,
    views: readonly View[],
    projections: readonly Projection[],
    real: Outputs,
  ) {
    const spaces = new Map<string, readonly Projection[]>([
      ["digit distance", projections],
      ...projections.map((projection) => [`its view of ${projection.name} alone`, [projection]] as const),
    ]);
    const means = new Map<string, MeanEmbedding>();
    for (const [name, space] of spaces) means.set(name, await meanOf(arithmetic, space, real));
    return new Judge(arithmetic, views, spaces, real, means);
  }

  async values(fake: Outputs): Promise<Values> {
    const { arithmetic } = this;
    const values: Record<string, number> = {};
    for (const [name, space] of this.spaces) {
      values[name] = digitDistance(this.#realMeans.get(name)!, await meanOf(arithmetic, space, fake));
    }
    [values["FID"]] = await arithmetic.distances(this.#realMoments, Moments.of(fake.latents), [drawAll(1, 1)]);
    values["KID"] = (await arithmetic.kernelDistance(this.#real.latents, fake.latents)).kid;
    const white = whitened(fake.latents, this.views[0]);
    values["KID on white latents"] = (await arithmetic.kernelDistance(this.#realWhite, white)).kid;
    const { precision, recall, density, coverage } = await arithmetic.neighbourScores(this.#real.latents, fake.latents);
    Object.assign(values, { precision: -precision, recall: -recall, density: -density, coverage: -coverage });
    for (const set of [fake.latents, white]) arithmetic.forget(set);
    return values;
  }
}

async function meanOf(arithmetic: Arithmetic, space: readonly Projection[], outputs: Outputs): Promise<MeanEmbedding> {
  const parts = await arithmetic.embedParts(space, outputs);
  return parts.reduce((all, part) => all.merge(part), new MeanEmbedding(space));
}

/** The numbers of so many images, from one on. */
function numbersFrom(first: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => first + i);
}

/** Bad digits of every kind, by what they are called. */
async function badDigits(train: LabelledImages, fair: LabelledImages, isUnseen: boolean): Promise<Map<string, Images>> {
  const generated = async (name: string) => {
    const { chunks } = await openImages(checkoutPath(`examples/digits/${name}.npz`));
    for await (const images of chunks()) return images;
    throw new Error(`${name}: no images`);
  };
  const ones = Uint32Array.from(fair.labels.keys()).filter((i) => fair.labels[i] === 1);
  const copies = takeImages(train, numbersFrom(50_000, 2000));
  return new Map<string, Images>([
    ["VAE, 30 epochs", await generated("vae-epoch30")],
    ["GAN, 12 epochs", await generated("gan-epoch12")],
    ["noise, σ 0.2", corrupt(takeLabelled(fair, numbersFrom(0, 2000)), CORRUPTIONS[0], 0.2, 0)],
    ["too many ones", takeImages(fair, ones)],
    ...isUnseen ? [["copies of training images", copies] as const] : [],
  ]);
}

/** Draws a set of which so many digits are bad. */
type Draw = (size: number, worse: number) => Outputs;

/** How sets of each kind are drawn, by what the kind is called. */
function drawsOf(fair: Outputs, labels: Uint8Array, bad: ReadonlyMap<string, Outputs>): Map<string, Draw> {
  const random = new Random(0, 0);
  const order = () => random.permutation(fair.latents.count);
  const draws = new Map<string, Draw>([["", (size) => joined([[fair, order().subarray(0, size)]])]]);
  for (const [name, kind] of bad) {
    draws.set(name, (size, worse) =>
      joined([
        [fair, order().subarray(0, size - worse)],
        [kind, Uint32Array.from({ length: worse }, () => random.below(kind.latents.count))],
      ]));
  }
  draws.set(`missing ${MISSING}s`, (size, worse) => {
    const drawn = order(), others = drawn.subarray(size).filter((i) => labels[i] !== MISSING);
    let replaced = 0;
    const replace = (i: number) => labels[i] === MISSING && replaced < worse ? others[replaced++] : i;
    return joined([[fair, drawn.subarray(0, size).map(replace)]]);
  });
  return draws;
}

/** The smallest share of bad digits that each metric notices, for each kind and size. */
async function study(judge: Judge, draws: ReadonlyMap<string, Draw>): Promise<Map<string, string[]>> {
  const rows = new Map<string, string[]>();
  const valuesOf = (name: string, size: number, share: number) =>
    judge.values(draws.get(name)!(size, Math.round(size * share / 100)));
  for (const size of SIZES) {
    const real: Values[] = [];
    for (let i = 0; i < DRAWS.real; i++) real.push(await valuesOf("", size, 0));
    for (const name of draws.keys()) {
      if (name === "") continue;
      const noticed = new Map<string, number>();
      for (const share of SHARES) {
        const sets: Values[] = [];
        for (let i = 0; i < DRAWS.bad; i++) sets.push(await valuesOf(name, size, share));
        for (const metric of Object.keys(real[0])) {
          const limit = real.map((values) => values[metric]).sort((a, b) => a - b)[Math.floor(0.95 * DRAWS.real)];
          const power = sets.filter((values) => values[metric] > limit).length / DRAWS.bad;
          if (power >= 0.9 && !noticed.has(metric)) noticed.set(metric, share);
        }
        if (noticed.size === Object.keys(real[0]).length) break;
      }
      for (const metric of Object.keys(real[0])) {
        if (!rows.has(metric)) rows.set(metric, []);
        rows.get(metric)!.push(noticed.has(metric) ? `${noticed.get(metric)} %` : "–");
      }
      console.error(`${size} images, ${name}: ${JSON.stringify(Object.fromEntries(noticed))}`);
    }
  }
  return rows;
}

if (import.meta.main) {
  answerHelp(ownText);
  using loaded = await loadNetwork();
  const embedding = await embeddingOf(loaded.identity);
  if (!embedding) throw new Error("the reference network has no embedding");
  await using arithmetic = await openArithmetic();
  const outputsOf = async (images: Images, name: string) => {
    const { embedded } = await extractFeatures(loaded.network, sourceOf(images, name), embedding);
    return embedded!.outputs;
  };
  const train = await loadMnist(defaultDataDirectory(), "train");
  const isLarge = SIZES.some((size) => size > MOST_UNSEEN);
  const others = numbersFrom(REFERENCE, train.count - REFERENCE);
  const fair = isLarge ? takeLabelled(train, others) : await loadMnist(defaultDataDirectory(), "test");
  const reference = await outputsOf(takeImages(train, numbersFrom(0, REFERENCE)), "reference");
  const judge = await Judge.create(arithmetic, embedding.views, embedding.projections, reference);
  const bad = new Map<string, Outputs>();
  for (const [name, images] of await badDigits(train, fair, !isLarge)) bad.set(name, await outputsOf(images, name));
  const draws = drawsOf(await outputsOf(fair, "real digits"), fair.labels, bad);
  const rows = await study(judge, draws);
  const kinds = [...draws.keys()].filter((name) => name !== "");
  const head = SIZES.flatMap((size) => kinds.map((name) => `${size}: ${name}`));
  console.log(`| metric | ${head.join(" | ")} |\n| --- | ${head.map(() => "---:").join(" | ")} |`);
  for (const [metric, shares] of rows) console.log(`| ${metric} | ${shares.join(" | ")} |`);
  console.log(`\nby ${loaded.identity.name} (SHA-256 ${loaded.identity.sha256})`);
}
