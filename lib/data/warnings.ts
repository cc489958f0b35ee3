/** What to keep in mind about a set of images, for people and for programs. */
import type { Remedy } from "../errors.ts";

/** What a warning is about: these words stay as they are. */
export type WarningCode =
  | "inverted"
  | "blank"
  | "grey-background"
  | "dim-white"
  | "brightness"
  | "clipped"
  | "coloured"
  | "jpeg"
  | "bfloat16"
  | "left-out"
  | "empty-cells"
  | "large-digits"
  | "turned"
  | "statistics-only";

/** One thing to keep in mind. */
export interface Warning {
  /** What it is about. */
  readonly code: WarningCode;
  /** The same in a sentence, which begins with the name of the images. */
  readonly message: string;
  /** Options that would help, if any does. */
  readonly remedy?: Remedy;
}
