/** The nearest rows of another set: threads against plain TypeScript, and both against all pairs. */
import { assert, assertEquals } from "@std/assert";
import { nearestOf } from "../../lib/metrics/nearest.ts";
import { openArithmetic, PLAIN } from "../../lib/scoring/arithmetic.ts";
import { normalLatents } from "../support/samples.ts";

Deno.test("nearest: threads give the plain twin's bits, ties and rows that are their own included", async () => {
  await using arithmetic = await openArithmetic();
  for (const [count, others, width] of [[2, 2, 3], [70, 300, 7], [333, 1000, 128], [500, 17, 130]]) {
    const x = normalLatents(count, width, 1), y = normalLatents(others, width, 2);
    y.data.copyWithin(width, 0, width); // two rows alike: the first is named
    x.data.set(y.data.subarray(0, width));
    const plain = await PLAIN.nearest(x, y);
    assertEquals(await arithmetic.nearest(x, y), plain, `${count} × ${others} × ${width}`);
    assertEquals([plain.distances[0], plain.numbers[0]], [0, 0]);
    const own = Uint32Array.from({ length: others }, (_, i) => i);
    assertEquals(
      await arithmetic.nearest(y, y, { own }),
      await PLAIN.nearest(y, y, { own }),
      `${others} among themselves`,
    );
  }
});

Deno.test("nearest: it is the nearest of all pairs", () => {
  const x = normalLatents(40, 5, 3), y = normalLatents(60, 5, 4);
  const { distances, numbers } = nearestOf(x, y);
  for (let i = 0; i < 40; i++) {
    const all = Array.from({ length: 60 }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < 5; k++) sum += (x.data[i * 5 + k] - y.data[j * 5 + k]) ** 2;
      return Math.sqrt(sum);
    });
    assertEquals(numbers[i], all.indexOf(Math.min(...all)));
    assert(Math.abs(distances[i] - Math.min(...all)) < 1e-12);
  }
});
