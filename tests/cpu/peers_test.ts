/**
 * What other scorers make of the same latents and logits, and that docs/parity.md says what is computed here.
 *
 * tests/peers/ holds latents and logits of 2,000 generated and 2,000 test images and of 4,000 training images, what other
 * scorers make of them, and the order in which torch-fidelity splits: `numpy.random.RandomState(2020).permutation(2000)`.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import { frechetDistance } from "../../lib/fid.ts";
import { checkoutPath } from "../../lib/checkout.ts";
import { parseNpy } from "../../lib/formats/npy.ts";
import { classifierScores } from "../../lib/metrics/classifier_score.ts";
import { copyingTest } from "../../lib/metrics/copies.ts";
import { kernelDistance } from "../../lib/metrics/kid.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { neighbourScores, squaredDistance } from "../../lib/metrics/neighbours.ts";
import { mean } from "../../lib/metrics/numbers.ts";
import { CLASSES } from "../../lib/model.ts";
import { openArithmetic } from "../../lib/scoring/arithmetic.ts";
import { authenticOf, cellsOf } from "../../lib/scoring/copies.ts";
import type { Latents } from "../../lib/metrics/latents.ts";
import type { Features } from "../../lib/scoring/metrics.ts";

const FOLDER = checkoutPath("tests/peers");
const PEERS = JSON.parse(await Deno.readTextFile(`${FOLDER}/values.json`));
const TORCH_FIDELITY = "torch-fidelity", PRDC = "prdc", DGM = "dgm-eval";

async function array(name: string) {
  const packed = await Deno.readFile(`${FOLDER}/${name}.npy.gz`);
  const bytes = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).bytes();
  return parseNpy(bytes, name);
}

async function features(name: string): Promise<Features> {
  const { shape: [count, width], data } = await array(`${name}_latents`);
  return {
    latents: { count, width, data: data as Latents["data"] },
    logits: (await array(`${name}_logits`)).data as Float32Array,
  };
}

/** A metric by another scorer and by this project. */
interface Row {
  readonly metric: string;
  readonly peer: string;
  readonly theirs: number;
  readonly ours: number;
  /** How far they may be apart. */
  readonly within: number;
}

const row = (metric: string, peer: string, theirs: number, ours: number, within = 1e-6 * Math.abs(theirs)): Row => ({
  metric,
  peer,
  theirs,
  ours,
  within,
});

const [generated, test, train] = [await features("generated"), await features("test"), await features("train")];

function distances(): Row[] {
  const [real, fake] = [test.latents, generated.latents];
  const { kernel_inception_distance_mean: kid, kernel_inception_distance_std: deviation } =
    PEERS["torch-fidelity kid, 100 subsets of 1000, seed 2020"];
  return [
    row(
      "FID",
      "NumPy and SciPy, pytorch-fid's formula",
      PEERS["fid (NumPy and SciPy, pytorch-fid formula)"],
      frechetDistance(Moments.of(real), Moments.of(fake)),
    ),
    row(
      "KID, one subset of all",
      "NumPy, all against all",
      PEERS["kid, all 2000 against 2000 (unbiased squared MMD, cubic kernel)"],
      kernelDistance(real, fake, { subsets: 1 }).kid,
    ),
    row(
      "KID, 10 subsets of 200",
      `${TORCH_FIDELITY}, 100 subsets of 1000`,
      kid,
      kernelDistance(real, fake).kid,
      deviation,
    ),
  ];
}

function shares(): Row[] {
  const rows: Row[] = [];
  const ofTorch = PEERS["torch-fidelity precision, recall (3 neighbours)"];
  for (const neighbours of [3, 5]) {
    const ours = neighbourScores(test.latents, generated.latents, { neighbours });
    const fScore = 2 * ours.precision * ours.recall / (ours.precision + ours.recall);
    const named = (name: string) => `${name}, ${neighbours} neighbours`;
    if (neighbours === 3) {
      rows.push(
        row(named("precision"), TORCH_FIDELITY, ofTorch.precision, ours.precision),
        row(named("recall"), TORCH_FIDELITY, ofTorch.recall, ours.recall),
        row(named("F-score"), TORCH_FIDELITY, ofTorch.f_score, fScore),
      );
    }
    for (const name of ["precision", "recall", "density", "coverage"] as const) {
      rows.push(row(named(name), PRDC, PEERS[`prdc, ${neighbours} neighbours`][name], ours[name]));
    }
  }
  return rows;
}

async function classifier(): Promise<Row[]> {
  const { data: order } = parseNpy(await Deno.readFile(`${FOLDER}/order_2020.npy`), "order_2020.npy");
  const { logits } = generated, splits = 10, size = order.length / splits;
  const ofSplits = Array.from({ length: splits }, (_, s) => {
    const rows = Array.from(
      order.subarray(s * size, (s + 1) * size),
      (i) => [...logits.subarray(Number(i) * CLASSES, (Number(i) + 1) * CLASSES)],
    );
    return classifierScores(Float32Array.from(rows.flat())).classifierScore;
  });
  const { inception_score_mean: score, inception_score_std: deviation } =
    PEERS["torch-fidelity inception score, 10 splits, seed 2020"];
  const spread = Math.sqrt(mean(ofSplits.map((value) => (value - mean(ofSplits)) ** 2)));
  const peer = `${TORCH_FIDELITY}, 10 splits`;
  return [
    row("classifier score, 10 splits", peer, score, mean(ofSplits)),
    row("its standard deviation", peer, deviation, spread),
    row("classifier score, all at once", peer, score, classifierScores(logits).classifierScore, 3 * deviation),
  ];
}

async function copies(): Promise<Row[]> {
  await using arithmetic = await openArithmetic(1);
  const nearest = [generated, test].map(({ latents }) => arithmetic.nearest(latents, train.latents));
  const [ofGenerated, ofTest] = await authenticOf(arithmetic, train.latents, await Promise.all(nearest));
  const c = copyingTest(await cellsOf(arithmetic, generated, train, test));
  assert(c !== undefined);
  return [
    row("AuthPct of generated digits", DGM, PEERS["dgm-eval AuthPct, train 4000 against generated 2000"], ofGenerated),
    row("AuthPct of test digits", DGM, PEERS["dgm-eval AuthPct, train 4000 against test 2000"], ofTest),
    row("C_T, cells of ten digits", DGM, PEERS["dgm-eval C_T with the ten predicted digits as cells, tau 20/2000"], c),
  ];
}

const rows = [...distances(), ...shares(), ...await classifier(), ...await copies()];

Deno.test("peers: each metric is what other scorers compute, or as near as chance has it", () => {
  for (const { metric, peer, theirs, ours, within } of rows) {
    assertLess(Math.abs(ours - theirs), within, `${metric}: ${ours} here, ${theirs} by ${peer}`);
  }
});

Deno.test("peers: no image lies on the rim of a ball, so scorers that leave the rim out count the same", () => {
  for (const neighbours of [3, 5]) assertEquals(onRims(test.latents, generated.latents, neighbours), 0);
});

Deno.test("peers: docs/parity.md has what is computed", async () => {
  const text = await Deno.readTextFile(checkoutPath("docs/parity.md"));
  const told = text.split("\n").filter((line) => line.startsWith("|")).slice(2).map((line) =>
    cellsOfLine(line).slice(0, 5)
  );
  assertEquals(told, rows.map(cellsOfRow), rows.map((row) => `| ${cellsOfRow(row).join(" | ")} | |`).join("\n"));
});

function cellsOfLine(line: string): string[] {
  return line.split("|").slice(1, -1).map((cell) => cell.trim());
}

function cellsOfRow({ metric, peer, theirs, ours }: Row): string[] {
  const difference = ours - theirs, isNone = Math.abs(difference) < 1e-6 * Math.abs(theirs);
  const show = (value: number) => String(Number(value.toPrecision(7)));
  return [metric, peer, show(theirs), show(ours), isNone ? "none" : String(Number(difference.toPrecision(3)))];
}

/** Pairs of an image and a ball of the other set whose rim it lies on. */
function onRims(real: Latents, fake: Latents, neighbours: number): number {
  const [r, f] = [real, fake].map(({ count, width, data }) => ({ count, width, data: Float64Array.from(data) }));
  const among = (a: typeof r, i: number, b: typeof r) =>
    Float64Array.from(
      { length: b.count },
      (_, j) => squaredDistance(a.data, i * a.width, b.data, j * b.width, a.width, Infinity),
    );
  const radii = [r, f].map((set) =>
    Float64Array.from({ length: set.count }, (_, i) => among(set, i, set).sort()[neighbours])
  );
  let pairs = 0;
  for (let i = 0; i < r.count; i++) {
    for (const [j, distance] of among(r, i, f).entries()) {
      if (distance === radii[0][i] || distance === radii[1][j]) pairs++;
    }
  }
  return pairs;
}
