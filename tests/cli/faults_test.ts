/** What goes wrong while a training runs: the GPU is lost, the loss diverges, the disk fills up, somebody ends it. */
import { assertEquals, assertMatch } from "@std/assert";
import { readCheckpoint } from "../../lib/training/checkpoint.ts";
import {
  canMount,
  digitFid,
  type Result,
  resultOf,
  startDigitFid,
  startPreloaded,
  startShell,
  Workspace,
} from "../support/cli.ts";

const ENDLESS = ["--epochs", "1000000", "--log-every", "1000000"];
const TRAIN = ["train", "--data", "data", "--kernels", "cpu", "--batch-size", "16", ...ENDLESS];

/** The error, and the step in the way on that it shows. */
function wayOn(stderr: string, error: RegExp): number {
  const pattern = new RegExp(`^digit-fid: ${error.source}; to resume from step (\\d+): digit-fid train .* --resume\n$`);
  assertMatch(stderr, pattern);
  return Number(pattern.exec(stderr)![1]);
}

/** Steps of the checkpoints in a folder, each of which must be whole; nothing else may have been left over. */
async function steps(folder: string): Promise<number[]> {
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  const [checkpoints, others] = [/^checkpoint/, /^(?!checkpoint)/].map((kind) =>
    names.filter((name) => kind.test(name))
  );
  assertEquals(others, ["config.json", "metrics.csv", "model.safetensors"]);
  const read = await Promise.all(checkpoints.map((name) => readCheckpoint(`${folder}/${name}`)));
  return read.map(({ state }) => state.step);
}

for (const kernels of ["webgpu", "stock"]) {
  Deno.test(`faults: ${kernels}: a lost GPU ends the run with how to resume`, async () => {
    using workspace = await Workspace.create();
    const { folder } = workspace;
    const args = [...TRAIN, "--batch-size", "32", "--kernels", kernels, "--out", "run"];
    const { code, stderr } = await resultOf(startPreloaded("lose_gpu.ts", args, folder));
    assertEquals(wayOn(stderr, /the GPU was lost: .+/), 4);
    assertEquals(code, 1);
    assertEquals(await steps(`${folder}/run`), [2, 4]);
  });
}

Deno.test("faults: a loss that is no number ends the run with the step, its images and the last good checkpoint", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  assertEquals((await digitFid([...TRAIN, "--epochs", "2", "--out", "run"], folder)).code, 0);
  const { code, stderr } = await digitFid([...TRAIN, "--lr", "1e30", "--out", "run", "--resume"], folder);
  const error = /the training loss is (?:NaN|Infinity) after step (?:9|10): .* \(images of the step:(?: \d+){16}\)/;
  assertEquals(wayOn(stderr, error), 8);
  assertMatch(stderr, / --out run --lr 0.001 --resume\n$/, "the way on leads out, not to the same end");
  assertEquals(code, 1);
  assertEquals(await steps(`${folder}/run`), [4, 8]);
});

/** Under nohup this process and all that it starts are deaf to SIGHUP. */
const isDeafToHangup = (await resultOf(startShell("trap -p HUP", [], "/"))).stdout !== "";

for (const signal of ["SIGTERM", "SIGHUP", "SIGUSR2"] as const) {
  const ignore = signal === "SIGHUP" && isDeafToHangup;
  Deno.test(`faults: ${signal} saves, as Ctrl-C does, and the folder is free again`, { ignore }, async () => {
    using workspace = await Workspace.create();
    const { folder } = workspace;
    const process = startDigitFid([...TRAIN, "--out", "run"], folder);
    let sent = false;
    const { code, stderr } = await resultOf(process, (stdout) => {
      if (sent || !stdout.includes("epoch")) return;
      sent = true;
      process.kill(signal);
    });
    assertEquals(wayOn(stderr, /interrupted/), (await steps(`${folder}/run`)).at(-1));
    assertEquals(code, 130);
  });
}

Deno.test("faults: a folder in which a training runs is refused to all others, by name; a killed one's is free", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const process = startDigitFid([...TRAIN, "--out", "run"], folder);
  const refusals: Promise<Result>[] = [];
  const first = resultOf(process, (stdout) => {
    if (refusals.length > 0 || !stdout.includes("epoch")) return;
    for (const how of ["--resume", "--force"]) refusals.push(digitFid([...TRAIN, "--out", "run", how], folder));
    Promise.all(refusals).finally(() => process.kill("SIGKILL"));
  });
  assertEquals((await first).stderr, "", "the training goes on");
  for (const { code, stderr, stdout } of await Promise.all(refusals)) {
    const message = new RegExp(
      `^digit-fid: run is in use by process ${process.pid}( on .+)?: wait for its end, or end it\n$`,
    );
    assertMatch(stderr, message);
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
  }
  const [, epochs] = /.*epoch (\d+)\//s.exec((await first).stdout)!;
  const resumed = await digitFid(
    ["train", "--out", "run", "--resume", "--epochs", String(Number(epochs) + 100)],
    folder,
  );
  assertEquals(resumed.code, 0);
  assertEquals((await steps(`${folder}/run`)).length, 2);
});

Deno.test("faults: a reader that goes away ends nothing in noise", async () => {
  using workspace = await Workspace.create();
  const script = '{ "$0" "$@"; echo "code $?" >&2; } | head -n 1';
  const args = [
    "eval",
    "--data",
    "data",
    "--weights",
    new URL("../torch/torch-mlp-init.safetensors", import.meta.url).pathname,
  ];
  const { stdout, stderr } = await resultOf(startShell(script, args, workspace.folder));
  assertMatch(stdout, /^\w+ kernels .*\n$/);
  assertEquals(stderr, "code 0\n");
});

Deno.test({
  name: "faults: a disk that gets full or read-only in the middle of a run leaves the checkpoints before",
  ignore: !await canMount(), // needs root
  async fn() {
    using workspace = await Workspace.create();
    const { folder } = workspace;
    Deno.mkdirSync(`${folder}/disk`);
    // Trains an epoch, then goes on with all space taken, then on a read-only disk; shows what is left each time.
    const script = `exec unshare --mount bash -c '
      mount -t tmpfs -o size=1m none disk
      "$0" "$@" --epochs 1 --quiet >/dev/null
      fallocate -l 1m disk/filler 2>/dev/null || head -c 1m /dev/zero >disk/filler 2>/dev/null
      "$0" "$@" --epochs 9 --resume --quiet; echo "code $?"; cp -r disk/run full
      rm disk/filler; mount -o remount,ro disk
      "$0" "$@" --epochs 9 --resume --quiet; echo "code $?"; cp -r disk/run readonly
    ' "$0" "$@"`;
    const { stdout, stderr } = await resultOf(startShell(script, [...TRAIN, "--out", "disk/run"], folder));
    assertEquals(stdout, "code 1\ncode 1\n");
    const [full, readOnly] = stderr.trim().split("\n");
    assertMatch(full, /^digit-fid: cannot write disk\/run\/.*: the disk is full/);
    assertMatch(readOnly, /^digit-fid: cannot write disk\/run\/.*: the file system is read-only/);
    assertEquals([await steps(`${folder}/full`), await steps(`${folder}/readonly`)], [[4], [4]]);
  },
});

Deno.test("faults: a place where nothing can be is said for what it is", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const message = async (...args: string[]) => (await digitFid(args, folder)).stderr;
  const labels = "data/t10k-labels-idx1-ubyte";
  const found = await Promise.all([
    message("eval", "--data", "/", "--quiet"),
    message("train", "--data", "data", "--out", labels),
    message("train", "--data", "data", "--out", "/dev/null/run"),
  ]);
  assertEquals(found, [
    "digit-fid: /: no file t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz: name the folder with the data set (--data DIR)\n",
    `digit-fid: cannot make folder ${labels}: it is a file, not a folder\n`,
    "digit-fid: cannot make folder /dev/null/run: programs are kept from this path\n",
  ]);
});

Deno.test("faults: a training that waits for its images can be ended, and leaves nothing", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace, images = `${folder}/data/train-images-idx3-ubyte`;
  Deno.removeSync(images);
  await resultOf(startShell('mkfifo "$1"', [images], folder)); // nobody writes to it
  const process = startDigitFid([...TRAIN, "--out", "run"], folder);
  const result = await resultOf(process, (stdout) => stdout.includes("kernels") && process.kill("SIGTERM"));
  assertEquals([result.code, result.stderr], [130, "digit-fid: interrupted\n"]);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["data"]);
});

Deno.test("faults: a lack of memory is told in a line", async () => {
  using workspace = await Workspace.create();
  const result = await resultOf(startPreloaded("no_memory.ts", ["eval", "--data", "data"], workspace.folder));
  assertEquals(result, { code: 1, stdout: "", stderr: "digit-fid: there is not enough memory for this\n" });
});
