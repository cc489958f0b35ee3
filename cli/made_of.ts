/** What `fid` says of a score besides its numbers: what it is made of. */
import type { ImageSource } from "../lib/data/sources.ts";
import { Moments } from "../lib/metrics/moments.ts";
import type { Network } from "../lib/network/network.ts";
import type { Arithmetic } from "../lib/scoring/arithmetic.ts";
import { causeLines, findCauses } from "../lib/scoring/causes.ts";
import type { ScoredSet } from "../lib/scoring/features.ts";
import { toJsonNames } from "../lib/scoring/words.ts";

/** A set that was scored, by what it was opened as. */
export interface ScoredInput {
  readonly input: ImageSource | Moments;
  readonly set: ScoredSet;
}

/** What is said of a score: fields for JSON, and lines for people. */
export interface Said {
  readonly fields: Record<string, unknown>;
  readonly lines: readonly string[];
}

/** What else there is to say of a score. */
export async function sayMore(
  network: Network,
  { input: real, set: realSet }: ScoredInput,
  { input: fake, set: fakeSet }: ScoredInput,
  { seed, arithmetic }: { readonly seed: number; readonly arithmetic: Arithmetic },
): Promise<Said> {
  if (real instanceof Moments || fake instanceof Moments) return { fields: {}, lines: [] };
  const [ofReal, ofFake] = [{ source: real, set: realSet }, { source: fake, set: fakeSet }];
  const causes = await findCauses(network, ofReal, ofFake, { seed, arithmetic });
  if (causes === undefined) return { fields: {}, lines: [] };
  const lines = causeLines(causes);
  const none = ["  made of           no one cause: levels, noise, position, size, strokes, edges and mix are not it"];
  return {
    fields: { causes: toJsonNames(causes) },
    lines: lines.length > 0 ? lines.map((line) => `  made of           ${line}`) : none,
  };
}
