/**
 * The network and its gradients in plain loops, float64, an image at a time: what every faster kernel is checked
 * against. Maps are [channels][side][side], filters [outputs][inputs][3][3]; pixels beyond the edge are zero.
 */
import { type Arch, CLASSES, CONVOLUTIONS, HEAD, parametersOf } from "../../lib/model.ts";

/** Numbers, float64. */
type Values = Float64Array<ArrayBuffer>;

/** Channels in and out of a convolution, and the side of its maps. */
interface Convolution {
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
}

/** Calls back for every product of a convolution: places of the output's pixel, the weight and the input's pixel. */
function eachProduct(
  { inputs, outputs, size }: Convolution,
  visit: (output: number, weight: number, input: number) => void,
): void {
  for (let o = 0; o < outputs; o++) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        for (let i = 0; i < inputs; i++) {
          for (let k = 0; k < 9; k++) {
            const [y, x] = [row + Math.floor(k / 3) - 1, column + k % 3 - 1];
            if (y < 0 || y >= size || x < 0 || x >= size) continue;
            visit((o * size + row) * size + column, (o * inputs + i) * 9 + k, (i * size + y) * size + x);
          }
        }
      }
    }
  }
}

/** A 3×3 convolution of one image. */
export function convolve(maps: Values, weights: Values, biases: Values, shape: Convolution): Values {
  const area = shape.size ** 2;
  const out = new Float64Array(shape.outputs * area).map((_, i) => biases[Math.floor(i / area)]);
  eachProduct(shape, (output, weight, input) => out[output] += weights[weight] * maps[input]);
  return out;
}

/** The gradient of its input, from that of its output. */
export function inputGradient(gradient: Values, weights: Values, shape: Convolution): Values {
  const out = new Float64Array(shape.inputs * shape.size ** 2);
  eachProduct(shape, (output, weight, input) => out[input] += weights[weight] * gradient[output]);
  return out;
}

/** The gradient of its filters. */
export function filterGradient(gradient: Values, maps: Values, shape: Convolution): Values {
  const out = new Float64Array(shape.outputs * shape.inputs * 9);
  eachProduct(shape, (output, weight, input) => out[weight] += maps[input] * gradient[output]);
  return out;
}

/** Places of the pixels in each pooling window, window after window. */
function windows(channels: number, size: number, pool: number): number[][] {
  const side = size / pool;
  return Array.from({ length: channels * side * side }, (_, w) => {
    const [channel, row, column] = [Math.floor(w / side ** 2), Math.floor(w / side) % side, w % side];
    return Array.from(
      { length: pool * pool },
      (_, k) => (channel * size + row * pool + Math.floor(k / pool)) * size + column * pool + k % pool,
    );
  });
}

/** The loss of one image and its gradient, packed as the parameters. Without dropout. */
export function plainGradients(arch: Arch, packed: Float32Array, image: Values, label: number) {
  const parameters = new Map(
    parametersOf(arch).map((
      { name, offset, size },
    ) => [name, Float64Array.from(packed.subarray(offset, offset + size))]),
  );
  const gradients = new Map<string, Values>();

  // Forward, keeping what each layer read and where its gradient goes.
  let values = image;
  const convolutions = CONVOLUTIONS.map((shape) => {
    const [weights, biases] = ["weight", "bias"].map((kind) => parameters.get(`${shape.index}.${kind}`)!);
    const maps = values;
    const conv = convolve(maps, weights, biases, shape);
    const pooled = windows(shape.outputs, shape.size, shape.pool);
    const share = pooled.map((window) => {
      const largest = window.reduce((best, place) => conv[place] > conv[best] ? place : best);
      const reached = shape.pool === 2 ? [largest] : window;
      return reached.filter((place) => conv[place] > 0);
    });
    const mean = shape.pool === 2 ? 1 : 1 / shape.pool ** 2;
    values = Float64Array.from(share, (places) => places.reduce((sum, place) => sum + conv[place] * mean, 0));
    return { shape, maps, weights, share, mean };
  });
  const linears = HEAD[arch].slice(1).map((outputs, layer, all) => {
    const [weights, biases] = ["weight", "bias"].map((kind) => parameters.get(`${11 + 2 * layer}.${kind}`)!);
    const inputs = values;
    const sums = biases.map((bias, o) => inputs.reduce((sum, x, i) => sum + weights[o * inputs.length + i] * x, bias));
    values = layer === all.length - 1 ? sums : sums.map((x) => Math.max(x, 0));
    return { layer, inputs, outputs, weights };
  });

  // Back.
  const powers = values.map((logit) => Math.exp(logit - Math.max(...values)));
  const total = powers.reduce((a, b) => a + b);
  const loss = Math.log(total) + Math.max(...values) - values[label];
  let gradient = Float64Array.from({ length: CLASSES }, (_, k) => powers[k] / total - (k === label ? 1 : 0));
  for (const { layer, inputs, weights } of linears.toReversed()) {
    const above = gradient;
    gradients.set(`${11 + 2 * layer}.bias`, above);
    gradients.set(
      `${11 + 2 * layer}.weight`,
      weights.map((_, k) => above[Math.floor(k / inputs.length)] * inputs[k % inputs.length]),
    );
    gradient = inputs.map((x, i) =>
      layer > 0 && x === 0 ? 0 : above.reduce((sum, g, o) => sum + g * weights[o * inputs.length + i], 0)
    );
  }
  for (const { shape, maps, weights, share, mean } of convolutions.toReversed()) {
    const above = new Float64Array(shape.outputs * shape.size ** 2);
    for (const [w, places] of share.entries()) for (const place of places) above[place] = gradient[w] * mean;
    const area = shape.size ** 2;
    const biases = Float64Array.from(
      { length: shape.outputs },
      (_, o) => above.subarray(o * area, (o + 1) * area).reduce((a, b) => a + b),
    );
    gradients.set(`${shape.index}.bias`, biases);
    gradients.set(`${shape.index}.weight`, filterGradient(above, maps, shape));
    gradient = inputGradient(above, weights, shape);
  }
  return { loss, gradients: parametersOf(arch).map(({ name }) => gradients.get(name)!) };
}
