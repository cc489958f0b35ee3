/** The kernels that run on a GPU compute what PyTorch computes. */
import { testParity } from "../support/parity.ts";
import { SUITE } from "../support/support.ts";

for (const extent of SUITE) testParity(extent);
