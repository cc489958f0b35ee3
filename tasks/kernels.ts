/**
 * `deno task kernels --out DIR`: writes the text of every WebGPU kernel, with no GPU. For those who change the kernels:
 * a change that is to change nothing is proved by comparing what this writes before and after.
 */
import { ensureDir } from "@std/fs";
import { join } from "node:path";
import type { Arch } from "../lib/model.ts";
import { textOf } from "../lib/network/webgpu/kernel.ts";
import { gatherKernel } from "../lib/network/webgpu/kernels/gather.ts";
import { trainingSteps } from "../lib/network/webgpu/step.ts";
import { tuningFor } from "../lib/network/webgpu/tuning.ts";
import { answerHelp } from "../cli/developers.ts";
import ownText from "./kernels.ts" with { type: "text" };

const ARCHS: readonly Arch[] = ["mlp", "linear"];

/** The texts by file: `mlp-32/conv2_input_gradient.wgsl` is that of a batch in 32 chunks. */
export function kernelTexts(): Map<string, string> {
  const texts = new Map<string, string>();
  for (const size of [28, 32] as const) {
    for (const type of ["uint8", "float32"] as const) {
      texts.set(`gather_${size}_${type}.wgsl`, textOf(gatherKernel({ size, type })));
    }
  }
  for (const arch of ARCHS) {
    for (const software of [true, false]) {
      const { chunks } = tuningFor(software);
      for (const { kernel } of trainingSteps(arch, { size: 28, type: "uint8" }, chunks).slice(1)) {
        texts.set(`${arch}-${chunks}/${kernel.name.replaceAll(" ", "_")}.wgsl`, textOf(kernel));
      }
    }
  }
  return texts;
}

if (import.meta.main) {
  answerHelp(ownText);
  const [flag, out] = Deno.args;
  if (flag !== "--out" || !out) throw new Error("name a folder: deno task kernels --out DIR");
  const texts = kernelTexts();
  for (const [file, text] of texts) {
    await ensureDir(join(out, file, ".."));
    await Deno.writeTextFile(join(out, file), text);
  }
  console.log(`${texts.size} kernels written to ${out}`);
}
