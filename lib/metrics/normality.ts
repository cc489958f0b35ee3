/** How close to normal the latents are, each by itself: what the Fréchet distance takes for granted. */
import { checkLatents, type Latents } from "./latents.ts";
import { mean, median, standardDeviation } from "./numbers.ts";

/** How one latent is distributed, against the normal distribution of its mean and standard deviation. */
export interface LatentNormality {
  /** Which latent, from 0. */
  readonly latent: number;
  /** In the latents' own unit, as the standard deviation. */
  readonly mean: number;
  /** With the count less one as its divisor. */
  readonly standardDeviation: number;
  /** Third standardised moment, without bias correction; 0 for a normal distribution. */
  readonly skewness: number;
  /** Fourth standardised moment less 3, without bias correction; 0 for a normal distribution. */
  readonly excessKurtosis: number;
  /** Kolmogorov–Smirnov distance: the largest gap between the two cumulative distributions, 0 … 1. */
  readonly ksDistance: number;
}

/** The normality of all latents in a few numbers. */
export interface NormalitySummary {
  /** The latent nearest to normal, by its Kolmogorov–Smirnov distance. */
  readonly best: LatentNormality;
  /** The latent farthest from normal. */
  readonly worst: LatentNormality;
  /** Median over latents of |skewness|. */
  readonly medianSkewness: number;
  /** Median over latents of |excess kurtosis|. */
  readonly medianExcessKurtosis: number;
  /** Median over latents of the Kolmogorov–Smirnov distance. */
  readonly medianKsDistance: number;
  /** Above this distance a latent is not normal, at the 5 % level for this many images. */
  readonly ksCritical: number;
  /** How many latents stay below it. */
  readonly normalLatents: number;
}

/**
 * Skewness, excess kurtosis and Kolmogorov–Smirnov distance of every latent. A latent that is constant counts as a
 * normal distribution of no width: all three are 0.
 *
 * @throws DigitFidError if there are fewer than 2 rows, or a value is NaN or infinite
 */
export function normality(latents: Latents): LatentNormality[] {
  checkLatents(latents, "latents");
  const { count, width, data } = latents;
  return Array.from({ length: width }, (_, latent) => {
    const values = Float64Array.from({ length: count }, (_, i) => data[i * width + latent]).sort();
    const centre = mean(values), spread = standardDeviation(values);
    if (values[0] === values[count - 1]) {
      return { latent, mean: centre, standardDeviation: 0, skewness: 0, excessKurtosis: 0, ksDistance: 0 };
    }
    const deviations = values.map((value) => (value - centre) / spread); // no power of these can overflow
    const moment = (power: number) => mean(deviations.map((deviation) => deviation ** power));
    return {
      latent,
      mean: centre,
      standardDeviation: spread,
      skewness: moment(3) / moment(2) ** 1.5,
      excessKurtosis: moment(4) / moment(2) ** 2 - 3,
      ksDistance: ksDistance(deviations),
    };
  });
}

/**
 * Sums up the normality of all latents.
 *
 * The critical distance is Lilliefors's, for a normal distribution whose mean and deviation come from the data:
 * "On the Kolmogorov–Smirnov Test for Normality with Mean and Variance Unknown", JASA 62, 1967, table 1; good above
 * 30 images. Latents of ten digits are mixtures, so with thousands of images few pass: look at the distance itself.
 *
 * @param count how many images the latents were of
 */
export function summariseNormality(latents: readonly LatentNormality[], count: number): NormalitySummary {
  const ranked = latents.toSorted((a, b) => a.ksDistance - b.ksDistance);
  const ksCritical = 0.886 / Math.sqrt(count);
  return {
    best: ranked[0],
    worst: ranked[ranked.length - 1],
    medianSkewness: median(latents.map((latent) => Math.abs(latent.skewness))),
    medianExcessKurtosis: median(latents.map((latent) => Math.abs(latent.excessKurtosis))),
    medianKsDistance: median(latents.map((latent) => latent.ksDistance)),
    ksCritical,
    normalLatents: latents.filter((latent) => latent.ksDistance < ksCritical).length,
  };
}

/** Largest gap between the steps of the sorted values' cumulative distribution and the standard normal's. */
function ksDistance(sorted: Float64Array): number {
  const count = sorted.length;
  return sorted.reduce((largest, value, i) => {
    const expected = normalCdf(value);
    return Math.max(largest, expected - i / count, (i + 1) / count - expected);
  }, 0);
}

/** Standard normal cumulative distribution, to 7.5e-8: Abramowitz & Stegun 26.2.17. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * series;
  return z < 0 ? upper : 1 - upper;
}
