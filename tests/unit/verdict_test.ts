/** The report's first sentence: only what is known of the distance, in words that fit it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { causesHtml } from "../../lib/report/score/bars.ts";
import { GENERATORS } from "../../lib/report/score/generators.ts";
import type { ScoreFindings } from "../../lib/report/score/findings.ts";
import { verdictOf } from "../../lib/report/score/verdict.ts";
import type { Cause, CauseName } from "../../lib/scoring/causes.ts";
import type { Copies } from "../../lib/scoring/copies.ts";
import type { Metrics } from "../../lib/scoring/fields.ts";

function verdict(digitDistance: number, like: Record<string, number>): string {
  const metrics = { realImages: 10_000, fakeImages: 2000, fid: 30, digitDistance, recall: 0.8, warnings: [] };
  const meaning = { floors: { digitDistance: [0.2, 0.1] }, like: { digitDistance: like } };
  return verdictOf({ metrics, meaning } as unknown as ScoreFindings)[0].replaceAll("\u00a0", " ");
}

Deno.test("verdict: a distance is set between the examples' generators, and beside noise and blur", () => {
  const sentences: [digitDistance: number, noise: number, blur: number, words: string][] = [
    [0.3, 0, 0, "These 2,000 digits cannot be told from real ones by their digit distance"],
    [
      2,
      0.005,
      0.05,
      "nearer than a GAN after 12 epochs (59.6) among the examples, and as far as real digits with less than " +
      "Gaussian noise of σ = 0.01 or less than a blur of 0.1 pixels.",
    ],
    [
      64.36,
      0.029,
      0.36,
      "digits is 64.4, where as many real digits score 0.2 ± 0.1: between a GAN after 12 epochs (59.6) and a VAE " +
      "after 30 epochs (158.6) among the examples, and as far as real digits with Gaussian noise of σ ≈ 0.03 or a " +
      "blur of 0.4 pixels.",
    ],
    [
      900,
      Infinity,
      Infinity,
      "farther than a GAN after 1 epoch (452.6) among the examples, and farther than real digits",
    ],
    [448, 0.74, Infinity, "between a VAE after 1 epoch (443.9) and a GAN after 1 epoch (452.6)"],
  ];
  for (const [digitDistance, noise, blur, words] of sentences) {
    assertStringIncludes(verdict(digitDistance, { noise, blur }), words);
  }
});

/** All sentences about 500 digits whose real counterparts reach 86 % in precision and 91 % in recall. */
function sentences(numbers: Partial<Metrics>, copies?: Partial<Copies>) {
  const metrics = { realImages: 10_000, fakeImages: 500, fid: 30, digitDistance: 60, warnings: [], ...numbers };
  const floors = { digitDistance: [0.2, 0.1], precision: [0.86, 0.01], recall: [0.91, 0.01] };
  const findings = { metrics, meaning: { floors, like: {} }, copies } as unknown as ScoreFindings;
  return verdictOf(findings).map((sentence) => sentence.replaceAll("\u00a0", " "));
}

Deno.test("verdict: of precision and recall the one that is worse beside real digits comes first", () => {
  const [, , unreal] = sentences({ precision: 0.28, recall: 0.72 });
  assertEquals(
    unreal,
    "They look much less real than real ones: 28 % of them lie among real digits (precision), where of as many real " +
      "ones 86 % do. They are less varied than real ones: they reach 72 % of the real handwriting (recall), where as " +
      "many real digits reach 91 %. Every digit is made.",
  );
  assertMatch(
    sentences({ precision: 0.85, recall: 0.4 })[2],
    /^They are much less varied .*They look about as real as real ones/,
  );
});

Deno.test("verdict: images that seem faulty are spoken of first, and no causes in the generator", () => {
  const warnings = ["x: saved as JPEG", "x: the colours look inverted: invert them", "few images"];
  const spoken = sentences({ precision: 0, recall: 0, warnings, warningCodes: ["jpeg", "inverted"] });
  assertEquals(spoken, [
    "Look at the images first. x: the colours look inverted: invert them.",
    "Until that is set right the numbers say little of the generator: the digit distance of these 500 digits as they " +
    "are is 60.0, where as many real digits score 0.2 ± 0.1.",
  ]);
  assertEquals(sentences({ warnings: ["x: saved as JPEG"], warningCodes: ["jpeg"] }).length, 3);
});

Deno.test("verdict: digits that are hardly made are named, and copies only where they show", () => {
  const digitHistogram = [70, 60, 70, 60, 60, 60, 60, 50, 9, 1];
  assertMatch(sentences({ digitHistogram })[2], /^The digits 8, 9 are hardly made\.$/);
  assertMatch(sentences({ digitHistogram: digitHistogram.with(9, 10) })[2], /^The digit 8 is hardly made\.$/);
  assertMatch(
    sentences({}, { isCopying: false })[2],
    /^Every digit is made, and no copying of the training images shows/,
  );
  const copies = { isCopying: true, near: { count: 37, byChance: 0.5 } } as Partial<Copies>;
  assertMatch(sentences({}, copies)[2], /, and copies show: 37 lie very near .* where chance has it for 0\.5\.$/);
});

Deno.test("report: each cause that was tried has its share and error, and those that count are marked", () => {
  const cause = (name: CauseName, share: number, shareError: number): Cause => ({
    ...{ name, finding: `the ${name} is off`, advice: "", digitDistance: 60 * (1 - share), fid: 1, share, shareError },
  });
  const [first, second] = [cause("levels", 0.75, 0.04), cause("noise", -0.5, 0.02)];
  const { markup } = causesHtml({ images: 500, digitDistance: 60, fid: 9, causes: [first], tried: [first, second] });
  const items = markup.replaceAll("\u00a0", " ").split("<li").slice(1);
  assertEquals(items.map((item) => /^ class="(\w*)"/.exec(item)?.[1]), ["whole", "counts", ""]);
  assertStringIncludes(items[1], "the levels is off: 75 % of the distance goes (± 4 %).");
  assertStringIncludes(items[2], "the noise is off: none of the distance goes (± 2 %).");
  assertEquals(items.map((item) => /inline-size: ([\d.]+)%/.exec(item)?.[1]), ["66.7", "16.7", "100.0"]);
});

Deno.test("verdict: the examples' generators are those of the README, with the same distances", () => {
  const readme = Deno.readTextFileSync(checkoutPath("README.md"));
  const rows = [...readme.matchAll(/^\| (a (?:GAN|VAE) after \d+ epochs?) +\| +([\d.]+) \|/gm)];
  assertEquals(rows.map(([, name, distance]) => ({ name, digitDistance: Number(distance) })), [...GENERATORS]);
  assert(GENERATORS.every(({ digitDistance }, i) => i === 0 || digitDistance > GENERATORS[i - 1].digitDistance));
});
