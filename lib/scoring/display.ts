/** A score as a notebook shows it: a table in words. */
import type { NetworkIdentity } from "../network/identity.ts";
import { calibrationOf, type Meaning, meaningOf } from "./calibration.ts";
import type { Metrics } from "./fields.ts";
import { likenessRows, scoreRows } from "./words.ts";

/** What is shown: the metrics, and whose they are. */
type Shown = Metrics & {
  readonly network: NetworkIdentity;
};

/** By this method notebooks ask a value how to show it; the answer has a text for each type of document. */
const DISPLAY = Symbol.for("Jupyter.display");

/**
 * Lets notebooks show a score as a table. The method is hidden, so that JSON, spreading and comparing are as before.
 *
 * @param realSha256 which real images it is against, where they are images: what real digits score is known for MNIST
 */
export function displayed<Score extends Shown>(score: Score, realSha256: string | undefined): Score {
  const display = async () => {
    const calibration = await calibrationOf(score.network);
    return { "text/html": tableOf(score, calibration && meaningOf(score, calibration, realSha256)) };
  };
  return Object.defineProperty(score, DISPLAY, { value: display, enumerable: false });
}

/** Every metric as a row of HTML, and what the distances are like. */
export function tableOf(score: Shown, meaning?: Meaning): string {
  const { fakeImages, realImages, network, warnings } = score;
  const columns = ["", "value", "real digits", ""];
  const rows = scoreRows(score, meaning).map(({ label, value, floor, note }) => [label, value, floor, note]);
  const sets = `${fakeImages} images against ${realImages}, by ${network.name} (SHA-256 ${
    network.sha256.slice(0, 12)
  }…)`;
  const likeness = meaning ? likenessRows(meaning) : [];
  return [
    `<table><caption>${escaped(sets)}</caption>${rowOf("th", columns)}${
      rows.map((row) => rowOf("td", row)).join("")
    }</table>`,
    likeness.length > 0 ? `<table>${likeness.map((row, i) => rowOf(i === 0 ? "th" : "td", row)).join("")}</table>` : "",
    warnings.length > 0 ? `<ul>${warnings.map((warning) => `<li>${escaped(warning)}</li>`).join("")}</ul>` : "",
  ].join("");
}

function rowOf(cell: "th" | "td", [first, ...others]: readonly string[]): string {
  return `<tr><th>${escaped(first)}</th>${others.map((text) => `<${cell}>${escaped(text)}</${cell}>`).join("")}</tr>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
