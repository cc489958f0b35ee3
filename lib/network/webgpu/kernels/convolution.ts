/**
 * A 3×3 "same" convolution with bias, ReLU and the first step of its pooling, one 2×2 tile of pixels an invocation.
 *
 * Feature maps lie in planes of four channels: [channels / 4][capacity][rows][columns] vec4. An invocation
 * computes eight channels, fully unrolled: its tile's 4×4 patch is loaded once, and every weight read serves four
 * pixels. Beside each tile the backward pass needs 4 bits a channel, the gates: which of the tile's four pixels the
 * gradient reaches (the maximum, if positive; or, below an average, every positive one).
 */
import { BATCH_WGSL } from "../batch.ts";
import { CONVOLUTIONS } from "../../../model.ts";

/** Channels that one invocation computes, two planes, whose gates fill a 32-bit word. */
export const GROUP = 8;

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

/**
 * WGSL of the patch of pixels around a block of `side` × `side`: the indices of its rows and columns within the image,
 * clamped, and which of them are inside. The block is the one at `blockRow`, `blockColumn`.
 */
export function patchSnippet(size: number, side: number): string {
  const last = size / side - 1;
  const axis = (name: string, block: string) => {
    const indices = Array.from(
      { length: side + 2 },
      (_, i) => i === 0 ? `max(${side}u * ${block}, 1u) - 1u` : `min(${side}u * ${block} + ${i - 1}u, ${size - 1}u)`,
    );
    const inside = indices.map((_, i) => i === 0 ? `${block} > 0u` : i <= side ? "true" : `${block} < ${last}u`);
    return `  let ${name} = array(${indices});\n  let ${name}Inside = array(${inside});`;
  };
  return `${axis("row", "blockRow")}\n${axis("column", "blockColumn")}`;
}

/**
 * WGSL that copies the weights an invocation's group of channels needs into workgroup memory, `length` of them;
 * `place` says where among the packed parameters weight `i` is. Out of it llvmpipe reads a weight at a constant place
 * once for all invocations, without a check of its bounds. That needs all invocations to be active, so a kernel does
 * not return early for images past the batch; the buffers have room for them.
 */
export function sharedWeightsSnippet(length: number, place: string): string {
  return `
  for (var i = local; i < ${length}u; i += 64u) { weights[i] = parameters[${place}]; }
  workgroupBarrier();`;
}

/**
 * Output of the convolution, one group of channels for each y of the grid.
 * Bindings: batch, input, parameters, maxima or sums, gates[, sums before the ReLU].
 *
 * @param weightOffset where the convolution's weights begin among the parameters; the biases follow them
 */
export function convolutionKernel(convolution: Convolution, weightOffset: number): string {
  const { inputs, outputs, size, pool } = convolution;
  const across = tilesAcross(convolution);
  const tiles = tilesOf(convolution);
  const filter = inputs * 9;
  const pixel = inputs === 1 ? "f32" : "vec4f";
  const patch = (plane: number) =>
    repeat(16, (i) => {
      const [r, c] = [i >> 2, i & 3];
      return `  let p${plane}_${i} = select(${pixel}(0), input[(${plane}u * batch.capacity + image) * ${size * size}u` +
        ` + row[${r}] * ${size}u + column[${c}]], rowInside[${r}] && columnInside[${c}]);`;
    });
  const channel = (k: number) => `
  var c${k}_0 = weights[${GROUP * filter + k}]; var c${k}_1 = c${k}_0; var c${k}_2 = c${k}_0; var c${k}_3 = c${k}_0;
${
    repeat(filter, (i) => {
      const [input, y, x] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
      const sums = repeat(4, (p) => {
        const place = ((p >> 1) + y) * 4 + (p & 1) + x;
        const value = `p${input >> 2}_${place}${inputs === 1 ? "" : "." + "xyzw"[input & 3]}`;
        return `c${k}_${p} = fma(${value}, w${k}_${i}, c${k}_${p});`;
      });
      return `  let w${k}_${i} = weights[${k * filter + i}]; ${sums.replaceAll("\n", " ")}`;
    })
  }
${pool === 2 ? maximum(k) : sum(k)}`;
  const store = (name: string) =>
    repeat(
      GROUP / 4,
      (plane) =>
        `  ${name}[place + ${plane * tiles}u * batch.capacity] = vec4f(${
          [0, 1, 2, 3].map((k) => `${name}${4 * plane + k}`)
        });`,
    );

  return `${BATCH_WGSL}
@group(0) @binding(1) var<storage, read> input: array<${pixel}>;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read_write> pooled: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> gates: array<u32>;
${pool === 2 ? "" : "@group(0) @binding(5) var<storage, read_write> linear: array<vec4f>;"}
var<workgroup> weights: array<f32, ${GROUP * (filter + 1)}>;
@compute @workgroup_size(64)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let group = workgroup.y;
${
    sharedWeightsSnippet(
      GROUP * (filter + 1),
      `select(${weightOffset}u + group * ${GROUP * filter}u + i, ` +
        `${weightOffset + outputs * filter - GROUP * filter}u + group * ${GROUP}u + i, i >= ${GROUP * filter}u)`,
    )
  }
  let image = id.x / ${tiles}u;
  let tile = id.x % ${tiles}u;
  let blockRow = tile / ${across}u;
  let blockColumn = tile % ${across}u;
${patchSnippet(size, 2)}
${repeat(Math.ceil(inputs / 4), patch)}
  var gate = 0u;
${repeat(GROUP, channel)}
  let place = group * ${GROUP / 4 * tiles}u * batch.capacity + id.x;
${store("pooled")}
${pool === 2 ? "" : store("linear")}
  gates[group * ${tiles}u * batch.capacity + id.x] = gate;
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
