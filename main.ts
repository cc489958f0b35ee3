/** The command line: one subcommand a task. */
import { closest } from "fastest-levenshtein";
import { DigitFidError, UsageError } from "./lib/errors.ts";
import { InterruptedError } from "./cli/interrupt.ts";
import { inWords } from "./cli/remedy.ts";
import type { Task } from "./cli/task.ts";

/** The tasks by name; each is loaded only when it is called for, as tfjs alone takes half a second. */
const TASKS: Record<string, { summary: string; load: () => Promise<Task> }> = {
  train: {
    summary: "train the classifier on MNIST",
    load: async () => (await import("./tasks/train.ts")).train,
  },
  eval: {
    summary: "measure loss and accuracy on the test images",
    load: async () => (await import("./tasks/eval.ts")).evaluate,
  },
  activations: {
    summary: "show what the layers have learned",
    load: async () => (await import("./tasks/activations.ts")).activations,
  },
  fid: {
    summary: "score generated digits against real ones",
    load: async () => (await import("./tasks/fid.ts")).fid,
  },
  corrupt: {
    summary: "score test images that get worse by degrees",
    load: async () => (await import("./tasks/corrupt.ts")).corrupt,
  },
  figures: {
    summary: "draw what a network was given and what it makes of it",
    load: async () => (await import("./tasks/figures.ts")).figures,
  },
  report: {
    summary: "write one page with all figures and numbers of a network",
    load: async () => (await import("./tasks/report.ts")).report,
  },
  serve: {
    summary: "serve a page to draw digits on and to follow a training",
    load: async () => (await import("./tasks/serve.ts")).serve,
  },
  export: {
    summary: "write a network for PyTorch, tfjs or onnxruntime",
    load: async () => (await import("./tasks/export.ts")).exportNetwork,
  },
  bench: {
    summary: "measure how fast all of this is",
    load: async () => (await import("./tasks/bench.ts")).bench,
  },
  compile: {
    summary: "make one executable file of all this",
    load: async () => (await import("./tasks/compile.ts")).compile,
  },
};

async function main([command = "help", ...args]: string[]): Promise<void> {
  if (command === "help" || command === "--help" || command === "-h") return await help(args[0]);
  const task = await loadTask(command);
  // A Deno task runs in the project's folder, but the paths on its command line start from where the user is.
  Deno.chdir(Deno.env.get("INIT_CWD") ?? ".");
  await task.run(args);
}

/** Prints what there is, or the help of one task. */
async function help(command?: string): Promise<void> {
  if (command !== undefined && !command.startsWith("-")) {
    console.log((await loadTask(command)).help);
    return;
  }
  const width = Math.max(...Object.keys(TASKS).map((name) => name.length));
  const list = Object.entries(TASKS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  console.log(
    `Usage: digit-fid COMMAND [FLAGS]\n\n${list.join("\n")}\n\ndigit-fid COMMAND --help lists a command's flags.`,
  );
}

function loadTask(command: string): Promise<Task> {
  if (!Object.hasOwn(TASKS, command)) {
    throw new UsageError(`unknown command ${command}; did you mean ${closest(command, Object.keys(TASKS))}?`);
  }
  return TASKS[command].load();
}

/** One line for what a person can act on; anything else is a fault of the program, and shows where it is. */
function report(error: unknown): void {
  if (error instanceof DigitFidError) console.error(`digit-fid: ${inWords(error)}`);
  else console.error(error);
}

function exitCode(error: unknown): number {
  if (error instanceof UsageError) return 2;
  return error instanceof InterruptedError ? 130 : 1;
}

try {
  await main(Deno.args);
} catch (error) {
  report(error);
  Deno.exit(exitCode(error));
}
