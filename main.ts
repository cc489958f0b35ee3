/** The command line: one subcommand a task. */
import { closest } from "fastest-levenshtein";
import config from "./deno.json" with { type: "json" };
import { DigitFidError, UsageError } from "./lib/errors.ts";
import { commandsIn } from "./lib/packaging/commands.ts";
import { InterruptedError } from "./cli/interrupt.ts";
import { tryWriting } from "./cli/output.ts";
import { fileError } from "./lib/formats/file_error.ts";
import { inWords } from "./cli/remedy.ts";
import type { Task } from "./cli/task.ts";

/** The tasks by name; each is loaded only when it is called for, as tfjs alone takes half a second. */
const TASKS: Record<string, () => Promise<Task>> = {
  train: async () => (await import("./tasks/train.ts")).train,
  eval: async () => (await import("./tasks/eval.ts")).evaluate,
  activations: async () => (await import("./tasks/activations.ts")).activations,
  fid: async () => (await import("./tasks/fid.ts")).fid,
  scorer: async () => (await import("./tasks/scorer.ts")).scorer,
  verify: async () => (await import("./tasks/verify.ts")).verify,
  watch: async () => (await import("./tasks/watch.ts")).watch,
  corrupt: async () => (await import("./tasks/corrupt.ts")).corrupt,
  figures: async () => (await import("./tasks/figures.ts")).figures,
  report: async () => (await import("./tasks/report.ts")).report,
  page: async () => (await import("./tasks/page.ts")).page,
  serve: async () => (await import("./tasks/serve.ts")).serve,
  export: async () => (await import("./tasks/export.ts")).exportNetwork,
  bench: async () => (await import("./tasks/bench.ts")).bench,
  compile: async () => (await import("./tasks/compile.ts")).compile,
};

async function main([command = "help", ...args]: string[]): Promise<void> {
  if (command === "help" || command === "--help" || command === "-h") return await help(args[0]);
  if (command === "--version") return console.log(`digit-fid ${config.version}`);
  const task = await loadTask(command);
  enterFolder(Deno.env.get("INIT_CWD") ?? ".");
  await task.run(args);
}

/** A task is started in the project's folder, but the paths on its command line start from where the user is. */
function enterFolder(path: string): void {
  try {
    Deno.chdir(path);
  } catch (error) {
    throw fileError("work in", path, error);
  }
}

/** Prints what there is, or the help of one task. */
async function help(command?: string): Promise<void> {
  if (command !== undefined && !command.startsWith("-")) {
    console.log((await loadTask(command)).help);
    return;
  }
  const lines = Object.entries(commandsIn(config.tasks))
    .map(([name, { description }]) => `  ${name.padEnd(13)}${description}`);
  console.log(
    `Usage: digit-fid COMMAND [FLAGS]\n\n${lines.join("\n")}\n\ndigit-fid COMMAND --help lists a command's flags.`,
  );
}

function loadTask(command: string): Promise<Task> {
  if (!Object.hasOwn(TASKS, command)) {
    throw new UsageError(`unknown command ${command}; did you mean ${closest(command, Object.keys(TASKS))}?`);
  }
  return TASKS[command]();
}

/** One line for what a person can act on; anything else is a fault of the program, and shows where it is. */
function report(error: unknown): void {
  tryWriting(Deno.stderr, `digit-fid: ${inLines(error)}\n`); // which cannot help if it fails
}

function inLines(error: unknown): string {
  if (error instanceof DigitFidError) return inWords(error);
  if (isOutOfMemory(error)) return "there is not enough memory for this";
  return `this is a fault of the program; please report these lines:\n${Deno.inspect(error)}`;
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /allocat|memory/i.test(error.message);
}

function exitCode(error: unknown): number {
  if (error instanceof UsageError) return 2;
  return error instanceof InterruptedError ? 130 : 1;
}

function end(error: unknown): never {
  report(error);
  Deno.exit(exitCode(error));
}

globalThis.addEventListener("unhandledrejection", ({ reason }) => end(reason));
await main(Deno.args).catch(end);
Deno.exit(); // at once: Deno lets go of signals before it ends by itself, and a second Ctrl-C would kill it in between
