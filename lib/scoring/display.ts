/** A score as notebooks, and programs in other languages, show it: a table in words. */
import type { NetworkIdentity } from "../network/identity.ts";
import { printable } from "../printable.ts";
import { calibrationOf, type Meaning, meaningOf, type ScoredBy } from "./calibration.ts";
import type { Metrics } from "./fields.ts";
import { askedRows, likenessRows, scoreLines, scoreRows } from "./words.ts";

/** What is shown: the metrics, and whose they are. */
type Shown = Metrics & {
  readonly network: NetworkIdentity;
};

/** A text for each type of document, as notebooks take them. */
export interface Documents {
  /** A table, and the warnings. */
  readonly "text/html": string;
  /** The same for a terminal of 80 columns. */
  readonly "text/plain": string;
}

/** By this method notebooks ask a value how to show it; the answer has a text for each type of document. */
const DISPLAY = Symbol.for("Jupyter.display");

/**
 * Lets notebooks show a score as a table. The method is hidden, so that JSON, spreading and comparing are as before.
 *
 * @param realSha256 which real images it is against, where they are images: what real digits score is known for MNIST
 * @param by the counts that it was made with: real digits are known by the usual ones
 */
export function displayed<Score extends Shown>(score: Score, realSha256: string | undefined, by?: ScoredBy): Score {
  const display = async () => {
    const calibration = await calibrationOf(score.network);
    return documentsOf(score, calibration && meaningOf(score, calibration, realSha256, by));
  };
  return Object.defineProperty(score, DISPLAY, { value: display, enumerable: false });
}

/** A score in words, and beside it what real digits score, where that is known. */
export function documentsOf(score: Shown, meaning?: Meaning): Documents {
  const lines = [setsOf(score), ...scoreLines(score, meaning), ...score.warnings.map((each) => `warning: ${each}`)];
  return { "text/html": tableOf(score, meaning), "text/plain": lines.map(printable).join("\n") };
}

function setsOf({ fakeImages, realImages, network: { name, sha256 } }: Shown): string {
  return `${fakeImages} images against ${realImages}, by ${name} (SHA-256 ${sha256.slice(0, 12)}…)`;
}

/** Every metric as a row of HTML, and what the distances are like. */
function tableOf(score: Shown, meaning?: Meaning): string {
  const columns = ["", "value", "real digits", ""];
  const rows = [...scoreRows(score, meaning), ...askedRows(score)].map((
    { label, value, floor, note },
  ) => [label, value, floor, note]);
  const likeness = meaning ? likenessRows(meaning) : [];
  return [
    `<table><caption>${escaped(setsOf(score))}</caption>${rowOf("th", columns)}${
      rows.map((row) => rowOf("td", row)).join("")
    }</table>`,
    likeness.length > 0 ? `<table>${likeness.map((row, i) => rowOf(i === 0 ? "th" : "td", row)).join("")}</table>` : "",
    score.warnings.length > 0
      ? `<ul>${score.warnings.map((warning) => `<li>${escaped(warning)}</li>`).join("")}</ul>`
      : "",
  ].join("");
}

function rowOf(cell: "th" | "td", [first, ...others]: readonly string[]): string {
  return `<tr><th>${escaped(first)}</th>${others.map((text) => `<${cell}>${escaped(text)}</${cell}>`).join("")}</tr>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
