/** `digit-fid verify`: computes a score again, and says whether it holds. */
import { DigitFidError, FormatError, UsageError } from "../lib/errors.ts";
import { readFile } from "../lib/formats/files.ts";
import { printable } from "../lib/printable.ts";
import { confine } from "../cli/confine.ts";
import { parseFlags, path, several } from "../cli/flags.ts";
import { filesOf, SCORE_FLAGS } from "../cli/score_flags.ts";
import { jsonOf, scoreAll } from "../cli/scoring.ts";
import { defineTask } from "../cli/task.ts";

/** A score as JSON has it. */
type Fields = Readonly<Record<string, unknown>>;

/** Fields that tell of the program or the way to the files, not of the score. */
const APART = ["version"];

/** The task. */
export const verify = defineTask({
  name: "verify",
  about: "computes a score that fid --json printed again, and says whether every field is the same.",
  example: "score.json",
  flags: { score: several(path("what fid --json printed", "", "FILE")) },
  async run({ score: files }, output) {
    const [file] = files;
    if (files.length !== 1 || !file) throw new UsageError("name one file: digit-fid verify score.json");
    const kept = parse(await readFile(file), file);
    const values = parseFlags(SCORE_FLAGS, argumentsOf(kept, file));
    await confine({ reads: filesOf(values) });
    const again = JSON.parse(JSON.stringify(jsonOf(await scoreAll(values, output), values.real)));
    const differences = differencesOf(kept, again);
    const fields = Object.keys(flat(kept)).length;
    const text = differences.length === 0
      ? `${printable(file)} holds: all ${fields} fields are the same to the last digit`
      : differences.map(({ field, kept, again }) => `  ${field}: ${kept} there, ${again} now`).join("\n");
    output.result({ file, holds: differences.length === 0, fields, differences }, text);
    if (differences.length > 0) {
      throw new DigitFidError(`${file} does not hold: ${differences.length} of ${fields} fields are otherwise now`);
    }
  },
});

function parse(bytes: Uint8Array, file: string): Fields {
  try {
    const fields = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof fields.network_sha256 === "string" && typeof fields.options === "object") return fields;
  } catch {
    // said below
  }
  throw new FormatError(`${file}: expected a score, as fid prints it in JSON`);
}

/** The arguments by which the score was made. */
function argumentsOf({ fake, scores, real, seed, kernels, options }: Fields, file: string): string[] {
  const fakes = Array.isArray(scores) ? scores.map((score) => String(score.fake)) : [String(fake)];
  if ([...fakes, real].includes("-")) {
    throw new DigitFidError(`${file}: its images came through a pipe: keep them in a file to compute the score again`);
  }
  const flags = Object.entries({ real, seed, kernels, ...options as Fields });
  return [...fakes.map((fake) => `--fake=${fake}`), ...flags.map(([name, value]) => `--${name}=${value}`)];
}

/** What is otherwise in a score and in the same computed again. */
function differencesOf(kept: Fields, again: Fields) {
  const [a, b] = [flat(kept), flat(again)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((field) => a[field] !== b[field])
    .map((field) => ({ field, kept: a[field], again: b[field] }));
}

/** Every number and word in an object, by its path. */
function flat(fields: unknown, name = ""): Record<string, unknown> {
  if (typeof fields !== "object" || fields === null) return { [name]: fields };
  return Object.assign(
    {},
    ...Object.entries(fields).filter(([key]) => name !== "" || !APART.includes(key))
      .map(([key, value]) => flat(value, name === "" ? key : `${name}.${key}`)),
  );
}
