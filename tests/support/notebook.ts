/** Notebooks as programs. */

/** The code cells of a notebook, in order. */
export function codeCells(path: string): string[] {
  const { cells } = JSON.parse(Deno.readTextFileSync(path)) as { cells: { cell_type: string; source: string[] }[] };
  return cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source.join("").trimEnd());
}

/**
 * One text in place of others, each of which has to be there.
 *
 * @throws Error if one is missing, so that a notebook that changed is not run with its large numbers
 */
export function substitute(text: string, values: Record<string, string>): string {
  for (const [from, to] of Object.entries(values)) {
    if (!text.includes(from)) throw new Error(`the notebook has no "${from}"`);
    text = text.replace(from, to);
  }
  return text;
}

/** Wraps the last line of a cell in a call, if it is a value: notebooks display it. */
export function displaying(cell: string, call: string): string {
  const lines = cell.split("\n"), last = lines[lines.length - 1].replace(/;$/, "");
  const isValue = /^[\w(]/.test(last) && !/^(const|let|import|from|return|print|console|with|for)\b/.test(last);
  return isValue ? [...lines.slice(0, -1), `${call}(${last})`].join("\n") : cell;
}
