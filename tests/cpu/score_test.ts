/** Sets of images in every form through one call, and the networks that cannot score. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { limit } from "../../lib/data/images.ts";
import { defaultDataDirectory, loadMnist } from "../../lib/data/mnist.ts";
import { sourceOf } from "../../lib/data/sources.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { initialParameters, parametersOf } from "../../lib/model.ts";
import { createNetwork } from "../../lib/network/create.ts";
import { REFERENCE_IDENTITY } from "../../lib/network/reference.ts";
import { type LoadedNetwork, loadNetwork } from "../../lib/network/load.ts";
import { kernelDistance } from "../../lib/metrics/kid.ts";
import { layerRows } from "../../lib/network/outputs.ts";
import { extractFeatures, statisticsOf } from "../../lib/scoring/features.ts";
import { inKeyOrder } from "../../lib/scoring/rows.ts";
import { measureLadder } from "../../lib/scoring/ladder.ts";
import { featuresOf, score } from "../../lib/scoring/score.ts";
import { type ImageSet, openSet } from "../../lib/scoring/sets.ts";
import { referenceStatistics, writeStatistics } from "../../lib/scoring/statistics.ts";
import { evaluate } from "../../lib/training/evaluate.ts";
import { inFolder, TemporaryFolder } from "../support/folders.ts";

const test = await loadMnist(defaultDataDirectory(), "test");
const fake = limit(test, 60);

/** A network of fresh parameters, some of them changed. */
async function networkWith(change: (parameters: Float32Array) => void): Promise<LoadedNetwork> {
  const parameters = initialParameters("mlp", 0);
  change(parameters);
  const network = await createNetwork("mlp", "cpu", parameters, { threads: 1 });
  return { network, identity: { name: "changed", sha256: "0" }, [Symbol.dispose]: () => network.dispose() };
}

Deno.test("score: a path, pixels, images and a source are the same set, and so are its statistics", async () => {
  using loaded = await loadNetwork({ kernels: "cpu" });
  const { network, identity } = loaded;
  using folder = new TemporaryFolder();
  const [npy, saved] = ["fake.npy", "fake.safetensors"].map((name) => `${folder.path}/${name}`);
  Deno.writeFileSync(npy, encodeNpy([60, 28, 28], fake.pixels));
  const expected = await extractFeatures(network, sourceOf(fake, "fake"));
  const featuresOfSet = async (set: ImageSet) => await featuresOf(network, await openSet(set, "fake", identity));
  for (
    const set of [
      npy,
      fake.pixels,
      Float32Array.from(fake.pixels, (byte) => byte / 255),
      fake,
      sourceOf(fake, "x"),
    ]
  ) {
    assertEquals((await featuresOfSet(set)).features, expected.features);
  }
  const statistics = { network: identity, sets: new Map([["fake", statisticsOf(expected)]]) };
  await writeStatistics(saved, statistics);
  const fids = [];
  for (const set of [statistics, saved, `${saved}#fake`]) {
    fids.push((await score(set, { network: loaded, real: await referenceStatistics("test") })).fid);
  }
  assertEquals(new Set(fids).size, 1);
});

Deno.test("score: without a network the reference network scores, against MNIST's test images", async () => {
  const result = await score(fake, { kernels: "cpu" });
  assertEquals([result.network, result.realImages, result.fakeImages], [REFERENCE_IDENTITY, 10_000, 60]);
  using loaded = await loadNetwork({ kernels: "cpu" });
  const latentsOf = async (images: typeof test) => {
    const [latents, { data }] = await layerRows(loaded.network, images, ["latent", "logits"]);
    return inKeyOrder({ latents, logits: Float32Array.from(data) }).latents;
  };
  assertEquals(result.kid, kernelDistance(await latentsOf(test), await latentsOf(fake)).kid);
  assert(result.recall !== undefined);
});

Deno.test("score: statistics of another network, and several sets at once, are refused", async () => {
  using loaded = await networkWith(() => {});
  const refused = (options: Parameters<typeof score>[1], message: string) =>
    assertRejects(() => score(fake, { kernels: "cpu", ...options }), DigitFidError, message);
  await refused({ network: loaded, real: await referenceStatistics("test") }, "do not compare with changed");
  await refused({ real: await referenceStatistics() }, "real images: several sets: give real images#");
});

Deno.test("score: statistics are read from the file that was looked at, which is opened once", () =>
  inFolder(async (folder) => {
    const pipe = `${folder}/s.safetensors`;
    // Whoever opens it a second time finds something else.
    const script = 'mkfifo "$1" && { cat "$0" > "$1"; sleep 2; head -c 100 /dev/zero > "$1"; }';
    const stats = checkoutPath("weights/reference-v2.stats.safetensors");
    const writer = new Deno.Command("/bin/bash", { args: ["-c", script, stats, pipe] }).spawn();
    while (!await Deno.stat(pipe).then(() => true, () => false)) await new Promise((go) => setTimeout(go, 5));
    const set = await openSet(`${pipe}#test`, "real", REFERENCE_IDENTITY);
    assertEquals(set.count, 10_000);
    writer.kill();
    await writer.status;
  }));

Deno.test("score: a network that is dead, or whose weights overflow, is refused with the reason", async () => {
  const [{ offset, size }] = parametersOf("mlp").filter(({ name }) => name === "6.weight");
  const real = limit(test, 100);
  using dead = await networkWith((parameters) => parameters.fill(0, offset, offset + size));
  const same = "the latents of all real images are the same: the network is dead";
  await assertRejects(() => score(fake, { real, network: dead }), DigitFidError, same);
  const labelled = { ...real, labels: new Uint8Array(real.count) };
  const rungOf = async ({ network }: typeof dead) => await measureLadder(network, labelled, []).next();
  await assertRejects(() => rungOf(dead), DigitFidError, same);
  using overflowing = await networkWith((parameters) => parameters.fill(1e30));
  const overflow = /the network gives (NaN|-?Infinity) for image 0: its weights overflow/;
  const works: (() => Promise<unknown>)[] = [
    () => score(fake, { real, network: overflowing }),
    () => evaluate(overflowing.network, real),
    () => rungOf(overflowing),
  ];
  for (const work of works) {
    const { message } = await assertRejects(work, DigitFidError);
    assert(overflow.test(message), message);
  }
});

Deno.test("networks: parameters of another network, or that are no numbers, are refused", async () => {
  const refused = (parameters: Float32Array, message: string) =>
    assertRejects(() => createNetwork("mlp", "cpu", parameters, { threads: 1 }), DigitFidError, message);
  await refused(initialParameters("linear", 0), "7178 parameters: a network with the head mlp has 16554");
  await refused(initialParameters("mlp", 0).fill(NaN, 7, 8), "parameter 7 is NaN: give finite numbers");
});
