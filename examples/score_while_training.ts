/**
 * Score a generator while it trains: `deno run --allow-read examples/score_while_training.ts`. The digits in
 * examples/digits stand for what your generator draws after an epoch: pass its pixels to `add` instead.
 */
import { Scorer } from "@digit-fid/digit-fid";

const digits = new URL("digits/", import.meta.url).pathname;
const scorer = await Scorer.create(); // the real digits are looked at once
for (const epoch of ["01", "04", "12"]) {
  await scorer.add(`${digits}gan-epoch${epoch}.npz`); // as often as there are batches
  const { digitDistance, fid, fakeImages } = await scorer.compute();
  console.log(
    `epoch ${epoch}: digit distance ${digitDistance?.toFixed(1)}, FID ${fid.toFixed(1)}, ${fakeImages} images`,
  );
  scorer.reset();
}
await scorer.close();
