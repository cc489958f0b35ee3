/** The two gradients of a convolution: with respect to its input, and with respect to its weights and biases. */
import { BATCH_WGSL } from "../batch.ts";
import {
  type Convolution,
  GROUP,
  patchSnippet,
  repeat,
  sharedWeightsSnippet,
  tilesAcross,
  tilesOf,
} from "./convolution.ts";

/**
 * How the gradient of a pooled feature map is stored: [channels / 4][capacity][windows] vec4. For max pooling a window
 * is a tile; for the average one it is a quadrant of four tiles.
 */
function windowsOf(convolution: Convolution): number {
  return convolution.pool === 2 ? tilesOf(convolution) : 4;
}

function windowOf(convolution: Convolution, tileRow: string, tileColumn: string): string {
  if (convolution.pool === 2) return `(${tileRow} * ${tilesAcross(convolution)}u + ${tileColumn})`;
  return `(${tileRow} / 2u * 2u + ${tileColumn} / 2u)`;
}

/**
 * Gradient of the input, masked by the ReLU that made it; one plane of four channels for each y of the grid.
 * Bindings: batch, gradient of the pooled output, gates, parameters, input, gradient of the input.
 *
 * @param weightOffset where the convolution's weights begin among the parameters
 */
export function inputGradientKernel(convolution: Convolution, weightOffset: number): string {
  const { inputs, outputs, size } = convolution;
  const across = tilesAcross(convolution);
  const tiles = tilesOf(convolution);
  const gatesOf = (group: number) =>
    repeat(9, (t) => {
      const [i, j] = [Math.floor(t / 3), t % 3];
      return `  let gate${group}_${t} = select(0u, gates[(${group}u * batch.capacity + image) * ${tiles}u` +
        ` + near[${i}] * ${across}u + beside[${j}]], nearInside[${i}] && besideInside[${j}]);`;
    });
  const gradients = (plane: number) =>
    repeat(
      9,
      (t) =>
        `  let g${plane}_${t} = gradient[(${plane}u * batch.capacity + image) * ${windowsOf(convolution)}u + ${
          windowOf(convolution, `near[${Math.floor(t / 3)}]`, `beside[${t % 3}]`)
        }];`,
    );
  // Row r of the 4×4 patch lies in tile (r + 1) / 2 of the three, in that tile's row (r + 1) % 2.
  const gated = (output: number) =>
    repeat(16, (i) => {
      const [r, c] = [(i >> 2) + 1, (i & 3) + 1];
      const tile = (r >> 1) * 3 + (c >> 1);
      const bit = 4 * (output % GROUP) + (r & 1) * 2 + (c & 1);
      return `  let d${output}_${i} = select(0.0, g${output >> 2}_${tile}.${"xyzw"[output & 3]},` +
        ` (gate${output >> 3}_${tile} & ${(1 << bit) >>> 0}u) != 0u);`;
    });
  const accumulate = (output: number) =>
    repeat(4, (input) =>
      repeat(9, (t) => {
        const [y, x] = [Math.floor(t / 3), t % 3];
        const weight = `w${output}_${input}_${t}`;
        const sums = repeat(4, (p) => {
          const place = (2 + (p >> 1) - y) * 4 + 2 + (p & 1) - x;
          return `a${input}_${p} = fma(d${output}_${place}, ${weight}, a${input}_${p});`;
        });
        return `  let ${weight} = weights[${(output * 4 + input) * 9 + t}]; ${sums.replaceAll("\n", " ")}`;
      }));

  return `${BATCH_WGSL}
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> gates: array<u32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read> input: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> inputGradient: array<vec4f>;
var<workgroup> weights: array<f32, ${outputs * 4 * 9}>;
@compute @workgroup_size(64)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let plane = workgroup.y;
${sharedWeightsSnippet(outputs * 4 * 9, `${weightOffset}u + i / 36u * ${inputs * 9}u + plane * 36u + i % 36u`)}
  let image = id.x / ${tiles}u;
  let tile = id.x % ${tiles}u;
  let tileRow = tile / ${across}u;
  let tileColumn = tile % ${across}u;
  let near = array(max(tileRow, 1u) - 1u, tileRow, min(tileRow + 1u, ${across - 1}u));
  let beside = array(max(tileColumn, 1u) - 1u, tileColumn, min(tileColumn + 1u, ${across - 1}u));
  let nearInside = array(tileRow > 0u, true, tileRow < ${across - 1}u);
  let besideInside = array(tileColumn > 0u, true, tileColumn < ${across - 1}u);
${repeat(4, (i) => repeat(4, (p) => `  var a${i}_${p} = 0.0;`))}
${
    repeat(outputs, (output) =>
      (output % GROUP === 0 ? gatesOf(output / GROUP) : "") + "\n" + (output % 4 === 0 ? gradients(output / 4) : "") +
      "\n" + gated(output) + "\n" + accumulate(output))
  }
${
    repeat(4, (p) => `
  let place${p} = (plane * batch.capacity + image) * ${size * size}u + (2u * tileRow + ${
      p >> 1
    }u) * ${size}u + 2u * tileColumn + ${p & 1}u;
  inputGradient[place${p}] = select(vec4f(0), vec4f(${
      [0, 1, 2, 3].map((i) => `a${i}_${p}`)
    }), input[place${p}] > vec4f(0));`)
  }
}`;
}

/**
 * Gradient of the weights and biases, as one partial sum for each chunk of the batch: an invocation sums over its
 * chunk's images for one input channel and eight output channels, a block of 2×2 tiles at a time.
 * Bindings: batch, input, gradient of the pooled output, gates, partial gradients [chunks][parameters].
 *
 * @param weightOffset where the convolution's weights begin among the parameters; the biases follow them
 * @param stride length of one chunk's partial gradients
 */
export function filterGradientKernel(
  convolution: Convolution,
  chunks: number,
  weightOffset: number,
  stride: number,
): string {
  const { inputs, outputs, size } = convolution;
  const across = tilesAcross(convolution);
  const tiles = tilesOf(convolution);
  const groups = outputs / GROUP;
  const biasOffset = weightOffset + outputs * inputs * 9;
  const plane = inputs === 1 ? "image" : "(channel / 4u * batch.capacity + image)";
  const load = (r: number, c: number) => {
    const pixel = `${plane} * ${size * size}u + row[${r}] * ${size}u + column[${c}]`;
    return inputs === 1 ? `input[${pixel}]` : `input[(${pixel}) * 4u + channel % 4u]`;
  };
  const loadTile = (t: number) => {
    const [tileRow, tileColumn] = [`(2u * blockRow + ${t >> 1}u)`, `(2u * blockColumn + ${t & 1}u)`];
    return `      let gate${t} = gates[(group * batch.capacity + image) * ${tiles}u + ${tileRow} * ${across}u + ${tileColumn}];
${
      repeat(2, (plane) =>
        `      let g${t}_${plane} = gradient[((2u * group + ${plane}u) * batch.capacity + image) * ` +
        `${windowsOf(convolution)}u + ${windowOf(convolution, tileRow, tileColumn)}];`)
    }`;
  };
  // Pixel p of tile t, for output k: its gradient meets the nine inputs around it.
  const accumulate = (k: number, t: number, p: number) => {
    const [y, x] = [2 * (t >> 1) + (p >> 1), 2 * (t & 1) + (p & 1)];
    const d = `d${k}_${t}_${p}`;
    const bit = (1 << (4 * k + p)) >>> 0;
    return `      let ${d} = select(0.0, g${t}_${k >> 2}.${
      "xyzw"[k & 3]
    }, (gate${t} & ${bit}u) != 0u); b${k} += ${d}; ` +
      repeat(9, (i) => `w${k}_${i} = fma(${d}, p${(y + Math.floor(i / 3)) * 6 + x + i % 3}, w${k}_${i});`)
        .replaceAll("\n", " ");
  };

  return `${BATCH_WGSL}
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read> gates: array<u32>;
@group(0) @binding(4) var<storage, read_write> partial: array<f32>;
@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x % ${inputs}u;
  let group = id.x / ${inputs}u % ${groups}u;
  let chunk = id.x / ${inputs * groups}u;
  if (chunk >= ${chunks}u) { return; }
  let chunkSize = (batch.count + ${chunks - 1}u) / ${chunks}u;
${repeat(GROUP, (k) => repeat(9, (i) => `  var w${k}_${i} = 0.0;`) + `  var b${k} = 0.0;`)}
  for (var image = chunk * chunkSize; image < min((chunk + 1u) * chunkSize, batch.count); image++) {
    for (var block = 0u; block < ${tiles / 4}u; block++) {
    let blockRow = block / ${across / 2}u;
    let blockColumn = block % ${across / 2}u;
${patchSnippet(size, 4)}
${
    repeat(36, (i) => {
      const [r, c] = [Math.floor(i / 6), i % 6];
      return `    let p${i} = select(0.0, ${load(r, c)}, rowInside[${r}] && columnInside[${c}]);`;
    })
  }
${repeat(4, loadTile)}
${repeat(GROUP, (k) => repeat(4, (t) => repeat(4, (p) => accumulate(k, t, p))))}
    }
  }
  let base = chunk * ${stride}u;
${
    repeat(GROUP, (k) =>
      repeat(9, (i) =>
        `  partial[base + ${weightOffset + i}u + ((group * 8u + ${k}u) * ${inputs}u + channel) * 9u] = w${k}_${i};`))
  }
  if (channel == 0u) {
${repeat(GROUP, (k) => `    partial[base + ${biasOffset + k}u + group * 8u] = b${k};`)}
  }
}`;
}
