/** How images in files and arrays are to be understood, where they leave it open. */
import type { OptionNames } from "../option_names.ts";
import type { PixelRange } from "./pixel_range.ts";

/** How many images a sheet has across and down. */
export interface Grid {
  /** Images across. */
  readonly columns: number;
  /** Images down. */
  readonly rows: number;
}

/** How files that leave it open are to be understood. */
export interface ImageFileOptions {
  /** What black and white are in arrays; inferred from all values unless given. */
  readonly range?: PixelRange;
  /** Clip whatever lies beyond black and white. */
  readonly clip?: boolean;
  /** Make black of white and white of black. */
  readonly invert?: boolean;
  /** Swap rows and columns. */
  readonly transpose?: boolean;
  /** Resize all images to 28×28, which get a border of 2 in the network. */
  readonly resize?: boolean;
  /** Images across and down of pictures that are sheets; found from each picture unless given. */
  readonly grid?: Grid;
}

/** Their names. */
export const IMAGE_FILE_OPTIONS: OptionNames<ImageFileOptions> = {
  range: true,
  clip: true,
  invert: true,
  transpose: true,
  resize: true,
  grid: true,
};
