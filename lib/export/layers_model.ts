/** The network as a tfjs LayersModel, for pages that load it by `tf.loadLayersModel`. */
import { toFloat32 } from "../formats/safetensors.ts";
import { type Arch, IMAGE_SIZE, INPUT, type Layer, operationsOf, OUTPUTS } from "../model.ts";
import { tensorsFromWeights, type Weights } from "../network/weights.ts";

const WEIGHTS_FILE = "weights.bin";

/** A layer in Keras's JSON, and the name of the one that feeds it. */
interface KerasLayer {
  readonly className: string;
  readonly config: { readonly name: string } & Readonly<Record<string, unknown>>;
  readonly input: string;
}

/** An array in {@linkcode WEIGHTS_FILE}. */
interface KerasWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Writes a network as a folder for `tf.loadLayersModel`. Input is `images`, [N, 32, 32, 1] float32 from 0 to 1;
 * `predict` gives `[logits, latent]`, [N, 10] and [N, 128]. The other layers have the names of `layersOf`.
 *
 * Source: https://github.com/tensorflow/tfjs, tfjs-core/src/io/types.ts, `ModelJSON`.
 *
 * @param metadata notes to keep in the model
 * @returns contents by the files' names
 */
export function encodeLayersModel(
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
): ReadonlyMap<string, Uint8Array | string> {
  const arrays = weightsOf(weights);
  const manifest = arrays.map(({ name, shape }) => ({ name, shape, dtype: "float32" }));
  const model = {
    format: "layers-model",
    generatedBy: "digit-fid",
    convertedBy: null,
    userDefinedMetadata: metadata,
    modelTopology: topologyOf(weights.arch),
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: manifest }],
  };
  const data = Float32Array.from(arrays.flatMap(({ values }) => [...values]));
  return new Map<string, Uint8Array | string>([
    [WEIGHTS_FILE, new Uint8Array(data.buffer)],
    ["model.json", JSON.stringify(model)],
  ]);
}

/** A functional model in Keras's JSON. */
function topologyOf(arch: Arch): object {
  const images = { name: INPUT, batch_input_shape: [null, IMAGE_SIZE, IMAGE_SIZE, 1], dtype: "float32" };
  const layers = operationsOf(arch).flatMap(kerasLayersOf).map(({ className, config, input }) => ({
    class_name: className,
    name: config.name,
    config,
    inbound_nodes: [[[input, 0, 0, {}]]],
  }));
  const config = {
    name: arch,
    layers: [{ class_name: "InputLayer", name: INPUT, config: images, inbound_nodes: [] }, ...layers],
    input_layers: [[INPUT, 0, 0]],
    output_layers: OUTPUTS.map((name) => [name, 0, 0]),
  };
  return { class_name: "Model", config, keras_version: "tfjs-layers", backend: "tensor_flow.js" };
}

/** What a layer is in Keras: flattening is two, as it is channel-major and the maps have their channels last. */
function kerasLayersOf(layer: Layer): KerasLayer[] {
  const { name, input } = layer;
  switch (layer.kind) {
    case "convolution": {
      const config = { name, filters: layer.outputs, kernel_size: [3, 3], padding: "same" };
      return [{ className: "Conv2D", config, input }];
    }
    case "linear":
      return [{ className: "Dense", config: { name, units: layer.outputs }, input }];
    case "maxPool":
    case "averagePool": {
      const className = layer.kind === "maxPool" ? "MaxPooling2D" : "AveragePooling2D";
      const window = [layer.window, layer.window];
      return [{ className, config: { name, pool_size: window, strides: window }, input }];
    }
    case "relu":
      return [{ className: "Activation", config: { name, activation: "relu" }, input }];
    case "flatten": {
      const channelsFirst = `${name}_channels_first`;
      return [
        { className: "Permute", config: { name: channelsFirst, dims: [3, 1, 2] }, input },
        { className: "Flatten", config: { name }, input: channelsFirst },
      ];
    }
  }
}

function weightsOf(weights: Weights): KerasWeight[] {
  const tensors = tensorsFromWeights(weights);
  return operationsOf(weights.arch).flatMap((layer) => {
    if (!("index" in layer)) return [];
    const [weight, bias] = ["weight", "bias"].map((part) => tensors.get(`${layer.index}.${part}`)!);
    return [
      { name: `${layer.name}/kernel`, ...outputsLast(weight.shape, toFloat32(weight)) },
      { name: `${layer.name}/bias`, shape: bias.shape, values: toFloat32(bias) },
    ];
  });
}

/** Weights as Keras has them: [out, in, height, width] becomes [height, width, in, out], and [out, in] [in, out]. */
function outputsLast(
  [outputs, inputs, ...window]: readonly number[],
  values: Float32Array,
): { shape: number[]; values: Float32Array } {
  const taps = values.length / (outputs * inputs);
  const swapped = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const tap = i % taps, input = Math.floor(i / taps) % inputs, output = Math.floor(i / (taps * inputs));
    swapped[(tap * inputs + input) * outputs + output] = values[i];
  }
  return { shape: [...window, inputs, outputs], values: swapped };
}
