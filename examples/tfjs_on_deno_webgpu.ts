/**
 * TensorFlow.js on Deno's own WebGPU: `deno run --allow-env --allow-read examples/tfjs_on_deno_webgpu.ts`.
 *
 * It needs no addon and no browser, but there are traps, each of which gives wrong numbers or none without a word. This
 * trains a tiny classifier, with all of them handled.
 */
import * as tf from "@tensorflow/tfjs";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu"; // to import it registers the backend

// 1. There may be no adapter, or one that is a program on the CPU, such as Mesa's llvmpipe: right, but slow.
const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
if (!adapter) {
  console.error("no WebGPU adapter: install a driver; on Debian, apt-get install mesa-vulkan-drivers needs no GPU");
  Deno.exit(1);
}
const { description, device: chip, isFallbackAdapter } = adapter.info;
const isSoftware = isFallbackAdapter || /llvmpipe|lavapipe|swiftshader|warp/i.test(`${description} ${chip}`);
console.log(`adapter: ${description || chip || "unnamed"} (${isSoftware ? "software" : "hardware"})`);

// 2. tfjs computes small tensors on the CPU, by other code, unless it is not to.
tf.env().set("WEBGPU_CPU_FORWARD", false);
await tf.setBackend("webgpu");
const backend = tf.backend();
if (!(backend instanceof WebGPUBackend)) throw new Error("tfjs could not open WebGPU, and took another backend");

// 3. Work that the GPU refuses leaves zeros, and is reported in an event alone; a lost device likewise.
const { device } = backend;
let fault: string | undefined;
device.addEventListener("uncapturederror", (event) => fault ??= (event as GPUUncapturedErrorEvent).error.message);
device.lost.then(({ message }) => fault ??= `the device is lost: ${message}`);

/** Reads a tensor, if the GPU did all that led to it. */
async function read(tensor: tf.Tensor): Promise<number[]> {
  const values = Array.from(await tensor.data()); // never dataSync(), which WebGPU does not have
  if (fault !== undefined) throw new Error(`the GPU refused some of the work: ${fault}`);
  return values;
}

/**
 * 4. llvmpipe ends an invocation after 65,535 turns of its loops, nested ones added up, and reports nothing. tfjs's
 * gradient of a filter loops over all pixels of all images: so this takes a batch in parts.
 */
function convolve(images: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  const [count, size] = images.shape, most = Math.floor(65535 / (size + 1) ** 2);
  const parts: tf.Tensor4D[] = [];
  for (let start = 0; start < count; start += most) {
    parts.push(tf.conv2d(images.slice(start, Math.min(most, count - start)), filter, 1, "same"));
  }
  return tf.concat(parts);
}

const images = tf.ones([128, 28, 28, 1]) as tf.Tensor4D;
const gradient = tf.grad((filter) => convolve(images, filter as tf.Tensor4D).sum())(tf.ones([3, 3, 1, 1]));
console.log(`gradient ${(await read(gradient))[4]}, expected ${128 * 28 * 28}`);

// A classifier of points: above the diagonal or below it.
const points = tf.randomUniform([256, 2], -1, 1, "float32", 0) as tf.Tensor2D;
const labels = tf.tidy(() => points.slice([0, 0], [-1, 1]).less(points.slice([0, 1], [-1, 1])).toFloat());
const [weights, bias] = [tf.variable(tf.zeros([2, 1])), tf.variable(tf.zeros([1]))];
const logits = () => points.matMul(weights as tf.Tensor2D).add(bias);
const optimizer = tf.train.adam(0.1);
for (let step = 0; step < 40; step++) {
  optimizer.minimize(() => tf.losses.sigmoidCrossEntropy(labels, logits()).asScalar(), false, [weights, bias]);
}
const correct = tf.tidy(() => logits().greater(0).toFloat().equal(labels).toFloat().mean());
console.log(`accuracy ${(await read(correct))[0].toFixed(3)}`);
