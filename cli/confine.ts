/** Least privilege: a task starts with access to all files, as its flags are not read yet, and soon gives it up. */
import { resolve } from "node:path";
import { temporaryPath } from "../lib/formats/files.ts";

/** What a task needs. A folder stands for all that is in it. */
export interface Access {
  /** What the task reads. */
  readonly reads?: readonly string[];
  /** What it writes, and may read as well. */
  readonly writes?: readonly string[];
  /** Whether it uses the network. */
  readonly network?: boolean;
}

/**
 * Gives up, for good, all access to files but for the paths named, and the network.
 *
 * To name paths among the permissions they are asked for, which is granted at once as long as `/` is; then `/` is given
 * up. So this needs `--allow-read=/` and `--allow-write=/`: access without a path, as by `--allow-read`, stays.
 */
export async function confine({ reads = [], writes = [], network = false }: Access): Promise<void> {
  const written = writes.flatMap((path) => [path, temporaryPath(path)]);
  for (const path of [...reads, ...written]) await Deno.permissions.request({ name: "read", path });
  for (const path of written) await Deno.permissions.request({ name: "write", path });
  // Who names `/` itself keeps it: its permission is the one that would be given up.
  const kept = { read: [...reads, ...written], write: written };
  for (const name of ["read", "write"] as const) {
    if (!kept[name].some((path) => resolve(path) === "/")) await Deno.permissions.revoke({ name, path: "/" });
  }
  if (!network) await Deno.permissions.revoke({ name: "net" });
}
