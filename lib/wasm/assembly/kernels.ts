// @ts-nocheck AssemblyScript
/** The module's exports: each is a kernel `(task, thread, ...arguments)`. */
export { adam } from "./adam.ts";
export { infer } from "./infer.ts";
export { prepare_filters } from "./filters.ts";
export { sum_parts } from "./sum_parts.ts";
export { train_part } from "./train_part.ts";
