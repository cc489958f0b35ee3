/** The package for npm, installed from its tarball into an empty folder. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { checkoutPath } from "../../lib/checkout.ts";
import * as library from "../../mod.ts";
import { commandsIn } from "../../lib/packaging/commands.ts";
import { loadMnist } from "../../lib/data/mnist.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { type Result, resultOf, startShell, Workspace } from "../support/cli.ts";
import { TemporaryFolder } from "../support/folders.ts";
import { digits, writeEveryKind } from "../support/image_files.ts";
import { README_COMMANDS, readmeBlocks } from "../support/readme.ts";
import { zipOf } from "../support/zip_file.ts";

/** Runs a line of bash. */
const bash = (line: string, cwd: string, env?: Record<string, string>): Promise<Result> =>
  resultOf(startShell(line, [], cwd, env));

/** Reads and writes files by the library, whose host it is all the same to: a module that any host runs. */
const EVERY_FILE = `
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
const inWords = ({ name, message }) => name + ": " + message;
export async function everyFile({ openImages, readStatistics, referenceStatistics, Scorer, score, writeStatistics }, folder, own, kinds) {
  const said = {};
  for (const [path, options] of kinds) {
    said[path] = await openImages(path, options ?? undefined).then(async (source) => {
      const hash = createHash("sha256").update(source.count + source.description);
      for await (const { pixels } of source.chunks()) hash.update(Float64Array.from(pixels));
      return hash.digest("hex");
    }, inWords);
  }
  const file = own + "/statistics.safetensors";
  await writeStatistics(file, await referenceStatistics("test"));
  said.statistics = createHash("sha256").update(readFileSync(file)).digest("hex");
  said.score = await score(folder + "/pngs", { real: file });
  said.taken = await writeStatistics(file, await readStatistics(file), { replace: false }).catch(inWords);
  said.nowhere = await writeStatistics(own + "/none/file", await readStatistics(file)).catch(inWords);
  const unused = [], cache = { folder: folder + "/cache", onUnused: (reason) => unused.push(reason) };
  const scorer = await Scorer.create({ real: folder + "/images-idx3-ubyte", cache });
  await scorer.add(folder + "/signed.npy");
  said.scorer = await scorer.compute();
  await scorer.close();
  return JSON.parse(JSON.stringify({ ...said, unused }).replaceAll(own, "OWN"));
}`;

/** Paths of every kind of file with images, and of some that hold none. */
async function writeKinds(folder: string) {
  const { pixels, count } = await digits(2);
  const halves = encodeNpy([count, 28, 28], Float32Array.from(pixels, (byte) => byte / 255));
  const npy = encodeNpy([count, 28, 28], pixels);
  const files: Record<string, Uint8Array> = {
    "named.npz": zipOf([["a.npy", npy], ["b.npy", halves]], true),
    "pictures.zip": zipOf(
      ["0", "1"].map((name) => [`${name}.png`, Deno.readFileSync(`${folder}/pngs/000${name}.png`)]),
    ),
    "cut.npy": npy.subarray(0, 500),
    "half.npy": halfNpy(pixels),
  };
  for (const [name, bytes] of Object.entries(files)) Deno.writeFileSync(`${folder}/${name}`, bytes);
  Deno.mkdirSync(`${folder}/empty`);
  const none = ["none.npy", "empty", "cut.npy/x", "a\0b", "x".repeat(300), "named.npz", "named.npz#c"];
  return [...Object.keys(files), "named.npz#b", ...none].map((name) => [`${folder}/${name}`]);
}

/** Images as NumPy saves them in floats of 16 bits. */
function halfNpy(pixels: Uint8Array): Uint8Array {
  const bytes = encodeNpy([pixels.length / 784, 28, 28], pixels), start = bytes.length - pixels.length;
  bytes.set([..."<f2"].map((character) => character.charCodeAt(0)), bytes.indexOf("|".charCodeAt(0)));
  const halves = new Uint8Array(Float16Array.from(pixels, (byte) => byte / 255).buffer);
  return Uint8Array.of(...bytes.subarray(0, start), ...halves);
}

/** The one command of README by npm or npx. */
function readmeCommand(program: string): string {
  const commands = README_COMMANDS.filter((command) => `${command} `.startsWith(`${program} `));
  assertEquals(commands.length, 1);
  return commands[0];
}

/** What comes from npm's registry is not there without a network. */
const canInstall = (await bash("npm view deno@2.9.6 version", ".")).code === 0;

Deno.test({
  name: "npm: npx digit-fid works from the packed tarball (needs the registry of npm)",
  ignore: !canInstall,
  async fn(t) {
    using workspace = await Workspace.create();
    const { folder } = workspace;
    let digitDistance: number;

    await t.step("it is packed, and installed as README says", async () => {
      const packed = await bash(readmeCommand("./digit-fid package"), checkoutPath());
      assertEquals(packed.code, 0, packed.stderr);
      const fast = { npm_config_audit: "false", npm_config_fund: "false", npm_config_prefer_offline: "true" };
      const installed = await bash(readmeCommand("npm").replace("../digit-fid", checkoutPath()), folder, fast);
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

    await t.step("the metrics ask for no module of Node's, so that they run in browsers", () => {
      const modules = new Set<string>();
      const follow = (file: string): void => {
        if (modules.has(file)) return;
        modules.add(file);
        if (file.startsWith("node:")) return;
        const text = Deno.readTextFileSync(file);
        for (const [, name] of text.matchAll(/^(?:import|export|\} from)\b.*?"([^"]+)";$/gm)) {
          follow(name.startsWith(".") ? join(file, "..", name) : name);
        }
      };
      follow(`${folder}/node_modules/digit-fid/lib/entry/metrics.js`);
      assert(modules.size > 5, [...modules].join());
      assertEquals([...modules].filter((name) => !name.startsWith(folder)), []);
    });

    await t.step("help, version, a wrong word and a wrong flag", async () => {
      const [usage, version, help, word, flag] = await Promise.all(
        ["", "--version", "help eval", "trian", "eval --nothing"].map((args) =>
          bash(`node_modules/.bin/digit-fid ${args}`, folder)
        ),
      );
      assertMatch(usage.stdout, /^Usage: digit-fid COMMAND/);
      assertEquals(version.stdout, `digit-fid ${config.version}\n`);
      assertStringIncludes(help.stdout, "digit-fid eval: ");
      assertEquals(word, { code: 2, stdout: "", stderr: "digit-fid: unknown command trian; did you mean train?\n" });
      assertEquals(flag.code, 2);
    });

    await t.step("it scores files by the user's paths, and so does Node, to the last bit", async () => {
      const [fake, real] = ["data/train-images-idx3-ubyte", "data/t10k-images-idx3-ubyte"];
      const script = `
        import { score } from "digit-fid";
        console.log(JSON.stringify(await score("${fake}", { real: "${real}" })));`;
      Deno.writeTextFileSync(`${folder}/paths.mjs`, script);
      const [command, inNode] = await Promise.all([
        bash(`npx digit-fid fid --fake ${fake} --real ${real} --json`, folder),
        bash("node paths.mjs", folder),
      ]);
      assertEquals([command.code, inNode.code, inNode.stderr], [0, 0, ""], command.stderr);
      const [inJson, score] = [command, inNode].map(({ stdout }) => JSON.parse(stdout));
      ({ digitDistance } = score);
      assertEquals([inJson.fake_images, Number.isFinite(digitDistance)], [64, true]);
      assertEquals([inJson.fid, inJson.digit_distance, inJson.kid], [score.fid, digitDistance, score.kid]);
    });

    await t.step("files of every kind are the same to Node as to Deno, errors included", async () => {
      const kinds = [
        ...(await writeEveryKind(folder)).map(([name, options]) => [`${folder}/${name}`, options]),
        ...await writeKinds(folder),
      ];
      Deno.writeTextFileSync(`${folder}/every.mjs`, EVERY_FILE);
      const call = (own: string) => [folder, `${folder}/${own}`, kinds] as const;
      for (const own of ["deno", "node"]) Deno.mkdirSync(`${folder}/${own}`);
      const { everyFile } = await import(`data:text/javascript,${encodeURIComponent(EVERY_FILE)}`);
      const expected = await everyFile(library, ...call("deno"));
      const [cached] = [...Deno.readDirSync(`${folder}/cache`)];
      const written = Deno.statSync(`${folder}/cache/${cached.name}`).ino;
      Deno.writeTextFileSync(
        `${folder}/main.mjs`,
        `import * as library from "digit-fid"; import { everyFile } from "./every.mjs";
         console.log(JSON.stringify(await everyFile(library, ...${JSON.stringify(call("node"))})));`,
      );
      const { stdout, stderr } = await bash("node main.mjs", folder);
      assertEquals(stderr, "");
      assertEquals(JSON.parse(stdout), expected);
      assertEquals(Deno.statSync(`${folder}/cache/${cached.name}`).ino, written, "Node uses the cache that Deno wrote");
      assertEquals([expected.unused, expected.taken], [
        [],
        "DigitFidError: OWN/statistics.safetensors is there already: replace it",
      ]);
      assertEquals(
        expected[`${folder}/none.npy`],
        `DigitFidError: cannot read ${folder}/none.npy: no such file or folder`,
      );
      assertEquals(
        expected[`${folder}/a\0b`],
        `DigitFidError: cannot read ${folder}/a\\x00b: a path has no zero byte in it`,
      );
    });

    await t.step("TypeScript knows the types of every entry point", async () => {
      const program = `
        import { type Score, score, Scorer } from "digit-fid";
        import { frechetDistance, Moments } from "digit-fid/metrics";
        import { train } from "digit-fid/train";
        import { encodeNpy } from "digit-fid/formats";
        const { fid, digitDistance }: Score = await score("samples.npy", { real: "mnist-test" });
        export const numbers: (number | undefined)[] = [fid, digitDistance];
        export const functions = [frechetDistance, Moments.of, train, encodeNpy, Scorer.create];`;
      Deno.writeTextFileSync(`${folder}/program.mts`, program);
      const mistake = program.replace("const { fid", "const { fiddle").replace("[fid,", "[fiddle,");
      Deno.writeTextFileSync(`${folder}/mistake.mts`, mistake);
      const flags = "--noEmit --strict --module nodenext --target es2022";
      // The compiler that makes the package, from Deno's cache.
      const tsc = `"$DENO" run -A --config '${checkoutPath("tasks/lower/deno.json")}' npm:typescript@5.9.3/tsc`;
      const { stdout } = await bash(`${tsc} ${flags} program.mts mistake.mts`, folder, { DENO: Deno.execPath() });
      assertMatch(stdout, /^mistake\.mts\(6,17\): error TS2339: Property 'fiddle' does not exist on type 'Score'\.\n$/);
    });

    await t.step("README's command and lines do what they say, word for word", async () => {
      const { pixels } = await loadMnist(`${folder}/data`, "test");
      Deno.writeFileSync(`${folder}/generated.npy`, encodeNpy([64, 28, 28], pixels));
      const [lines, ...others] = readmeBlocks("js");
      assertEquals(others, []);
      Deno.writeTextFileSync(`${folder}/readme.mjs`, lines);
      const [command, program] = await Promise.all(
        [readmeCommand("npx"), "node readme.mjs"].map((line) => bash(line, folder)),
      );
      assertEquals([command.code, program.code], [0, 0], command.stderr + program.stderr);
      const [, distance] = /^ {2}digit distance +([\d.]+)/m.exec(command.stdout) ?? [];
      const [, inNode] = /\bdigitDistance: ([\d.]+),/.exec(program.stdout) ?? [];
      assertEquals(Number(inNode).toFixed(4), distance);
    });

    await t.step(
      "Python finds it in node_modules, of a folder above as well, and says where there is none",
      async () => {
        const python = "env PATH=/usr/bin:/bin python3";
        if ((await bash(`${python} -c 'import numpy'`, folder)).code !== 0) return console.log("skipped: no NumPy");
        Deno.copyFileSync(`${folder}/node_modules/digit-fid/python/digit_fid.py`, `${folder}/digit_fid.py`);
        const script = `
import json, numpy, digit_fid
try:
    with digit_fid.Scorer(real="${folder}/data/t10k-images-idx3-ubyte", cache=False) as scorer:
        scorer.update(numpy.fromfile("${folder}/data/train-images-idx3-ubyte", numpy.uint8)[16:].reshape(-1, 28, 28))
        print(json.dumps(scorer.compute()))
except digit_fid.DigitFidError as error:
    print(json.dumps({"error": str(error)}))`;
        Deno.writeTextFileSync(`${folder}/script.py`, script);
        Deno.mkdirSync(`${folder}/below`);
        using elsewhere = new TemporaryFolder();
        const [found, none] = await Promise.all(
          [`${folder}/below`, elsewhere.path].map((cwd) => bash(`PYTHONPATH=.. ${python} ${folder}/script.py`, cwd)),
        );
        assertEquals([found.stderr, none.stderr], ["", ""]);
        assertEquals(JSON.parse(found.stdout).digit_distance, digitDistance);
        assertMatch(
          JSON.parse(none.stdout).error,
          /^the program digit-fid is not found: name the one in a clone by .*DIGIT_FID=CLONE\/digit-fid/,
        );
      },
    );

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

    await t.step("Node scores pixels to the same bits as Deno does, also where it has no threads", async () => {
      const pixels = "Uint8Array.from({ length: 100 * 784 }, (_, i) => (i * 2654435761 >>> 8) % 256)";
      const script = `
        if (process.argv[2] === "alone") process.getBuiltinModule = undefined;
        const { referenceStatistics, score } = await import("digit-fid");
        const { fid, kid } = await score(${pixels}, { real: await referenceStatistics("test") });
        console.log(JSON.stringify({ fid, kid }));`;
      Deno.writeTextFileSync(`${folder}/score.mjs`, script);
      const results = await Promise.all(["threads", "alone"].map((way) => bash(`node score.mjs ${way}`, folder)));
      const same = Uint8Array.from({ length: 100 * 784 }, (_, i) => (i * 2654435761 >>> 8) % 256);
      const { fid, kid } = await library.score(same, { real: await library.referenceStatistics("test") });
      for (const { stdout, stderr } of results) {
        assert(stdout, stderr);
        assertEquals(JSON.parse(stdout), JSON.parse(JSON.stringify({ fid, kid })));
      }
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
