/** Training on the GPU. */
import * as tf from "@tensorflow/tfjs";
import { SUITE } from "../support/support.ts";
import { testTraining } from "../support/training.ts";

for (const { kernels } of SUITE) testTraining(kernels, () => tf.memory().numTensors);
