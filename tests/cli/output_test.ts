/** What cannot be printed: a log on a full disk, a terminal that goes away. A training goes on; a lost score is an error. */
import { assert, assertEquals } from "@std/assert";
import { readCheckpoint } from "../../lib/training/checkpoint.ts";
import { type EpochRecord, parseMetrics } from "../../lib/training/record.ts";
import { type Result, resultOf, startShell, Workspace } from "../support/cli.ts";

const TRAIN = ["train", "--data", "data", "--kernels", "cpu", "--batch-size", "16", "--log-every", "1000000"];
const EVAL = ["eval", "--data", "data", "--kernels", "cpu"];

/** Runs a command with its output going where a shell's words say. */
function redirected(where: string, args: string[], folder: string): Promise<Result> {
  return resultOf(startShell(`"$0" "$@" ${where}`, args, folder));
}

Deno.test("output: a log that cannot be written never ends a training, which says so at its end", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const log = await redirected(">/dev/full", [...TRAIN, "--epochs", "3", "--out", "a"], folder);
  assertEquals(log, { code: 0, stdout: "", stderr: "warning: 5 lines could not be printed: the disk is full\n" });
  const both = await redirected(">/dev/full 2>&1", [...TRAIN, "--epochs", "3", "--out", "b"], folder);
  assertEquals(both, { code: 0, stdout: "", stderr: "" });
  const errors = await redirected("2>/dev/full", [...TRAIN, "--epochs", "3", "--out", "c", "--json"], folder);
  assertEquals([errors.code, JSON.parse(errors.stdout).epochs], [0, 3]);
  for (const run of "abc") {
    assertEquals(epochsOf(folder, run).length, 3);
  }
  const closed = await redirected("| true; exit ${PIPESTATUS[0]}", [...TRAIN, "--epochs", "3", "--out", "d"], folder);
  assertEquals(closed, { code: 0, stdout: "", stderr: "" });
});

Deno.test("output: a score that cannot be printed is an error, also where the error cannot be printed", async () => {
  using workspace = await Workspace.create();
  const stderr = "digit-fid: cannot print the result: the disk is full\n";
  assertEquals(await redirected(">/dev/full", EVAL, workspace.folder), { code: 1, stdout: "", stderr });
  assertEquals((await redirected(">/dev/full 2>&1", [...EVAL, "--json"], workspace.folder)).code, 1);
});

/** Whether there is a program that makes terminals. */
const HAS_TERMINALS = (await resultOf(startShell("command -v script", [], "/"))).code === 0;

/** Runs a training on a terminal of its own, which goes away after the first epochs; how many lines of metrics it saw. */
async function trainOnTerminal(folder: string, ignoring: string, epochs: number): Promise<number> {
  const command = `${ignoring} $0 ${TRAIN.join(" ")} --epochs ${epochs} --out run`;
  const script = `script -qc "${command}" /dev/null </dev/null >/dev/null & terminal=$!
    for ((i = 0; i < 300; i++)); do [[ $(wc -l <run/metrics.csv) -ge 3 ]] && break; sleep 0.1; done
    kill -KILL $terminal; wc -l <run/metrics.csv
    for ((i = 0; i < 300; i++)); do [[ -e run/.digit-fid.lock ]] || break; sleep 0.1; done`;
  return Number((await resultOf(startShell(`exec 2>/dev/null; ${script}`, [], folder))).stdout);
}

Deno.test({
  name: "output: a terminal that goes away ends a training in good order, and one under nohup not at all",
  ignore: !HAS_TERMINALS,
  async fn() {
    using ends = await Workspace.create();
    await trainOnTerminal(ends.folder, "", 1_000_000);
    const files = [...Deno.readDirSync(`${ends.folder}/run`)].map(({ name }) => name).sort();
    const checkpoints = files.filter((name) => name.startsWith("checkpoint"));
    assertEquals(files, [...checkpoints, "config.json", "metrics.csv", "model.safetensors"]);
    const { state } = await readCheckpoint(`${ends.folder}/run/${checkpoints.at(-1)}`);
    assertEquals(state.history, epochsOf(ends.folder));

    using goesOn = await Workspace.create();
    const seen = await trainOnTerminal(goesOn.folder, "trap '' HUP;", 150);
    assert(seen >= 3 && seen < 150, `it was under way when the terminal went: ${seen} lines`);
    assertEquals(epochsOf(goesOn.folder).length, 150);
  },
});

function epochsOf(folder: string, run = "run"): EpochRecord[] {
  return parseMetrics(Deno.readTextFileSync(`${folder}/${run}/metrics.csv`), run);
}
