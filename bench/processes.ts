/** Measurements that need a process of their own: how training starts, and PyTorch. */
import { checkoutPath } from "../lib/checkout.ts";
import { defaultDataDirectory } from "../lib/data/mnist.ts";
import { DigitFidError } from "../lib/errors.ts";
import type { Arch } from "../lib/model.ts";
import type { Kernels } from "../lib/network/network.ts";
import type { FreshProcess } from "./fresh_process.ts";
import type { ScoredImages } from "./scored_process.ts";
import { type EpochTimes, speedOf, type TrainingSpeed } from "./training_speed.ts";

/**
 * Where child processes run: nothing in the user's folder is theirs to load. Python takes modules neither from the home
 * nor by variables either, with -I.
 */
const CHECKOUT = checkoutPath();

/** How training starts, and what it takes; the fields are those of `bench --json`. */
export interface Startup {
  /** From the start of Deno to the end of the first step. */
  readonly first_step_seconds: number;
  /** The most memory resident at any time. */
  readonly peak_memory_bytes: number;
}

/**
 * Starts Deno, and trains one epoch there.
 *
 * @param kernels what computes
 * @param options.shaderCache whether Mesa may take shaders from its cache
 */
export async function startup(
  kernels: Kernels,
  images: number,
  batchSize: number,
  { shaderCache = true }: { shaderCache?: boolean } = {},
): Promise<Startup> {
  const script = checkoutPath("bench/fresh_process.ts");
  const began = performance.timeOrigin + performance.now();
  const { firstStepAt, peakMemory }: FreshProcess = await runForJson(
    "deno",
    [
      "run",
      "--no-prompt",
      "--no-remote",
      `--allow-read=${defaultDataDirectory()}`,
      script,
      kernels,
      `${images}`,
      `${batchSize}`,
    ],
    shaderCache ? {} : { MESA_SHADER_CACHE_DISABLE: "true" },
  );
  return { first_step_seconds: (firstStepAt - began) / 1000, peak_memory_bytes: peakMemory };
}

/** PyTorch's speed, and what of it ran. */
export interface TorchSpeed extends TrainingSpeed {
  /** PyTorch's version. */
  readonly version: string;
  /** Threads that it computes with. */
  readonly threads: number;
}

/** The same recipe by PyTorch on the CPU; null where `python3` has no `torch`. */
export async function torchSpeed(
  arch: Arch,
  images: number,
  batchSize: number,
  epochs: number,
): Promise<TorchSpeed | null> {
  if (!await hasTorch()) return null;
  const args = [
    "-I",
    checkoutPath("bench/peers/torch_mnist.py"),
    defaultDataDirectory(),
    arch,
    `${images}`,
    `${batchSize}`,
    `${epochs}`,
  ];
  const { version, threads, ...times }: EpochTimes & Pick<TorchSpeed, "version" | "threads"> = await runForJson(
    "python3",
    args,
  );
  return { ...speedOf(arch, images, batchSize, times), version, threads };
}

/** Seconds that the command takes which scores MNIST's test images against its training images, anew. */
export async function scoringCommand(): Promise<number> {
  const began = performance.now();
  const permissions = ["--allow-env=INIT_CWD,DIGIT_FID_DATA,XDG_CACHE_HOME,HOME,LOCALAPPDATA", "--allow-read"];
  const command = ["main.ts", "fid", "--fake", "mnist-test", "--real", "mnist-train", "--json", "--no-cache"];
  await runForJson("deno", ["run", "--no-prompt", "--no-remote", ...permissions, ...command]);
  return (performance.now() - began) / 1000;
}

/** What scoring so many images takes in a new process. */
export async function scoredImages(count: number): Promise<ScoredImages> {
  const read = `--allow-read=${defaultDataDirectory()}`, script = checkoutPath("bench/scored_process.ts");
  return await runForJson("deno", ["run", "--no-prompt", "--no-remote", read, script, `${count}`]);
}

async function hasTorch(): Promise<boolean> {
  try {
    const command = new Deno.Command("python3", { args: ["-I", "-c", "import torch"], cwd: CHECKOUT, stderr: "null" });
    return (await command.output()).success;
  } catch (error) {
    // Without python3 there is nothing that --allow-run could have stood for.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return false;
    throw error;
  }
}

/** Runs a program that prints one JSON value. @throws DigitFidError if it fails */
async function runForJson<T>(program: string, args: string[], env: Record<string, string> = {}): Promise<T> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, env, cwd: CHECKOUT }).output();
  if (!success) {
    throw new DigitFidError(`${program} ${args.join(" ")} failed: ${new TextDecoder().decode(stderr).trim()}`);
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}
