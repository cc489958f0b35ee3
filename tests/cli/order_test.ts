/** `fid`, one call and a scorer give the same bits for the same digits, in whatever order these are. */
import { assertEquals } from "@std/assert";
import { type LabelledImages, limit, takeLabelled } from "../../lib/data/images.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { Random } from "../../lib/random.ts";
import { type Score, score } from "../../lib/scoring/score.ts";
import { Scorer } from "../../lib/scoring/scorer.ts";
import { toJsonNames } from "../../lib/scoring/words.ts";
import { digitFid } from "../support/cli.ts";
import { inFolder } from "../support/folders.ts";
import { mnist } from "../support/mnist.ts";

const COUNT = 300;

/** Fields that are of the files, not of the digits. */
const APART = ["network", "real_as", "fake_as", "warnings", "warning_codes"];

Deno.test("order: fid of shuffled files prints what one call and a scorer give for the digits as they were", () =>
  inFolder(async (folder) => {
    const [real, fake] = [limit(await mnist("test"), COUNT), limit(await mnist("train"), COUNT)];
    const save = (name: string, images: LabelledImages, seed: number) => {
      const { pixels, labels } = takeLabelled(images, new Random(seed, 0).permutation(COUNT));
      Deno.writeFileSync(`${folder}/${name}.npy`, encodeNpy([COUNT, 28, 28], Uint8Array.from(pixels)));
      Deno.writeFileSync(`${folder}/${name}-labels.npy`, encodeNpy([COUNT], labels));
    };
    save("real", real, 1);
    save("fake", fake, 2);
    const sets = ["--real", "real.npy", "--fake", "fake.npy", "--labels", "fake-labels.npy"];
    const ran = await digitFid(["fid", ...sets, "--seed", "7", "--threads", "1", "--json", "--quiet"], folder);
    assertEquals(ran.code, 0, ran.stderr);
    const printed = JSON.parse(ran.stdout);

    await using scorer = await Scorer.create({ real, seed: 7, threads: 2 });
    await scorer.add(fake, fake.labels);
    const check = (score: Score) => {
      const fields = Object.entries(toJsonNames(score)).filter(([name]) => !APART.includes(name));
      assertEquals(fields.length > 15, true);
      for (const [name, value] of fields) assertEquals(printed[name], value, name);
    };
    check(await score(fake, { real, labels: fake.labels, seed: 7 }));
    check(await scorer.compute());
  }));
