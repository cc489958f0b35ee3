import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import type { LabelledImages } from "../../lib/data/images.ts";
import { defaultDataDirectory, loadMnist } from "../../lib/data/mnist.ts";
import { activationGrid } from "../../lib/figures/activation_grid.ts";
import { confusionMatrix } from "../../lib/figures/confusion_matrix.ts";
import { corruptionSteps } from "../../lib/figures/corruption_steps.ts";
import { digitGrid } from "../../lib/figures/digit_grid.ts";
import { latentHistograms } from "../../lib/figures/latent_histograms.ts";
import { lossCurves } from "../../lib/figures/loss_curves.ts";
import { qqPlots } from "../../lib/figures/qq_plots.ts";
import { toPng } from "../../lib/figures/render.ts";
import { sampleGrid } from "../../lib/figures/sample_grid.ts";
import { worstImages } from "../../lib/figures/worst_images.ts";
import { greyOf } from "../support/image_files.ts";
import { layerNamed } from "../../lib/model.ts";
import { Random, STREAM } from "../../lib/random.ts";

const mnist = await loadMnist(defaultDataDirectory(), "test");

/** A figure's test: drawing needs no permission at all. */
function figureTest(name: string, run: () => Promise<void>) {
  Deno.test({ name, permissions: "none", fn: run });
}

/** The texts of an SVG in the order in which they are drawn. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
}

/** The pictures in an SVG as grey values in [0, 1], and where they stand. */
function picturesOf(svg: string) {
  const images = svg.matchAll(/<image xlink:href="data:image\/png;base64,([^"]*)" transform="translate\(([^)]*)\)"/g);
  return Array.from(images, ([, base64, place]) => {
    const [x, y] = place.split(",").map(Number);
    return { x, y, ...greyOf(Uint8Array.fromBase64(base64), "picture") };
  });
}

/** Where the dots of an SVG stand. */
function dotsOf(svg: string): [number, number][] {
  const dots = svg.match(/<g class="mark-symbol[^>]*>.*?<\/g>/g)?.join("") ?? "";
  return Array.from(dots.matchAll(/translate\(([\d.-]+),([\d.-]+)\)/g), ([, x, y]) => [Number(x), Number(y)]);
}

/** Checks that a figure can be rasterised, which a damaged SVG cannot, at its size, with ink on the card. */
async function checkPng(svg: string) {
  const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/)?.map(Number) ?? [];
  const picture = greyOf(await toPng(svg, { scale: 1 }), "figure.png");
  assertEquals([picture.width, picture.height], [width, height]);
  assertEquals(picture.pixels[0], 1, "the card is white");
  const ink = 1 - sum(picture.pixels) / picture.pixels.length;
  assert(ink > 0.002 && ink < 0.95, `ink ${ink}`);
}

function firstImages(count: number): LabelledImages {
  return { ...mnist, count, pixels: mnist.pixels.slice(0, count * 784), labels: mnist.labels.slice(0, count) };
}

function normals(count: number): Float32Array {
  const random = new Random(0, STREAM.bootstrap);
  return Float32Array.from({ length: count }, () => random.normal());
}

figureTest("a sample grid holds the images, in reading order", async () => {
  const images = firstImages(25);
  const svg = await sampleGrid(images, "Samples", 5);
  assertEquals(textsOf(svg), ["Samples"]);
  const pictures = picturesOf(svg);
  assertEquals(pictures.map(({ pixels }) => Array.from(pixels, (grey) => Math.round(grey * 255))).flat(), [
    ...images.pixels,
  ]);
  assertEquals(new Set(pictures.map(({ x }) => x)).size, 5);
  assert(pictures[5].y > pictures[4].y && pictures[5].x === pictures[0].x);
  await checkPng(svg);
});

figureTest("pictures keep their pixels sharp in the PNG", async () => {
  const pixels = Float32Array.from({ length: 784 }, (_, i) => (i % 28 + Math.floor(i / 28)) % 2);
  const svg = await sampleGrid({ count: 1, size: 28, pixels }, "Checks");
  // The picture is 42 units wide: at this scale each of its pixels is 4 of the PNG, and interpolation would show as grey.
  const scale = 4 * 28 / 42;
  const { pixels: drawn, width, height } = greyOf(await toPng(svg, { scale }), "checks.png");
  const left = Math.round((picturesOf(svg)[0].x + 12) * scale) + 8;
  const row = (height - 60) * width + left;
  const grey = drawn.subarray(row, row + 80).filter((value) => value > 0.02 && value < 0.98).length;
  assert(grey <= 2, `${grey} of 80 pixels are neither black nor white`);
});

figureTest("the digit grid orders images by digit", async () => {
  const svg = await digitGrid(firstImages(200), "By digit");
  const pictures = picturesOf(svg);
  assertEquals(pictures.length, 100);
  assertEquals(textsOf(svg).slice(0, 10), [..."0123456789"]);
  const rows = [...new Set(pictures.map(({ y }) => y))].sort((a, b) => a - b);
  // The 7 that opens MNIST's test images stands first in the row of sevens.
  const seven = pictures.find(({ pixels }) => pixels.every((grey, i) => Math.round(grey * 255) === mnist.pixels[i]));
  assertEquals(seven?.y, rows[7]);
  assertEquals(seven?.x, Math.min(...pictures.map(({ x }) => x)));
  await checkPng(svg);
});

for (const [name, maps, size] of [["pool1", 8, 16], ["pool2", 16, 8], ["pool3", 32, 2]] as const) {
  figureTest(`the activation grid of ${name} shows ${maps} maps of ${size}×${size} for each digit`, async () => {
    const layer = layerNamed("mlp", name);
    const means = new Float32Array(10 * maps * size * size);
    const brightest = 3 * maps + 5; // digit 3, map 5
    means.fill(1.5, brightest * size * size, (brightest + 1) * size * size);
    const svg = await activationGrid(layer, means);
    const pictures = picturesOf(svg);
    assertEquals(pictures.length, 10 * maps);
    assert(pictures.every(({ width, height }) => width === size && height === size));
    const luma = ([r, g, b]: number[]) => (0.299 * r + 0.587 * g + 0.114 * b) / 255;
    for (const [i, { pixels }] of pictures.entries()) {
      const colour = i === brightest ? [253, 231, 37] : [68, 1, 84]; // viridis's ends
      assertAlmostEquals(pixels[0], luma(colour), 1e-6);
    }
    const texts = textsOf(svg);
    for (const text of [`Mean activations, ${name}`, "Digit", "Map", "Activation", `${maps - 1}`]) {
      assert(texts.includes(text), text);
    }
    await checkPng(svg);
  });
}

figureTest("latent histograms show sixteen densities, each with a normal one of the same area", async () => {
  const svg = await latentHistograms(normals(500 * 128));
  const titles = textsOf(svg).filter((text) => /^Latent \d/.test(text));
  assertEquals(titles, Array.from({ length: 16 }, (_, i) => `Latent ${8 * i}`));
  const bars = Array.from(
    svg.matchAll(/class="mark-rect[^"]*layer_0_marks".*?<\/g>/g),
    ([group]) => sum(Array.from(group.matchAll(/h[\d.]+v([\d.]+)h/g), ([, height]) => Number(height))),
  );
  const lines = Array.from(
    svg.matchAll(/class="mark-line[^"]*layer_1_marks".*? d="([^"]*)"/g),
    ([, path]) => sum(path.slice(1).split("L").map((point) => 70 - Number(point.split(",")[1]))),
  );
  assertEquals([bars.length, lines.length], [16, 16]);
  for (const [i, area] of bars.entries()) assertAlmostEquals(area / lines[i], 1, 0.02);
  await checkPng(svg);
});

figureTest("loss curves show every epoch's training loss and only the validations there are", async () => {
  const epochs = [
    { epoch: 1, train_loss: 1, val_loss: 0.5, val_accuracy: 0.9, seconds: 9 },
    { epoch: 2, train_loss: 0.5, val_loss: null, val_accuracy: null, seconds: 9 },
    { epoch: 3, train_loss: 0.25, val_loss: 0.125, val_accuracy: 0.975, seconds: 9 },
  ];
  const svg = await lossCurves(epochs);
  const texts = textsOf(svg);
  for (const text of ["Training", "Validation", "Cross-entropy (nats)", "Accuracy", "Epoch"]) {
    assert(texts.includes(text), text);
  }
  const dots = Array.from(svg.matchAll(/<g class="mark-symbol role-mark[^>]*>.*?<\/g>/g), ([group]) => group);
  assertEquals(dots.map((group) => group.match(/<path/g)?.length), [3, 2, 2]);
  // Losses that halve fall by equal steps on the logarithmic axis.
  const [a, b, c] = dotsOf(dots[0]).map(([, y]) => y);
  assertGreater(b, a);
  assertAlmostEquals(b - a, c - b, 1e-2);
  await checkPng(svg);
});

figureTest("loss curves of a single epoch without validation are drawn", async () => {
  await checkPng(await lossCurves([{ epoch: 1, train_loss: 2.3, val_loss: null, val_accuracy: null, seconds: 9 }]));
});

figureTest("loss curves of 300,000 epochs are drawn, with as many points as can be told apart", async () => {
  const losses = Array.from({ length: 300_000 }, (_, i) => i);
  const svg = await lossCurves(
    losses.map((i) => ({ epoch: i + 1, train_loss: 2 / (i + 1), val_loss: null, val_accuracy: null, seconds: 1 })),
  );
  const line = /<g class="mark-line[^>]*>.*? d="([^"]*)"/.exec(svg)![1];
  assertEquals(line.split("L").length, 1001);
  assert(textsOf(svg).some((text) => text.replaceAll(/\D/g, "") === "300000"), "the axis has them all");
});

figureTest("the confusion matrix has a hundred cells with their counts", async () => {
  const counts = Uint32Array.from({ length: 100 }, (_, i) => i % 11 === 0 ? 900 + i : i);
  const svg = await confusionMatrix(counts);
  const texts = textsOf(svg);
  const start = texts.indexOf("900");
  assertEquals(texts.slice(start, start + 100), Array.from(counts, String));
  assertEquals(svg.match(/class="mark-rect role-mark layer_0_marks".*?<\/g>/)?.[0].match(/<path/g)?.length, 100);
  // The diagonal holds 9000 + 495, all cells 9495 + 4950 - 495.
  assert(texts.includes("9495 of 13950 images right, 68.06 %"));
  await checkPng(svg);
});

figureTest("the confusion matrix bears a digit that never occurs", async () => {
  await checkPng(await confusionMatrix(Uint32Array.from({ length: 100 }, (_, i) => i === 11 ? 5 : 0)));
});

figureTest("Q–Q plots put normal values on the diagonal and others off it", async () => {
  const values = normals(5000);
  const spread = async (values: Float32Array) => {
    const svg = await qqPlots([{ title: "Latent", values }]);
    const dots = dotsOf(svg);
    assert(dots.length > 150 && dots.length <= 200, `${dots.length} dots`);
    return correlation(dots.map(([x]) => x), dots.map(([, y]) => -y));
  };
  assertGreater(await spread(values), 0.998);
  assert(await spread(values.map((value) => Math.exp(value))) < 0.95);
});

figureTest("Q–Q plots stand side by side under their titles", async () => {
  const svg = await qqPlots([{ title: "Best", values: normals(100) }, { title: "Worst", values: [0, 0, 1] }]);
  assertEquals(textsOf(svg).filter((text) => ["Best", "Worst"].includes(text)), ["Best", "Worst"]);
  await checkPng(svg);
});

figureTest("corruption steps print a kind a row and a strength under each image", async () => {
  const images = firstImages(3);
  const svg = await corruptionSteps([
    { kind: "Noise (σ)", strengths: ["0", "0.25", "0.5"], images },
    { kind: "Shift (pixels)", strengths: ["0", "2", "4"], images },
  ]);
  assertEquals(picturesOf(svg).length, 6);
  const texts = textsOf(svg);
  for (const text of ["Noise (σ)", "Shift (pixels)", "0.25", "4"]) assert(texts.includes(text), text);
  await checkPng(svg);
});

figureTest("worst images carry label, class given and confidence", async () => {
  const svg = await worstImages(mnist, [{ index: 8, actual: 5, predicted: 6, confidence: 0.98765 }]);
  assert(textsOf(svg).includes("5 → 6, 98.8 %"));
  const [picture] = picturesOf(svg);
  assertEquals(
    Array.from(picture.pixels, (grey) => Math.round(grey * 255)),
    [...mnist.pixels.subarray(8 * 784, 9 * 784)],
  );
  await checkPng(svg);
});

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0);
}

function correlation(x: number[], y: number[]): number {
  const centred = (values: number[]) => values.map((value) => value - sum(values) / values.length);
  const product = (a: number[], b: number[]) => sum(a.map((value, i) => value * b[i]));
  const [dx, dy] = [centred(x), centred(y)];
  return product(dx, dy) / Math.sqrt(product(dx, dx) * product(dy, dy));
}
