/** What `digit-fid fid` keeps of the data set: no score is otherwise for it, and nothing else is kept. */
import { assertEquals, assertMatch } from "@std/assert";
import { digitFid, type Result, resultOf, startShell, Workspace } from "../support/cli.ts";
import { referencePath } from "../support/support.ts";

const BOTH = ["--fake", "mnist-test", "--real", "mnist-train"];

/** Scores with a cache in `cache`, and gives all that is printed. */
async function score(folder: string, ...args: string[]): Promise<Result> {
  const result = await digitFid(["fid", "--data", "data", "--json", ...args], folder, {
    LOCALAPPDATA: `${folder}/cache`,
  });
  assertEquals(result.code, 0, result.stderr);
  return result;
}

/** The files that are kept, with what changes when one is written. */
function kept(folder: string): { path: string; size: number; ino: number | null }[] {
  try {
    const paths = [...Deno.readDirSync(`${folder}/cache/digit-fid`)].map(({ name }) =>
      `${folder}/cache/digit-fid/${name}`
    );
    return paths.sort().map((path) => ({ path, size: Deno.statSync(path).size, ino: Deno.statSync(path).ino }));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

Deno.test("fid: with what is kept of the data set, without it, and once it is damaged, the same is printed", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const images = ["--fake", "data/t10k-images-idx3-ubyte", "--copies"];
  const expected = await score(folder, ...images, "--no-cache");
  const both = await score(folder, ...BOTH, "--no-cache");
  assertEquals(kept(folder), []);
  assertEquals(await score(folder, ...images), expected);
  const files = kept(folder);
  assertEquals(files.length, 2, "real images, and those that copies are sought among");
  assertEquals(await score(folder, ...images), expected);
  assertEquals(await score(folder, ...BOTH), both, "a part is kept once, whichever side it is on");
  assertEquals(kept(folder), files, "they are read, and not made again");

  const [{ path: torn, size }, { path: bent }] = files;
  Deno.truncateSync(torn, size / 2);
  Deno.writeFileSync(bent, Deno.readFileSync(bent).map((byte, i) => i === size - 9 ? byte ^ 64 : byte));
  assertEquals(await score(folder, ...BOTH), both);
  const again = kept(folder);
  assertEquals(again.map(({ path, size }) => [path, size]), files.map(({ path, size }) => [path, size]));
  assertEquals(again.map(({ ino }, i) => ino === files[i].ino), [false, false]);
  assertEquals(await score(folder, ...BOTH), both);
  assertEquals(kept(folder), again);
});

Deno.test("fid: turned images are kept apart; nothing is of a part's part, of files, and of other networks", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const files = ["--fake", "data/t10k-images-idx3-ubyte", "--real", "data/train-images-idx3-ubyte"];
  const weights = ["--weights", referencePath("torch-mlp-step200.safetensors")];
  for (const args of [[...BOTH, "--limit", "40"], files, [...BOTH, ...weights]]) await score(folder, ...args);
  assertEquals(kept(folder), []);
  const upright = await score(folder, ...BOTH);
  const turned = await score(folder, ...BOTH, "--transpose");
  assertEquals(kept(folder).length, 4);
  assertEquals(turned, await score(folder, ...BOTH, "--transpose", "--no-cache"));
  assertEquals(JSON.parse(turned.stdout).real_sha256 === JSON.parse(upright.stdout).real_sha256, false);
});

Deno.test("fid: where nothing can be kept the score is the same, and the reason is said once, or not if --quiet", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const expected = await score(folder, ...BOTH, "--no-cache");
  const scoreIn = async (home: string, ...args: string[]): Promise<string[]> => {
    const script = `${home}; exec "$0" fid --data data --json "$@"`;
    const { code, stdout, stderr } = await resultOf(startShell(script, [...BOTH, ...args], folder));
    assertEquals([code, stdout], [0, expected.stdout], stderr);
    return stderr.match(/nothing is kept for the next time: .*/g) ?? [];
  };
  const [homeless] = await scoreIn("unset XDG_CACHE_HOME HOME LOCALAPPDATA");
  assertEquals(homeless, "nothing is kept for the next time: there is no home folder");
  const noFolder = "export XDG_CACHE_HOME=$PWD/data/t10k-images-idx3-ubyte";
  const [reason, ...others] = await scoreIn(noFolder);
  assertEquals(others, []);
  assertMatch(reason, /: cannot read .*: a part of the path is a file, not a folder$/);
  assertEquals(await scoreIn(noFolder, "--quiet"), []);
});
