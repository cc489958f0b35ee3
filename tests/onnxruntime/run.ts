/**
 * Runs an ONNX model on float32 images [count, 1, 32, 32], and prints its logits and latents as JSON. A process with
 * packages of its own: onnxruntime takes 140 MB, which nobody needs but a test.
 */
// By a name that is not seen before it is run: the rest of the project is checked without this package.
const name = "onnxruntime-web/wasm";
const ort = await import(name);

const [model, images] = Deno.args.map((path) => Deno.readFileSync(path));
const pixels = new Float32Array(images.buffer);
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(model);
const { logits, latent } = await session.run({
  images: new ort.Tensor("float32", pixels, [pixels.length / 1024, 1, 32, 32]),
});
console.log(JSON.stringify({
  shapes: [logits.dims, latent.dims],
  logits: Array.from(await logits.getData()),
  latent: Array.from(await latent.getData()),
}));
