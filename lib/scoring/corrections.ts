/** One thing about generated digits set right at a time, as the real ones have it. */
import { type GreyImages, type Look, placesOf, softnessOf, type Spread, thicknessOf } from "./look.ts";

/** What can be set right by changing pixels. */
export type CorrectionName = "levels" | "position" | "size" | "thickness" | "sharpness" | "noise";

/** One thing to set right. */
export interface Correction {
  /** A word for it. */
  readonly name: CorrectionName;
  /** Whether the two sets differ in it at all: where not, there is nothing to try. */
  readonly differs: (fake: Look, real: Look) => boolean;
  /** What is found, and what real digits have, in words. */
  readonly says: (fake: Look, real: Look) => string;
  /** What may help. */
  readonly advice: string;
  /** As many images, corrected. */
  readonly apply: (images: GreyImages, fake: Look, real: Look) => GreyImages;
}

const two = (value: number) => value.toFixed(2).replace(/^-(?=0\.00$)/, "");
const percent = (share: number) => `${Math.round(100 * share)} %`;

/** What is tried, in order. */
export const CORRECTIONS: readonly Correction[] = [
  {
    name: "levels",
    differs: (fake, real) => Math.abs(fake.black - real.black) > 0.01 || Math.abs(fake.white - real.white) > 0.02,
    says: (fake, real) =>
      Math.abs(fake.black - real.black) > 0.01
        ? `the background is grey, ${two(fake.black)} where real digits have ${two(real.black)}`
        : `the ink is at ${two(fake.white)} where real digits have ${two(real.white)}`,
    advice: "clip, check the range of the values, or train longer",
    apply: levelled,
  },
  {
    name: "noise",
    differs: (fake, real) => fake.noise > real.noise + 0.005,
    says: (fake, real) =>
      `the images are noisy: neighbouring pixels differ by ${two(fake.noise)}, not ${two(real.noise)}`,
    advice: "take more sampling steps, or train longer",
    apply: denoised,
  },
  {
    name: "position",
    differs: (fake, real) => offCentre(fake, real) > 0.2 || jitter(fake, real) > 0.3,
    says: (fake, real) =>
      offCentre(fake, real) > 0.5
        ? `the digits lie ${offset(fake, real)} of where real ones do`
        : `the digits are not centred: they stray by ${two(stray(fake))} pixels, real ones by ${two(stray(real))}`,
    advice: "centre them by their mass, as MNIST's are",
    apply: moved,
  },
  {
    name: "size",
    differs: (fake, real) =>
      Math.abs(fake.side.mean / real.side.mean - 1) > 0.015 || fake.side.deviation > 1.3 * real.side.deviation,
    says: ({ side: fake }, { side: real }) =>
      Math.abs(fake.mean / real.mean - 1) > 0.03
        ? `the digits are ${fake.mean.toFixed(1)} pixels long where real ones are ${real.mean.toFixed(1)}`
        : `the digits differ in size: by ${two(fake.deviation)} pixels, real ones by ${two(real.deviation)}`,
    advice: "fit them into 20×20 pixels, as MNIST's are",
    apply: resized,
  },
  {
    name: "thickness",
    differs: (fake, real) => Math.abs(fake.thickness / real.thickness - 1) > 0.1,
    says: ({ thickness: fake }, { thickness: real }) =>
      `the strokes are too ${fake > real ? "thick" : "thin"}: a digit has the ink of ${
        Math.round(fake)
      } white pixels ` +
      `where real ones have ${Math.round(real)}`,
    advice: "check how the training images were made, or train longer",
    apply: thickened,
  },
  {
    name: "sharpness",
    differs: (fake, real) => Math.abs(fake.softness / real.softness - 1) > 0.03,
    says: ({ softness: fake }, { softness: real }) =>
      `the edges are too ${fake > real ? "soft" : "hard"}, ${percent(fake)} of the ink is grey where real digits have ${
        percent(real)
      }`,
    advice: "a loss that averages over images blurs; a threshold hardens",
    apply: sharpened,
  },
];

const offCentre = (fake: Look, real: Look) =>
  Math.hypot(fake.right.mean - real.right.mean, fake.down.mean - real.down.mean);
const stray = ({ right, down }: Look) => Math.hypot(right.deviation, down.deviation);
const jitter = (fake: Look, real: Look) => stray(fake) - stray(real);

function offset(fake: Look, real: Look): string {
  const [x, y] = [fake.right.mean - real.right.mean, fake.down.mean - real.down.mean];
  const parts = [[x, "right", "left"], [y, "below", "above"]] as const;
  return parts.filter(([by]) => Math.abs(by) > 0.2).map(([by, more, less]) =>
    `${Math.abs(by).toFixed(1)} pixels ${by > 0 ? more : less}`
  ).join(" and ");
}

/** A value as the real set would have it: about its mean, and spread no wider. */
function asReal(value: number, fake: Spread, real: Spread): number {
  const narrower = fake.deviation > real.deviation ? real.deviation / fake.deviation : 1;
  return real.mean + (value - fake.mean) * narrower;
}

const withPixels = (images: GreyImages, pixels: Float32Array<ArrayBuffer>): GreyImages => ({ ...images, pixels });

/** Each pixel changed; far quicker than `map`. */
function changed(images: GreyImages, change: (level: number, at: number) => number): GreyImages {
  const { pixels: from } = images, pixels = new Float32Array(from.length);
  for (let at = 0; at < from.length; at++) pixels[at] = change(from[at], at);
  return withPixels(images, pixels);
}

const clip = (level: number) => Math.min(1, Math.max(0, level));

/** Black and white where real ones are. */
function levelled(images: GreyImages, fake: Look, real: Look): GreyImages {
  const gain = (real.white - real.black) / (fake.white - fake.black);
  return withPixels(images, images.pixels.map((level) => clip(real.black + (level - fake.black) * gain)));
}

/** Moved by whole pixels, which loses nothing. */
function moved(images: GreyImages, fake: Look, real: Look): GreyImages {
  const { size } = images, pixels = new Float32Array(images.pixels.length).fill(fake.black);
  for (const [image, place] of placesOf(images, fake).entries()) {
    const right = place ? Math.round(asReal(place.right, fake.right, real.right) - place.right) : 0;
    const down = place ? Math.round(asReal(place.down, fake.down, real.down) - place.down) : 0;
    const first = image * size * size;
    for (let row = Math.max(0, down); row < Math.min(size, size + down); row++) {
      for (let column = Math.max(0, right); column < Math.min(size, size + right); column++) {
        pixels[first + row * size + column] = images.pixels[first + (row - down) * size + column - right];
      }
    }
  }
  return withPixels(images, pixels);
}

/** Enlarged or reduced about the centre of mass, the edges as soft as they were. */
function resized(images: GreyImages, fake: Look, real: Look): GreyImages {
  const { size } = images, pixels = images.pixels.slice(), middle = (size - 1) / 2;
  for (const [image, place] of placesOf(images, fake).entries()) {
    if (!place) continue;
    const step = place.side / asReal(place.side, fake.side, real.side);
    if (!(Math.abs(step - 1) > 0.01)) continue;
    const first = image * size * size, [x, y] = [middle + place.right, middle + place.down];
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const level = between(images, first, x + (column - x) * step, y + (row - y) * step, fake.black);
        pixels[first + row * size + column] = level;
      }
    }
  }
  return withSoftness(withPixels(images, pixels), softnessOf(few(images), fake), fake);
}

/** The level at a place between pixels, by cubic convolution; outside it is black. Source: Keys, ASSP 29(6), 1981. */
function between({ size, pixels }: GreyImages, first: number, x: number, y: number, black: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const across = cubicWeights(x - left), along = cubicWeights(y - top);
  let level = black;
  for (let j = 0; j < 4; j++) {
    const row = top + j - 1;
    if (row < 0 || row >= size) continue;
    for (let i = 0; i < 4; i++) {
      const column = left + i - 1;
      if (column < 0 || column >= size) continue;
      level += along[j] * across[i] * (pixels[first + row * size + column] - black);
    }
  }
  return clip(level);
}

function cubicWeights(a: number): readonly [number, number, number, number] {
  const b = 1 - a;
  return [-0.5 * a * b * b, 1 + a * a * (1.5 * a - 2.5), 1 + b * b * (1.5 * b - 2.5), -0.5 * b * a * a];
}

/** Noise hardly ever moves a pixel by so many times its median difference. */
const REACH = 8;
/** Images that an amount is found from. */
const TRIED = 100;

/** The amount from `low` to `high` at which a measure that grows with it is as real digits have it, by halving. */
function amountFor(measure: (amount: number) => number, aim: number, low: number, high: number): number {
  for (let step = 0; step < 8; step++) {
    const amount = (low + high) / 2;
    if (measure(amount) < aim) low = amount;
    else high = amount;
  }
  return (low + high) / 2;
}

const few = ({ size, count, pixels }: GreyImages): GreyImages => {
  const taken = Math.min(count, TRIED);
  return { size, count: taken, pixels: pixels.subarray(0, taken * size * size) };
};

/** Strokes widened or narrowed by a share of a pixel on either side; thin ones are grey, so the edges are set too. */
function thickened(images: GreyImages, fake: Look, real: Look): GreyImages {
  const sample = few(images), aim = thicknessOf(sample, fake) * real.thickness / fake.thickness;
  const apply = (images: GreyImages, amount: number) => withSoftness(widened(images, amount), real.softness, fake);
  return apply(images, amountFor((amount) => thicknessOf(apply(sample, amount), fake), aim, -1.5, 1.5));
}

/** Strokes wider by this many pixels on either side, or narrower below 0: a step towards the neighbours' extreme. */
export function widened(images: GreyImages, amount: number): GreyImages {
  const { size, count } = images, most = amount > 0 ? Math.max : Math.min;
  let pixels = images.pixels;
  for (let left = Math.abs(amount); left > 0; left--) {
    const share = Math.min(1, left), from = pixels, to = new Float32Array(from.length);
    for (let at = 0; at < count * size * size; at++) {
      const column = at % size, row = Math.floor(at / size) % size;
      let extreme = from[at];
      if (column > 0) extreme = most(extreme, from[at - 1]);
      if (column + 1 < size) extreme = most(extreme, from[at + 1]);
      if (row > 0) extreme = most(extreme, from[at - size]);
      if (row + 1 < size) extreme = most(extreme, from[at + size]);
      to[at] = from[at] + share * (extreme - from[at]);
    }
    pixels = to;
  }
  return withPixels(images, pixels);
}

/** Edges made steeper, or softer, until as much of the ink is grey. */
function sharpened(images: GreyImages, fake: Look, real: Look): GreyImages {
  return withSoftness(images, softnessOf(few(images), fake) * real.softness / fake.softness, fake);
}

/** Edges made steeper or softer until as much of the ink is grey as `softness` says. */
function withSoftness(images: GreyImages, softness: number, look: Look): GreyImages {
  const sample = few(images);
  return steepened(
    images,
    amountFor((amount) => -softnessOf(steepened(sample, amount, look), look), -softness, -1, 4),
    look,
  );
}

/** Edges steeper by a factor of 1 + `amount`; below 0, that share of the way to the mean of the pixels around. */
function steepened(images: GreyImages, amount: number, { black, white }: Look): GreyImages {
  const middle = (black + white) / 2;
  if (amount >= 0) {
    return changed(images, (level) => Math.min(white, Math.max(black, middle + (1 + amount) * (level - middle))));
  }
  const around = neighbourhoods(images);
  return changed(images, (level, at) => level - amount * (around[at] - level));
}

/**
 * Noise taken off: each pixel becomes the mean of those around it that differ from it by no more than noise does, and
 * the background gets its own level again, and the edges are as soft as real ones. Source: Lee, "Digital Image Smoothing and the Sigma Filter", CVGIP 24, 1983.
 */
function denoised(images: GreyImages, fake: Look, real: Look): GreyImages {
  const reach = REACH * (fake.noise - real.noise), { count, size } = images;
  const pixels = new Float32Array(images.pixels.length);
  for (let at = 0; at < count * size * size; at++) {
    const column = at % size, row = Math.floor(at / size) % size, level = images.pixels[at];
    let [sum, places] = [0, 0];
    for (let down = Math.max(-2, -row); down <= Math.min(2, size - 1 - row); down++) {
      for (let right = Math.max(-2, -column); right <= Math.min(2, size - 1 - column); right++) {
        const other = images.pixels[at + down * size + right];
        if (Math.abs(other - level) > reach) continue;
        sum += other;
        places++;
      }
    }
    pixels[at] = sum / places;
  }
  const levels = few(withPixels(images, pixels)).pixels.slice().sort();
  const floor = levels[Math.floor(0.6 * levels.length)] - fake.black; // what noise that is clipped at black leaves there
  const gain = (fake.white - fake.black) / (fake.white - fake.black - floor);
  const even = pixels.map((level) => clip(fake.black + Math.max(0, level - fake.black - floor) * gain));
  return withSoftness(withPixels(images, even), real.softness, fake); // noise hides how soft the edges are
}

/** Mean of the 3×3 pixels around each one. */
function neighbourhoods({ count, size, pixels }: GreyImages): Float32Array {
  const means = new Float32Array(pixels.length);
  for (let at = 0; at < count * size * size; at++) {
    const column = at % size, row = Math.floor(at / size) % size;
    let [sum, places] = [0, 0];
    for (let down = row > 0 ? -1 : 0; down <= (row + 1 < size ? 1 : 0); down++) {
      for (let right = column > 0 ? -1 : 0; right <= (column + 1 < size ? 1 : 0); right++, places++) {
        sum += pixels[at + down * size + right];
      }
    }
    means[at] = sum / places;
  }
  return means;
}
