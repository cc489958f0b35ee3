/** What to keep in mind about a set of images, for people and for programs. */
import type { Remedy } from "../errors.ts";

/** What a warning is about: these words stay as they are. */
export type WarningCode =
  | "inverted"
  | "blank"
  | "grey-background"
  | "dim-white"
  | "brightness"
  | "mixed"
  | "overflown"
  | "stretched"
  | "curved"
  | "clipped"
  | "coloured"
  | "transparent"
  | "binary"
  | "jpeg"
  | "bfloat16"
  | "left-out"
  | "empty-cells"
  | "large-digits"
  | "unlabelled"
  | "bordered"
  | "unused-option"
  | "turned"
  | "statistics-only"
  | "other-images"
  | "same-images";

/** One thing to keep in mind. */
export interface Warning {
  /** What it is about. */
  readonly code: WarningCode;
  /** The same in a sentence, which begins with the name of the images. */
  readonly message: string;
  /** Options that would help, if any does. */
  readonly remedy?: Remedy;
}

/** Adds what a reading found; what is known from an earlier reading of the same images is replaced. */
export function addWarnings(to: Warning[], found: readonly Warning[]): void {
  const codes = new Set(found.map(({ code }) => code));
  to.splice(0, to.length, ...to.filter(({ code }) => !codes.has(code)), ...found);
}

/** What to say of images with colours. */
export function colourWarning(name: string, coloured: number): Warning {
  const message = `${name}: ${coloured} coloured image${coloured === 1 ? "" : "s"}: scored by luma, as grey; ` +
    "a map of colours changes the digits: save them without it";
  return { code: "coloured", message };
}

/** What to say of an option that means nothing for a set. */
export function unusedWarning(name: string, reason: string): Warning {
  return { code: "unused-option", message: `${name}: ${reason}: that option is left unused` };
}
