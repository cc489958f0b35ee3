/** The CPU kernels compute what PyTorch computes. */
import { testParity } from "../support/parity.ts";

testParity({ kernels: "cpu", steps: { mlp: 199, linear: 199 }, testSet: true });
