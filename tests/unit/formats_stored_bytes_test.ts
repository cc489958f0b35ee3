/** Files that change under way, end early, or are none. */
import { assertEquals, assertRejects } from "@std/assert";
import { DigitFidError, FormatError } from "../../lib/errors.ts";
import { bytesInMemory, openBytes, readHead } from "../../lib/formats/stored_bytes.ts";

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
