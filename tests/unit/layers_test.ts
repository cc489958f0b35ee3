/** The layers of the CPU kernels. */
import { testLayers } from "../support/layers.ts";

testLayers("cpu");
