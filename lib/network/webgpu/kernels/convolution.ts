/**
 * A 3×3 "same" convolution with bias, ReLU and the first step of its pooling, one 2×2 tile of pixels an invocation.
 *
 * An invocation computes eight channels, fully unrolled: its tile's 4×4 patch is loaded once, and every weight read
 * serves four pixels. `plain/convolution.wgsl` says the same with loops.
 */
import { type Kernel, reads, writes } from "../kernel.ts";
import { type Convolution, GROUP, type Place, tilesAcross, tilesOf } from "../layout.ts";
import { patchSnippet, repeat, sharedWeightsSnippet, WORKGROUP } from "./snippets.ts";

type Name = "input" | "parameters" | "pooled" | "gates";

/** With max pooling: `pooled` holds the maxima. */
export function maxPoolConvolution(name: string, convolution: Convolution, place: Place): Kernel<Name> {
  return { ...gridOf(convolution), name, bindings: bindingsOf(convolution), body: bodyOf(convolution, place) };
}

/** With average pooling: `pooled` and `linear` hold sums of tiles, after the ReLU and before it. */
export function averagePoolConvolution(
  name: string,
  convolution: Convolution,
  place: Place,
): Kernel<Name | "linear"> {
  const bindings = { ...bindingsOf(convolution), linear: writes("vec4f") };
  return { ...gridOf(convolution), name, bindings, body: bodyOf(convolution, place) };
}

/** One group of channels for each row of workgroups, one tile an invocation. */
function gridOf(convolution: Convolution): Pick<Kernel, "workgroupSize" | "invocations" | "rows"> {
  return {
    workgroupSize: WORKGROUP,
    invocations: (count) => count * tilesOf(convolution),
    rows: convolution.outputs / GROUP,
  };
}

function bindingsOf({ inputs }: Convolution): Kernel<Name>["bindings"] {
  return {
    input: reads(inputs === 1 ? "f32" : "vec4f"),
    parameters: reads("f32"),
    pooled: writes("vec4f"),
    gates: writes("u32"),
  };
}

function bodyOf(convolution: Convolution, { weight, bias }: Place): string {
  const { inputs, size, pool } = convolution;
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

  return `var<workgroup> weights: array<f32, ${GROUP * (filter + 1)}>;
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let group = workgroup.y;
${
    sharedWeightsSnippet(
      GROUP * (filter + 1),
      `select(${weight}u + group * ${GROUP * filter}u + i, ` +
        `${bias - GROUP * filter}u + group * ${GROUP}u + i, i >= ${GROUP * filter}u)`,
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
