/** What the commands keep of a run's settings, and what they refuse to write over, as a user meets it. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { parseConfig } from "../../lib/training/run.ts";
import { digitFid, resultOf, startDigitFid, Workspace } from "../support/cli.ts";

const TRAIN = ["train", "--kernels", "cpu", "--batch-size", "16", "--limit", "48", "--arch", "linear", "--seed", "7"];
const WEIGHTS = checkoutPath("weights/reference-v2.safetensors");

Deno.test("rule: --resume takes the settings from the run, says and writes down what changes, and refuses the rest", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const train = (...args: string[]) => digitFid(["train", "--out", "run", "--resume", ...args], folder);
  const start = await digitFid([...TRAIN, "--data", "data", "--transpose", "--epochs", "1", "--out", "run"], folder);
  assertEquals(start.code, 0);

  const { code, stdout, stderr } = await train("--epochs", "2", "--lr", "0.0005");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertStringIncludes(
    stdout,
    "\nepochs is 2 from epoch 2 on, not 1\nlearningRate is 0.0005 from epoch 2 on, not 0.001\n",
  );
  const other = await train("--epochs", "3", "--kernels", "stock");
  assertEquals(other.code, 0);
  const bits = "kernels is stock from epoch 3 on, not cpu: the bits may differ from an undivided run's";
  assertStringIncludes(other.stderr, `warning: ${bits}\n`);

  const config = parseConfig(Deno.readTextFileSync(`${folder}/run/config.json`), "config.json");
  const { arch, batchSize, seed, images, transpose, epochs, learningRate, changes } = config;
  assertEquals(
    { arch, batchSize, seed, images, transpose, epochs, learningRate },
    { arch: "linear", batchSize: 16, seed: 7, images: 48, transpose: true, epochs: 3, learningRate: 0.0005 },
  );
  assertEquals(changes.map(({ setting, epoch, step }) => [setting, epoch, step]), [
    ["epochs", 2, 3],
    ["learningRate", 2, 3],
    ["epochs", 3, 6],
    ["kernels", 3, 6],
  ]);

  const refused: [string[], RegExp][] = [
    [["--arch", "mlp"], /arch linear, not mlp/],
    [["--batch-size", "32"], /batchSize 16, not 32/],
    [["--seed", "8"], /seed 7, not 8/],
    [["--limit", "40"], /images 48, not 40/],
    [["--epochs", "2"], /3 epochs already, not 2/],
    [["--data", checkoutPath("data/mnist"), "--limit", "48"], /validation images of SHA-256 \w+, not \w+/],
  ];
  for (const [args, message] of refused) {
    const { code, stderr } = await train("--kernels", "cpu", ...args);
    assertMatch(stderr, new RegExp(`^digit-fid: the run (was started with|has) ${message.source}: .*\n$`));
    assertEquals(code, 1);
  }
});

Deno.test("rule: an epoch that was interrupted has the loss and the time of all of it", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const args = ["train", "--kernels", "cpu", "--batch-size", "1", "--data", "data", "--epochs", "60"];
  const whole = await digitFid([...args, "--out", "whole", "--quiet"], folder);
  assertEquals(whole.code, 0);
  const process = startDigitFid([...args, "--out", "parts"], folder);
  await resultOf(process, (stdout) => stdout.includes("epoch 3/") && process.kill("SIGINT"));
  assertEquals((await digitFid([...args, "--out", "parts", "--resume", "--quiet"], folder)).code, 0);
  const losses = (run: string) =>
    Deno.readTextFileSync(`${folder}/${run}/metrics.csv`).split("\n").map((line) => line.split(",")[1]);
  assertEquals(losses("parts"), losses("whole"));
});

Deno.test("rule: no command writes over what it reads, what is not of its kind, or what is there unless --force", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  Deno.copyFileSync(WEIGHTS, `${folder}/w.safetensors`);
  Deno.writeTextFileSync(`${folder}/report.html`, "<title>mine</title>");
  Deno.mkdirSync(`${folder}/out`);
  for (const name of ["samples.svg", "pool1.npy", "noise-0.05.npy"]) {
    Deno.writeTextFileSync(`${folder}/out/${name}`, "mine");
  }
  const before = contents(folder);
  const weights = ["--weights", "w.safetensors"];
  const stats = ["fid", "--fake", "mnist-test", "--real", "mnist-train", "--save-stats"];
  const refused: [string[], RegExp][] = [
    [[...stats, "w.safetensors", ...weights, "--force"], /w.safetensors is read by the same command/],
    [[...stats, "w.safetensors", "--force"], /w.safetensors is there, but is no file of statistics/],
    [[...stats, "none/s.safetensors"], /cannot write none\/s.safetensors: no such file or folder/],
    [["report", "--force"], /report.html is there, but is no report of digit-fid/],
    [["report", "--out", "out"], /cannot write out: it is a folder, not a file/],
    [["figures", "--out", "out", "--force"], /out\/samples.svg is there, but is no SVG picture/],
    [["activations", "--out", "out", "--force"], /out\/pool1.npy is there, but is no NumPy array/],
    [["corrupt", "--out", "out", "--force"], /out\/noise-0.05.npy is there, but is no NumPy array/],
    [["export", "--to", "safetensors", ...weights, "--out", "w.safetensors", "--force"], /is read by the same command/],
    [
      ["export", "--to", "safetensors", "--out", "w.safetensors"],
      /w.safetensors is there already: replace it \(--force\)/,
    ],
    [["export", "--to", "onnx", "--out", "w.safetensors", "--force"], /is no ONNX file of digit-fid/],
  ];
  for (const [[command, ...args], message] of refused) {
    const data = command === "export" ? [] : ["--data", "data"];
    const { code, stdout, stderr } = await digitFid([command, ...args, ...data], folder);
    assertMatch(stderr, new RegExp(`^digit-fid: .*${message.source}.*\n$`));
    assertEquals({ code, stdout }, { code: 1, stdout: "" }, "it is refused before the work");
  }
  assertEquals(contents(folder), before);
});

function contents(folder: string): Record<string, number> {
  const files = [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? Object.entries(contents(`${folder}/${name}`))
      : [[name, Deno.statSync(`${folder}/${name}`).size] as const]
  );
  return Object.fromEntries(files);
}
