/** What the threads do in a step. A batch is cut by its size alone, so that sums over it do not depend on the threads. */
import { DROPOUT } from "../../model.ts";
import { STREAM } from "../../random.ts";
import type { Block, Phase } from "../../wasm/threads.ts";

/** Images of a part, unless that makes too many. */
const IMAGES_OF_PART = 16;
/** Each part has gradients of its own in memory, so there are not more. */
const MOST_PARTS = 64;

/** The parts of a batch. */
export interface Parts {
  /** How many there are. */
  readonly count: number;
  /** Images of each but the last, a multiple of 4. */
  readonly images: number;
}

/** Cuts a batch of `count` images. */
export function partsOf(count: number): Parts {
  const images = IMAGES_OF_PART * Math.ceil(count / (IMAGES_OF_PART * MOST_PARTS));
  return { count: Math.ceil(count / images), images };
}

/** Transforms the filters for Winograd's algorithm: needed after each change of the parameters. */
export function prepareFilters(plan: Block): Phase {
  return { kernel: "prepare_filters", tasks: 10, args: [plan.address] };
}

/** Which units a step drops; without it, none. */
interface Dropout {
  readonly seed: number;
  /** Adam steps taken before this one. */
  readonly step: number;
}

/** Loss and gradients of images order[start] … order[start + count - 1], in parts. */
export function trainPart(plan: Block, start: number, count: number, dropout?: Dropout): Phase {
  const parts = partsOf(count);
  const stream = (STREAM.dropout << 28 | (dropout?.step ?? 0)) >>> 0;
  const [threshold, scale] = dropout ? [Math.floor(DROPOUT * 2 ** 32), 1 / (1 - DROPOUT)] : [0, 1];
  return {
    kernel: "train_part",
    tasks: parts.count,
    args: [plan.address, start, count, parts.images, dropout?.seed ?? 0, stream, threshold, scale],
  };
}
