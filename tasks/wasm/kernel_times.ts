/**
 * `deno task wasm:times`: what each part of a training step takes on one thread, in microseconds for a block of four
 * images, and its speed. The least of many repetitions counts, so a busy machine hardly changes it. For those who change
 * the kernels: the parts are exported for this alone.
 */
import { defaultDataDirectory, loadMnist } from "../../lib/data/mnist.ts";
import { initialParameters } from "../../lib/model.ts";
import * as at from "../../lib/wasm/assembly/plan.ts";
import { compile } from "./compile.ts";
import { answerHelp } from "../../cli/developers.ts";
import ownText from "./kernel_times.ts" with { type: "text" };

answerHelp(ownText);

const PARTS = {
  adam: ["adam"],
  backbone: ["backbone"],
  convolution: ["convolution1", "convolution1Gradient"],
  dropout: ["dropout"],
  filters: ["filterGradients", "prepare_filters"],
  gather: ["gather"],
  head: ["head", "headGradient", "headWeightGradients", "keepRows"],
  scatter: ["convolution2Gradient"],
  train_part: ["train_part"],
  winograd: ["addInputGradient", "multiply", "multiplySums", "transformInput"],
};

const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
let top = 65536;
function allocate(bytes: number): number {
  const address = top;
  top += Math.ceil(bytes / 64) * 64;
  return address;
}

const entry = Object.entries(PARTS).map(([file, names]) => `export { ${names.join(", ")} } from "./${file}.ts";`);
const module = new WebAssembly.Module(await compile(entry.join("\n")));
const run = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<
  string,
  (...args: number[]) => void
>;

// A plan of 16 test images, as `lib/network/cpu/plan.ts` writes it.
const IMAGES = 16;
const parameters = initialParameters("mlp", 0);
const stride = Math.ceil(parameters.length / 16) * 16;
const { pixels, labels } = await loadMnist(defaultDataDirectory(), "test");
const blocks = {
  parameters: allocate(4 * stride),
  filters: allocate(at.FILTERS),
  pixels: allocate(IMAGES * 784),
  labels: allocate(IMAGES),
  scratch: allocate(at.SCRATCH),
  partials: allocate(16 * 4 * stride),
  losses: allocate(16 * 8),
  moments: allocate(2 * 4 * stride),
  plan: allocate(64),
};
const { scratch, filters, plan, partials } = blocks;
new Float32Array(memory.buffer, blocks.parameters).set(parameters);
new Uint8Array(memory.buffer, blocks.pixels).set(pixels.subarray(0, IMAGES * 784));
new Uint8Array(memory.buffer, blocks.labels).set(labels.subarray(0, IMAGES));
new Uint32Array(memory.buffer, plan).set([
  ...[blocks.parameters, filters, blocks.pixels, 28, 0, blocks.labels, 0, scratch, partials, stride, blocks.losses],
  ...[3, 128, 64, 32, 10],
]);

/** Prints the least time of a call, and the speed at so many multiplications (with an addition each). */
function time(name: string, multiplications: number, call: () => void): void {
  for (let i = 0; i < 200; i++) call(); // until the engine has made its best code of it
  let least = Infinity;
  for (let i = 0; i < 3000; i++) {
    const began = performance.now();
    call();
    call();
    call();
    least = Math.min(least, (performance.now() - began) / 3);
  }
  const speed = multiplications ? (2 * multiplications / least / 1e6).toFixed(1).padStart(8) : "";
  console.log(name.padEnd(42), (least * 1000).toFixed(1).padStart(8), speed);
}

const [weight1, bias1] = [blocks.parameters + 4 * at.WEIGHT1, blocks.parameters + 4 * at.BIAS1];
const [input2, input3, products] = [scratch + at.INPUT2, scratch + at.INPUT3, scratch + at.PRODUCTS];
const rows = (pixels: number) => 16 * pixels;
const each = (groups: number, call: (group: number) => void) => () => {
  for (let group = 0; group < groups; group++) call(group);
};
/** Multiplications for four images: of the convolutions themselves, and of Winograd's products. */
const [DIRECT1, DIRECT, WINOGRAD, HEAD] = [4 * 73_728, 4 * 294_912, 4 * 131_072, 4 * 10_560];

each(10, (task) => run.prepare_filters(task, 0, plan))();
console.log("".padEnd(42), "      us", " GFLOP/s");
time("a part of 16 images", 16 * 1_949_184, () => run.train_part(0, 0, plan, 0, IMAGES, IMAGES, 0, 0, 2 ** 31, 2));
time("gather", 0, () => run.gather(plan, scratch, 0, IMAGES));
time("convolution 1", DIRECT1, () => run.convolution1(scratch, weight1, bias1, 0, 1));
time(
  "convolution 2, transforms",
  0,
  each(8, (g) => run.transformInput(scratch + at.POOL1 + g * rows(36), 8, 8, input2)),
);
time("convolution 2, products", WINOGRAD, each(8, () => run.multiply(filters + at.FORWARD2, input2, 8, 16, products)));
time(
  "convolution 3, transforms",
  0,
  each(2, (g) => run.transformInput(scratch + at.POOL2 + g * rows(40), 16, 4, input3 + g * rows(2176))),
);
time("convolution 3, products", WINOGRAD, each(2, () => run.multiply(filters + at.FORWARD3, input3, 16, 32, products)));
time("convolutions 1 to 3 with pooling", DIRECT1 + 2 * DIRECT, () => run.backbone(plan, scratch, 0));
time("dropout", 0, () => run.dropout(scratch, 0, 0, 0, 2 ** 31, 2));
time("head", HEAD, () => run.head(plan, scratch));
time("head, gradients of units", HEAD, () => run.headGradient(plan, scratch));
time("head, gradients of weights (16 images)", 4 * HEAD, () => run.headWeightGradients(plan, scratch, 16, partials));
time(
  "convolution 3, products for the filters",
  WINOGRAD,
  each(2, (g) => run.multiplySums(products, input3 + g * rows(2176), 16, 32, scratch + at.SUMS3)),
);
time(
  "convolution 3, products for the input",
  WINOGRAD,
  each(2, () => run.multiply(filters + at.BACKWARD3, products, 32, 16, scratch + at.INPUT_GRADIENT)),
);
time(
  "convolution 3, transforms of the input's",
  0,
  each(2, (g) => run.addInputGradient(scratch + at.INPUT_GRADIENT, 16, 4, scratch + at.POOL2_GRADIENT + g * rows(40))),
);
time("convolution 3, filters' sums (16 images)", 0, () => run.filterGradients(scratch + at.SUMS3, 512, partials));
time("convolution 2, both gradients", 2 * DIRECT, () => run.convolution2Gradient(plan, scratch));
time("convolution 1, gradient of the filters", DIRECT1, () => run.convolution1Gradient(scratch));
time("filters for the next step", 0, each(10, (task) => run.prepare_filters(task, 0, plan)));
const moments = [blocks.moments, blocks.moments + 4 * stride];
const adam = [partials, blocks.losses, 16, stride, blocks.parameters, ...moments, blocks.losses, 0, 1];
time("Adam, 16 parts", 0, each(Math.ceil(stride / 256), (task) => run.adam(task, 0, ...adam)));
