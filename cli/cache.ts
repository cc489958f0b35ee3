/** The user's folder for what can be worked out again, and the flag that leaves it alone. */
import { isAbsolute, join } from "node:path";
import type { ImageSource } from "../lib/data/sources.ts";
import type { FeatureCache } from "../lib/scoring/real_cache.ts";
import { SPLITS } from "../lib/scoring/sets.ts";
import { toggle, type Values } from "./flags.ts";
import type { Output } from "./output.ts";

/** Whether to keep what the network makes of the real images. */
export const CACHE_FLAGS = {
  noCache: toggle("keep nothing of the real images for the next time, as else in ~/.cache/digit-fid (256 MB at most)"),
};

/**
 * The cache, in the system's folder for such, if there is one and it is wanted. To be called before access to files is
 * given up; the variables that name the folder cannot be read afterwards.
 */
export async function openCache(
  { noCache }: Values<typeof CACHE_FLAGS>,
  output: Output,
): Promise<FeatureCache | undefined> {
  const [xdg, local, home] = ["XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"].map((name) => Deno.env.get(name) ?? "");
  for (const variable of ["XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"]) {
    await Deno.permissions.revoke({ name: "env", variable });
  }
  if (noCache) return undefined;
  let isSaid = false;
  const onUnused = (reason: string) => {
    if (!isSaid) output.note(`nothing is kept for the next time: ${reason}`);
    isSaid = true;
  };
  const base = [xdg, local, home && join(home, ".cache")].find(isAbsolute); // others are to be left out, as XDG says
  if (base !== undefined) return { folder: join(base, "digit-fid"), onUnused };
  onUnused("there is no home folder");
}

/** Whether a set is all of a part of the data set. These are scored again and again, and so few that they can be kept. */
export function isSplit({ name, numbers }: ImageSource): boolean {
  return SPLITS.has(name) && numbers === undefined;
}
