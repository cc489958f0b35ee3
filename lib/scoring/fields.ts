/** What a score is made of: its fields, and the names by which metrics are asked for. */
import type { WarningCode } from "../data/warnings.ts";

/**
 * Every metric that the input allows; the others are left out. In JSON they have the same names.
 * Of two sets of images that is all of them; statistics have no single images, so they leave the Fréchet distance, and
 * what can be had from the other set.
 */
export interface Metrics {
  /** Real images. */
  readonly realImages: number;
  /** Generated images. */
  readonly fakeImages: number;
  /** The digit distance ({@linkcode digitDistanceOfParts}): 0 for equal distributions. */
  readonly digitDistance?: number;
  /** Its standard error. */
  readonly digitDistanceStandardError?: number;
  /** Fréchet distance ({@linkcode frechetDistance}). */
  readonly fid?: number;
  /** 95 % interval of the Fréchet distance of sets of these sizes: 1.96 bootstrap standard errors each way. */
  readonly fidInterval?: readonly [number, number];
  /** Fréchet distance extrapolated to infinitely many images ({@linkcode frechetInfinity}). */
  readonly fidInfinity?: number;
  /** Kernel distance ({@linkcode kernelDistance}). */
  readonly kid?: number;
  /** Its standard error. */
  readonly kidStandardError?: number;
  /** Share of generated images that lie among real ones ({@linkcode neighbourScores}, as the next three). */
  readonly precision?: number;
  /** Share of real images that lie among generated ones. */
  readonly recall?: number;
  /** How densely real images surround generated ones. */
  readonly density?: number;
  /** Share of real images that have a generated one near. */
  readonly coverage?: number;
  /** Inception score's formula on the generated images ({@linkcode classifierScores}, as the next three). */
  readonly classifierScore?: number;
  /** Generated images taken for each digit, 0 … 9. */
  readonly digitHistogram?: readonly number[];
  /** Total variation between that histogram and the uniform one. */
  readonly digitImbalance?: number;
  /** Mean probability of the most likely digit. */
  readonly meanConfidence?: number;
  /** The digits that were asked for against those that are seen, where labels say what was asked for. */
  readonly asked?: AskedAndSeen;
  /** How the real images were understood, with what was done to them: range, turning, resizing and its filter. */
  readonly realAs?: string;
  /** The same of the generated images. */
  readonly fakeAs?: string;
  /** What to keep in mind when reading these numbers, a sentence each. */
  readonly warnings: readonly string[];
  /** What is to be kept in mind about the images themselves, in words for programs. */
  readonly warningCodes?: readonly WarningCode[];
}

/** The digits that were asked for against those that the network sees. */
export interface AskedAndSeen {
  /** Share of the images that are seen as what was asked for, 0 … 1. */
  readonly accuracy: number;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** `confusion[asked][seen]`: number of images. */
  readonly confusion: readonly (readonly number[])[];
}

/** A metric's name: that of its first field. */
export type MetricName =
  | "digitDistance"
  | "fid"
  | "fidInfinity"
  | "kid"
  | "precision"
  | "recall"
  | "density"
  | "coverage"
  | "classifierScore";

/** Metrics that can be asked for by name, with the fields that each fills; in the order in which they are shown. */
export const METRIC_FIELDS: Readonly<Record<MetricName, readonly (keyof Metrics)[]>> = {
  digitDistance: ["digitDistance", "digitDistanceStandardError"],
  fid: ["fid", "fidInterval"],
  fidInfinity: ["fidInfinity"],
  kid: ["kid", "kidStandardError"],
  precision: ["precision"],
  recall: ["recall"],
  density: ["density"],
  coverage: ["coverage"],
  classifierScore: ["classifierScore", "digitHistogram", "digitImbalance", "meanConfidence"],
};

/** All metrics. */
export const METRIC_NAMES = Object.keys(METRIC_FIELDS) as MetricName[];
