/** The network as an ONNX model, for onnxruntime and whatever else reads ONNX. */
import protobuf from "protobufjs";
import { type Arch, IMAGE_SIZE, INPUT, type Layer, layerNamed, operationsOf, OUTPUTS } from "../model.ts";
import { tensorsFromWeights, type Weights } from "../network/weights.ts";
import schema from "./onnx.proto" with { type: "text" };

/** Version of ONNX's operators, and of the file format that came with it (ONNX 1.12). */
const OPSET = 17, IR_VERSION = 8;

const ModelProto = protobuf.parse(schema).root.lookupType("onnx.ModelProto");

/**
 * Writes a network as ONNX, opset 17. Input is `images`, [N, 1, 32, 32] float32 from 0 to 1; outputs are `logits`,
 * [N, 10], and `latent`, [N, 128]. The weights have PyTorch's names.
 *
 * Source: ONNX, docs/IR.md and docs/Operators.md of https://github.com/onnx/onnx.
 *
 * @param metadata notes to keep in the model
 */
export function encodeOnnx(weights: Weights, metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const model = ModelProto.fromObject({
    irVersion: IR_VERSION,
    opsetImport: [{ domain: "", version: OPSET }],
    producerName: "digit-fid",
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: weights.arch,
      node: nodesOf(weights.arch),
      initializer: initializersOf(weights),
      input: [valueInfo(INPUT, [1, IMAGE_SIZE, IMAGE_SIZE])],
      output: OUTPUTS.map((name) => valueInfo(name, layerNamed(weights.arch, name).shape)),
    },
  });
  return new Uint8Array(ModelProto.encode(model).finish());
}

function nodesOf(arch: Arch): object[] {
  return operationsOf(arch).map((layer) => {
    const { name, input } = layer;
    const parameters = "index" in layer ? [`${layer.index}.weight`, `${layer.index}.bias`] : [];
    const { opType, attributes } = operatorOf(layer);
    const attribute = Object.entries(attributes).map(([name, value]) =>
      Array.isArray(value) ? { name, type: "INTS", ints: value } : { name, type: "INT", i: value }
    );
    return { name, opType, input: [input, ...parameters], output: [name], attribute };
  });
}

function operatorOf(layer: Layer): { opType: string; attributes: Record<string, number | number[]> } {
  switch (layer.kind) {
    case "convolution":
      return { opType: "Conv", attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } };
    case "linear":
      return { opType: "Gemm", attributes: { transB: 1 } };
    case "maxPool":
    case "averagePool": {
      const opType = layer.kind === "maxPool" ? "MaxPool" : "AveragePool";
      const window = [layer.window, layer.window];
      return { opType, attributes: { kernel_shape: window, strides: window } };
    }
    case "relu":
      return { opType: "Relu", attributes: {} };
    case "flatten":
      return { opType: "Flatten", attributes: {} };
  }
}

function initializersOf(weights: Weights): object[] {
  return [...tensorsFromWeights(weights)].map(([name, { shape, data }]) => ({
    name,
    dims: shape,
    dataType: "FLOAT",
    rawData: data,
  }));
}

/** Float32 of any number of images. */
function valueInfo(name: string, shape: readonly number[]): object {
  const dim = [{ dimParam: "N" }, ...shape.map((size) => ({ dimValue: size }))];
  return { name, type: { tensorType: { elemType: "FLOAT", shape: { dim } } } };
}
