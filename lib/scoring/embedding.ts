/** The digit distance's space for a network: how it is made from the training images, and kept in a file. */
import { type Images, type LabelledImages, limit } from "../data/images.ts";
import { DEFECTS, faintlyNoisy } from "./defects.ts";
import { FormatError } from "../errors.ts";
import { decodeBase64 } from "../base64.ts";
import { encodeSafetensors, floatTensor, parseSafetensors, type Tensor, toFloat32 } from "../formats/safetensors.ts";
import { discriminant } from "../metrics/discriminant.ts";
import {
  fitViews,
  type Outputs,
  type Projection,
  projectionsOf,
  type View,
  type ViewName,
  VIEWS,
} from "../metrics/embedding.ts";
import type { Latents } from "../metrics/latents.ts";
import { Moments } from "../metrics/moments.ts";
import { layerNamed, sizeOf } from "../model.ts";
import type { NetworkIdentity } from "../network/identity.ts";
import type { Asked } from "../network/layer_sums.ts";
import type { Network } from "../network/network.ts";
import { layerRows } from "../network/outputs.ts";
import { REFERENCE_IDENTITY } from "../network/reference.ts";

/** The layer in whose output defects show best: it still knows strokes, and no longer single pixels. */
export const DEFECT_LAYER = "pool2";
/** Training images that the directions of defects are found from. */
const FITTED_IMAGES = 8000;
/** Seed of the defects that are learned from: always the same. */
const SEED = 0;

/** A network's own way into the digit distance's space. */
export class Embedding {
  #projections: readonly Projection[] | undefined;
  /** What {@linkcode outputsOf} takes, to be asked of the network. */
  readonly asked: readonly Asked[];

  /**
   * Puts the parts together.
   *
   * @param network whose outputs it is for
   * @param directions for each output of {@linkcode DEFECT_LAYER} its weight in each defect
   * @param views the views as training images have them
   */
  constructor(
    readonly network: NetworkIdentity,
    readonly directions: Float32Array<ArrayBuffer>,
    readonly views: readonly View[],
  ) {
    this.asked = askedWith(directions);
  }

  /**
   * Makes the embedding of a network, in about a minute.
   *
   * @param training at least 1,000 images that the network was trained on
   */
  static async fit(network: Network, identity: NetworkIdentity, training: LabelledImages): Promise<Embedding> {
    const few = limit(training, FITTED_IMAGES);
    const clean = await momentsOfLayer(network, few);
    const faint: Moments[] = [];
    for (const images of faintlyNoisy(few, SEED)) faint.push(await momentsOfLayer(network, images));
    const weights: Float64Array[] = [];
    for (const { apply } of DEFECTS) {
      weights.push(discriminant(clean, await momentsOfLayer(network, apply(few, SEED)), faint));
    }
    const directions = Float32Array.from(
      { length: clean.width * weights.length },
      (_, k) => weights[k % weights.length][Math.floor(k / weights.length)],
    );
    const rows = await layerRows(network, training, askedWith(directions));
    return new Embedding(identity, directions, fitViews(outputsOf(rows)));
  }

  /** Where each view goes. */
  get projections(): readonly Projection[] {
    this.prepare();
    return this.#projections!;
  }

  /** Makes the projections, if they are not there, in some 30 ms: best done while the threads are at work. */
  prepare(): void {
    this.#projections ??= projectionsOf(this.views);
  }

  /** The file's bytes: the same embedding, the same bytes. */
  encode(): Uint8Array<ArrayBuffer> {
    const tensors = new Map<string, Tensor>();
    tensors.set("defects", floatTensor([this.directions.length / DEFECTS.length, DEFECTS.length], this.directions));
    for (const { name, width, centre, whitening } of this.views) {
      tensors.set(`${name}.centre`, floatTensor([width], centre));
      tensors.set(`${name}.whitening`, floatTensor([width, width], whitening));
    }
    return encodeSafetensors(tensors, { network: this.network.name, sha256: this.network.sha256 });
  }

  /**
   * Reads what {@linkcode Embedding.encode} wrote.
   *
   * @throws FormatError if it is something else
   */
  static decode(bytes: Uint8Array, file: string): Embedding {
    const { tensors, metadata: { network: name, sha256 } } = parseSafetensors(bytes, file);
    const take = (tensor: string) => {
      const found = tensors.get(tensor);
      if (found?.dtype !== "F32") throw new FormatError(`${file}: expected the tensor ${tensor} in F32`);
      return toFloat32(found);
    };
    if (name === undefined || sha256 === undefined) throw new FormatError(`${file}: no network is named`);
    const views = (Object.keys(VIEWS) as ViewName[]).map((view) => {
      const [centre, whitening] = [take(`${view}.centre`), take(`${view}.whitening`)];
      return { name: view, width: centre.length, centre, whitening };
    });
    return new Embedding({ name, sha256 }, take("defects"), views);
  }
}

/** The embedding that comes with the code, if it is for this network: only the reference network has one. */
export async function embeddingOf(network: NetworkIdentity): Promise<Embedding | undefined> {
  if (network.sha256 !== REFERENCE_IDENTITY.sha256) return undefined;
  return referenceEmbedding ??= await import("../../weights/reference_embedding.ts").then(({ default: text }) =>
    Embedding.decode(decodeBase64(text), "embedding of the reference network")
  );
}

let referenceEmbedding: Embedding | undefined;

function askedWith(weights: Float32Array): Asked[] {
  return ["latent", "logits", { layer: DEFECT_LAYER, sums: DEFECTS.length, weights }];
}

/** What the views are taken from, of what {@linkcode Embedding.asked} gives. */
export function outputsOf([latents, logits, defects]: readonly Latents[]): Outputs {
  return { latents, logits: Float32Array.from(logits.data), defects: Float32Array.from(defects.data) };
}

/** Moments of the defects' layer, a part of the images at a time: its outputs are large. */
async function momentsOfLayer(network: Network, images: Images): Promise<Moments> {
  const moments = new Moments(sizeOf(layerNamed(network.arch, DEFECT_LAYER).shape));
  const { size, pixels } = images, part = 1000;
  for (let start = 0; start < images.count; start += part) {
    const count = Math.min(part, images.count - start);
    const some = { count, size, pixels: pixels.subarray(start * size * size, (start + count) * size * size) };
    const [rows] = await layerRows(network, some, [DEFECT_LAYER]);
    moments.add(rows);
  }
  return moments;
}
