/** Every command in README.md does what it says there; on 64 images, and one epoch, so that it is quick. */
import { assert, assertEquals } from "@std/assert";
import { loadMnist } from "../../lib/data/mnist.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { encodePng } from "../../lib/formats/png.ts";
import { digitFid, Workspace } from "../support/cli.ts";
import { README_COMMANDS } from "../support/readme.ts";

/** Those of npm's package are run from it, by `npm_test.ts`. */
const COMMANDS = README_COMMANDS.filter((command) => !/^np[mx] |^\S+ package$/.test(command));

/** What makes a command quick enough to test. */
const QUICK: Record<string, string[]> = { train: ["--epochs", "1"] };

/** The files that README's commands name as a reader's own. */
async function writeSamples(folder: string): Promise<void> {
  const { pixels } = await loadMnist(`${folder}/data`, "test");
  const image = (i: number) => Uint8Array.from(pixels.subarray(i * 784, (i + 1) * 784));
  await Deno.writeFile(`${folder}/generated.npy`, encodeNpy([64, 28, 28], pixels));
  await Deno.mkdir(`${folder}/samples`);
  for (let i = 0; i < 64; i++) {
    const png = encodePng({ width: 28, height: 28, channels: 1, data: image(i) });
    await Deno.writeFile(`${folder}/samples/${i}.png`, png);
  }
  const sheet = new Uint8Array(280 * 280);
  for (let y = 0; y < 280; y++) {
    for (let x = 0; x < 280; x++) {
      const place = Math.floor(y / 28) * 10 + Math.floor(x / 28);
      sheet[y * 280 + x] = image(place % 64)[(y % 28) * 28 + x % 28];
    }
  }
  await Deno.writeFile(`${folder}/sheet.png`, encodePng({ width: 280, height: 280, channels: 1, data: sheet }));
}

Deno.test("every command in README.md works", async (t) => {
  using workspace = await Workspace.create();
  await writeSamples(workspace.folder);
  assert(COMMANDS.length >= 6, `README.md has only ${COMMANDS.length} commands`);
  for (const command of COMMANDS) {
    const [program, task, ...args] = command.split(" ");
    assertEquals(program, "./digit-fid");
    if (task === "test") continue; // what runs right now
    await t.step(command, async () => {
      const env = { DIGIT_FID_DATA: `${workspace.folder}/data` };
      const { code, stdout, stderr } = await digitFid([task, ...args, ...QUICK[task] ?? []], workspace.folder, env);
      assertEquals(code, 0, stderr);
      assert(stdout.length > 0);
      if (args.includes("--json")) JSON.parse(stdout);
    });
  }
});
