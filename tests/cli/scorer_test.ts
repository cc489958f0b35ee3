/** `digit-fid scorer` at the other end of its pipes: frames that are none lose nothing, and the end of input ends it. */
import { assertEquals, assertMatch } from "@std/assert";
import { canMount, resultOf, startShell, Workspace } from "../support/cli.ts";

/** Answers to what a script writes, without the greeting. */
async function answersTo(script: string, folder: string, flags = ""): Promise<Record<string, unknown>[]> {
  const env = { LOCALAPPDATA: `${folder}/cache` };
  const scorer = `"$0" scorer --data data --real mnist-test --threads 1 --quiet ${flags}`;
  const { code, stdout, stderr } = await resultOf(startShell(`{ ${script}; } | ${scorer}`, [], folder, env));
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
    `printf '{"id":'; printf '[%.0s' {1..20000}; printf ']%.0s' {1..20000}; echo '}'`,
    `printf '{"id":7,"do":["a"]}\\n{"id":8,"do":"add","dtype":"|u1","shape":[1e15,28,28]}\\n'`,
    `printf '{"id":9,"do":"add","dtype":"|u1","shape":[2,28,28],"labels":[true,3],"bytes":0}\\n'`,
  ];
  const script = [add(40), ...broken, `printf '{"id":"b","do":"compute"}\\n'`, `printf '{"id":6,"do":"reset","by'`];
  const answers = await answersTo(script.join("; "), workspace.folder);
  assertEquals(answers[0], { id: "a", ok: true, images: 40, bytes: 0 });
  const errors = answers.slice(1, -1);
  assertEquals(errors.map(({ id, ok }) => [id, ok]), [
    ...Array(4).fill([null, false]),
    ...[1, 3, 4, 5, null, 7, 8, 9].map((id) => [id, false]),
  ]);
  assertMatch(String(errors[6].error), /2×28×28 of <f4 are 6272 bytes, found 3/);
  const { id, ok, score } = answers.at(-1) as { id: string; ok: boolean; score: Record<string, number> };
  assertEquals([id, ok, score.fake_images], ["b", true, 40]);
});

/**
 * Scores 30 digits with a cache in a home of some kind; gives the answers, and why nothing is kept.
 *
 * @param home bash that makes it, and sets variables to name it
 */
async function scoreAt(folder: string, home: string): Promise<{ answers: unknown[]; reasons: string[] }> {
  const shell = `${home}
    { ${add(30)}; printf '{"id":"b","do":"compute"}\n'; } | "$0" scorer --data data --threads 1 "$@"`;
  const { code, stdout, stderr } = await resultOf(startShell(shell, [], folder));
  assertEquals(code, 0, stderr);
  const answers = stdout.trim().split("\n").slice(1).map((line) => JSON.parse(line));
  return { answers, reasons: stderr.match(/(?<=nothing is kept for the next time: ).*/g) ?? [] };
}

Deno.test("scorer: the cache is used by the next and by two at a time; where there can be none that is said once", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const home = "export XDG_CACHE_HOME=$PWD/cache";
  const [first, second] = await Promise.all([scoreAt(folder, home), scoreAt(folder, home)]);
  assertEquals(second, first);
  assertEquals(first.reasons, []);
  const kept = () => [...Deno.readDirSync(`${folder}/cache/digit-fid`)];
  assertEquals(kept().length, 1);
  const path = `${folder}/cache/digit-fid/${kept()[0].name}`, { ino } = Deno.statSync(path);

  const unset = "unset XDG_CACHE_HOME HOME LOCALAPPDATA";
  const [next, none, homeless, relative] = await Promise.all(
    [home, `${home}; set -- --no-cache`, unset, `${unset}; export XDG_CACHE_HOME=cache HOME=.`].map((each) =>
      scoreAt(folder, each)
    ),
  );
  assertEquals([next, none], [first, first]);
  assertEquals(Deno.statSync(path).ino, ino, "the next one reads it");
  for (const { answers, reasons } of [homeless, relative]) {
    assertEquals([answers, reasons], [first.answers, ["there is no home folder"]]);
  }
  assertEquals(kept().length, 1);
});

Deno.test({
  name: "scorer: on a full disk and in a home that cannot be written, scores are the same, and that is said once",
  ignore: !await canMount(), // needs root
  async fn() {
    using workspace = await Workspace.create();
    const { folder } = workspace;
    const expected = await scoreAt(folder, "set -- --no-cache");
    const mounted = (options: string) => `
      if [[ -z \${MOUNTED-} ]]; then export MOUNTED=1; exec unshare --mount /bin/bash -c "$BASH_EXECUTION_STRING" "$0" "$@"; fi
      mkdir -p home; mount -t tmpfs -o ${options} none home; export XDG_CACHE_HOME=$PWD/home`;
    const file = `${folder}/home/digit-fid/real-[0-9a-f]{32}.safetensors`;
    for (
      const [options, reason] of [
        ["size=16k", `cannot write ${file}: the disk is full`],
        ["ro", `cannot write ${file}: the file system is read-only`],
      ]
    ) {
      const { answers, reasons } = await scoreAt(folder, mounted(options));
      assertEquals([answers, reasons.length], [expected.answers, 1]);
      assertMatch(reasons[0], new RegExp(`^${reason}$`));
    }
  },
});
