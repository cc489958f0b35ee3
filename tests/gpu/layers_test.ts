/** The layers of the kernels that run on a GPU. */
import { testLayers } from "../support/layers.ts";
import { SUITE } from "../support/support.ts";

for (const { kernels } of SUITE) testLayers(kernels);
