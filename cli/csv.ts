/** Tables for other programs: values with commas between them, as in RFC 4180. */

/** A line for each row; text is quoted where it must be. */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return [...rows.map((row) => row.map(cell).join(",")), ""].join("\n");
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
