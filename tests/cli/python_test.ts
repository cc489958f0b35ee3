/** The client for Python, as people use it. Needs a Python with NumPy; says so where there is none. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { limit } from "../../lib/data/images.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { resultOf, startShell } from "../support/cli.ts";
import { inFolder } from "../support/folders.ts";
import { mnist } from "../support/mnist.ts";
import { readmeBlocks } from "../support/readme.ts";

const PYTHON = 'PATH=/usr/bin:$PATH exec python3 "$@"';

async function python(args: string[], folder: string, env?: Record<string, string>) {
  return await resultOf(startShell(PYTHON, args, folder, env));
}

async function lacks(module: string): Promise<boolean> {
  const isMissing = (await python(["-c", `import ${module}`], "/")).code !== 0;
  if (isMissing) console.log(`skipped: python3 has no ${module}`);
  return isMissing;
}

Deno.test({
  name: "python: update, compute, reset, save, merge; errors in the same sentences; the program ends with Python",
  ignore: await lacks("numpy"),
  fn: () =>
    inFolder(async (folder) => {
      const { count, pixels } = limit(await mnist("test"), 100);
      Deno.writeFileSync(`${folder}/digits.npy`, encodeNpy([count, 28, 28], pixels));
      const script = checkoutPath("tests/support/python_scorer.py");
      const { code, stdout, stderr } = await python(
        [script, checkoutPath(), `${folder}/digits.npy`, Deno.execPath()],
        folder,
      );
      assertEquals(code, 0, stderr);
      const said = Object.assign({}, ...stdout.trim().split("\n").map((line) => JSON.parse(line)));
      assert(Math.abs(said.fid) < 1e-9, `the same images are ${said.fid} apart`);
      const promises = [
        "score",
        "after",
        "merged",
        "line",
        "orphan",
        "shown",
        "bare",
        "lost",
        "threads",
        "seeded",
        "options",
      ];
      for (const kept of promises) {
        assertEquals([kept, said[kept]], [kept, true]);
      }
      assertMatch(said.many, /expected 100 labels, one an image, found 60000$/);
      assert(said.torch === true || said.torch === "missing", said.torch);
      assertMatch(said.shape, /^generated images: expected images as N×28×28, .* found 3×5: save/);
      assertMatch(said.dtype, /^generated images: expected an array of numbers, found one of complex64$/);
      assertMatch(said.labels, /^generated images: expected 100 labels, one an image, found 1$/);
      assertMatch(said.masked, /^generated images: some are masked: say what they are by filled\(0\)/);
      assertMatch(said.ragged, /^generated images: no array can be made of them: /);
      assertMatch(said.objects, /^labels: expected an array of numbers, found one of Python's own objects$/);
      assertMatch(said.endless, /^labels: some are no finite numbers, expected digits from 0 to 9$/);
      for (const each of [said.copied, said.pickled]) assertMatch(each, /^a Scorer is a running program, and cannot/);
      assertMatch(said.none, /no image, which is too few to score: add 2 in all or more$/);
      assertEquals(said.closed, "the scorer has ended: it was closed: make a new Scorer");
      const killed = "the scorer has ended: it was killed by signal 9: make a new Scorer";
      assertEquals([said.killed, said.then], [`${killed} and add the images again`, killed]);
      assert(said.seconds < 5, `${said.seconds} seconds`);
      assertEquals(said.file, "cannot read none.npy: no such file or folder");
      assertEquals(said.flag, "--keep: expected an integer of at least 2, found 1");
      assertMatch(said.command, /^cannot start \/nowhere\/digit-fid: No such file or directory: name the program/);
    }),
});

Deno.test({
  name: "python: parts scored by two workers of a Dask cluster are scored as one set",
  ignore: await lacks("numpy") || await lacks("distributed"),
  fn: () =>
    inFolder(async (folder) => {
      const script = checkoutPath("examples/score_on_dask.py");
      const images = Deno.env.get("DIGIT_FID_FULL") ? 100_000 : 4000;
      const { code, stdout, stderr } = await python([script, `${images}`, "4", "--check"], folder);
      assertEquals(code, 0, stderr);
      const [score, check] = stdout.trim().split("\n").map((line) => JSON.parse(line));
      assertEquals([score.fake_images, check.equal_to_one_machine], [images, true]);
    }),
});

Deno.test({
  name: "python: a VAE is scored after each epoch of its training",
  ignore: await lacks("numpy") || await lacks("torch"),
  fn: () =>
    inFolder(async (folder) => {
      const script = checkoutPath("examples/train_vae.py");
      const args = [script, "--epochs", "1", "--images", "1000", "--score", "200"];
      const { code, stdout, stderr } = await python(args, folder);
      assertEquals(code, 0, stderr);
      assertMatch(stdout, /^epoch 1: loss \d+\.\d, digit distance \d+\.\d\d, FID \d+\.\d, .* \(scored in .* s\)\n$/);
    }),
});

Deno.test({
  name: "python: README's lines do what they say, word for word",
  ignore: await lacks("numpy"),
  fn: () =>
    inFolder(async (folder) => {
      const blocks = readmeBlocks("python");
      assertEquals(blocks.length, 1);
      const { count, pixels } = limit(await mnist("train"), 500);
      Deno.writeFileSync(`${folder}/digits.npy`, encodeNpy([count, 28, 28], pixels));
      const script = `import numpy\nimages = numpy.load("digits.npy")\n${blocks[0]}`;
      const env = { PYTHONPATH: checkoutPath("python") };
      const { code, stdout, stderr } = await python(["-c", script], folder, env);
      assertEquals(code, 0, stderr);
      assertMatch(stdout, /^500 images against 10000, by reference-v2 \(SHA-256 \w{12}…\)\n +real digits\n/);
      assertMatch(stdout, /^ {2}digit distance +[\d.]+ +[\d.]+ ± [\d.]+ +standard error .*; 0 is best$/m);
      assertMatch(stdout, /^warning: 500 generated images: /m);
    }),
});
