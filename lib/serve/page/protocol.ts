/** What the page and its worker tell each other. */
import type { Arch } from "../../model.ts";
import type { RemedyOption } from "../../errors.ts";
import type { PixelRange } from "../../data/pixel_range.ts";
import type { NetworkIdentity } from "../../network/identity.ts";
import type { Causes } from "../../scoring/causes.ts";
import type { Comparison } from "../../scoring/comparison.ts";
import type { ComparedSet } from "../../scoring/comparison_words.ts";
import type { Neighbour } from "../../scoring/extremes.ts";
import type { AskedAndSeen } from "../../scoring/fields.ts";
import type { ScoreRow } from "../../scoring/words.ts";

/** Layers whose outputs the page shows of a drawing. */
export const SHOWN = ["pool1", "pool2", "pool3", "latent", "logits"] as const;

/** What a network makes of one image: the layers' outputs, channels first. */
export type Outputs = Record<typeof SHOWN[number], Float32Array>;

/** A file that was dropped or chosen. */
export interface DroppedFile {
  /** Its name, or its path from the folder that was dropped. */
  readonly path: string;
  /** Its content, read as far as it is needed. */
  readonly content: Blob;
}

/** What files are called: the file, or the folder that they lie in. */
export function nameOf(files: readonly DroppedFile[]): string {
  return folderOf(files) ?? (files.length === 1 ? files[0].path : `${files.length} files`);
}

/** What a set is called: with the array that was asked for, as on the command line. */
export function setName(files: readonly DroppedFile[], { array }: ReadingOptions): string {
  return array ? `${nameOf(files)}#${array}` : nameOf(files);
}

/** The folder that all files lie in, if one was dropped. */
export function folderOf(files: readonly DroppedFile[]): string | undefined {
  const first = files[0]?.path.split("/")[0];
  return first !== undefined && files.every(({ path }) => path.startsWith(`${first}/`)) ? first : undefined;
}

/** How the images are to be understood, as the page's form says. */
export interface ReadingOptions {
  readonly range?: PixelRange;
  readonly clip: boolean;
  readonly invert: boolean;
  readonly transpose: boolean;
  readonly resize: boolean;
  readonly grid?: { readonly columns: number; readonly rows: number };
  /** The array among several. */
  readonly array?: string;
}

/** What the page asks for. */
export type Wish =
  /** First of all: the test images as IDX packed with gzip, and their digits one after the other. */
  | { readonly wish: "start"; readonly real: ArrayBuffer; readonly labels: string }
  /** Another network than the reference network: the bytes of its weights. */
  | { readonly wish: "network"; readonly weights: ArrayBuffer; readonly identity: NetworkIdentity }
  | {
    readonly wish: "score";
    /** What was scored before: labels that are given later are of that. */
    readonly before: readonly DroppedFile[];
    readonly files: readonly DroppedFile[];
    readonly options: ReadingOptions;
    /** Whether to score however many images there are. */
    readonly isAgreed: boolean;
  }
  /** What the network makes of a drawing of 28×28 values from 0 to 1. */
  | { readonly wish: "read"; readonly image: Float32Array<ArrayBuffer> };

/** Bytes of some images of 28×28 or 32×32, one after the other. */
export interface Pictures {
  readonly size: 28 | 32;
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** A score as the page shows it. */
export interface PageScore {
  /** What `fid` prints for the same images as JSON, duplicates looked for, but for the version. */
  readonly fields: Record<string, unknown>;
  /** Each metric in words. */
  readonly rows: readonly ScoreRow[];
  /** How strongly real digits have to be corrupted to be as far: a row of titles, then one for each distance. */
  readonly likeness: readonly (readonly string[])[];
  /** How many images, and how they were understood. */
  readonly description: string;
  /** Generated images taken for each digit, where it is known. */
  readonly histogram?: readonly number[];
  /** What the distance is made of, where that can be said. */
  readonly causes?: Causes;
  /** Digits that are there again and again, in words; statistics hold no digits. */
  readonly duplicates?: { readonly value: string; readonly note: string };
  /** What was asked for against what is seen, where that is known. */
  readonly asked?: AskedAndSeen;
  /** Some of the images, in order. */
  readonly samples: Pictures;
  /** The farthest from real digits first: each pair's images lie one after the other, generated and real. */
  readonly worst: { readonly pairs: readonly Neighbour[]; readonly pictures: Pictures };
  /** The nearest first. */
  readonly best: { readonly pairs: readonly Neighbour[]; readonly pictures: Pictures };
}

/** Several sets as the page shows them. */
export interface PageComparison {
  /** What `fid` prints for the same sets as JSON, but for the version. */
  readonly fields: Record<string, unknown>;
  readonly sets: readonly ComparedSet[];
  /** The files of each set. */
  readonly files: readonly (readonly DroppedFile[])[];
  readonly comparison: Comparison;
}

/** The score of one set, or a comparison of several. */
export type PageResult = { readonly score: PageScore } | PageComparison;

/** What the worker answers. */
export type Answer =
  /** The network is there: what is drawn can be read. */
  | {
    readonly answer: "network";
    readonly identity: NetworkIdentity;
    readonly arch: Arch;
    readonly description: string;
  }
  | { readonly answer: "progress"; readonly what: string; readonly share: number }
  /** There are so many images that they are scored only if it is wished. */
  | { readonly answer: "many"; readonly name: string; readonly what: string }
  /** The files that are scored now: those that were given, or with them those before. */
  | { readonly answer: "files"; readonly files: readonly DroppedFile[] }
  | { readonly answer: "score"; readonly result: PageResult }
  | { readonly answer: "refused"; readonly message: string; readonly remedies: readonly RemedyOption[] }
  | { readonly answer: "read"; readonly outputs: Outputs };
