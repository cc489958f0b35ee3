/**
 * `deno task mutants [WORD]`: makes one fault after the other in copies of the project, two at a time, and runs the test
 * that is there to catch it. The exit code is 1 if one survives, or if its text is no longer in its file. With a word
 * only those are tried that have it in their name, their file or that of their tests.
 */
import { join } from "node:path";
import { answerHelp } from "../../cli/developers.ts";
import { checkoutPath } from "../../lib/checkout.ts";
import { TemporaryFolder } from "../support/folders.ts";
import { type Fault, FAULTS } from "./faults.ts";
import ownText from "./run.ts" with { type: "text" };

/** Faults that are tried at the same time. */
const JOBS = 2;

/** What of the checkout takes no part in tests. */
const LEFT_OUT = new Set([".git", ".deno", ".ci", "node_modules", "runs", "dist", "shared"]);

/** What became of a fault; an empty reason is a kill. */
interface Verdict {
  readonly fault: Fault;
  readonly reason: string;
}

/** Copies a folder. */
function copyTree(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory, isFile } of Deno.readDirSync(from)) {
    if (LEFT_OUT.has(name)) continue;
    if (isDirectory) copyTree(join(from, name), join(to, name));
    else if (isFile) Deno.copyFileSync(join(from, name), join(to, name));
  }
}

/** Runs the tests that are there to catch these faults in a copy of the project. */
async function runTests(copy: string, faults: readonly Fault[]): Promise<{ passed: boolean; text: string }> {
  const files = new Set(faults.map(({ tests }) => tests));
  const names = faults.map(({ named }) => named.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const args = ["test", "--allow-all", "--no-check", "--no-prompt", "--filter", `/${names.join("|")}/`, ...files];
  const { success, stdout, stderr } = await new Deno.Command("deno", {
    args,
    cwd: copy,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { passed: success, text: out + err };
}

/** Makes a fault, sees whether its test fails, and takes it back. */
async function tryFault(copy: string, fault: Fault): Promise<Verdict> {
  const { file, find, replace, tests, named } = fault;
  const path = join(copy, file);
  const right = Deno.readTextFileSync(path);
  const places = right.split(find).length - 1;
  if (places !== 1) return { fault, reason: `${file} has ${JSON.stringify(find)} ${places} times` };
  Deno.writeTextFileSync(path, right.replace(find, () => replace));
  try {
    const { passed, text } = await runTests(copy, [fault]);
    if (passed) return { fault, reason: `"${named}" of ${tests} did not fail` };
    // A test has to fail by itself: a module that cannot be loaded any more would prove nothing.
    if (/^.* \.\.\. FAILED/m.test(text)) return { fault, reason: "" };
    return { fault, reason: `${tests} broke off: ${text.trimEnd().split("\n").at(-1)}` };
  } finally {
    Deno.writeTextFileSync(path, right);
  }
}

/** Whether the tests of these faults pass in a copy that has none of them; if not, says so. */
async function passAsTheyAre(copy: string, faults: readonly Fault[]): Promise<boolean> {
  const { passed, text } = await runTests(copy, faults);
  if (!passed) console.error(`${text}\nThese tests must pass before any fault is made.`);
  return passed;
}

/** Tries faults, each job in a copy of its own; whether every one was killed. */
async function tryFaults(faults: readonly Fault[]): Promise<boolean> {
  const left = [...faults];
  let killed = 0;
  const work = async (_: unknown, job: number) => {
    using copy = new TemporaryFolder();
    copyTree(checkoutPath(), copy.path);
    if (!await passAsTheyAre(copy.path, faults.filter((_, i) => i % JOBS === job))) left.length = 0;
    for (let fault = left.shift(); fault !== undefined; fault = left.shift()) {
      const { reason } = await tryFault(copy.path, fault);
      if (reason === "") killed++;
      console.log(`${reason === "" ? "killed  " : "SURVIVED"} ${fault.file}: ${fault.name}${reason && `: ${reason}`}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(JOBS, faults.length) }, work));
  console.log(`${killed} of ${faults.length} killed`);
  return killed === faults.length && killed > 0;
}

if (import.meta.main) {
  answerHelp(ownText);
  const [word = ""] = Deno.args;
  const faults = FAULTS.filter(({ file, name, tests }) => `${file}: ${name} ${tests}`.includes(word));
  Deno.exitCode = await tryFaults(faults) ? 0 : 1;
}
