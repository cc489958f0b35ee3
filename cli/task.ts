/** What every task has: flags, a help text, and a way to print. */
import { DigitFidError } from "../lib/errors.ts";
import { explainGpuError } from "../lib/network/webgpu/loss.ts";
import { type Flags, flagsHelp, parseFlags, toggle, type Values } from "./flags.ts";
import { Output } from "./output.ts";

/** One command of the program. */
export interface Task {
  /** The task's help text. */
  readonly help: string;
  /**
   * Reads the arguments and does the task.
   *
   * @throws UsageError if the arguments are wrong
   * @throws DigitFidError if it cannot be done
   */
  run(args: string[]): Promise<void>;
}

/** What makes a task. */
export interface TaskDefinition<F extends Flags> {
  readonly name: string;
  /** What it does, in a sentence or two. */
  readonly about: string;
  /** Arguments of a call that works as it stands. */
  readonly example: string;
  readonly flags: F;
  /** The flag that a word without one stands for, such as `dir` where the command is written `watch DIR`. */
  readonly argument?: keyof F & string;
  run(values: Values<F>, output: Output): Promise<void>;
}

const OUTPUT_FLAGS = {
  json: toggle("print the result as one JSON object on stdout, all else on stderr"),
  quiet: toggle("print the result only"),
  help: toggle("print this help"),
};

/** Makes a task of its definition. */
export function defineTask<F extends Flags>({ name, about, example, flags, argument, run }: TaskDefinition<F>): Task {
  const allFlags = { ...flags, ...OUTPUT_FLAGS };
  const title = argument === undefined ? name : `${name} ${flags[argument].placeholder}`;
  const help = `digit-fid ${title}: ${about}\n\n${flagsHelp(allFlags)}\n\nExample: digit-fid ${name} ${example}`;
  return {
    help,
    async run(args) {
      const values = parseFlags(allFlags, args, argument);
      if (values.help) return console.log(help);
      const output = new Output(values);
      await explained(run(values, output));
      output.end();
    },
  };
}

/** What fails because the GPU was lost is reported as that. */
async function explained(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw error instanceof DigitFidError ? error : await explainGpuError(error);
  }
}
