/** What is kept of the real images: never another's, never a torn one, and without it everything is the same. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { type ImageSource, sourceOf } from "../../lib/data/sources.ts";
import type { Images } from "../../lib/data/images.ts";
import { encodeSealed, parseSealed } from "../../lib/formats/sealed.ts";
import { floatTensor } from "../../lib/formats/safetensors.ts";
import { moduleBytes } from "../../lib/wasm/module.ts";
import { type Asked, widthOf } from "../../lib/network/layer_sums.ts";
import type { Network } from "../../lib/network/network.ts";
import { REFERENCE_IDENTITY } from "../../lib/network/reference.ts";
import { Embedding, embeddingOf } from "../../lib/scoring/embedding.ts";
import { extractFeatures } from "../../lib/scoring/features.ts";
import { cachedFeatures, type FeatureCache, keyOf } from "../../lib/scoring/real_cache.ts";
import { inFolder } from "../support/folders.ts";

const COUNT = 20;
const EMBEDDING = (await embeddingOf(REFERENCE_IDENTITY))!;

/** Grey images, not all alike. */
function images(level = 0): Images {
  return {
    count: COUNT,
    size: 28,
    pixels: Uint8Array.from({ length: COUNT * 784 }, (_, i) => (i * 7 + level) % 256),
  };
}

/** Images that count how often they were read: their network looks at them once more if nothing was kept. */
function counted(source: ImageSource): ImageSource & { reads: number } {
  const { chunks } = source;
  return Object.assign({ ...source, reads: 0 }, {
    chunks(this: { reads: number }) {
      this.reads++;
      return chunks();
    },
  });
}

/** A network whose outputs are sums of the pixels and one more. */
function network(more = 0): Network {
  const outputs = ({ pixels }: { pixels: Images["pixels"] }, start: number, count: number, asked: readonly Asked[]) =>
    Promise.resolve(asked.map((each) => {
      const width = widthOf("mlp", each);
      return Float32Array.from({ length: count * width }, (_, k) => pixels[start * 784 + k % 784] / 255 + k % 3 + more);
    }));
  const upload = (images: Images) => ({ ...images, [Symbol.dispose]() {} });
  return { arch: "mlp", kernels: "cpu", upload, outputs } as unknown as Network;
}

const LOADED = { network: network(), identity: REFERENCE_IDENTITY };

Deno.test("cache: its key changes with the network, the space, the kernels, any code, the images and their reading", async () => {
  const source = sourceOf(images(), "real");
  const key = await keyOf(LOADED, source, EMBEDDING);
  assertEquals(await keyOf({ ...LOADED }, { ...source, labels: new Uint8Array(COUNT) }, EMBEDDING), key);
  const kernels = moduleBytes();
  kernels[kernels.length - 1] ^= 1;
  const bent = new Embedding(REFERENCE_IDENTITY, EMBEDDING.directions.map((weight) => 2 * weight), EMBEDDING.views);
  const changed: Record<string, () => Promise<string>> = {
    network: () => keyOf({ ...LOADED, identity: { ...REFERENCE_IDENTITY, sha256: "0".repeat(64) } }, source, EMBEDDING),
    "no space": () => keyOf(LOADED, source),
    space: () => keyOf(LOADED, source, bent),
    kernels: () => keyOf(LOADED, source, EMBEDDING, kernels),
    code: () => keyOf({ ...LOADED, network: network(1e-6) }, source, EMBEDDING),
    images: () => keyOf(LOADED, sourceOf(images(1), "real"), EMBEDDING),
    floats: () =>
      keyOf(LOADED, sourceOf({ ...images(), pixels: Float32Array.from(images().pixels, (b) => b / 255) }, "real")),
    name: () => keyOf(LOADED, { ...source, name: "other" }, EMBEDDING),
    reading: () => keyOf(LOADED, { ...source, description: "28×28, clipped" }, EMBEDDING),
  };
  const last = images();
  last.pixels[last.pixels.length - 1] ^= 1;
  changed["last pixel"] = () => keyOf(LOADED, sourceOf(last, "real"), EMBEDDING);
  const keys = new Map([["as it is", key]]);
  for (const [name, make] of Object.entries(changed)) keys.set(name, await make());
  assertEquals(new Set(keys.values()).size, keys.size, JSON.stringify([...keys]));
});

Deno.test("cache: what is kept is all that the network said, and is read in its place", () =>
  inFolder(async (folder) => {
    const labels = Uint8Array.from({ length: COUNT }, (_, i) => i % 10);
    const make = () => counted(sourceOf({ ...images(), labels }, "real"));
    for (const embedding of [undefined, EMBEDDING]) {
      const expected = await extractFeatures(LOADED.network, make(), embedding);
      assertNotEquals(expected.warnings, []);
      for (const reads of [2, 1]) {
        const source = make();
        assertEquals(await cachedFeatures(LOADED, source, embedding, { folder }), expected);
        assertEquals(source.reads, reads);
      }
    }
    assertEquals([...Deno.readDirSync(folder)].length, 2);
  }));

Deno.test("cache: kernels whose bits are of one machine keep nothing there", () =>
  inFolder(async (folder) => {
    const source = sourceOf(images(), "real"), other = { ...network(), kernels: "webgpu" } as Network;
    await cachedFeatures({ ...LOADED, network: other }, source, EMBEDDING, { folder });
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("cache: a file that is torn, hostile or another's is made again, and none is waited for", () =>
  inFolder(async (folder) => {
    const reasons: string[] = [];
    const cache: FeatureCache = { folder, onUnused: (reason) => reasons.push(reason) };
    const take = (source: ImageSource) => cachedFeatures(LOADED, source, EMBEDDING, cache);
    const expected = await take(sourceOf(images(), "real"));
    const [{ name }] = Deno.readDirSync(folder);
    const path = `${folder}/${name}`, good = Deno.readFileSync(path);
    const { tensors, metadata } = parseSealed(good, name);
    const other = encodeSealed(tensors, { ...metadata, key: "0".repeat(64) });
    const few = encodeSealed(
      new Map([...tensors, ["latents", floatTensor([1, 128], new Float32Array(128))]]),
      metadata,
    );
    const { warnings: _, ...wordless } = metadata;
    const bad: Record<string, () => void> = {
      empty: () => Deno.writeFileSync(path, new Uint8Array(0)),
      torn: () => Deno.writeFileSync(path, good.subarray(0, good.length / 2)),
      "one bit": () => Deno.writeFileSync(path, good.map((byte, i) => i === good.length - 9 ? byte ^ 1 : byte)),
      "of other images": () => Deno.writeFileSync(path, other),
      "of fewer images": () => Deno.writeFileSync(path, few),
      "without warnings": () => Deno.writeFileSync(path, encodeSealed(tensors, wordless)),
      "no tensors": () => Deno.writeFileSync(path, encodeSealed(new Map(), metadata)),
      "a link to nothing": () => Deno.symlinkSync(`${folder}/nothing`, path),
      "a pipe": () => new Deno.Command("/bin/bash", { args: ["-c", 'mkfifo "$0"', path] }).outputSync(),
      "10 GB": () => {
        Deno.writeFileSync(path, good);
        Deno.truncateSync(path, 10 ** 10);
      },
    };
    for (const [what, plant] of Object.entries(bad)) {
      Deno.removeSync(path);
      plant();
      const source = counted(sourceOf(images(), "real"));
      assertEquals(await take(source), expected, what);
      assertEquals([what, source.reads, Deno.readFileSync(path).length], [what, 2, good.length]);
    }
    assertEquals(reasons, []);
    assertEquals([...Deno.readDirSync(folder)].length, 1);
  }));

Deno.test("cache: where nothing can be kept the features are the same, and the reason is given once", () =>
  inFolder(async (folder) => {
    const source = sourceOf(images(), "real");
    const expected = await extractFeatures(LOADED.network, source, EMBEDDING);
    const key = (await keyOf(LOADED, source, EMBEDDING)).slice(0, 32);
    Deno.writeTextFileSync(`${folder}/file`, "");
    Deno.mkdirSync(`${folder}/taken/real-${key}.safetensors`, { recursive: true });
    Deno.symlinkSync("round", `${folder}/round`);
    const found: string[] = [];
    for (const name of ["file", "taken", "round", "a\0b"]) {
      const cache = { folder: `${folder}/${name}`, onUnused: (reason: string) => found.push(reason) };
      assertEquals(await cachedFeatures(LOADED, source, EMBEDDING, cache), expected);
    }
    assertEquals(found, [
      `cannot read ${folder}/file/real-${key}.safetensors: a part of the path is a file, not a folder`,
      `cannot read ${folder}/taken/real-${key}.safetensors: it is a folder, not a file`,
      `cannot read ${folder}/round/real-${key}.safetensors: its links lead round in a circle`,
      `cannot read ${folder}/a\\x00b/real-${key}.safetensors: a path has no zero byte in it`,
    ]);
    assertEquals([...Deno.readDirSync(`${folder}/taken`)].length, 1, "no temporary file is left");
  }));

Deno.test("cache: the folder holds so many bytes; what was not used for longest goes, and nothing of others", () =>
  inFolder(async (folder) => {
    const take = (level: number, most?: number) => {
      const source = counted(sourceOf(images(level), "real"));
      return cachedFeatures(LOADED, source, EMBEDDING, { folder, most }).then(() => source.reads);
    };
    const kept = () => [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.startsWith("real-"));
    const old = (name: string, hours: number) =>
      Deno.utimeSync(`${folder}/${name}`, new Date(0), new Date(hours * 3.6e6));
    await take(1);
    const [first] = kept(), { size } = Deno.statSync(`${folder}/${first}`);
    await take(2);
    const second = kept().find((name) => name !== first)!;
    const leftover = `${first}.0123abcd.tmp`;
    for (const name of [leftover, "mine.safetensors", "real-mine.safetensors"]) {
      Deno.writeFileSync(`${folder}/${name}`, new Uint8Array(size));
      old(name, 1);
    }
    [first, second].forEach((name, i) => old(name, 10 + i)); // the second is newer,
    assertEquals(await take(1), 1); // but the first was used last
    assertEquals(await take(3, 2 * size), 2);
    const names = kept();
    assertEquals([names.length, names.includes(first), names.includes(second), names.includes(leftover)], [
      3,
      true,
      false,
      false,
    ]);
    assertEquals([names.includes("real-mine.safetensors"), Deno.statSync(`${folder}/mine.safetensors`).size], [
      true,
      size,
    ]);
    assertEquals(await take(4, 1), 2);
    assertEquals(await take(4, 1), 1, "what was just written stays");

    const reasons: string[] = [];
    const both = await Promise.all(
      [5, 6, 5, 6].map((level) =>
        cachedFeatures(LOADED, sourceOf(images(level), "real"), EMBEDDING, {
          folder,
          most: 1,
          onUnused: (reason) => reasons.push(reason),
        })
      ),
    );
    assertEquals([both[0], both[1], reasons], [both[2], both[3], []]);
  }));
