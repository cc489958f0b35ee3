/** The small programs in examples/ run as they are, by the commands that they name. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { findAdapter } from "../../lib/network/webgpu/adapter.ts";
import { resultOf, startShell } from "../support/cli.ts";

/** Runs an example by the command in its first lines. */
async function linesOf(name: string): Promise<string[]> {
  const source = Deno.readTextFileSync(checkoutPath(`examples/${name}`));
  const [, command] = source.match(/`deno (run [^`]+)`/) ?? [];
  const { code, stdout, stderr } = await resultOf(startShell(`"$DENO" ${command}`, [], checkoutPath(), {
    DENO: Deno.execPath(),
  }));
  assertEquals(code, 0, stderr);
  return stdout.trimEnd().split("\n");
}

Deno.test("examples: a generator is scored after each epoch, and gets better", async () => {
  const lines = await linesOf("score_while_training.ts");
  const distances = lines.map((line) => Number(/digit distance ([\d.]+)/.exec(line)?.[1]));
  assertEquals(distances.length, 3);
  assert(distances[0] > distances[1] && distances[1] > distances[2], lines.join("\n"));
});

Deno.test("examples: metrics of latents of one's own", async () => {
  const [same, shifted] = await linesOf("own_latents.ts");
  assert(same.startsWith("same: FID 0.000"), same);
  assert(shifted.startsWith("shifted: FID 2.000"), shifted);
});

Deno.test("examples: training reports each epoch, and is ended by its callback", async () => {
  const lines = await linesOf("train_with_callback.ts");
  const accuracies = lines.map((line) => Number(/accuracy ([\d.]+)/.exec(line)?.[1]));
  assertEquals(lines.length, 3, lines.join("\n")); // of the four epochs asked for
  assert(accuracies[0] < accuracies[1] && accuracies[1] < 0.5 && accuracies[2] > 0.5, lines.join("\n"));
});

Deno.test({
  name: "examples: tfjs on Deno's WebGPU trains, with its traps handled (needs a WebGPU adapter)",
  ignore: await findAdapter() === undefined,
  fn: async () => {
    const [adapter, gradient, accuracy] = await linesOf("tfjs_on_deno_webgpu.ts");
    assertMatch(adapter, /^adapter: .+ \((software|hardware)\)$/);
    assertEquals(gradient, "gradient 100352, expected 100352");
    assert(Number(/^accuracy ([\d.]+)$/.exec(accuracy)?.[1]) > 0.9, accuracy);
  },
});
