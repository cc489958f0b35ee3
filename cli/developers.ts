/** What developers' tasks share: each is explained by the comment that its file begins with. */

/**
 * Where `--help` is given, prints what a task's file says of itself, and ends; nothing is done then.
 *
 * @param file the text of the task's file
 */
export function answerHelp(file: string): void {
  if (!Deno.args.includes("--help")) return;
  console.log(commentOf(file));
  Deno.exit();
}

/** The comment that a file begins with, without its stars. */
export function commentOf(file: string): string {
  const [, comment] = /^\/\*\*(.*?)\*\//s.exec(file) ?? [];
  if (comment === undefined) throw new Error("a developers' task begins with a comment that explains it");
  return comment.replaceAll(/^ *\* ?/gm, "").trim();
}
