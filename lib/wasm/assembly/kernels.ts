// @ts-nocheck AssemblyScript
/** The module's exports: each is a kernel `(task, thread, ...arguments)`. */
export { adam } from "./adam.ts";
export { infer } from "./infer.ts";
export { layer_sums } from "./layer_sums.ts";
export { prepare_filters } from "./filters.ts";
export { sum_parts } from "./sum_parts.ts";
export { train_part } from "./train_part.ts";
export { gather_rows } from "./gather_rows.ts";
export { multiply_rows } from "./dots.ts";
export { kernel_sums } from "./kernel_sums.ts";
export { fill_planes, order_points } from "./points.ts";
export { count_inside, nearest_distances } from "./neighbours.ts";
export { part_moments } from "./moments.ts";
export { frechet_distances } from "./frechet.ts";
export { embed } from "./embed.ts";
export { nearest_other } from "./nearest.ts";
