// @ts-nocheck AssemblyScript
/** The module's exports: each is a kernel `(task, thread, ...arguments)`. */
export { sum_parts } from "./sum_parts.ts";
