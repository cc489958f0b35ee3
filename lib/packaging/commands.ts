/** What Deno's tasks become where the program is packed. */

/** A command of the program, as `deno.json` has it among its tasks. */
export interface Command {
  /** What it does, in a line. */
  readonly description: string;
  /** The line that starts it, with its permissions. */
  readonly command: string;
}

/** Commands by name. */
export type Commands = Readonly<Record<string, Command>>;

/** The commands of the program among Deno's tasks; those without a description are for its developers. */
export function commandsIn(tasks: Readonly<Record<string, string | Command>>): Commands {
  return Object.fromEntries(
    Object.entries(tasks).filter((entry): entry is [string, Command] => typeof entry[1] !== "string"),
  );
}

/**
 * The commands that need nothing but the program, run from where it is packed with the permissions that they have in
 * the checkout. Those that start other programs work on the checkout, so they stay there.
 *
 * @param program path of the packed `main.ts`
 */
export function packedCommands(commands: Commands, program: string): Commands {
  const kept = Object.entries(commands).filter(([, { command }]) => !command.includes(" --allow-run"));
  return Object.fromEntries(
    kept.map(([name, { description, command }]) => [
      name,
      { description, command: command.replace(" main.ts ", ` ${program} `) },
    ]),
  );
}

/** Flags with all that any of the commands may do, for an executable that has one set of permissions. */
export function unionOfPermissions(commands: Commands): string[] {
  const flags = new Set(Object.values(commands).flatMap(({ command }) => command.match(/--allow-\S+/g) ?? []));
  // Deno adds up the values of repeated flags, but lets a flag with a value narrow one without.
  return [...flags].filter((flag) => !flag.includes("=") || !flags.has(flag.split("=")[0]));
}
