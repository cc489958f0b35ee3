/**
 * A 3×3 "same" convolution with bias, ReLU and the first step of its pooling, one 2×2 tile of pixels an invocation.
 *
 * Feature maps lie in planes of four channels: [channels / 4][capacity][rows][columns] vec4. A kernel computes one
 * plane, fully unrolled: the tile's 4×4 patch is loaded once, and every weight, read at a constant place, serves four
 * pixels. Beside each tile the backward pass needs 4 bits a channel, the gates: which of the tile's four pixels the
 * gradient reaches (the maximum, if positive; or, below an average, every positive one).
 */
import { BATCH_WGSL } from "./batch.ts";
import { CONVOLUTIONS } from "../model.ts";

/** Channels in a plane, which one invocation computes and whose gates share a word. */
export const PLANE = 4;

/** One of the backbone's convolutions. */
export type Convolution = typeof CONVOLUTIONS[number];

/** Side of the image in 2×2 tiles. */
export const tilesAcross = ({ size }: Convolution): number => size / 2;

/** 2×2 tiles of an image. */
export const tilesOf = (convolution: Convolution): number => tilesAcross(convolution) ** 2;

/** The statements that `statement` makes for 0 … length - 1, one after the other. */
export function repeat(length: number, statement: (i: number) => string): string {
  return Array.from({ length }, (_, i) => statement(i)).join("\n");
}

/** The rows of the 4×4 patch around a tile, and its columns: indices within the image, and whether they are inside. */
export function patchSnippet(size: number): string {
  return `
  let row = array(max(2u * tileRow, 1u) - 1u, 2u * tileRow, 2u * tileRow + 1u, min(2u * tileRow + 2u, ${size - 1}u));
  let column = array(max(2u * tileColumn, 1u) - 1u, 2u * tileColumn, 2u * tileColumn + 1u, min(2u * tileColumn + 2u, ${
    size - 1
  }u));
  let rowInside = array(tileRow > 0u, true, true, tileRow < ${size / 2 - 1}u);
  let columnInside = array(tileColumn > 0u, true, true, tileColumn < ${size / 2 - 1}u);`;
}

/**
 * Output of one plane of channels.
 * Bindings: batch, input, weights and biases, plane of maxima or sums, gates[, plane of sums before the ReLU].
 *
 * There is no early return for images past the batch, which the buffers have room for: with all invocations active
 * llvmpipe reads a weight once for all of them, else once for each.
 */
export function convolutionKernel(convolution: Convolution): string {
  const { inputs, size, pool } = convolution;
  const across = tilesAcross(convolution);
  const tiles = tilesOf(convolution);
  const planes = Math.ceil(inputs / 4);
  const pixel = inputs === 1 ? "f32" : "vec4f";
  const patch = (plane: number) =>
    repeat(
      4,
      (r) =>
        repeat(4, (c) =>
          `  let p${plane}_${r}${c} = select(${pixel}(0), input[(${plane}u * batch.capacity + image) * ${
            size * size
          }u` +
          ` + row[${r}] * ${size}u + column[${c}]], rowInside[${r}] && columnInside[${c}]);`),
    );
  const pixelOf = (channel: number, r: number, c: number) =>
    `p${channel >> 2}_${r}${c}${inputs === 1 ? "" : "." + "xyzw"[channel & 3]}`;
  const channel = (k: number) => `
  var c${k}_0 = weights[${PLANE * inputs * 9 + k}];
  var c${k}_1 = c${k}_0; var c${k}_2 = c${k}_0; var c${k}_3 = c${k}_0;
${
    repeat(inputs * 9, (i) => {
      const [input, y, x] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
      const weight = `weights[${k * inputs * 9 + i}]`;
      return "  " +
        repeat(4, (p) => `c${k}_${p} = fma(${pixelOf(input, (p >> 1) + y, (p & 1) + x)}, ${weight}, c${k}_${p});`)
          .replaceAll("\n", " ");
    })
  }
${pool === 2 ? maximum(k) : sum(k)}`;

  return `${BATCH_WGSL}
@group(0) @binding(1) var<storage, read> input: array<${pixel}>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> pooled: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> gates: array<u32>;
${pool === 2 ? "" : "@group(0) @binding(5) var<storage, read_write> linear: array<vec4f>;"}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x / ${tiles}u;
  let tile = id.x % ${tiles}u;
  let tileRow = tile / ${across}u;
  let tileColumn = tile % ${across}u;
${patchSnippet(size)}
${repeat(planes, patch)}
  var gate = 0u;
${repeat(PLANE, channel)}
  pooled[id.x] = vec4f(pooled0, pooled1, pooled2, pooled3);
${pool === 2 ? "" : "  linear[id.x] = vec4f(linear0, linear1, linear2, linear3);"}
  gates[id.x] = gate;
}`;
}

/** Max pooling finishes here: a tile is its window. As PyTorch, the first of equal pixels counts as the maximum. */
function maximum(k: number): string {
  return `
  let max${k} = max(max(c${k}_0, c${k}_1), max(c${k}_2, c${k}_3));
  let pooled${k} = max(max${k}, 0.0);
  gate |= select(0u, select(select(select(8u, 4u, c${k}_2 == max${k}), 2u, c${k}_1 == max${k}), 1u, c${k}_0 == max${k}),` +
    ` max${k} > 0.0) << ${4 * k}u;`;
}

/** A window of average pooling is four tiles: their sums, after and before the ReLU, are added up when flattening. */
function sum(k: number): string {
  const pixels = [0, 1, 2, 3].map((p) => `c${k}_${p}`);
  return `
  let linear${k} = ${pixels.join(" + ")};
  let pooled${k} = ${pixels.map((c) => `max(${c}, 0.0)`).join(" + ")};
  gate |= (${pixels.map((c, p) => `select(0u, ${1 << p}u, ${c} > 0.0)`).join(" | ")}) << ${4 * k}u;`;
}
