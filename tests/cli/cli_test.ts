/** The command line as a user meets it, on the GPU. */
import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { parseNpy } from "../../lib/formats/npy.ts";
import { readWeights } from "../../lib/network/weights_file.ts";
import { canMount, digitFid, resultOf, startDigitFid, startShell, Workspace } from "../support/cli.ts";

const CPU = ["--kernels", "cpu"];
const TRAIN = ["train", "--data", "data", ...CPU];
const EVAL = ["eval", "--data", "data", ...CPU];

Deno.test("cli: without a command, and with --help, the commands are listed", async () => {
  const { code, stdout, stderr } = await digitFid([]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  for (const command of ["train", "eval", "activations"]) assertMatch(stdout, new RegExp(`^  ${command} +\\w`, "m"));
  assertEquals((await digitFid(["--help"])).stdout, stdout);
});

Deno.test("cli: a command's help lists its flags and gives an example", async () => {
  for (const command of ["train", "eval", "activations"]) {
    const { code, stdout, stderr } = await digitFid([command, "--help"]);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    for (const flag of ["data DIR", "kernels auto|webgpu|cpu|stock", "json", "quiet", "help"]) {
      assertStringIncludes(stdout, `\n  --${flag} `);
    }
    assertMatch(stdout, new RegExp(`^Example: digit-fid ${command} --`, "m"));
  }
});

Deno.test("cli: the help of what scores names the flags of one set, which its warnings advise", async () => {
  for (const command of ["fid", "watch", "scorer"]) {
    const { stdout } = await digitFid([command, "--help"]);
    assertMatch(stdout, /--invert, .* can be said of one set: --fake-range/, command);
  }
});

Deno.test("cli: wrong usage is one line on stderr and exit code 2", async () => {
  const refused: [args: string[], message: string][] = [
    [["trian", "--epochs", "1"], "unknown command trian; did you mean train?"],
    [["train", "--epoch", "1"], "unknown flag --epoch; did you mean --epochs?"],
    [["train", "--batch-size", "0"], "--batch-size: expected an integer from 1 to 4096, found 0"],
    [["train", "--arch", "cnn"], "--arch: expected mlp or linear, found cnn"],
    [["train", "--resume"], "--resume needs --out, the folder of the run to resume"],
  ];
  for (const [args, message] of refused) {
    const { code, stdout, stderr } = await digitFid(args);
    assertEquals({ code, stderr }, { code: 2, stderr: `digit-fid: ${message}\n` });
    assertMatch(stdout, /^$|^webgpu on .*\n$/);
  }
});

Deno.test("cli: what cannot be done is one line on stderr and exit code 1", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  Deno.writeFileSync(`${folder}/damaged.safetensors`, new Uint8Array(100).fill(255));
  const refused: [args: string[], message: RegExp][] = [
    [[...EVAL, "--weights", "none.safetensors"], /cannot read none.safetensors: no such file or folder/],
    [[...EVAL, "--weights", "damaged.safetensors"], /damaged.safetensors: /],
    [["train", "--epochs", "1", "--data", "nowhere", "--out", "run"], /cannot read .*nowhere: no such file or folder/],
    [
      [...TRAIN, "--epochs", "1", "--out", "data/train-labels-idx1-ubyte/run"],
      /cannot .*run: a part of the path is a file/,
    ],
  ];
  for (const [args, message] of refused) {
    const { code, stderr } = await digitFid(args, folder);
    assertMatch(stderr, new RegExp(`^digit-fid: ${message.source}.*\n$`));
    assertEquals(code, 1);
  }
  const noDriver = { DENO_WEBGPU_BACKEND: "vulkan", VK_DRIVER_FILES: "/none.json" };
  const args = [...TRAIN, "--kernels", "webgpu", "--epochs", "1", "--out", "run"];
  const noAdapter = await digitFid(args, folder, noDriver);
  assertEquals({ code: noAdapter.code, stdout: noAdapter.stdout }, { code: 1, stdout: "" });
  assertMatch(
    noAdapter.stderr,
    /^digit-fid: no WebGPU adapter: .* apt-get install mesa-vulkan-drivers; .* \(--kernels cpu\)\n$/,
  );
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["damaged.safetensors", "data"]);
});

Deno.test("cli: a run from start to end", async (t) => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const read = (path: string) => Deno.readTextFileSync(`${folder}/${path}`);
  let accuracy = NaN;

  await t.step("train saves a run and --json prints one object", async () => {
    const { code, stdout, stderr } = await digitFid([...TRAIN, "--epochs", "2", "--out", "run", "--json"], folder);
    assertEquals(code, 0);
    assertMatch(stderr, /^cpu kernels .*\nepoch 1\/2, .*\nepoch 2\/2, .*\n$/);
    const result = JSON.parse(stdout);
    accuracy = result.accuracy;
    assertEquals([result.out, result.epochs], ["run", 2]);
    assert(accuracy >= 0 && accuracy <= 1 && result.loss > 0);
    assertEquals(read("run/metrics.csv").trim().split("\n").length, 3);
  });

  await t.step("eval finds the same accuracy", async () => {
    const args = [...EVAL, "--weights", "run/model.safetensors"];
    const json = JSON.parse((await digitFid([...args, "--json"], folder)).stdout);
    assertEquals(json.accuracy, accuracy);
    assertEquals(json.confusion.flat().reduce((a: number, b: number) => a + b), 64);
    const quiet = await digitFid([...args, "--quiet"], folder);
    assertEquals({ code: quiet.code, stderr: quiet.stderr }, { code: 0, stderr: "" });
    assertMatch(quiet.stdout, new RegExp(`^loss \\d\\.\\d{4}\naccuracy ${(100 * accuracy).toFixed(2)}\u00a0%\n`));
  });

  await t.step("a run that is there is refused, continued by --resume and replaced by --force", async () => {
    const before = read("run/model.safetensors");
    const refused = await digitFid([...TRAIN, "--epochs", "1", "--out", "run"], folder);
    assertEquals(refused.code, 1);
    assertEquals(
      refused.stderr,
      "digit-fid: run already holds a run: resume it, or replace it (--resume or --force)\n",
    );
    assertEquals(read("run/model.safetensors"), before);

    const resumed = await digitFid([...TRAIN, "--epochs", "3", "--out", "run", "--resume"], folder);
    assertEquals(resumed.code, 0);
    assertEquals(resumed.stdout.match(/^epoch .*?,/gm), ["epoch 3/3,"]);
    assertEquals(read("run/metrics.csv").trim().split("\n").length, 4);
    assertNotEquals(read("run/model.safetensors"), before);

    assertEquals((await digitFid([...TRAIN, "--epochs", "2", "--out", "run", "--force"], folder)).code, 0);
    assertEquals(read("run/model.safetensors"), before, "the same seed gives the same weights");
  });

  await t.step("Ctrl-C saves and exits with 130", async () => {
    const process = startDigitFid([...TRAIN, "--epochs", "9999", "--out", "stopped"], folder);
    let sent = false;
    const { code, stderr } = await resultOf(process, (stdout) => {
      if (sent || !stdout.includes("epoch 1/")) return;
      // Twice, as somebody does who cannot wait.
      for (let i = 0; i < 2; i++) process.kill("SIGINT");
      sent = true;
    });
    const resumeLine =
      /^digit-fid: interrupted; to resume from step \d+: digit-fid (train .* --out stopped --resume)\n$/;
    assertMatch(stderr, resumeLine);
    assertEquals(code, 130);
    assertEquals((await readWeights(`${folder}/stopped/model.safetensors`)).arch, "mlp");

    const again = startDigitFid(resumeLine.exec(stderr)![1].split(" "), folder);
    const resumed = await resultOf(again, (stdout) => stdout.includes("epoch") && again.kill("SIGINT"));
    assertEquals(resumed.code, 130);
    assertMatch(resumed.stdout, /epoch \d+\/9999/);
  });

  await t.step("activations writes arrays and pictures", async () => {
    const args = ["activations", "--data", "data", ...CPU, "--weights", "run/model.safetensors", "--out", "act"];
    assertEquals((await digitFid(args, folder)).code, 0);
    const shapes = { pool1: [10, 8, 16, 16], pool2: [10, 16, 8, 8], pool3: [10, 32, 2, 2], latent: [64, 128] };
    for (const [name, shape] of Object.entries(shapes)) {
      assertEquals(parseNpy(Deno.readFileSync(`${folder}/act/${name}.npy`), name).shape, shape);
      assertEquals(Deno.readFileSync(`${folder}/act/${name}.png`).subarray(1, 4), new TextEncoder().encode("PNG"));
    }
  });
});

/** Mounts a small file system of the given options as `disk`, trains into it and lists what is there then. */
const TRAIN_ON_DISK = `
  mount -t tmpfs -o "$1" none disk || exit 99
  "$0" "\${@:2}" --out disk/run
  code=$?
  ls -A disk/run 2>/dev/null
  exit $code`;

Deno.test({
  name: "cli: a full disk and a read-only one are reported, and leave no half-written file",
  ignore: !await canMount(),
  async fn() {
    using workspace = await Workspace.create();
    Deno.mkdirSync(`${workspace.folder}/disk`);
    const train = async (options: string) => {
      const args = [TRAIN_ON_DISK, options, ...TRAIN, "--epochs", "2", "--quiet"];
      const script = 'exec unshare --mount bash -c "$1" "$0" "${@:2}"';
      return await resultOf(startShell(script, args, workspace.folder));
    };
    // Holds a run's files with one checkpoint, but not with two.
    const { code, stdout, stderr } = await train("size=420k");
    assertEquals(stdout, "checkpoint-00000001.safetensors\nconfig.json\nmetrics.csv\nmodel.safetensors\n");
    const message = "cannot write disk/run/checkpoint-00000002.safetensors: the disk is full; to resume from step 1: ";
    assertStringIncludes(stderr, `digit-fid: ${message}digit-fid train --data data`);
    assertEquals(code, 1);
    assertEquals(await train("ro"), {
      code: 1,
      stdout: "",
      stderr: "digit-fid: cannot make folder disk/run: the file system is read-only\n",
    });
  },
});
