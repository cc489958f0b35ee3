/** What a distance is made of: the sets scored again with one thing set right at a time. */
import type { ImageSource } from "../data/sources.ts";
import { drawAll } from "../fid.ts";
import { digitDistance } from "../metrics/digit_distance.ts";
import type { Outputs } from "../metrics/embedding.ts";
import type { Moments } from "../metrics/moments.ts";
import { MeanEmbedding } from "../metrics/mean_embedding.ts";
import { jackknifeError } from "../metrics/numbers.ts";
import { CLASSES } from "../model.ts";
import type { Network } from "../network/network.ts";
import { layerRows } from "../network/outputs.ts";
import { DRAW, Random, type Seeded, STREAM } from "../random.ts";
import { breath, together } from "../together.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { type CorrectionName, CORRECTIONS } from "./corrections.ts";
import { type Embedding, outputsOf } from "./embedding.ts";
import type { ScoredSet } from "./features.ts";
import { lookOf } from "./look.ts";
import { digitsOf, drawNumbers, imagesOf, readNumbers, takeOutputs } from "./sample.ts";

/** What a distance can come from. */
export type CauseName = CorrectionName | "mix";

/** A cause, and the distances without it. */
export interface Cause {
  /** A word for it. */
  readonly name: CauseName;
  /** What is found and what real digits have: `the background is grey, 0.09 where real digits have 0.00`. */
  readonly finding: string;
  /** What may help. */
  readonly advice: string;
  /** The digit distance of the sample with this set right. */
  readonly digitDistance: number;
  /** The Fréchet distance of the sample with this set right. */
  readonly fid: number;
  /** Share of the digit distance that goes, at most 1. */
  readonly share: number;
  /** Standard error of that share. */
  readonly shareError: number;
}

/** What a distance is made of. */
export interface Causes {
  /** Generated images that were looked at; the real ones are up to twice as many. */
  readonly images: number;
  /** The digit distance of the sample as it is. */
  readonly digitDistance: number;
  /** The Fréchet distance of the sample as it is. */
  readonly fid: number;
  /** The causes that count, the largest first: often one fault shows as several. */
  readonly causes: readonly Cause[];
  /** All that was tried, the same included. */
  readonly tried: readonly Cause[];
}

/** Most generated images that are looked at. */
const SAMPLE = 500;
/** Of fewer images nothing can be said. */
const LEAST = 100;
/** A cause counts if this share of the distance goes with it, and so many standard errors of it. */
const COUNTS = { share: 0.2, errors: 3 };
/** Distances below this many standard errors, or below this, are no more than real digits have: there is no cause. */
const CLEAR = { errors: 4, distance: 1.5 };
/** The mix is looked at from this difference in a digit's share on. */
const LEAST_MIX = 0.01;
/** Groups of the sample that are left out in turn to find standard errors. */
const GROUPS = 20;

/** A set as it was scored, and where its pixels are. */
export interface SetWithPixels {
  /** What the network made of it. */
  readonly set: ScoredSet;
  /** Where the same images can be read again. */
  readonly source: ImageSource;
}

/** A sample in the digit distance's space. */
interface Placed {
  readonly whole: MeanEmbedding;
  /** Random groups of it. */
  readonly groups: readonly MeanEmbedding[];
  readonly moments: Moments;
}

/**
 * Scores generated digits again with their levels, noise, position, size, thickness, sharpness and mix of digits set
 * right, one at a time, as the real ones have them. The mix is set right by drawing real digits with the generated mix.
 *
 * @returns undefined where the distance is no more than chance, there are fewer than 100 images, or no digit distance
 */
export async function findCauses(
  network: Network,
  real: SetWithPixels,
  fake: SetWithPixels,
  { seed = 0, arithmetic }: Seeded & { readonly arithmetic: Arithmetic },
): Promise<Causes | undefined> {
  const [ofReal, ofFake] = [real.set.embedded, fake.set.embedded];
  if (!ofReal || ofReal.embedding !== ofFake?.embedding) return undefined;
  if (Math.min(real.source.count, fake.source.count) < LEAST) return undefined;
  const { embedding } = ofReal;
  const fakeNumbers = drawNumbers(ofFake.outputs.latents.count, SAMPLE, DRAW.causes, { seed });
  const realNumbers = drawNumbers(ofReal.outputs.latents.count, 2 * SAMPLE, DRAW.causes, { seed });
  const place = (outputs: Outputs) => placed(arithmetic, embedding, outputs, seed);
  const outputs = takeOutputs(ofFake.outputs, fakeNumbers);
  const [reals, fakes] = await together(place(takeOutputs(ofReal.outputs, realNumbers)), place(outputs));
  const distance = distanceOf(reals, fakes);
  if (distance < Math.max(CLEAR.distance, CLEAR.errors * jackknife((g) => distanceOf(reals, fakes, g)))) {
    return undefined;
  }

  const causeOf = async (what: Pick<Cause, "name" | "finding" | "advice">, a: Placed, b: Placed): Promise<Cause> => {
    const without = distanceOf(a, b), share = 1 - without / distance;
    const shareError = jackknife((g) => distanceOf(a, b, g) / distanceOf(reals, fakes, g));
    const fid = await fidOf(arithmetic, a, b);
    arithmetic.forget((a === reals ? b : a).moments);
    return { ...what, digitDistance: without, fid, share, shareError };
  };
  const mix = mixOf(ofReal.outputs.logits, outputs.logits, 2 * SAMPLE, seed);
  const [images, realImages] = await together(
    readNumbers(fake.source, imagesOf(fake.set.features, fakeNumbers)),
    readNumbers(real.source, imagesOf(real.set.features, realNumbers)),
  );
  await breath();
  const looks = [lookOf(images), lookOf(realImages)] as const;
  const ofMix = mix &&
    place(takeOutputs(ofReal.outputs, mix.numbers)).then((mixed) => causeOf(mix.cause, mixed, fakes));
  const ofPixels = CORRECTIONS.filter(({ differs }) => differs(...looks)).map(
    async ({ name, says, advice, apply }, i) => {
      for (let turn = 0; turn <= i; turn++) await breath(); // one after the other, with the threads at work
      const rows = await layerRows(network, apply(images, ...looks), embedding.asked);
      return await causeOf({ name, finding: says(...looks), advice }, reals, await place(outputsOf(rows)));
    },
  );
  const [fid, ...found] = await together(fidOf(arithmetic, reals, fakes), ofMix, ...ofPixels);
  for (const { moments } of [reals, fakes]) arithmetic.forget(moments);
  const tried = found.filter((cause) => cause !== undefined).sort((a, b) => b.share - a.share);
  const causes = tried.filter(({ share, shareError }) => share >= COUNTS.share && share > COUNTS.errors * shareError);
  return { images: images.count, digitDistance: distance, fid, causes, tried };
}

async function placed(arithmetic: Arithmetic, embedding: Embedding, outputs: Outputs, seed: number): Promise<Placed> {
  const { latents } = outputs;
  const [parts, moments] = await together(
    arithmetic.embedParts(embedding.projections, outputs, { seed, of: "fake" }),
    arithmetic.moments(latents),
  );
  arithmetic.forget(latents);
  const groups = Array.from(
    { length: Math.min(GROUPS, parts.length) },
    (_, g) => merged(parts.filter((_, part) => part % GROUPS === g)),
  );
  return { whole: merged(groups), groups, moments };
}

function merged(parts: readonly MeanEmbedding[]): MeanEmbedding {
  return parts.reduce((all, part) => all.merge(part), parts[0].emptied());
}

/** The digit distance of two samples, of all images or without one group of each. */
function distanceOf(a: Placed, b: Placed, without?: number): number {
  const [x, y] = [a, b].map(({ whole, groups }) =>
    without === undefined ? whole : MeanEmbedding.merged([whole, groups[without]], [1, -1]) // sums are exact
  );
  return digitDistance(x, y);
}

/** Standard error of a value, from its values without each group in turn. */
function jackknife(valueWithout: (group: number) => number): number {
  return jackknifeError(Array.from({ length: GROUPS }, (_, g) => valueWithout(g)));
}

async function fidOf(arithmetic: Arithmetic, { moments: real }: Placed, { moments: fake }: Placed): Promise<number> {
  const [fid] = await arithmetic.distances(real, fake, [drawAll(1, 1)]);
  return fid;
}

/** Real images drawn so that the digits are as often as among the generated ones, by the network's word for both. */
function mixOf(real: Float32Array, fake: Float32Array, most: number, seed: number) {
  const [ofReal, ofFake] = [digitsOf(real), digitsOf(fake)];
  const count = (digits: Uint8Array) =>
    Array.from({ length: CLASSES }, (_, digit) => digits.reduce((sum, found) => sum + Number(found === digit), 0));
  const [there, made] = [count(ofReal), count(ofFake)];
  const shares = (counts: number[]) => counts.map((n) => n / counts.reduce((a, b) => a + b));
  const [expected, found] = [shares(there), shares(made)];
  const furthest = found.map((share, digit) => Math.abs(share - expected[digit]));
  const digit = furthest.indexOf(Math.max(...furthest));
  if (furthest[digit] < LEAST_MIX) return undefined;
  const total = Math.min(most, ...found.map((share, digit) => share > 0 ? there[digit] / share : Infinity));
  const left = found.map((share) => Math.round(share * total));
  const order = new Random(seed, STREAM.bootstrap, DRAW.causes).permutation(ofReal.length);
  const numbers = order.filter((i) => left[ofReal[i]]-- > 0).sort();
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return {
    numbers,
    cause: {
      name: "mix",
      finding: `the mix of digits: ${percent(found[digit])} are ${digit}s, ${percent(expected[digit])} of real ones`,
      advice: "draw the classes as evenly as they are in the training set",
    },
  } as const;
}

/** The largest causes in words, one a line: `levels: 319 of 320: the background is grey, … (FID 49 → 4): clip …`. */
export function causeLines({ digitDistance: distance, fid, causes }: Causes): string[] {
  return causes.map(({ name, finding, advice, digitDistance: without, fid: fidWithout }) => {
    const gone = `${(distance - without).toFixed(1)} of ${distance.toFixed(1)}`;
    return `${name}: ${gone}: ${finding} (FID ${fid.toFixed(1)} would be ${fidWithout.toFixed(1)}): ${advice}`;
  });
}
