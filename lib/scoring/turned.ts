/** Whether the digits of a set lie on their side, are mirrored or stand on their head: then the network doubts them. */
import { type Images, takeImages } from "../data/images.ts";
import { type PrepareOptions, transposed } from "../data/prepare.ts";
import type { Warning } from "../data/warnings.ts";
import { classifierScores } from "../metrics/classifier_score.ts";
import { layerRows } from "../network/outputs.ts";
import type { Network } from "../network/network.ts";

/** How many images are turned to see. */
const SAMPLE = 200;
/** The network is surer than this of nearly all digits that are upright: then nothing is turned. */
const SURE = 0.95;
/** How much surer it has to be of the turned images: upside down MNIST lacks 0.08, upright digits of a bad generator 0.04. */
const SURER = 0.06;

/** The ways to lie, and what undoes each: of the images, and of what they were before rows and columns were swapped. */
const TURNS: readonly {
  how: string;
  advice: string;
  unswapped: string;
  undo: (images: Images) => Images["pixels"];
}[] = [
  {
    how: "with rows and columns swapped",
    advice: "swap rows and columns",
    unswapped: "",
    undo: ({ pixels, size }) => transposed(pixels, size),
  },
  {
    how: "turned by a quarter to the left",
    advice: "save numpy.rot90(array, -1, (1, 2))",
    unswapped: ", and save array[:, :, ::-1]",
    undo: ({ pixels, size }) => mirrored(transposed(pixels, size), size),
  },
  {
    how: "turned by a quarter to the right",
    advice: "save numpy.rot90(array, 1, (1, 2))",
    unswapped: ", and save array[:, ::-1]",
    undo: ({ pixels, size }) => transposed(mirrored(pixels, size), size),
  },
  {
    how: "turned upside down",
    advice: "save array[:, ::-1, ::-1]",
    unswapped: ", and save array[:, ::-1, ::-1].transpose(0, 2, 1)",
    undo: ({ pixels, size }) => mirrored(flipped(pixels, size), size),
  },
  {
    how: "mirrored",
    advice: "save array[:, :, ::-1]",
    unswapped: ", and save numpy.rot90(array, -1, (1, 2))",
    undo: ({ pixels, size }) => mirrored(pixels, size),
  },
  {
    how: "flipped from top to bottom",
    advice: "save array[:, ::-1]",
    unswapped: ", and save numpy.rot90(array, 1, (1, 2))",
    undo: ({ pixels, size }) => flipped(pixels, size),
  },
];

/**
 * What the way that the digits lie gives to think about, if anything: some of the images are turned in every way, to see
 * whether the network is much surer of them. They are drawn from all over, as sets may be sorted by digits.
 */
export async function turnedWarnings(
  network: Network,
  name: string,
  images: Images,
  { transpose }: PrepareOptions = {},
): Promise<Warning[]> {
  const { count, size } = images, kept = Math.min(count, SAMPLE);
  const sample = takeImages(images, Uint32Array.from({ length: kept }, (_, i) => Math.floor(i * count / kept)));
  const confidence = async (images: Images) => {
    const [{ data }] = await layerRows(network, images, ["logits"]);
    return classifierScores(data).meanConfidence;
  };
  const upright = await confidence(sample);
  if (upright >= SURE) return [];
  let best = { sure: upright + SURER, turn: undefined as typeof TURNS[number] | undefined };
  for (const turn of TURNS) {
    const sure = await confidence({ count: kept, size, pixels: turn.undo(sample) });
    if (sure > best.sure) best = { sure, turn };
  }
  if (best.turn === undefined) return [];
  const { how, unswapped } = best.turn;
  const advice = transpose ? `leave the swapping of rows and columns out${unswapped}` : best.turn.advice;
  const found = `the network is ${percent(upright)} sure of them, and ${percent(best.sure)} with that undone`;
  const remedy = best.turn === TURNS[0] && !transpose ? { transpose: true } as const : undefined;
  return [{
    code: "turned",
    message: `${name}: the digits look ${how}: ${found}: ${advice}`,
    ...(remedy && { remedy }),
  }];
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function mirrored<P extends Images["pixels"]>(pixels: P, size: number): P {
  return pixels.map((_, i) => pixels[i + size - 1 - 2 * (i % size)]) as P;
}

function flipped<P extends Images["pixels"]>(pixels: P, size: number): P {
  return pixels.map((_, i) => pixels[i + (size - 1 - 2 * (Math.floor(i / size) % size)) * size]) as P;
}
