/** A program in one executable file: a shell script that unpacks the archive behind it, and starts what was in there. */
import { createTarGzip } from "nanotar";
import head from "./head.sh" with { type: "text" };

/** A file of the program. */
export interface ProgramFile {
  /** Where it is unpacked to, relative to the program's folder: ASCII, at most 100 characters. */
  readonly path: string;
  /** What it holds. */
  readonly data: Uint8Array;
  /** Whether it can be started. */
  readonly executable: boolean;
}

/**
 * Packs a program, of which `digit-fid` is what gets started. It runs where bash, tar, gzip and the other essentials of
 * Debian are. The same files give the same bytes.
 */
export async function selfExtracting(files: readonly ProgramFile[]): Promise<Uint8Array> {
  const entries = files.map(({ path, data, executable }) => ({
    name: path,
    data,
    attrs: { mode: executable ? "755" : "644" },
  }));
  const archive = Uint8Array.from(await createTarGzip(entries, { attrs: { mtime: 0 } }));
  const listing = files.map(({ path, data }) => `${data.length} ${path}\n`).sort().join("");
  const script = head
    .replace("@ARCHIVE_LINE@", String(head.split("\n").length))
    .replace("@ARCHIVE_HASH@", await sha256(archive))
    .replace("@LISTING_HASH@", await sha256(new TextEncoder().encode(listing)));
  return await new Blob([script, archive]).bytes();
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
