/** Digits that are in a set of generated ones again and again. */
import { checkedChunks, type ImageSource } from "../data/sources.ts";
import { countNear, type NearCount } from "../metrics/copies.ts";
import type { Latents } from "../metrics/latents.ts";
import { DRAW, type Seeded } from "../random.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { drawNumbers, takeLatents } from "./sample.ts";

/** What is found of a set by itself. */
export interface Duplicates {
  /** Images that equal an earlier one, pixel by pixel. */
  readonly exact: number;
  /** Digits suspiciously near to another of the set; left out where there are fewer than 1,000 of either set. */
  readonly near?: NearCount;
}

/** Most images of a set that are compared among each other, and the fewest. */
const AMONG = { most: 10_000, least: 1000 };

/**
 * Looks for duplicates within a set: by pixels, and near ones by the latents, beside as many fresh real digits.
 *
 * @param fresh latents of real digits
 */
export async function findDuplicates(
  { source, latents }: { readonly source: ImageSource; readonly latents: Latents },
  fresh: Latents,
  { seed = 0, arithmetic }: Seeded & { readonly arithmetic: Arithmetic },
): Promise<{ readonly duplicates: Duplicates; readonly isDuplicate: readonly boolean[] }> {
  const isDuplicate = await repeated(source);
  const near = await nearDuplicates(arithmetic, latents, fresh, seed);
  return { duplicates: { exact: isDuplicate.filter(Boolean).length, ...(near && { near }) }, isDuplicate };
}

/** Whether an earlier image has the same pixels. */
async function repeated(source: ImageSource): Promise<boolean[]> {
  const seen = new Set<string>(), found: boolean[] = [];
  const decoder = new TextDecoder("latin1");
  for await (const { count, size, pixels } of checkedChunks(source)) {
    const area = size * size;
    for (let i = 0; i < count; i++) {
      const image = pixels.slice(i * area, (i + 1) * area);
      const key = decoder.decode(new Uint8Array(image.buffer));
      found.push(seen.has(key));
      seen.add(key);
    }
  }
  return found;
}

/** Digits near to another of the set, beside as many fresh ones. */
async function nearDuplicates(arithmetic: Arithmetic, fake: Latents, fresh: Latents, seed: number) {
  const count = Math.min(fake.count, fresh.count, AMONG.most);
  if (count < AMONG.least) return undefined;
  const own = Uint32Array.from({ length: count }, (_, i) => i);
  const distances: Float64Array[] = [];
  for (const set of [fake, fresh]) {
    const some = takeLatents(set, drawNumbers(set.count, count, DRAW.copies, { seed }));
    distances.push((await arithmetic.nearest(some, some, { own })).distances);
    arithmetic.forget(some);
  }
  return countNear(distances[0], distances[1]);
}

/** What is found about duplicates, in words. */
export function duplicateWords({ exact, near }: Duplicates): { readonly value: string; readonly note: string } {
  const note = near
    ? `${near.count} are very near to another, ${near.byChance.toFixed(1)} by chance`
    : "equal to another";
  return { value: String(exact), note };
}
