/** What Deno's tasks become where the program is packed. */

/** Deno's tasks: the command lines by name, as in `deno.json`. */
export type Tasks = Readonly<Record<string, string>>;

/**
 * The tasks that need nothing but the program, run from where it is packed with the permissions that they have in the
 * checkout. Those that start other programs work on the checkout, so they stay there.
 *
 * @param program path of the packed `main.ts`
 */
export function packedTasks(tasks: Tasks, program: string): Tasks {
  const kept = Object.entries(tasks).filter(([, line]) => line.includes(" main.ts ") && !line.includes(" --allow-run"));
  return Object.fromEntries(kept.map(([name, line]) => [name, line.replace(" main.ts ", ` ${program} `)]));
}

/** Flags with all that any of the tasks may do, for an executable that has one set of permissions. */
export function unionOfPermissions(tasks: Tasks): string[] {
  const flags = new Set(Object.values(tasks).flatMap((line) => line.match(/--allow-\S+/g) ?? []));
  // Deno adds up the values of repeated flags, but lets a flag with a value narrow one without.
  return [...flags].filter((flag) => !flag.includes("=") || !flags.has(flag.split("=")[0]));
}
