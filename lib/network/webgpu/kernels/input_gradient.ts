/** The gradient of a convolution with respect to its input. `plain/input_gradient.wgsl` says the same with loops. */
import { type Kernel, reads, writes } from "../kernel.ts";
import { type Convolution, GROUP, type Place, tilesAcross, tilesOf, windowsOf } from "../layout.ts";
import { repeat, sharedWeightsSnippet, windowOf, WORKGROUP } from "./snippets.ts";

/** From the gradient of the pooled output to that of the input, masked by the ReLU that made the input. */
export function inputGradientKernel(
  name: string,
  convolution: Convolution,
  place: Place,
): Kernel<"gradient" | "gates" | "parameters" | "input" | "inputGradient"> {
  return {
    name,
    workgroupSize: WORKGROUP,
    bindings: {
      gradient: reads("vec4f"),
      gates: reads("u32"),
      parameters: reads("f32"),
      input: reads("vec4f"),
      inputGradient: writes("vec4f"),
    },
    invocations: (count) => count * tilesOf(convolution),
    rows: convolution.inputs / 4,
    body: bodyOf(convolution, place),
  };
}

/** One plane of four channels for each row of workgroups, one 2×2 tile an invocation. */
function bodyOf(convolution: Convolution, { weight }: Place): string {
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
        const factor = `w${output}_${input}_${t}`;
        const sums = repeat(4, (p) => {
          const place = (2 + (p >> 1) - y) * 4 + 2 + (p & 1) - x;
          return `a${input}_${p} = fma(d${output}_${place}, ${factor}, a${input}_${p});`;
        });
        return `  let ${factor} = weights[${(output * 4 + input) * 9 + t}]; ${sums.replaceAll("\n", " ")}`;
      }));

  return `var<workgroup> weights: array<f32, ${outputs * 4 * 9}>;
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let plane = workgroup.y;
${sharedWeightsSnippet(outputs * 4 * 9, `${weight}u + i / 36u * ${inputs * 9}u + plane * 36u + i % 36u`)}
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
