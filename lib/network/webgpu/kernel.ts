/** A kernel is one value: its name, what it reads and writes, how much of it a batch needs, and its text. */
import { BATCH_WGSL } from "./batch.ts";

/** A storage buffer of a kernel: an array of elements. */
export interface Binding {
  readonly access: "read" | "read_write";
  readonly element: "f32" | "vec4f" | "i32" | "u32";
}

/** A buffer that the kernel only reads. */
export const reads = (element: Binding["element"]): Binding => ({ access: "read", element });
/** A buffer that the kernel writes. */
export const writes = (element: Binding["element"]): Binding => ({ access: "read_write", element });

/** A kernel whose buffers have these names. */
export interface Kernel<Name extends string = string> {
  /** Such as `conv2 input gradient`. */
  readonly name: string;
  /** Invocations in a workgroup. */
  readonly workgroupSize: number;
  /** The buffers by their names in the text, in the order of their `@binding` numbers. 0 is the batch's numbers. */
  readonly bindings: Readonly<Record<Name, Binding>>;
  /** Invocations along x that a batch of `count` images needs at least; the text lets those beyond do nothing. */
  readonly invocations: (count: number) => number;
  /** Workgroups along y: 1 unless given. */
  readonly rows?: number;
  /** Numbers that the body takes by name. */
  readonly constants?: Readonly<Record<string, number>>;
  /** WGSL of what is not said above: `fn main`, and what it calls. */
  readonly body: string;
}

/** The whole WGSL of a kernel. */
export function textOf({ workgroupSize, bindings, constants = {}, body }: Kernel): string {
  return [
    BATCH_WGSL,
    ...Object.entries(bindings).map(([name, { access, element }], i) =>
      `@group(0) @binding(${i + 1}) var<storage, ${access}> ${name}: array<${element}>;`
    ),
    ...Object.entries(constants).map(([name, value]) =>
      `const ${name} = ${value}${Number.isInteger(value) ? "u" : ""};`
    ),
    body.replace("fn main(", `@compute @workgroup_size(${workgroupSize})\n$&`).trim(),
    "",
  ].join("\n");
}

/** The grid of workgroups, x and y, that covers a batch of `count` images. */
export function workgroupsOf({ workgroupSize, invocations, rows = 1 }: Kernel, count: number): [number, number] {
  return [Math.ceil(invocations(count) / workgroupSize), rows];
}
