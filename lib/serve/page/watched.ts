/** The network and the arithmetic of a score, watched while they work. */
import type { Network } from "../../network/network.ts";
import type { Arithmetic } from "../../scoring/arithmetic.ts";

/** Is told of work that was done, in seconds that it takes about. */
export type Watcher = (what: string, seconds: number) => void;

/** Seconds that one thread takes about for the parts of a score of 10,000 images: they only have to fit each other. */
export const SECONDS = {
  thousandImages: 0.07,
  distances: 0.5,
  kernelDistance: 0.35,
  neighbourScores: 0.65,
  embedParts: 0.3,
  causes: 1,
  duplicates: 0.9,
  thousandNearest: 0.05,
};

/** Seconds that a score of so many images takes about; of a single set more is said. */
export function secondsFor(images: number, isSingle: boolean): number {
  const { thousandImages, thousandNearest, causes, duplicates, ...metrics } = SECONDS, thousands = images / 1000;
  const more = isSingle ? causes + duplicates + thousandNearest * thousands : 0;
  const { embedParts, distances, kernelDistance, neighbourScores } = metrics;
  return thousandImages * thousands + 2 * embedParts + distances + kernelDistance + neighbourScores + more;
}

/** A network that says how many images it has done. */
export function watchedNetwork(network: Network, watch: Watcher): Network {
  return new Proxy(network, {
    get(target, name) {
      if (name === "outputs") {
        return async (...args: Parameters<Network["outputs"]>) => {
          const outputs = await target.outputs(...args);
          watch("the network looks at the digits", SECONDS.thousandImages * args[2] / 1000);
          return outputs;
        };
      }
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** An arithmetic that says which metrics it has done. */
export function watchedArithmetic(arithmetic: Arithmetic, watch: Watcher): Arithmetic {
  const after = async <T>(work: Promise<T>, what: string, seconds: number) => {
    watch(what, 0);
    const result = await work;
    watch(what, seconds);
    return result;
  };
  return {
    distances: (...args) => after(arithmetic.distances(...args), "Fréchet distances", SECONDS.distances),
    moments: (set) => arithmetic.moments(set),
    kernelDistance: (...args) => after(arithmetic.kernelDistance(...args), "kernel distance", SECONDS.kernelDistance),
    neighbourScores: (...args) => after(arithmetic.neighbourScores(...args), "neighbours", SECONDS.neighbourScores),
    nearest: (...args) => arithmetic.nearest(...args),
    embed: (...args) => arithmetic.embed(...args),
    embedParts: (...args) => after(arithmetic.embedParts(...args), "digit distance", SECONDS.embedParts),
    forget: (set) => arithmetic.forget(set),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
