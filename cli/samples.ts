/** Samples of generated digits that appear in a folder while a generator trains. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { codeOf, fileError } from "../lib/formats/file_error.ts";
import { listFolder } from "../lib/formats/files.ts";
import { inSteps } from "../lib/scoring/score_log.ts";

/** A file or folder of images, and in which state it was seen. */
export interface Sample {
  /** Its name in the folder. */
  readonly name: string;
  /** Hash of the names, sizes and times of its files: another one means another content. */
  readonly stamp: string;
}

/** Names of files that images are read from. */
const IMAGES = /\.(npy|npz|safetensors|png|jpe?g|zip|gz|idx)$|ubyte$/i;

/** Looks at a folder again and again: a sample that is the same at two looks is whole, as far as can be seen. */
export class Lookout {
  readonly #folder: string;
  #before = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Looks once.
   *
   * @returns the samples that are as they were at the last look, in the order of their steps, and how many are not
   * @throws DigitFidError if the folder cannot be read
   */
  async look(): Promise<{ settled: Sample[]; changing: number }> {
    const now = await samplesIn(this.#folder);
    const settled = [...now].filter(([name, stamp]) => this.#before.get(name) === stamp);
    this.#before = now;
    const samples = settled.map(([name, stamp]) => ({ name, stamp })).sort((a, b) => inSteps(a.name, b.name));
    return { settled: samples, changing: now.size - settled.length };
  }

  /** Whether a sample is still what it was at the last look. */
  async isStill({ name, stamp }: Sample): Promise<boolean> {
    return stampOf(await statesOf(this.#folder, name)) === stamp;
  }
}

/** All samples in a folder with their stamps; hidden ones, and folders without files, are none. */
async function samplesIn(folder: string): Promise<Map<string, string>> {
  const { files, folders } = await listFolder(folder);
  const samples = new Map<string, string>();
  for (const name of [...files.filter((name) => IMAGES.test(name)), ...folders]) {
    if (name.startsWith(".")) continue;
    const states = await statesOf(folder, name);
    if (states.length === 0) continue;
    samples.set(name, stampOf(states));
  }
  return samples;
}

/** What the system says of files that went away, and of links that lead nowhere. */
const GONE = new Set(["ENOENT", "ELOOP"]);

function stampOf(states: readonly string[]): string {
  return createHash("sha256").update(states.toSorted().join("\0")).digest("hex").slice(0, 16);
}

/** Path, size and time of each file of a sample; what goes away while it is looked at is left out. */
async function statesOf(folder: string, name: string): Promise<string[]> {
  const path = join(folder, name);
  try {
    const { isDirectory, isFile, size, mtime } = await Deno.stat(path);
    if (isFile) return [`${name}\n${size}\n${mtime?.getTime()}`];
    if (!isDirectory) return []; // a pipe would be waited for, and a device has no end
    const { files, folders } = await listFolder(path);
    const inner = await Promise.all([...files, ...folders].map((entry) => statesOf(folder, join(name, entry))));
    return inner.flat();
  } catch (error) {
    const failure = fileError("read", path, error); // by the list of a folder, or by Deno
    if (GONE.has(codeOf(failure.cause))) return [];
    throw failure;
  }
}
