/** The figures of a score. */
import { confusionMatrix } from "../../figures/confusion_matrix.ts";
import { latentMap } from "../../figures/latent_map.ts";
import { latentOverlay } from "../../figures/latent_overlay.ts";
import type { Figure } from "../figures.ts";
import type { ScoreFindings } from "./findings.ts";

/** Draws what findings have to show; without labels there is no matrix. */
export async function drawScore({ real, fake, metrics: { asked } }: ScoreFindings): Promise<Figure[]> {
  const figures: Figure[] = [
    {
      name: "map",
      alt:
        "Latents of real and generated digits as dots of two colours on one plane, in which each digit has its place",
      caption: "Where blue shows and no orange does, real digits are not made; orange beyond blue is no real digit. " +
        "The plane is the one in which the means of the ten real digits lie farthest apart.",
      svg: await latentMap(real, fake),
    },
    {
      name: "overlay",
      alt: "Eight histograms of single latents, real and generated digits laid over each other",
      caption: "Equal sets cover each other. A narrower orange hill is a generator that keeps to the typical.",
      svg: await latentOverlay(real.latents, fake.latents),
    },
  ];
  if (asked === undefined) return figures;
  const { count } = fake.latents;
  const right = Math.round(asked.accuracy * count);
  return [...figures, {
    name: "asked",
    alt: `Matrix of digits asked for and seen: ${right} of ${count} lie on the diagonal`,
    caption: "Each row is a digit that was asked for, each column what the network reads.",
    svg: await confusionMatrix(asked.confusion.flat(), {
      title: "Asked for, and seen",
      rows: "Digit asked for",
      columns: "Digit seen",
    }),
  }];
}
