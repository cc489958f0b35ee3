/**
 * MNIST's first training images as floats in every way that people scale and shift them: each is read as the bytes
 * themselves, or refused with advice that leads to them, or, where something is lost, read with a warning that says why.
 */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { imagesOfArray } from "../../lib/data/array_images.ts";
import { contrastWarnings, Tones } from "../../lib/data/contrast.ts";
import { limit } from "../../lib/data/images.ts";
import { limitsOf, readRange } from "../../lib/data/pixel_range.ts";
import { toImages } from "../../lib/data/sources.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { arrayOfBytes } from "../../lib/formats/stored_array.ts";
import { mnist } from "../support/mnist.ts";

const COUNT = 300;
const BYTES = Uint8Array.from(limit(await mnist("train"), COUNT).pixels);
const UNIT = Float32Array.from(BYTES, (byte) => byte / 255);
type Floats = Float32Array<ArrayBuffer>;

/** Mean and deviation in double precision. */
function spreadOf(values: ArrayLike<number>): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    squares += values[i] ** 2;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(squares / values.length - mean ** 2) };
}

/** Each image changed by itself. */
function each(change: (image: Floats) => Floats, of: Floats = UNIT): Floats {
  const changed = new Float32Array(of.length);
  for (let start = 0; start < of.length; start += 784) changed.set(change(of.slice(start, start + 784)), start);
  return changed;
}

function standardised(values: Floats): Floats {
  const { mean, deviation } = spreadOf(values);
  return values.map((value) => (value - mean) / deviation);
}

/** Noise from -0.5 to 0.5 that is the same at each run. */
function noise(seed: number): () => number {
  return () => (seed = seed * 16807 % 2147483647) / 2147483647 - 0.5;
}

function stretched(image: Floats): Floats {
  const [lowest, highest] = [Math.min(...image), Math.max(...image)];
  return image.map((value) => (value - lowest) / (highest - lowest));
}

/** What was standardised by their own mean and deviation, undone by the same. */
function undone(values: Floats, of: Floats): Floats {
  const { mean, deviation } = spreadOf(of);
  return values.map((value) => value * deviation + mean);
}

/** Rounded to the nearest of 8 bits. */
function bfloat16(values: Floats): Floats {
  const bits = new Uint32Array(values.slice().buffer).map((bits) => (bits + 0x8000) & 0xffff0000);
  return new Float32Array(bits.buffer);
}

const PIXELS = Array.from(
  { length: 784 },
  (_, i) => spreadOf(Array.from({ length: COUNT }, (_, n) => UNIT[784 * n + i])),
);
const PIXEL_MEANS = PIXELS.map(({ mean }) => mean), PIXEL_DEVIATIONS = PIXELS.map(({ deviation }) => deviation);
const OWN = spreadOf(UNIT);
/** What a generator makes: digits whose black and white are nearly so, each pixel a little otherwise. */
const soft = (() => {
  const random = noise(1);
  return UNIT.map((value) => 0.02 + 0.95 * value + 0.02 * random());
})();
/** Digits between two columns: black is still pure, but what lies between is no byte. */
const between = UNIT.map((value, i) => i % 28 === 0 ? value : 0.3 * value + 0.7 * UNIT[i - 1]);
/** The same in whole tenths of a byte. */
const tenths = Array.from(BYTES, (byte, i) => i % 28 === 0 ? 10 * byte : 3 * byte + 7 * BYTES[i - 1]);
/** Bytes of a generator that never is fully white. */
const dim = UNIT.map((value) => Math.floor(250 * value) / 255);

const dequantised = (() => {
  const random = noise(2);
  return Float32Array.from(BYTES, (byte) => (byte + 0.5 + random()) / 256);
})();

const SAME: Record<string, Floats> = {
  "by its own mean and deviation": standardised(UNIT),
  "by its own mean and deviation, as bytes": Float32Array.from(
    BYTES,
    ((b) => (byte: number) => (byte - b.mean) / b.deviation)(spreadOf(BYTES)),
  ),
  "by its own mean and unbiased deviation": UNIT.map((value) =>
    (value - OWN.mean) / OWN.deviation / Math.sqrt(1 - 1 / UNIT.length)
  ),
  "less its own mean": UNIT.map((value) => value - OWN.mean),
  "by MNIST's constants": UNIT.map((value) => (value - 0.1307) / 0.3081),
  "by longer constants of MNIST": UNIT.map((value) => (value - 0.13066048) / 0.30810780),
  "by Fashion-MNIST's constants": UNIT.map((value) => (value - 0.2860) / 0.3530),
  "by ImageNet's constants for red": UNIT.map((value) => (value - 0.485) / 0.229),
  "by 0.5 and 0.5": UNIT.map((value) => (value - 0.5) / 0.5),
  "by the mean in float32": (() => {
    const [mean, deviation] = [Math.fround(OWN.mean), Math.fround(OWN.deviation)];
    return UNIT.map((value) => Math.fround(Math.fround(value - mean) / deviation));
  })(),
  "by the mean, rounded to float16": Float32Array.from(Float16Array.from(standardised(UNIT))),
  "0 to 1, rounded to float16": Float32Array.from(Float16Array.from(UNIT)),
  "divided by 256": Float32Array.from(BYTES, (byte) => byte / 256),
  "0 to 254": UNIT.map((value) => 254 * value),
  "0 to 256": UNIT.map((value) => 256 * value),
  "0 to 100": UNIT.map((value) => 100 * value),
  "0 to 0.5": UNIT.map((value) => value / 2),
  "black at 0.05": UNIT.map((value) => 0.05 + 0.95 * value),
  "-0.98 to 0.97": UNIT.map((value) => -0.98 + 1.95 * value),
  "bytes less 128": Float32Array.from(BYTES, (byte) => byte - 128),
  "bytes less their mean": Float32Array.from(BYTES, (byte) => byte - 33.318),
};

for (const [form, values] of Object.entries(SAME)) {
  Deno.test(`ranges: ${form}: the same bytes`, () => {
    assertEquals(toImages(values).pixels, BYTES);
  });
}

/** Forms that are not fit to be read, and what makes the bytes of them as the advice has it. */
const REFUSED: [form: string, values: Floats, message: RegExp, advised: Floats, of?: Floats][] = [
  [
    "by a generator's own mean and deviation",
    standardised(soft),
    /mean 0 and deviation 1: .*array \* deviation \+ mean/,
    undone(standardised(soft), soft),
    soft,
  ],
  [
    "pure black, by their own",
    standardised(between),
    /mean 0 and deviation 1: .*not by MNIST's/,
    undone(standardised(between), between),
    between,
  ],
  [
    "never white, by their own",
    standardised(dim),
    /mean 0 and deviation 1: .*not by MNIST's/,
    undone(standardised(dim), dim),
    dim,
  ],
  [
    "black and white, by their own",
    standardised(UNIT.map(Math.round)),
    /mean 0 and deviation 1/,
    UNIT.map(Math.round),
    UNIT.map(Math.round),
  ],
  ["image by image", each(standardised), /: standardised image by image: save the images before that$/, UNIT],
  ["a generator's, image by image", each(standardised, soft), /: standardised image by image: save/, soft, soft],
  [
    "by Fashion-MNIST's constants, a generator's",
    soft.map((value) => (value - 0.286) / 0.353),
    /no known black and white: state both; .* or array \* deviation \+ mean/,
    soft,
    soft,
  ],
  ["less the mean image", UNIT.map((value, i) => value - PIXEL_MEANS[i % 784]), /no known black and white/, UNIT],
  [
    "pixel by pixel",
    UNIT.map((value, i) => (value - PIXEL_MEANS[i % 784]) / (PIXEL_DEVIATIONS[i % 784] + 1e-8)),
    /no known black and white/,
    UNIT,
  ],
  [
    "pixel by pixel, by 0",
    UNIT.map((value, i) => (value - PIXEL_MEANS[i % 784]) / PIXEL_DEVIATIONS[i % 784]),
    /is NaN, .* as \d+ others are: .*a deviation .* that can be 0, save the images before that$/,
    UNIT,
  ],
  [
    "a logit",
    UNIT.map((value) => Math.log((0.05 + 0.9 * value) / (0.95 - 0.9 * value))),
    /uneven steps: .* or a logit: save the images before that$/,
    UNIT,
  ],
  ["a logarithm", Float32Array.from(BYTES, Math.log1p), /uneven steps: .*a logarithm/, UNIT],
  [
    "logits of a generator",
    soft.map((value) => 2 * Math.log(value / (1.02 - value))),
    /as before a sigmoid: save 1 \/ \(1 \+ numpy.exp\(-array\)\) if they are logits/,
    soft.map((value) => 1 / (1 + Math.exp(-2 * Math.log(value / (1.02 - value))))),
    soft.map((value) => 1 / (1 + ((1.02 - value) / value) ** 2)),
  ],
  [
    "-1 to 1, cast to bytes",
    UNIT.map((value) => value === 1 ? 1 : value > 0 ? 0 : 255),
    /save \(\(array \+ 1\) \* 127.5\).round\(\)/,
    UNIT,
  ],
];

for (const [form, values, message, advised, of = UNIT] of REFUSED) {
  Deno.test(`ranges: ${form}: refused with advice that leads to the same pixels`, () => {
    const error = assertThrows(() => toImages(values, { name: "x" }), DigitFidError);
    assertMatch(error.message, message);
    const [read, expected] = [toImages(advised), toImages(of)].map(({ pixels }) => pixels);
    assert(read.every((value, i) => Math.abs(value - expected[i]) < 1e-6));
  });
}

Deno.test("ranges: black that is of no known range is refused, and stated leads to the same pixels", () => {
  const forms: [values: Floats, of: Floats, white: number][] = [
    [between.map((value) => (value - 0.286) / 0.353), between, (1 - 0.286) / 0.353],
    [dim.map((value) => (value - 0.286) / 0.353), dim, (1 - 0.286) / 0.353],
    [
      Float32Array.from(tenths, (t) => (t / 2550 - 0.286) / 0.353),
      Float32Array.from(tenths, (t) => t / 2550),
      2.0226629,
    ],
  ];
  for (const [values, of, white] of forms) {
    const message = "the lowest is in";
    const { message: found, remedy } = assertThrows(() => toImages(values), DigitFidError, message);
    assertMatch(found, /so it is black, but it is that of no known range: save the images before that/);
    const range = readRange(String(remedy.range))!;
    assert(Math.abs(limitsOf(range)[1] - white) < 1e-3, found);
    const [read, expected] = [toImages(values, { range }), toImages(of)].map(({ pixels }) => pixels);
    assert(read.every((value, i) => Math.abs(value / 1 - expected[i]) < 1e-5), found);
  }
});

/** Forms that are read as a generator's pixels, and what they are within rounding. */
const NEAR: [form: string, values: Floats, of: Floats][] = [
  ["sigmoid that never reaches 0 or 1", soft, soft],
  ["tanh that never reaches -1 or 1", soft.map((value) => 2 * value - 1), soft],
  [
    "by MNIST's constants, with overshoot",
    soft.map((value) => (1.04 * value - 0.03 - 0.1307) / 0.3081),
    soft.map((value) => 1.04 * value - 0.03),
  ],
  ["bytes and noise, divided by 256", dequantised, dequantised],
  [
    "white on black turned over, by their own",
    standardised(UNIT.map((value) => 1 - value)),
    UNIT.map((value) => 1 - value),
  ],
];

for (const [form, values, of] of NEAR) {
  Deno.test(`ranges: ${form}: the same pixels`, () => {
    const { pixels } = toImages(values), white = pixels instanceof Uint8Array ? 255 : 1;
    assert(pixels.every((value, i) => Math.abs(value / white - Math.min(1, Math.max(0, of[i]))) < 2e-6));
  });
}

/** Forms that have lost something, and what is said of them. */
const WARNED: [form: string, values: Floats, code: string, cause: RegExp][] = [
  ["each image by its own lowest and highest", each(stretched), "stretched", /by its own lowest and highest value/],
  ["a generator's, each by its own", each(stretched, soft), "stretched", /by its own lowest and highest value/],
  ["each by its own, -1 to 1", each(stretched).map((value) => 2 * value - 1), "stretched", /before$/],
  ["a gamma", UNIT.map((value) => value ** (1 / 2.2)), "curved", /such as a gamma/],
  ["rounded to bfloat16", bfloat16(UNIT), "bfloat16", /does not hold all of 256 levels/],
  [
    "by MNIST's constants, rounded to bfloat16",
    bfloat16(UNIT.map((value) => (value - 0.1307) / 0.3081)),
    "bfloat16",
    /save float32/,
  ],
  ["inverted", UNIT.map((value) => (1 - value - 0.1307) / 0.3081), "inverted", /invert them/],
  ["divided by 255 twice, a generator's", soft.map((value) => value / 255), "blank", /check the range/],
];

for (const [form, values, code, cause] of WARNED) {
  Deno.test(`ranges: ${form}: a warning names the cause`, async () => {
    const array = arrayOfBytes("x", "<f4", [COUNT, 28, 28], new Uint8Array(values.buffer));
    const source = await imagesOfArray(array, {}), tones = new Tones();
    for await (const images of source.chunks()) tones.add(images);
    const found = [...source.warnings, ...contrastWarnings("x", tones)].filter((warning) => warning.code === code);
    assert(found.length > 0);
    assertMatch(found[0].message, cause);
  });
}

Deno.test("ranges: integers of a generator that were not clipped are bytes, and that is said", () => {
  const random = noise(4), over = Int32Array.from(BYTES, (byte) => Math.round(byte + 20 * random()));
  const expected = Uint8Array.from(over, (value) => Math.min(255, Math.max(0, value)));
  assertEquals(toImages(over).pixels, expected);
  const outlier = Int32Array.from(BYTES);
  outlier[5] = 300; // a single one does not make words of bytes
  assertEquals(toImages(outlier).pixels, BYTES.map((byte, i) => i === 5 ? 255 : byte));
});

Deno.test("ranges: of a range that is far off, none is advised that would be refused, nor clipping", () => {
  const fashion = soft.map((value) => (value - 0.286) / 0.353);
  const { message, remedy } = assertThrows(() => toImages(fashion, { range: "unit" }), DigitFidError);
  assertMatch(message, /leave that out, or state another$/);
  assertEquals(remedy, {});
  assertEquals(assertThrows(() => toImages(Float32Array.from(BYTES), { range: "unit" }), DigitFidError).remedy, {
    range: "byte",
  });
});

Deno.test("ranges: what is clipped of values that look standardised may be of other constants, and that is said", async () => {
  const values = soft.map((value) => (value - 0.11) / 0.29);
  const source = await imagesOfArray(arrayOfBytes("x", "<f4", [COUNT, 28, 28], new Uint8Array(values.buffer)), {});
  assertMatch(source.warnings[0].message, /clipped; if it was not MNIST's .* save array \* deviation \+ mean/);
});

Deno.test("ranges: one image again and again is not said to be stretched", () => {
  const tones = new Tones(), image = toImages(UNIT.subarray(0, 784));
  assert(image.pixels.includes(255) && image.pixels.filter((level) => level === 255).length === 1);
  for (let i = 0; i < 200; i++) tones.add(image);
  assertEquals(contrastWarnings("x", tones), []);
});

Deno.test("ranges: of nothing that generators make it is said that it was stretched or curved", () => {
  for (const values of [soft, between, dim, UNIT]) {
    const tones = new Tones(), parts = [new Tones(), new Tones()], half = values.length / 2;
    tones.add(toImages(values));
    for (const [i, part] of parts.entries()) part.add(toImages(values.slice(i * half, (i + 1) * half)));
    parts[0].merge(parts[1].state);
    assertEquals(parts[0].state, tones.state);
    assertEquals(contrastWarnings("x", tones), []);
  }
});

/** Bytes that were spoilt on the way, and what is said of them. */
const SPOILT: [form: string, bytes: Uint8Array<ArrayBuffer>, code: string | undefined, cause?: RegExp][] = [
  ["as they are", BYTES, undefined],
  [
    "never below 1",
    BYTES.map((byte) => Math.max(1, byte)),
    "grey-background",
    /8\d % of the pixels are at 0\.004, so that is the background/,
  ],
  ["0 to 200", BYTES.map((byte) => Math.round(byte / 255 * 200)), "dim-white", /0\.78 where MNIST's is 1\.00/],
  ["a third a byte's 255th", part(0, 100, (byte) => byte / 255), "mixed", /100 of the 300 images are black/],
  ["a third half as bright", part(0, 100, (byte) => byte / 2), "mixed", /100 of the 300 images are at most half/],
  ["a tenth inverted", part(9, 39, (byte) => 255 - byte), "mixed", /30 of the 300 images have a light background/],
  ["all but a tenth inverted", part(30, 300, (byte) => 255 - byte), "mixed", /270 of the 300 images have a light/],
  ["times 256", bytesOf((value) => 256 * value), "overflown", /before it became bytes$/],
  ["with overshoot, cast", bytesOf((value, random) => 255 * value + 10 * random), "overflown", /overflowed/],
  ["-1 to 1 times 255, cast", bytesOf((value) => 510 * value - 255), "grey-background", /are at 0\.004/],
  ["a gamma", bytesOf((value) => Math.round(255 * value ** (1 / 2.2))), "curved", /such as a gamma/],
  ["a gamma undone that was not there", bytesOf((value) => Math.round(255 * value ** 2.2)), "curved", /gamma/],
  ["in 16 even levels", bytesOf((value) => 17 * Math.round(15 * value)), undefined],
  ["with noise", bytesOf((value, random) => Math.min(255, Math.max(0, 255 * value + 60 * random))), undefined],
];

function part(first: number, end: number, change: (byte: number) => number): Uint8Array<ArrayBuffer> {
  return BYTES.map((byte, i) => i >= 784 * first && i < 784 * end ? change(byte) : byte);
}

function bytesOf(change: (value: number, random: number) => number): Uint8Array<ArrayBuffer> {
  const random = noise(3);
  return Uint8Array.from(UNIT, (value) => change(value, random()));
}

for (const [form, pixels, code, cause] of SPOILT) {
  Deno.test(`ranges: bytes, ${form}: ${code ? "a warning names the cause" : "no warning"}`, () => {
    const tones = new Tones(), halves = [new Tones(), new Tones()], half = pixels.length / 2;
    tones.add({ count: COUNT, size: 28, pixels });
    for (const [i, part] of halves.entries()) {
      part.add({ count: COUNT / 2, size: 28, pixels: pixels.subarray(i * half, (i + 1) * half) });
    }
    halves[0].merge(halves[1].state);
    assertEquals(halves[0].state, tones.state);
    const warnings = contrastWarnings("x", tones);
    assertEquals(warnings.map(({ code }) => code), code ? [code] : []);
    if (cause) assertMatch(warnings[0].message, cause);
  });
}
