/** `digit-fid scorer` at the other end of its pipes: frames that are none lose nothing, and the end of input ends it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { resultOf, startShell, Workspace } from "../support/cli.ts";

/** Answers to what a script writes, without the greeting. */
async function answersTo(script: string, folder: string, flags = ""): Promise<Record<string, unknown>[]> {
  const env = { XDG_CACHE_HOME: `${folder}/cache` };
  const scorer = `"$0" scorer --data data --real mnist-test --threads 1 --quiet ${flags}`;
  const shell = `export DENO_DIR=\${DENO_DIR:-$HOME/.cache/deno}; { ${script}; } | ${scorer}`;
  const { code, stdout, stderr } = await resultOf(startShell(shell, [], folder, env));
  assertEquals([code, stderr], [0, ""]);
  const [greeting, ...answers] = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([greeting.protocol, greeting.ok, greeting.real_images], [1, true, 64]);
  return answers;
}

const add = (images: number) =>
  `printf '{"id":"a","do":"add","dtype":"|u1","shape":[${images},28,28],"bytes":${784 * images}}\\n'; ` +
  `tail -c +17 data/t10k-images-idx3-ubyte | head -c ${784 * images}`;

Deno.test("scorer: a frame that is none is answered, and what was added before is scored all the same", async () => {
  using workspace = await Workspace.create();
  const broken = [
    `printf 'no frame\\n[1]\\n\\377\\n'`,
    `head -c 70000 /dev/zero; echo`,
    `printf '{"id":1,"bytes":-1}\\n'`,
    `printf '{"id":2,"bytes":1e12}\\n' | head -c 0`,
    `printf '{"id":3,"do":"sing","bytes":2}\\nab'`,
    `printf '{"id":4,"do":"add","dtype":"<f4","shape":[2,28,28],"bytes":3}\\nabc'`,
    `printf '{"id":5,"do":"merge","bytes":4}\\nabcd'`,
  ];
  const script = [add(40), ...broken, `printf '{"id":"b","do":"compute"}\\n'`, `printf '{"id":6,"do":"reset","by'`];
  const answers = await answersTo(script.join("; "), workspace.folder);
  assertEquals(answers[0], { id: "a", ok: true, images: 40, bytes: 0 });
  const errors = answers.slice(1, -1);
  assertEquals(errors.map(({ id, ok }) => [id, ok]), [
    ...Array(4).fill([null, false]),
    ...[1, 3, 4, 5].map((id) => [id, false]),
  ]);
  assertMatch(String(errors[6].error), /2×28×28 of <f4 are 6272 bytes, found 3/);
  const { id, ok, score } = answers.at(-1) as { id: string; ok: boolean; score: Record<string, number> };
  assertEquals([id, ok, score.fake_images], ["b", true, 40]);
});

Deno.test("scorer: the cache is used by the next, and a folder that cannot be one is said once and changes nothing", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const script = `${add(30)}; printf '{"id":"b","do":"compute"}\\n'`;
  const first = await answersTo(script, folder);
  const files = [...Deno.readDirSync(`${folder}/cache/digit-fid`)];
  assertEquals(files.length, 1);
  assertEquals(await answersTo(script, folder), first);
  assertEquals(await answersTo(script, folder, "--no-cache"), first);
  Deno.removeSync(`${folder}/cache`, { recursive: true });
  Deno.writeTextFileSync(`${folder}/cache`, "no folder");
  const scorer = `{ ${script}; } | DENO_DIR=\${DENO_DIR:-$HOME/.cache/deno} "$0" scorer --data data --threads 1`;
  const { code, stdout, stderr } = await resultOf(
    startShell(scorer, [], folder, { XDG_CACHE_HOME: `${folder}/cache` }),
  );
  assertEquals(code, 0);
  assertEquals(stdout.trim().split("\n").slice(1).map((line) => JSON.parse(line)), first);
  assertEquals(stderr.match(/nothing is kept for the next time: cannot .*: .*\n/g)?.length, 1, stderr);
  assert(!stderr.includes("fault"), stderr);
});
