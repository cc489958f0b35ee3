/** Pieces of WGSL that several kernels share. */
import { type Convolution, tilesAcross } from "../layout.ts";

/** Invocations in a workgroup of the kernels that keep weights in its memory. */
export const WORKGROUP = 64;

/** WGSL of the window that a tile lies in. */
export function windowOf(convolution: Convolution, tileRow: string, tileColumn: string): string {
  if (convolution.pool === 2) return `(${tileRow} * ${tilesAcross(convolution)}u + ${tileColumn})`;
  return `(${tileRow} / 2u * 2u + ${tileColumn} / 2u)`;
}

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
  for (var i = local; i < ${length}u; i += ${WORKGROUP}u) { weights[i] = parameters[${place}]; }
  workgroupBarrier();`;
}
