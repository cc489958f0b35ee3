/** `fid` on images in the forms that people have them, from end to end. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { limit } from "../../lib/data/images.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { digitFid, resultOf, startShell } from "../support/cli.ts";
import { TemporaryFolder } from "../support/folders.ts";
import { mnist } from "../support/mnist.ts";
import { zipOf } from "../support/zip_file.ts";

const COUNT = 1000;
const { pixels } = limit(await mnist("train"), COUNT);
const bytes = encodeNpy([COUNT, 28, 28], Uint8Array.from(pixels));

/** Everything that a score says but how its images came, and what it says of labels, which not all of them bring. */
function numbersOf(stdout: string): unknown {
  const { fake: _, fake_as: __, asked: ___, ...numbers } = JSON.parse(stdout);
  return numbers;
}

Deno.test("inputs: the same digits have the same score to the last digit, in a file or through a pipe", async (t) => {
  using folder = new TemporaryFolder();
  const { path } = folder;
  const standardised = Float32Array.from(pixels, (byte) => (byte / 255 - 0.1307) / 0.3081);
  const labels = encodeNpy([COUNT], Uint8Array.from({ length: COUNT }, (_, i) => i % 10));
  Deno.writeFileSync(`${path}/bytes.npy`, bytes);
  Deno.writeFileSync(`${path}/standardised.npy`, encodeNpy([COUNT, 1, 28, 28], standardised));
  Deno.writeFileSync(`${path}/packed.npz`, zipOf([["arr_0.npy", bytes], ["labels.npy", labels]], true));
  const score = (command: string) => resultOf(startShell(`"$0" fid --json --fake ${command}`, [], path));
  const { stdout, code, stderr } = await score("bytes.npy");
  assertEquals(code, 0, stderr);
  const expected = numbersOf(stdout);
  for (const form of ["standardised.npy", "- < packed.npz", "<(cat bytes.npy)"]) {
    await t.step(form, async () => {
      const { stdout, stderr } = await score(form);
      assertEquals(numbersOf(stdout), expected, stderr);
      const { fake_as, asked } = JSON.parse(stdout);
      assertStringIncludes(fake_as, "(inferred)");
      assertEquals(asked !== undefined, form.includes("packed"), "labels are found where there are any");
    });
  }
});

Deno.test("inputs: names that hold control characters never reach the terminal as they are", async () => {
  using folder = new TemporaryFolder();
  const { path } = folder,
    name = "a\nwarning: \x1b[31m\u202egnp\u2028.npy",
    shown = "a\\x0awarning: \\x1b[31m\\u202egnp\\u2028.npy";
  Deno.writeFileSync(`${path}/${name}`, encodeNpy([20, 28, 28], Uint8Array.from(pixels.subarray(0, 20 * 784))));
  const isClean = (text: string) => !["\x1b", "\u202e", "\u2028", "\nwarning: \\x1b"].some((raw) => text.includes(raw));
  const { stdout, stderr, code } = await digitFid(["fid", "--fake", name], path);
  assertEquals(code, 0, stderr);
  assert(isClean(stdout) && isClean(stderr), stdout + stderr);
  assertStringIncludes(stdout, `\n${shown}: 20 images, 20×28×28 |u1`);
  assertStringIncludes(stdout, `\n20 images of ${shown} against`);
  const json = await digitFid(["fid", "--json", "--fake", name], path);
  assert(isClean(json.stdout) && isClean(json.stderr), json.stdout);
  assertEquals(JSON.parse(json.stdout).fake, name);
});

Deno.test("inputs: what is no file is refused at once, in plain words", async (t) => {
  using folder = new TemporaryFolder();
  const { path } = folder;
  Deno.writeFileSync(`${path}/x.npy`, bytes);
  const refused: [command: string, message: RegExp][] = [
    ['"$0" fid --fake /dev/zero', /cannot read \/dev\/zero: it is a device, not a file/],
    ['"$0" fid --fake /dev/null', /cannot read \/dev\/null: it is a device, not a file/],
    ['"$0" fid --fake -', /standard input is empty: pipe a file into it/],
    ['head -c 1000 x.npy | "$0" fid --fake -', /standard input: at byte 128: expected 784000 bytes .* found 872/],
    ['"$0" fid --fake none.npy', /cannot read none.npy: no such file or folder/],
    ['"$0" fid --fake "$(printf %300s x)"', /cannot read .*: the name is too long/],
  ];
  for (const [command, message] of refused) {
    await t.step(command, async () => {
      const { code, stderr } = await resultOf(startShell(command, [], path));
      const last = stderr.trimEnd().split("\n").at(-1)!;
      assertMatch(last, new RegExp(`^digit-fid: ${message.source}`));
      assert(!/os error|--allow|NotCapable|Float32Array/.test(stderr), stderr);
      assertEquals(code, 1);
    });
  }
});
