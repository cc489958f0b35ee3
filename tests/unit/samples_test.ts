/** What a folder that is watched holds: samples that are whole, and samples that still come. */
import { assertEquals } from "@std/assert";
import { Lookout } from "../../cli/samples.ts";
import { inFolder } from "../support/folders.ts";

Deno.test("samples: one is settled at the second look at which it is the same, a folder by all files in it", () =>
  inFolder(async (folder) => {
    const lookout = new Lookout(folder);
    const seen = async () => {
      const { settled, changing } = await lookout.look();
      return [settled.map(({ name }) => name), changing];
    };
    Deno.writeTextFileSync(`${folder}/step10.npy`, "1");
    Deno.writeTextFileSync(`${folder}/notes.txt`, "no sample");
    Deno.mkdirSync(`${folder}/step9`);
    Deno.writeTextFileSync(`${folder}/step9/0.png`, "1");
    assertEquals(await seen(), [[], 2]);
    assertEquals(await seen(), [["step9", "step10.npy"], 0]);

    const [sample] = (await lookout.look()).settled;
    Deno.writeTextFileSync(`${folder}/step9/0.png`, "12"); // which is no change of the folder itself
    assertEquals(await lookout.isStill(sample), false);
    Deno.writeTextFileSync(`${folder}/step10.npy`, "12");
    assertEquals(await seen(), [[], 2]);
    Deno.removeSync(`${folder}/step10.npy`);
    assertEquals(await seen(), [["step9"], 0]);
  }));
