/** What every way of computing Adam shares: Kingma & Ba, "Adam", ICLR 2015, algorithm 1, with PyTorch's defaults. */

/** Decay of the running means of the gradient and of its square, and what keeps the division from zero. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/**
 * What differs from step to step, so that, as PyTorch computes it, a parameter changes by
 * `-stepSize · firstMoment / (√secondMoment / secondCorrection + epsilon)`.
 *
 * @param step number of the step, from 1
 * @returns the learning rate over the first moment's bias correction, and the square root of the second's
 */
export function adamCorrections(step: number, learningRate: number): { stepSize: number; secondCorrection: number } {
  return {
    stepSize: learningRate / (1 - ADAM.beta1 ** step),
    secondCorrection: Math.sqrt(1 - ADAM.beta2 ** step),
  };
}
