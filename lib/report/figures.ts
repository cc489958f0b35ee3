/** The figures of a network: what there is to draw, in the order in which it is shown. */
import { corrupt, CORRUPTIONS } from "../data/corruption.ts";
import { type LabelledImages, limit, takeImages } from "../data/images.ts";
import { activationGrid } from "../figures/activation_grid.ts";
import { confusionMatrix } from "../figures/confusion_matrix.ts";
import { type CorruptionSteps, corruptionSteps } from "../figures/corruption_steps.ts";
import { digitGrid } from "../figures/digit_grid.ts";
import { latentHistograms } from "../figures/latent_histograms.ts";
import { lossCurves } from "../figures/loss_curves.ts";
import { qqPlots } from "../figures/qq_plots.ts";
import { sampleGrid } from "../figures/sample_grid.ts";
import { worstImages } from "../figures/worst_images.ts";
import type { Latents } from "../metrics/latents.ts";
import { type LatentNormality, summariseNormality } from "../metrics/normality.ts";
import { Random, STREAM } from "../random.ts";
import type { Findings } from "./findings.ts";

/** Images in the random sample. */
const SAMPLE = 100;
/** Mistakes that are shown. */
const WORST = 24;
/** So many images are enough for the few whose corruption is shown. */
const CORRUPTED = 200;

/** Names of all figures that there may be. */
export const FIGURE_NAMES: readonly string[] = [
  "samples",
  "digits",
  "training",
  "pool1",
  "pool2",
  "pool3",
  "confusion",
  "worst",
  "latents",
  "qq",
  "corruptions",
];

/** A figure, and words for who does not see it and who wants to know what to look for. */
export interface Figure {
  /** What it is, as its file is called. */
  readonly name: string;
  /** What is to be seen. */
  readonly alt: string;
  /** How to read it. */
  readonly caption: string;
  /** The picture, a whole SVG document. */
  readonly svg: string;
}

/**
 * Draws all that findings have to show; without a history there are no loss curves.
 *
 * @param seed of the random sample and of the corruptions
 */
export async function drawFigures(findings: Findings, seed: number): Promise<Figure[]> {
  return [
    ...await imageFigures(findings.images, seed),
    ...await trainingFigures(findings),
    ...await mistakeFigures(findings),
    ...await latentFigures(findings),
    await corruptionFigure(findings.images, seed),
  ];
}

async function imageFigures(images: LabelledImages, seed: number): Promise<Figure[]> {
  const chosen = new Random(seed, STREAM.shuffle).permutation(images.count).subarray(0, SAMPLE);
  return [
    {
      name: "samples",
      alt: `${chosen.length} handwritten digits in no order, white on black`,
      caption: "Test images drawn at random.",
      svg: await sampleGrid(takeImages(images, chosen), "Random sample"),
    },
    {
      name: "digits",
      alt: "Ten rows of handwritten digits, one row a digit from 0 to 9",
      caption: "The first ten test images of each digit.",
      svg: await digitGrid(images, "Digits"),
    },
  ];
}

async function trainingFigures({ history, digitMeans }: Findings): Promise<Figure[]> {
  const grids = digitMeans.map(async ({ name, shape, means }) => ({
    name,
    alt: `Mean output of each of ${shape[1]} maps of layer ${name}, one row a digit`,
    caption: `What ${name} answers to the average image of each digit: compare the rows of a column.`,
    svg: await activationGrid({ name, shape: shape.slice(1) }, Float32Array.from(means)),
  }));
  if (history.length === 0) return await Promise.all(grids);
  const last = history[history.length - 1];
  const curves = {
    name: "training",
    alt: `Curves of loss and accuracy over ${last.epoch} epochs; the training loss ends at ${
      last.train_loss.toFixed(4)
    }`,
    caption: "The training loss counts with half of the latents dropped, so it lies above the validation loss.",
    svg: await lossCurves(history),
  };
  return [curves, ...await Promise.all(grids)];
}

async function mistakeFigures({ images, evaluation, mistakes }: Findings): Promise<Figure[]> {
  const shown = mistakes.slice(0, WORST);
  const confusion = {
    name: "confusion",
    alt: `Confusion matrix of ${images.count} images: ${images.count - mistakes.length} lie on the diagonal`,
    caption: "Each row is a digit, each column what it was taken for.",
    svg: await confusionMatrix(evaluation.confusion.flat()),
  };
  if (shown.length === 0) return [confusion];
  const worst = {
    name: "worst",
    alt: `${shown.length} misread digits: ${shown.map((m) => `${m.actual} as ${m.predicted}`).join(", ")}`,
    caption: "The mistakes that cost most, by cross-entropy: the label, what it was taken for, and how surely.",
    svg: await worstImages(images, shown),
  };
  return [confusion, worst];
}

async function latentFigures({ latents, normality }: Findings): Promise<Figure[]> {
  const { best, worst } = summariseNormality(normality, latents.count);
  const panel = (name: string, { latent, ksDistance }: LatentNormality) => ({
    title: `${name}: latent ${latent}, KS ${ksDistance.toFixed(3)}`,
    values: column(latents, latent),
  });
  return [
    {
      name: "latents",
      alt: "Histograms of sixteen latents, each with the bell curve of its mean and variance",
      caption:
        "Every eighth latent over the test images, against the normal density that the Fréchet distance assumes.",
      svg: await latentHistograms(Float32Array.from(latents.data)),
    },
    {
      name: "qq",
      alt:
        `Quantile–quantile plots of the latent nearest to normal, ${best.latent}, and of the farthest, ${worst.latent}`,
      caption: "The latents nearest to and farthest from normal. Where dots leave the line, the tails differ.",
      svg: await qqPlots([panel("Best", best), panel("Worst", worst)]),
    },
  ];
}

/** Draws how corruptions look, on the first image. */
export async function corruptionFigure(images: LabelledImages, seed: number): Promise<Figure> {
  const some = limit(images, CORRUPTED);
  const area = some.size * some.size;
  const steps = CORRUPTIONS.map((corruption): CorruptionSteps => {
    const strengths = [0, ...corruption.strengths];
    const pixels = new Uint8Array(strengths.length * area);
    for (const [i, strength] of strengths.entries()) {
      pixels.set(corrupt(some, corruption, strength, seed).pixels.subarray(0, area), i * area);
    }
    const images = { count: strengths.length, size: some.size, pixels };
    return { kind: corruption.title, strengths: strengths.map(String), images };
  });
  return {
    name: "corruptions",
    alt: `One test image, made worse step by step in ${steps.length} ways: ${steps.map(({ kind }) => kind).join("; ")}`,
    caption: "One test image down each rung of the ladder. Where digits are left out, other images take their place.",
    svg: await corruptionSteps(steps),
  };
}

function column({ count, width, data }: Latents, index: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => data[i * width + index]);
}
