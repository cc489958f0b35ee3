/** Generators that others can be held against: their digits are in `examples/digits`, their scores in the README. */

/** What 500 digits of each score against MNIST's test images by reference-v2, the best first. */
export const GENERATORS: readonly { readonly name: string; readonly digitDistance: number }[] = [
  { name: "a GAN after 12 epochs", digitDistance: 59.6 },
  { name: "a VAE after 30 epochs", digitDistance: 158.6 },
  { name: "a GAN after 4 epochs", digitDistance: 213.7 },
  { name: "a VAE after 10 epochs", digitDistance: 232.9 },
  { name: "a VAE after 3 epochs", digitDistance: 333.3 },
  { name: "a VAE after 1 epoch", digitDistance: 443.9 },
  { name: "a GAN after 1 epoch", digitDistance: 452.6 },
];

/** Where a distance lies among them: `between a GAN after 12 epochs (59.6) and a VAE after 30 epochs (158.6)`. */
export function amongGenerators(digitDistance: number): string {
  const show = ({ name, digitDistance }: typeof GENERATORS[number]) => `${name} (${digitDistance})`;
  const farther = GENERATORS.findIndex((generator) => generator.digitDistance >= digitDistance);
  if (farther === 0) return `nearer than ${show(GENERATORS[0])}`;
  if (farther < 0) return `farther than ${show(GENERATORS.at(-1)!)}`;
  return `between ${show(GENERATORS[farther - 1])} and ${show(GENERATORS[farther])}`;
}
