import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { IMAGE_FLAGS } from "../../cli/image_flags.ts";
import { UsageError } from "../../lib/errors.ts";
import { choice, choices, flagsHelp, integer, parseFlags, path, positive, toggle } from "../../cli/flags.ts";
import { KERNELS_FLAGS } from "../../cli/kernels.ts";

const FLAGS = {
  epochs: integer("passes", 100, { min: 1 }),
  seed: integer("seed", 0, { min: 0, max: 2 ** 32 - 1 }),
  limit: integer("how many", undefined, { min: 1 }),
  learningRate: positive("step size", 1e-3),
  arch: choice("head", "mlp", ["mlp", "linear"]),
  out: path("where to", undefined, "DIR"),
  force: toggle("replace"),
};
const DEFAULTS = {
  epochs: 100,
  seed: 0,
  limit: undefined,
  learningRate: 1e-3,
  arch: "mlp",
  out: undefined,
  force: false,
} as const;

Deno.test("flags that are not given have their defaults", () => {
  assertEquals(parseFlags(FLAGS, []), DEFAULTS);
});

Deno.test("flags: words of a list are taken as JSON spells them, too", () => {
  const flags = { only: choices("which", ["digit-distance", "fid"]) };
  for (const text of ["digit_distance,fid", "fid,digit-distance"]) {
    assertEquals(parseFlags(flags, ["--only", text]).only, new Set(["digit-distance", "fid"]));
  }
});

Deno.test("flags are read with a space or an equals sign, and the last one counts", () => {
  const args = "--epochs 3 --seed=4294967295 --limit 5 --limit 6 --learning-rate 2e-4 --arch=linear --force".split(" ");
  assertEquals(parseFlags(FLAGS, [...args, "--out", "a b/c=d"]), {
    epochs: 3,
    seed: 4294967295,
    limit: 6,
    learningRate: 2e-4,
    arch: "linear",
    out: "a b/c=d",
    force: true,
  });
});

const REFUSED = {
  "--epoch 3": "unknown flag --epoch; did you mean --epochs?",
  "--learningRate=3": "unknown flag --learningRate; did you mean --learning-rate?",
  "-s": "unknown flag -s; did you mean --seed?",
  "--no-force": "unknown flag --no-force; did you mean --force?",
  "there": 'unexpected argument "there"',
  "--force there": 'unexpected argument "there"',
  "-- --force": 'unexpected argument "--force"',
  "--epochs 0": "--epochs: expected an integer of at least 1, found 0",
  "--epochs 1.5": "--epochs: expected an integer of at least 1, found 1.5",
  "--epochs 1e3": "--epochs: expected an integer of at least 1, found 1e3",
  "--epochs": "--epochs: expected an integer of at least 1, found nothing",
  "--epochs --force": "--epochs: expected an integer of at least 1, found nothing",
  "--epochs=-3": "--epochs: expected an integer of at least 1, found -3",
  "--epochs -3": "--epochs: expected an integer of at least 1, found -3",
  "--force -3": "unexpected -3",
  "--epochs=": "--epochs: expected an integer of at least 1, found nothing",
  "--epochs= 3": "--epochs: expected an integer of at least 1, found nothing",
  "--out=": "--out: expected the path of a folder, found nothing",
  "--epoch=": "unknown flag --epoch; did you mean --epochs?",
  "--force=": "--force: expected no value, found an equals sign",
  "--force=no": "--force: expected no value, found no",
  "--force=0": "--force: expected no value, found 0",
  "--seed 4294967296": "--seed: expected an integer from 0 to 4294967295, found 4294967296",
  "--learning-rate 0": "--learning-rate: expected a number above 0, found 0",
  "--learning-rate Infinity": "--learning-rate: expected a number above 0, found Infinity",
  "--learning-rate fast": "--learning-rate: expected a number above 0, found fast",
  "--arch MLP": "--arch: expected mlp or linear, found MLP",
  "--out": "--out: expected the path of a folder, found nothing",
};

for (const [args, message] of Object.entries(REFUSED)) {
  Deno.test(`flags: ${args} is refused`, () => {
    const error = assertThrows(() => parseFlags(FLAGS, args.split(" ")), UsageError);
    assertEquals(error.message, message);
  });
}

Deno.test("the help lists every flag with its default", () => {
  const help = flagsHelp(FLAGS);
  assertEquals(help.split("\n").length, 7);
  assertStringIncludes(help, "--epochs N         passes (100)");
  assertStringIncludes(help, "--arch mlp|linear  head (mlp)");
  assertStringIncludes(help, "--learning-rate X  step size (0.001)");
  assertStringIncludes(help, "--force            replace");
});

Deno.test("flags: the WebGPU kernels are also found by their former name", () => {
  const read = (name: string) => parseFlags(KERNELS_FLAGS, ["--kernels", name]).kernels;
  assertEquals(["webgpu", "fused", "stock"].map(read), ["webgpu", "webgpu", "stock"]);
  assertThrows(() => read("gpu"), UsageError, "--kernels: expected auto or webgpu or cpu or stock, found gpu");
});

Deno.test("a word without a flag is the value of the one that it stands for, and there is one at most", () => {
  assertEquals(parseFlags(FLAGS, ["007"], "out").out, "007");
  assertEquals(parseFlags(FLAGS, ["--out", "a"], "out").out, "a");
  assertThrows(() => parseFlags(FLAGS, ["a", "b"], "out"), UsageError, 'unexpected argument "b"');
  assertThrows(() => parseFlags(FLAGS, ["--out", "a", "b"], "out"), UsageError, 'unexpected argument "b"');
});

Deno.test("flags: black and white are stated by a name or as two numbers, the first of which may be negative", () => {
  const range = (...args: string[]) => parseFlags(IMAGE_FLAGS, args).fakeRange;
  assertEquals(range("--fake-range", "unit"), "unit");
  assertEquals(range("--fake-range", "-0.42,2.82"), [-0.42, 2.82]);
  assertEquals(range("--fake-range=0,100"), [0, 100]);
  for (const bad of ["2,1", "1", "1,2,3", "a,b", "1,", ",1", "0,Infinity"]) {
    assertThrows(() => range("--fake-range", bad), UsageError, "or black and white as two numbers such as -1,1");
  }
});
