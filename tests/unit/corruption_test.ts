import { assert, assertAlmostEquals, assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { corrupt, corruptionLadder, CORRUPTIONS } from "../../lib/data/corruption.ts";
import { type LabelledImages, limit } from "../../lib/data/images.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { mnist } from "../support/mnist.ts";

const [noise, blur, shift, occlusion, classes] = CORRUPTIONS;
const AREA = 28 * 28;
const CENTRE = 14 * 28 + 14;

/** Images of bytes that each pixel's image and place decide; labels go round from 0 to 9. */
function images(count: number, level: (image: number, pixel: number) => number): LabelledImages {
  const pixels = Uint8Array.from({ length: count * AREA }, (_, i) => level(Math.floor(i / AREA), i % AREA));
  return { count, size: 28, pixels, labels: Uint8Array.from({ length: count }, (_, i) => i % 10) };
}

/** Images of a white dot in the middle. */
const dots = images(100, (_, pixel) => pixel === CENTRE ? 255 : 0);

function imageOf({ pixels }: { pixels: ArrayLike<number> }, index: number): number[] {
  return Array.from({ length: AREA }, (_, i) => pixels[index * AREA + i]);
}

Deno.test("corruption: strength 0 changes nothing, and the seed decides all else", async () => {
  const some = limit(await mnist("test"), 50);
  const floats = { ...some, pixels: Float32Array.from(some.pixels, (byte) => byte / 255) };
  for (const corruption of CORRUPTIONS) {
    const strength = corruption.strengths[1];
    const worse = corrupt(some, corruption, strength, 1);
    assertEquals(corrupt(some, corruption, 0, 1).pixels, some.pixels.slice(), corruption.name);
    assertNotEquals(worse.pixels, some.pixels, corruption.name);
    assertEquals(corrupt(some, corruption, strength, 1), worse, corruption.name);
    assertEquals(corrupt(floats, corruption, strength, 1), worse, corruption.name);
    if (corruption !== blur) assertNotEquals(corrupt(some, corruption, strength, 2).pixels, worse.pixels);
  }
});

Deno.test("corruption: noise has the deviation it says, and none is added beyond black and white", () => {
  const { pixels } = corrupt(images(100, () => 128), noise, 0.1, 0);
  const mean = pixels.reduce((a, b) => a + b) / pixels.length;
  const deviation = Math.sqrt(pixels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / pixels.length);
  assertAlmostEquals(mean, 128, 0.5);
  assertAlmostEquals(deviation, 25.5, 0.3);
  const black = corrupt(images(1, () => 0), noise, 0.1, 0).pixels;
  assertAlmostEquals(black.filter((level) => level === 0).length / AREA, 0.5, 0.05);
});

Deno.test("corruption: blur spreads a line with the variance it says", () => {
  const lines = images(4, (_, pixel) => pixel % 28 === 14 ? 255 : 0);
  const row = imageOf(corrupt(lines, blur, 2, 0), 3).slice(14 * 28, 15 * 28);
  const total = row.reduce((a, b) => a + b);
  const moment = (power: number) => row.reduce((sum, level, x) => sum + level * (x - 14) ** power, 0) / total;
  assertAlmostEquals(total, 255, 2);
  assertEquals(moment(1), 0);
  assertAlmostEquals(moment(2), 4, 0.15); // a little less, as it is cut off at 3 σ
});

Deno.test("corruption: shift moves every image by its distance in one of four directions", () => {
  const shifted = corrupt(dots, shift, 3, 0);
  const places = Array.from({ length: dots.count }, (_, i) => imageOf(shifted, i).indexOf(255) - CENTRE);
  assertEquals([...new Set(places)].sort((a, b) => a - b), [-84, -3, 3, 84]);
  assertEquals(shifted.pixels.reduce((a, b) => a + b), 255 * dots.count);
  const edge = images(100, (_, pixel) => pixel % 28 === 27 ? 255 : 0);
  assert(!imageOf(corrupt(edge, shift, 3, 0), places.indexOf(3)).includes(255), "nothing comes in at the other side");
});

Deno.test("corruption: occlusion blackens one square, whole where it lies inside", () => {
  const occluded = corrupt(images(200, () => 255), occlusion, 8, 0);
  const black = Array.from({ length: 200 }, (_, i) => imageOf(occluded, i).filter((level) => level === 0).length);
  assertEquals(Math.max(...black), 64);
  assertLess(15, Math.min(...black)); // a quarter of it in a corner
  assert(black.filter((n) => n === 64).length > 80, "half of all centres or more are far enough from the edge");
});

Deno.test("corruption: digits left out are replaced by others, which stay as they are", () => {
  const shades = images(200, (image) => 10 * (image % 10));
  const { count, pixels } = corrupt(shades, classes, 3, 0);
  assertEquals(count, 200);
  for (let i = 0; i < count; i++) {
    if (i % 10 < 7) assertEquals(pixels[i * AREA], 10 * (i % 10));
    else assertLess(pixels[i * AREA], 70);
  }
  const replaced = Array.from({ length: 60 }, (_, k) => pixels[(10 * Math.floor(k / 3) + 7 + k % 3) * AREA]);
  assertEquals(new Set(replaced).size, 7, "every digit that is left takes a place");
  assertThrows(() => corrupt({ ...shades, labels: new Uint8Array(200).fill(9) }, classes, 1, 0), DigitFidError);
});

Deno.test("corruption: the ladder has every rung once, each worse in pixels than the one before", async () => {
  const some = limit(await mnist("test"), 300);
  let previous = { name: "", strength: 0, change: 0 };
  let rungs = 0;
  for (const { corruption: { name }, strength, images } of corruptionLadder(some, 0)) {
    const change = images.pixels.reduce((sum, level, i) => sum + (level - some.pixels[i]) ** 2, 0);
    if (name === previous.name) assert(strength > previous.strength && change > previous.change, `${name} ${strength}`);
    previous = { name, strength, change };
    rungs++;
  }
  assertEquals(rungs, CORRUPTIONS.flatMap(({ strengths }) => strengths).length);
});
