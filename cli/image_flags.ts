/** The flags that say how the images of a set are to be understood: for both sides of a score, or for one. */
import type { ImageFileOptions } from "../lib/data/image_options.ts";
import { PIXEL_RANGES, type PixelRange, readRange } from "../lib/data/pixel_range.ts";
import { type Flag, flagName, path, toggle, type Values } from "./flags.ts";

/** The two sets of a score. */
export type Side = "fake" | "real";

/** Flags for images in files; the data set is known. */
const BOTH_SIDES = {
  range: {
    help: "black and white in arrays: byte, unit, signed, centred, standardised, word, or two numbers (inferred)",
    placeholder: "RANGE",
    expected: `${PIXEL_RANGES.join(" or ")}, or black and white as two numbers such as -1,1`,
    default: undefined,
    read: readRange,
  } satisfies Flag<PixelRange | undefined> as Flag<PixelRange | undefined>,
  clip: toggle("clip whatever lies beyond black and white"),
  invert: toggle("make black of white and white of black"),
  resize: toggle("resize images to 28×28, by one filter for all"),
  grid: {
    help: "images across and down in pictures of many, such as 10x10 (found)",
    placeholder: "NxN",
    expected: "two numbers, such as 10x10",
    default: undefined,
    read(text) {
      const [, columns, rows] = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(text) ?? [];
      return columns ? { columns: Number(columns), rows: Number(rows) } : undefined;
    },
  } satisfies Flag<ImageFileOptions["grid"]> as Flag<ImageFileOptions["grid"]>,
};

const TRANSPOSE = { transpose: toggle("swap rows and columns of each image") };
const ONE_SIDE = { ...BOTH_SIDES, ...TRANSPOSE };
type OneSide = typeof ONE_SIDE;

/** The same flags with the side before their names; the help text lists them once. */
type Sided<S extends Side> = { [Name in keyof OneSide & string as `${S}${Capitalize<Name>}`]: OneSide[Name] };

/** All flags for images in files. */
export const IMAGE_FLAGS: typeof BOTH_SIDES & Sided<"fake"> & Sided<"real"> & { labels: Flag<string | undefined> } = {
  ...BOTH_SIDES,
  ...sided("fake"),
  ...sided("real"),
  labels: path("classes of the generated images: IDX, .npy or text", undefined, "FILE"),
};

/** How the help of a command says that these flags can be given for one side. */
export const ONE_SIDE_HELP =
  `--range, --clip, --invert, --resize, --grid and --transpose can be said of one set: --fake-range signed,
--real-transpose.`;

/** What the flags say about one side. */
export function imageOptions(values: Omit<Values<typeof IMAGE_FLAGS>, "labels">, side: Side): ImageFileOptions {
  const of = <Name extends keyof OneSide>(name: Name): Values<OneSide>[Name] => {
    const own: unknown = Object.entries(values).find(([key]) => key === sidedName(side, name))?.[1];
    const both: unknown = name in BOTH_SIDES ? values[name as keyof typeof BOTH_SIDES] : undefined;
    return (own || both) as Values<OneSide>[Name];
  };
  return {
    range: of("range"),
    clip: of("clip"),
    invert: of("invert"),
    resize: of("resize"),
    grid: of("grid"),
    transpose: of("transpose"),
  };
}

/** `fakeRange` of `range`. */
export function sidedName(side: Side, name: string): string {
  return `${side}${name[0].toUpperCase()}${name.slice(1)}`;
}

/** Whether an option can be given for one side. */
export function isSided(name: string): boolean {
  return Object.hasOwn(ONE_SIDE, name);
}

/** The flags given for one side alone. */
export function flagsOfSide(values: Values<typeof IMAGE_FLAGS>, side: Side): string[] {
  const names = Object.keys(ONE_SIDE).map((name) => sidedName(side, name));
  return Object.entries(values).filter(([key, value]) => names.includes(key) && value).map(([key]) => flagName(key));
}

function sided<S extends Side>(side: S): Sided<S> {
  const entries = Object.entries(ONE_SIDE).map(([name, flag]) => {
    return [sidedName(side, name), { ...flag, help: "" }];
  });
  return Object.fromEntries(entries) as Sided<S>;
}
