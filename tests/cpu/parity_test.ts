/** The CPU kernels compute what PyTorch computes. */
import { testParity } from "../support/parity.ts";

testParity({ kernels: "cpu", steps: 199, testSet: true });
