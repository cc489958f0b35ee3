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
  /** When its files, or the rights to them, changed last, in milliseconds: one that was refused may do from then on. */
  readonly changed: number;
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
    const settled = now.filter(({ name, stamp }) => this.#before.get(name) === stamp);
    this.#before = new Map(now.map(({ name, stamp }) => [name, stamp]));
    return { settled: settled.sort((a, b) => inSteps(a.name, b.name)), changing: now.length - settled.length };
  }

  /** Whether a sample is still what it was at the last look. */
  async isStill({ name, stamp }: Sample): Promise<boolean> {
    return stampOf(await filesOf(this.#folder, name)) === stamp;
  }
}

/** All samples in a folder; hidden ones, and folders without images by their names, are none. */
async function samplesIn(folder: string): Promise<Sample[]> {
  const { files, folders } = await listFolder(folder);
  const samples: Sample[] = [];
  for (const name of [...files.filter((name) => IMAGES.test(name)), ...folders]) {
    if (name.startsWith(".")) continue;
    const found = await filesOf(folder, name);
    if (!found.some(({ path, state }) => state === CLOSED || IMAGES.test(path))) continue;
    samples.push({
      name,
      stamp: stampOf(found),
      changed: found.reduce((last, { changed }) => Math.max(last, changed), 0),
    });
  }
  return samples;
}

/** A file of a sample, and what is known of it without reading it. */
interface SampleFile {
  readonly path: string;
  readonly state: string;
  readonly changed: number;
}

/** State of what may not be read: why is said when the sample is scored. */
const CLOSED = "closed";

/** What the system says of files that went away, and of links that lead nowhere. */
const GONE = new Set(["ENOENT", "ELOOP"]);
/** What it says of what may not be read. */
const REFUSED = new Set(["EACCES", "EPERM"]);

function stampOf(files: readonly SampleFile[]): string {
  const states = files.map(({ path, state }) => `${path}\n${state}`).sort();
  return createHash("sha256").update(states.join("\0")).digest("hex").slice(0, 16);
}

/**
 * The files of a sample; what goes away while it is looked at is left out.
 *
 * @param depth folders above one another that images are read from: a sample's own, and one for each class
 */
async function filesOf(folder: string, name: string, depth = 2): Promise<SampleFile[]> {
  const path = join(folder, name);
  try {
    const { isDirectory, isFile, size, mtime, ctime } = await Deno.stat(path);
    if (isFile) return [{ path: name, state: `${size}\n${mtime?.getTime()}`, changed: ctime?.getTime() ?? 0 }];
    if (!isDirectory || depth === 0) return []; // a pipe would be waited for, and a device has no end
    const { files, folders } = await listFolder(path);
    const inner = [...files, ...folders].map((entry) => filesOf(folder, join(name, entry), depth - 1));
    return (await Promise.all(inner)).flat();
  } catch (error) {
    const code = codeOf(fileError("read", path, error).cause); // by the list of a folder, or by Deno
    if (GONE.has(code)) return [];
    if (REFUSED.has(code)) return [{ path: name, state: CLOSED, changed: 0 }];
    throw error;
  }
}
