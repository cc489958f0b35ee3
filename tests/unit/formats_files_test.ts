/** Files: what is written and read, and what changes under way, ends early or is none. */
import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { readIdx } from "../../lib/data/idx_file.ts";
import { DigitFidError, FormatError } from "../../lib/errors.ts";
import { fileError } from "../../lib/formats/file_error.ts";
import { listFiles, readFile, writeFileAtomic } from "../../lib/formats/files.ts";
import { gunzip } from "../../lib/formats/gzip.ts";
import { bytesInMemory, openBytes, readHead } from "../../lib/formats/stored_bytes.ts";
import { encodeIdx, IdxError } from "../../lib/idx.ts";
import { inFolder } from "../support/folders.ts";

Deno.test("files: what cannot be read is said in one line", () =>
  inFolder(async (folder) => {
    await assertRejects(
      () => readFile(`${folder}/x`),
      DigitFidError,
      `cannot read ${folder}/x: no such file or folder`,
    );
    await assertRejects(() => readFile(folder), DigitFidError, `cannot read ${folder}: it is a folder, not a file`);
    await assertRejects(() => listFiles(`${folder}/x`), DigitFidError, "no such file or folder");
    await assertRejects(
      () => readFile("/dev/zero"),
      DigitFidError,
      "cannot read /dev/zero: it is a device, not a file",
    );
  }));

Deno.test("files: writing replaces the file and leaves nothing beside it", () =>
  inFolder(async (folder) => {
    await writeFileAtomic(`${folder}/a`, "old and long");
    await writeFileAtomic(`${folder}/a`, Uint8Array.of(110, 101, 119));
    assertEquals(await Deno.readTextFile(`${folder}/a`), "new");
    assertEquals(await listFiles(folder), ["a"]);
  }));

Deno.test("files: a write that fails leaves no temporary file", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/taken`);
    await assertRejects(
      () => writeFileAtomic(`${folder}/taken`, "x"),
      DigitFidError,
      `cannot write ${folder}/taken: it is`,
    );
    await assertRejects(() => writeFileAtomic(`${folder}/none/a`, "x"), DigitFidError, "no such file or folder");
    assertEquals(await listFiles(folder), []);
  }));

Deno.test("files: the system's error codes are put into words, however a host gives them", () => {
  const say = (message: string, fields = {}) =>
    fileError("write", "a/b", Object.assign(new Error(message), fields)).message;
  const full = "cannot write a/b: the disk is full";
  assertEquals(say("No space left on device (os error 28)", { code: "ENOSPC" }), full);
  assertEquals(say("ENOSPC: no space left on device, write", { code: "ENOSPC", errno: -28 }), full);
  const quota = "cannot write a/b: the disk quota is used up";
  assertEquals(say("Disk quota exceeded (os error 122)"), quota);
  assertEquals(say("UNKNOWN: unknown error, open 'a/b'", { code: "UNKNOWN", errno: -122 }), quota);
  const code = "Unknown system error -122";
  assertEquals(say(`${code}: ${code}, write`, { code, errno: -122 }), quota);
  assertEquals(
    say("EBADF: bad file descriptor, read", { code: "EBADF", errno: -9 }),
    "cannot write a/b: bad file descriptor",
  );
  assertEquals(say("EMLINK: too many links, link 'a' -> 'b'", { code: "EMLINK" }), "cannot write a/b: too many links");
  const other = new Error("something new");
  assertEquals(fileError("write", "a/b", other).message, "cannot write a/b: something new");
  assertEquals(fileError("write", "a/b", other).cause, other);
});

const HELLO = new TextEncoder().encode("hello");

Deno.test("gzip: unpacks within the limit only", async () => {
  const packed = gzipSync(HELLO);
  assertEquals(new Uint8Array(await gunzip(packed, "f", 5) ?? []), HELLO);
  assertEquals(await gunzip(packed, "f", 4), undefined);
  assertEquals(await gunzip(gzipSync(new Uint8Array(50_000_000)), "f", 1000), undefined);
});

Deno.test("gzip: damaged, cut off or followed by something else: refused", async () => {
  const packed = new Uint8Array(gzipSync(HELLO));
  const damaged = packed.slice();
  damaged[damaged.length - 8] ^= 1; // the checksum
  for (const bytes of [packed.subarray(0, -1), damaged, Uint8Array.of(...packed, 1, 2, 3)]) {
    await assertRejects(() => gunzip(bytes, "a/file", 100), FormatError, "a/file: damaged gzip data");
  }
});

Deno.test("IDX files: packed or not, whatever the name", () =>
  inFolder(async (folder) => {
    const array = { shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    await Deno.writeFile(`${folder}/packed`, gzipSync(encodeIdx(array)));
    await Deno.writeFile(`${folder}/plain.gz`, encodeIdx(array));
    assertEquals(await readIdx(`${folder}/packed`), array);
    assertEquals(await readIdx(`${folder}/plain.gz`), array);
  }));

Deno.test("IDX files: a packed file with more than its header promises is not unpacked", () =>
  inFolder(async (folder) => {
    const bomb = new Uint8Array(50_000_000);
    bomb.set(encodeIdx({ shape: [3], data: new Uint8Array(3) }));
    await Deno.writeFile(`${folder}/bomb`, gzipSync(bomb, { level: 1 }));
    const error = await assertRejects(() => readIdx(`${folder}/bomb`), IdxError, "found trailing bytes");
    assertEquals(error.offset, 11);
  }));

Deno.test("IDX files: a packed file that is cut off is refused", () =>
  inFolder(async (folder) => {
    const packed = gzipSync(encodeIdx({ shape: [3], data: Uint8Array.of(1, 2, 3) }));
    await Deno.writeFile(`${folder}/short`, packed.subarray(0, -4));
    await assertRejects(() => readIdx(`${folder}/short`), FormatError, "damaged gzip data");
    await Deno.writeFile(
      `${folder}/half`,
      gzipSync(encodeIdx({ shape: [9], data: new Uint8Array(9) }).subarray(0, 12)),
    );
    await assertRejects(() => readIdx(`${folder}/half`), IdxError, "expected 17 bytes (9 uint8), found only 12");
  }));

/** Runs a test with a file of the bytes 0 … 99. */
async function withFile(test: (path: string) => Promise<void>): Promise<void> {
  const path = Deno.makeTempFileSync();
  Deno.writeFileSync(path, Uint8Array.from({ length: 100 }, (_, i) => i));
  try {
    await test(path);
  } finally {
    Deno.removeSync(path);
  }
}

Deno.test("stored bytes: a stretch of a file or of memory, all of it or an error", () =>
  withFile(async (path) => {
    const inMemory = bytesInMemory(Deno.readFileSync(path), path);
    for (const bytes of [await openBytes(path), inMemory]) {
      assertEquals([bytes.name, bytes.size], [path, 100]);
      assertEquals(await bytes.read(98, 2), Uint8Array.of(98, 99));
      assertEquals((await readHead(bytes, 1000)).length, 100);
      const message = `${path}: at byte 90: expected 11 bytes, found 10: the file is cut off`;
      await assertRejects(() => bytes.read(90, 11), FormatError, message);
      await bytes.settle();
    }
  }));

Deno.test("stored bytes: a file that changes is refused, whether it is held open or opened again", () =>
  withFile(async (path) => {
    const emptied = await openBytes(path);
    Deno.writeFileSync(path, new Uint8Array(0));
    await assertRejects(() => emptied.read(0, 50), DigitFidError, "changed while it was read: give a finished file");

    const grown = await openBytes(path);
    Deno.writeFileSync(path, new Uint8Array(10), { append: true });
    await assertRejects(() => grown.settle(), DigitFidError, "changed while it was read");

    const replaced = await openBytes(path);
    await replaced.settle();
    Deno.writeFileSync(`${path}.new`, new Uint8Array(10).fill(1));
    const { atime, mtime } = Deno.statSync(path);
    Deno.utimeSync(`${path}.new`, atime!, mtime!); // as copies have that keep the time
    Deno.renameSync(`${path}.new`, path);
    await replaced.read(0, 10);
    await assertRejects(() => replaced.settle(), DigitFidError, "changed while it was read");

    const rewritten = await openBytes(path);
    await new Promise((resolve) => setTimeout(resolve, 10));
    Deno.writeFileSync(path, new Uint8Array(10).fill(2));
    await rewritten.read(0, 10);
    await assertRejects(() => rewritten.settle(), DigitFidError, "changed while it was read");
  }));

Deno.test("stored bytes: a pipe is read to its end; folders and devices are refused", async () => {
  const folder = Deno.makeTempDirSync();
  const pipe = `${folder}/pipe`;
  await new Deno.Command("/bin/bash", { args: ["-c", 'mkfifo "$0"', pipe] }).output();
  const writer = new Deno.Command("/bin/bash", { args: ["-c", 'head -c 200000 /dev/zero > "$0"', pipe] }).spawn();
  assertEquals((await openBytes(pipe)).size, 200000);
  await writer.status;
  await assertRejects(() => openBytes(folder), DigitFidError, `cannot read ${folder}: it is a folder, not a file`);
  await assertRejects(() => openBytes("/dev/zero"), DigitFidError, "cannot read /dev/zero: it is a device, not a file");
  await assertRejects(() => openBytes(`${folder}/none`), DigitFidError, "no such file or folder");
  Deno.removeSync(folder, { recursive: true });
});
