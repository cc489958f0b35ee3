/** Tasks run with the permissions of their lines in deno.json, and keep only the files they were told of. */
import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { checkoutPath } from "../../lib/checkout.ts";
import { referencePath } from "../support/support.ts";
import { commandsIn } from "../../lib/packaging/commands.ts";
import { resultOf, startPreloaded, startShell, Workspace } from "../support/cli.ts";

/** Preloaded before a task: once its work is under way, it tries what it should not be able to do. */
const TRESPASS = "trespass.ts";

Deno.test("permissions: no task of the program may do everything, or reach the network, but for serve on this machine", () => {
  const commands = Object.entries(commandsIn(config.tasks));
  assert(commands.length >= 10, `${commands.length} commands`);
  for (const [name, { command: line }] of commands) {
    assert(!/ (-A|--allow-all|--allow-ffi|--allow-sys|--allow-import)\b/.test(line), name);
    assert(/ --no-prompt --no-remote /.test(line), name);
    for (const [, hosts] of line.matchAll(/--allow-net(\S*)/g)) {
      assertEquals([name, hosts], ["serve", "=127.0.0.1,localhost,[::1],0.0.0.0,[::]"]);
    }
    for (const [, programs] of line.matchAll(/--allow-run(\S*)/g)) {
      assert(["bench", "compile"].includes(name) && /^=[\w,]+$/.test(programs), `${name} runs ${programs}`);
    }
  }
});

const WEIGHTS = ["--weights", "model.safetensors"];
const COMMANDS = [
  ["train", "--data", "data", "--epochs", "1", "--out", "run"],
  ["eval", "--data", "data"],
  ["activations", "--data", "data", "--out", "maps"],
  ["fid", "--data", "data", "--fake", "mnist-test", "--real", "mnist-train"],
  ["scorer", "--data", "data", "--no-cache"],
  ["watch", "samples", "--data", "data", "--once", "--interval", "0.1"],
  ["corrupt", "--data", "data", "--out", "worse", "--limit", "32"],
  ["figures", "--data", "data", ...WEIGHTS, "--out", "figures"],
  ["report", "--data", "data", ...WEIGHTS, "--out", "report.html"],
  ["export", ...WEIGHTS, "--out", "model.onnx", "--to", "onnx"],
];

for (const args of COMMANDS) {
  Deno.test(`permissions: ${args[0]} can read and write nothing else once it has begun`, async () => {
    using workspace = await Workspace.create();
    Deno.copyFileSync(referencePath("torch-mlp-step200.safetensors"), `${workspace.folder}/model.safetensors`);
    Deno.mkdirSync(`${workspace.folder}/samples`);
    Deno.copyFileSync(`${workspace.folder}/data/t10k-images-idx3-ubyte`, `${workspace.folder}/samples/a.idx`);
    const { code, stdout, stderr } = await resultOf(startPreloaded(TRESPASS, args, workspace.folder));
    assertEquals(code, 0, stderr);
    const tries = [...stdout.matchAll(/^trespass (.*): (.*)$/gm)].map(([, what, outcome]) => [what, outcome]);
    assertEquals(tries, [
      ["read /etc/hostname", "NotCapable"],
      ["write outside", "NotCapable"],
      ["network", "NotCapable"],
      ["run", "NotCapable"],
      ["environment", "NotCapable"],
    ]);
  });
}

Deno.test("permissions: the Python that bench starts loads nothing from the user's folder or by variables", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  Deno.mkdirSync(`${folder}/path`);
  for (const name of ["torch", "path/torch", "gzip", "path/sitecustomize"]) {
    Deno.writeTextFileSync(`${folder}/${name}.py`, `open("${folder}/loaded", "w")`);
  }
  const code = `const { torchSpeed } = await import("${checkoutPath("bench/processes.ts")}");` +
    `await torchSpeed("mlp", 32, 32, 1).catch(() => {});`;
  const script = 'exec "$DENO" eval --config "${0%/*}/deno.json" "$1"';
  const env = { DENO: Deno.execPath(), PYTHONPATH: `${folder}/path` };
  const { code: status, stderr } = await resultOf(startShell(script, [code], folder, env));
  assertEquals(status, 0, stderr);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).includes("loaded"), false);
});
