/** What is found about copies, in words. */
import type { Copies } from "./copies.ts";
import { duplicateWords } from "./duplicates.ts";

/** A line for each number, and what it is to be held against. */
export function copyLines(copies: Copies): string[] {
  const { ratio, near, duplicates, nearDuplicates, copyingTest, authenticPercent, freshAuthenticPercent } = copies;
  const [first] = copies.suspects;
  const repeated = duplicateWords({ exact: duplicates, near: nearDuplicates });
  const of = (label: string, value: string, note: string) => `${label.padEnd(18)}${value.padStart(10)}   ${note}`;
  const byChance = ({ byChance }: { readonly byChance: number }) => `${byChance.toFixed(1)} by chance`;
  return [
    of(
      "copies",
      copies.isCopying ? "yes" : "none found",
      `${near.count} are very near to a training image, ${byChance(near)}`,
    ),
    of("nearness", ratio.toFixed(4), "median distance to training images by that of fresh digits: 1 is as near"),
    ...(copyingTest === undefined
      ? []
      : [of("C_T", copyingTest.toFixed(4), "below -3 for copies, about 0 for fresh digits")]),
    of("AuthPct", authenticPercent.toFixed(2), `${freshAuthenticPercent.toFixed(2)} for fresh digits`),
    of("duplicates", repeated.value, repeated.note),
    `nearest           image ${first.image} to training image ${first.training}, ${
      first.distance.toFixed(2)
    }; by pixels to ` +
    `${first.pixelTraining}, ${first.pixelDistance.toFixed(3)} off`,
  ];
}
