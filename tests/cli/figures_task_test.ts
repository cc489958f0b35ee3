/** The commands that write figures and corrupted images, as a user meets them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { CORRUPTIONS } from "../../lib/data/corruption.ts";
import { parseNpy } from "../../lib/formats/npy.ts";
import { decodePng } from "../../lib/formats/png.ts";
import { digitFid, Workspace } from "../support/cli.ts";
import { FIGURES, writeRun } from "../support/run.ts";

Deno.test("figures: every figure of a run as SVG and PNG", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  await writeRun(`${folder}/run`);
  const { code, stdout } = await digitFid(
    ["figures", "--data", "data", "--run", "run", "--out", "all", "--json"],
    folder,
  );
  assertEquals(code, 0);
  const { network, out, files } = JSON.parse(stdout);
  assertEquals([network, out], ["run", "all"]);
  assertEquals(files.toSorted(), FIGURES.flatMap((name) => [`${name}.png`, `${name}.svg`]).sort());
  assertEquals([...Deno.readDirSync(`${folder}/all`)].map(({ name }) => name).sort(), files.toSorted());
  for (const name of FIGURES) {
    const [width, height] = Deno.readTextFileSync(`${folder}/all/${name}.svg`).match(/(?<=viewBox="0 0 )(\d+) (\d+)/)
      ?.slice(1).map(Number) ?? [];
    const png = decodePng(Deno.readFileSync(`${folder}/all/${name}.png`), name);
    assertEquals([png.width, png.height], [2 * width, 2 * height], name);
  }

  const both = await digitFid(["figures", "--run", "run", "--weights", "run/model.safetensors"], folder);
  assertEquals(both.code, 2);
  assertMatch(both.stderr, /--run names a network already: leave out --weights\n$/);
});

Deno.test("corrupt: a table, one JSON object, and images that can be scored again", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  await writeRun(`${folder}/run`);
  const args = ["corrupt", "--data", "data", "--weights", "run/model.safetensors"];
  const { code, stdout } = await digitFid([...args, "--out", "worse", "--json"], folder);
  assertEquals(code, 0);
  const { images, ladder } = JSON.parse(stdout);
  assertEquals(images, 64);
  const rungs = CORRUPTIONS.flatMap(({ name, strengths }) => strengths.map((strength) => ({ name, strength })));
  assertEquals(ladder.map(({ kind, strength }: Record<string, unknown>) => ({ name: kind, strength })), rungs);
  for (const { fid, kid, kid_standard_error } of ladder) {
    assert(fid > 0 && Number.isFinite(kid) && kid_standard_error > 0);
  }
  for (const { name, strength } of rungs) {
    const { dtype, shape } = parseNpy(Deno.readFileSync(`${folder}/worse/${name}-${strength}.npy`), name);
    assertEquals({ dtype, shape }, { dtype: "|u1", shape: [64, 28, 28] });
  }
  assertEquals([...Deno.readDirSync(`${folder}/worse`)].length, rungs.length + 2);

  const table = await digitFid([...args, "--limit", "32", "--quiet"], folder);
  assertMatch(table.stdout, /^32 test images by model.safetensors \(SHA-256 [0-9a-f]{12}…\)\n\nGaussian noise/);
  for (const { strength } of rungs) assertMatch(table.stdout, new RegExp(`^ +${strength}( +-?\\d+\\.\\d{3}){3}$`, "m"));
});
