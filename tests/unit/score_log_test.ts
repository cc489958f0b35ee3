/** The file of scores, and the curve that is drawn of it. */
import { assertEquals, assertThrows } from "@std/assert";
import { drawCurve } from "../../cli/curve.ts";
import { FormatError } from "../../lib/errors.ts";
import {
  bestScore,
  formatScores,
  latestRefusals,
  latestScores,
  parseScores,
  type ScoreRecord,
} from "../../lib/scoring/score_log.ts";

function record(name: string, digit_distance: number | undefined, fid = 1, stamp = "a"): ScoreRecord {
  return { name, stamp, by: "net", images: 5, scores: { ...digit_distance !== undefined && { digit_distance }, fid } };
}

Deno.test("scores: what is written is read again, whatever the names are", () => {
  const records = ['a,b"c".npy', "line\nfeed", "", '"', "é"].map((name, i) => record(name, i / 3, -1e-9));
  assertEquals(parseScores(formatScores(records), "scores.csv"), records);
  assertEquals(parseScores(formatScores([record("a", undefined)]).replaceAll("\n", "\r\n"), "x"), [
    record("a", undefined),
  ]);
  assertEquals(parseScores(formatScores([]), "x"), []);
});

Deno.test("scores: other columns, and fields that are no numbers, are refused with their place", () => {
  const text = formatScores([record("a", 1), record("b", 2)]);
  for (const bad of ["", "name,fid\na,1\n", text.replace("digit_distance,", "distance,")]) {
    assertThrows(() => parseScores(bad, "scores.csv"), FormatError, "scores.csv: line 1: expected name,stamp");
  }
  assertThrows(() => parseScores(text.replace("b,a,net,5,2", "b,a,net,5,two"), "s.csv"), FormatError, "s.csv: row 2");
  assertThrows(() => parseScores(text.trimEnd().slice(0, -1), "s.csv"), FormatError, "s.csv: row 2");
});

Deno.test("scores: of each sample the last counts, in the order in which people count", () => {
  const records = [record("e10", 3), record("e2", 5), record("e1", 7), record("e2", 2, 1, "b")];
  assertEquals(latestScores(records).map(({ name, stamp }) => name + stamp), ["e1a", "e2b", "e10a"]);
});

Deno.test("scores: the best has the smallest digit distance, or FID where one has none; the first of equals", () => {
  assertEquals(bestScore([record("a", 3, 1), record("b", 2, 9), record("c", 2, 9)])?.name, "b");
  assertEquals(bestScore([record("a", 3, 5), record("b", undefined, 4), record("c", 2, 9)])?.name, "b");
  assertEquals(bestScore([]), undefined);
});

Deno.test("curve: equal ratios are equal heights, and the best is marked", () => {
  const curve = drawCurve([100, 10, 1, 10].map((value, i) => record(`e${i}`, value)), 80).split("\n");
  assertEquals(curve, [
    "       100 █   ",
    "           █   ",
    "           █▁ ▁",
    "           ██ █",
    "           ██ █",
    "      1.00 ██▁█",
    "             ▲ ",
    "best: e2, digit distance 1.00",
  ]);
});

Deno.test("curve: distances below zero are drawn, and of many samples the last", () => {
  const below = drawCurve([-1, 0, 1].map((value, i) => record(`e${i}`, value)), 80).split("\n");
  assertEquals(below.slice(5, 7), ["     −1.00 ▁██", "           ▲  "]);
  const many = Array.from({ length: 300 }, (_, i) => record(`e${i}`, 1 + i));
  assertEquals(drawCurve(many, 40).split("\n").every((line) => line.length <= 40), true);
});

Deno.test("scores: a refused sample has a line with the reason, warnings stand beside scores, and neither is a score", () => {
  const refused = { name: "e2", stamp: "b", by: "net", images: 0, scores: {}, refused: 'e2, "x": no images' };
  const records = [record("e2", 3), refused, { ...record("e3", 5), warnings: ["few images", "dark | bright"] }];
  const text = formatScores(records), read = parseScores(text, "scores.csv");
  assertEquals(read[1], refused);
  assertEquals(read[2].warnings?.join(" | "), "few images | dark | bright");
  assertEquals(latestScores(read).map(({ name }) => name), ["e3"], "its older score is not that of what is there now");
  assertEquals(latestRefusals(read), [refused]);
  assertEquals(latestRefusals([...read, record("e2", 1)]), []);
  const [header, first, second] = text.split("\n");
  assertEquals([header, first, second].map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).length), [18, 18, 18]);
  const half = text.replace("net,,", "net,5,"); // a reason and a number of images
  assertThrows(() => parseScores(half, "s.csv"), FormatError, "s.csv: row 2");
});

Deno.test("scores: files of former versions, without reasons and warnings, are read", () => {
  const former = formatScores([record("a", 1), record("b", 2)]).split("\n").map((line) =>
    line.replace(/,refused,warnings$|,,$/, "")
  );
  assertEquals(former[0].split(",").at(-1), "digit_imbalance");
  assertEquals(parseScores(former.join("\n"), "x"), [record("a", 1), record("b", 2)]);
});
