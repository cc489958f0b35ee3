/**
 * The gradient of a convolution with respect to its weights and biases, as one partial sum for each chunk of the batch.
 * An invocation sums over its chunk's images for one input channel and eight output channels, a block of 2×2 tiles at a
 * time. `plain/filter_gradient.wgsl` says the same with loops over pixels.
 */
import { type Kernel, reads, writes } from "../kernel.ts";
import { type Chunks, type Convolution, GROUP, type Place, tilesAcross, tilesOf, windowsOf } from "../layout.ts";
import { patchSnippet, repeat, windowOf } from "./snippets.ts";

/** From input and gradient of the pooled output to partial gradients, [chunks][stride]. */
export function filterGradientKernel(
  name: string,
  convolution: Convolution,
  place: Place,
  chunks: Chunks,
): Kernel<"input" | "gradient" | "gates" | "partial"> {
  const { inputs, outputs } = convolution;
  return {
    name,
    workgroupSize: 16,
    bindings: { input: reads("f32"), gradient: reads("vec4f"), gates: reads("u32"), partial: writes("f32") },
    invocations: () => chunks.chunks * inputs * outputs / GROUP,
    body: bodyOf(convolution, place, chunks),
  };
}

function bodyOf(convolution: Convolution, { weight, bias }: Place, { chunks, stride }: Chunks): string {
  const { inputs, outputs, size } = convolution;
  const across = tilesAcross(convolution);
  const tiles = tilesOf(convolution);
  const groups = outputs / GROUP;
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

  return `fn main(@builtin(global_invocation_id) id: vec3u) {
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
        `  partial[base + ${weight + i}u + ((group * 8u + ${k}u) * ${inputs}u + channel) * 9u] = w${k}_${i};`))
  }
  if (channel == 0u) {
${repeat(GROUP, (k) => `    partial[base + ${bias + k}u + group * 8u] = b${k};`)}
  }
}`;
}
