/** The package for npm, installed from its tarball into an empty folder. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { checkoutPath } from "../../lib/checkout.ts";
import { referenceStatistics, score } from "../../mod.ts";
import { commandsIn } from "../../lib/packaging/commands.ts";
import { loadMnist } from "../../lib/data/mnist.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { type Result, resultOf, startShell, Workspace } from "../support/cli.ts";
import { README_COMMANDS } from "../support/readme.ts";

/** Runs a line of bash. */
const bash = (line: string, cwd: string, env?: Record<string, string>): Promise<Result> =>
  resultOf(startShell(line, [], cwd, env));

/** What comes from npm's registry is not there without a network. */
const canInstall = (await bash("npm view deno@2.9.6 version", ".")).code === 0;

Deno.test({
  name: "npm: npx digit-fid works from the packed tarball (needs the registry of npm)",
  ignore: !canInstall,
  async fn(t) {
    using workspace = await Workspace.create();
    const { folder } = workspace;
    const tarball = checkoutPath(`dist/digit-fid-${config.version}.tgz`);

    await t.step("it is packed and installed", async () => {
      const packed = await bash('exec "$DENO" task --quiet package', checkoutPath(), { DENO: Deno.execPath() });
      assertEquals(packed.code, 0, packed.stderr);
      const installed = await bash(`npm install --no-audit --no-fund --prefer-offline '${tarball}'`, folder);
      assertEquals(installed.code, 0, installed.stderr);
    });

    await t.step("its commands are those of the checkout that start no other program, with their permissions", () => {
      const { tasks } = JSON.parse(Deno.readTextFileSync(`${folder}/node_modules/digit-fid/deno.json`));
      const expected = Object.entries(commandsIn(config.tasks)).filter(([, { command }]) => !/allow-run/.test(command));
      assert(expected.length > 5);
      const flagsOf = (line: string) => line.match(/--\S+/g);
      for (const [name, { command }] of expected) assertEquals(flagsOf(tasks[name].command), flagsOf(command));
      assertEquals(Object.keys(tasks), expected.map(([name]) => name));
    });

    await t.step("help, version, a wrong word and a wrong flag", async () => {
      const run = (args: string) => bash(`node_modules/.bin/digit-fid ${args}`, folder);
      assertMatch((await run("")).stdout, /^Usage: digit-fid COMMAND/);
      assertEquals((await run("--version")).stdout, `digit-fid ${config.version}\n`);
      assertStringIncludes((await run("help eval")).stdout, "digit-fid eval: ");
      const word = await run("trian");
      assertEquals(word, { code: 2, stdout: "", stderr: "digit-fid: unknown command trian; did you mean train?\n" });
      assertEquals((await run("eval --nothing")).code, 2);
    });

    await t.step("it scores files by the user's paths", async () => {
      const fid = "npx digit-fid fid --fake data/train-images-idx3-ubyte --real data/t10k-images-idx3-ubyte --json";
      const { code, stdout, stderr } = await bash(fid, folder);
      assertEquals(code, 0, stderr);
      const { fake_images, fid: score } = JSON.parse(stdout);
      assertEquals([fake_images, Number.isFinite(score)], [64, true]);
    });

    await t.step("README's commands do what they say, word for word", async () => {
      Deno.copyFileSync(tarball, `${folder}/digit-fid-${config.version}.tgz`);
      const { pixels } = await loadMnist(`${folder}/data`, "test");
      Deno.writeFileSync(`${folder}/generated.npy`, encodeNpy([64, 28, 28], pixels));
      const commands = README_COMMANDS.filter((command) => /^np[mx] /.test(command));
      assertEquals(commands.length, 2);
      for (const command of commands) {
        const { code, stdout, stderr } = await bash(command, folder);
        assertEquals(code, 0, stderr);
        if (command.startsWith("npx")) assertStringIncludes(stdout, "digit distance");
      }
    });

    await t.step("Ctrl-C reaches the command, and a killed parent takes it along", async () => {
      for (const [signal, code] of [["SIGINT", 130], ["SIGKILL", 137]] as const) {
        const train = "exec node_modules/.bin/digit-fid train --data data --batch-size 32 --epochs 999999 --out " +
          signal;
        const process = startShell(train, [], folder);
        let sent = false;
        const result = await resultOf(process, (stdout) => {
          if (!sent && stdout.includes("epoch 1/")) process.kill(signal);
          sent ||= stdout.includes("epoch 1/");
        });
        assertEquals(result.code, code, result.stderr);
      }
    });

    await t.step("Node scores to the same bits as Deno does, and says that it reads no files", async () => {
      const script = `
        import { referenceStatistics, score } from "digit-fid";
        const pixels = Uint8Array.from({ length: 100 * 784 }, (_, i) => (i * 2654435761 >>> 8) % 256);
        const { fid, kid } = await score(pixels, { real: await referenceStatistics("test") });
        const noFile = await score(pixels, { real: "mnist-test" }).catch(({ message }) => message);
        console.log(JSON.stringify({ fid, kid, noFile }));`;
      Deno.writeTextFileSync(`${folder}/score.mjs`, script);
      const { stdout, stderr } = await bash("node score.mjs", folder);
      assert(stdout, stderr);
      const pixels = Uint8Array.from({ length: 100 * 784 }, (_, i) => (i * 2654435761 >>> 8) % 256);
      const { fid, kid } = await score(pixels, { real: await referenceStatistics("test") });
      const { noFile, ...inNode } = JSON.parse(stdout);
      assertEquals(inNode, JSON.parse(JSON.stringify({ fid, kid })));
      assertMatch(noFile, /^cannot read .*: files are read under Deno alone; pass pixels, or statistics of them/);
    });

    await t.step("Node imports the library", async () => {
      const script = `
        import { frechetDistance, Moments } from "digit-fid/metrics";
        import { encodeNpy, parseNpy } from "digit-fid/formats";
        import * as scoring from "digit-fid";
        import * as training from "digit-fid/train";
        const latents = (shift) => ({ count: 3, width: 1, data: Float32Array.of(shift, shift + 1, shift + 2) });
        const distance = frechetDistance(Moments.of(latents(0)), Moments.of(latents(2)));
        const { shape } = parseNpy(encodeNpy([2, 3], new Float32Array(6)), "a");
        console.log(JSON.stringify({ distance, shape, score: typeof scoring.score, train: typeof training.train }));`;
      Deno.writeTextFileSync(`${folder}/script.mjs`, script);
      const { stdout, stderr } = await bash("node script.mjs", folder);
      assert(stdout, stderr);
      assertEquals(JSON.parse(stdout), { distance: 4, shape: [2, 3], score: "function", train: "function" });
    });
  },
});
