/** The launcher: in a checkout of its own with stand-ins for Deno and npm, and as the process that works. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { digitFid, resultOf, startDigitFid, startShell, Workspace } from "../support/cli.ts";
import { TemporaryFolder } from "../support/folders.ts";

const LAUNCHER = new URL("../../digit-fid", import.meta.url);
const TOOLS = "bash chmod cksum flock grep mkdir mktemp mv readlink rm sed sleep sort uname".split(" ");

/** Says that it is of that version, says on stderr that it caches packages, and else prints how it is called. */
const fakeDeno = (version: string) =>
  `#!/bin/bash
[[ $1 == cache ]] && { echo "$*" >&2; exit "\${NO_NETWORK:-0}"; }
[[ $1 == --version ]] && { echo "deno ${version} (stable, release, x86_64-unknown-linux-gnu)"; exit; }
printf '%s\\n' "cwd $INIT_CWD" "runtime $XDG_RUNTIME_DIR" "$@"
`;

/** Says how it is called, on stdout as the real one does, and installs a Deno. */
const FAKE_NPM = `#!/bin/bash
echo "npm $*"
mkdir -p "$3/node_modules/@deno/fake"
sleep "\${NPM_SECONDS:-0}"
echo '${fakeDeno("2.9.6").replaceAll("'", `'"'"'`)}' >"$3/node_modules/@deno/fake/deno"
chmod +x "$3/node_modules/@deno/fake/deno"
`;

const CONFIG = `{
  "version": "1.2.3",
  "tasks": {
    "help": {
      "description": "list the commands",
      "command": "deno run --no-prompt main.ts help"
    },
    "train": {
      "description": "train it",
      "command": "deno run --no-prompt --allow-read=/ main.ts train"
    },
    "check": "deno lint && deno check"
  }
}
`;

/** A checkout with the launcher and one task, and a PATH with only what the launcher needs and the given programs. */
class Machine implements Disposable {
  readonly #temporary = new TemporaryFolder();
  readonly folder = this.#temporary.path;
  readonly checkout: string;
  readonly home = `${this.folder}/home`;

  constructor(programs: Record<string, string>, name = "check out") {
    this.checkout = `${this.folder}/${name}`;
    for (const folder of [`${this.folder}/bin`, this.checkout, this.home]) Deno.mkdirSync(folder);
    Deno.copyFileSync(LAUNCHER, `${this.checkout}/digit-fid`);
    Deno.writeTextFileSync(`${this.checkout}/deno.json`, CONFIG);
    for (const tool of TOOLS) Deno.symlinkSync(`/usr/bin/${tool}`, `${this.folder}/bin/${tool}`);
    for (const [name, script] of Object.entries(programs)) {
      Deno.writeTextFileSync(`${this.folder}/bin/${name}`, script, { mode: 0o755 });
    }
    Deno.chmodSync(this.folder, 0o755);
  }

  async run(command: string[], env: Record<string, string> = {}) {
    const [program, ...args] = command;
    const { code, stdout, stderr } = await new Deno.Command("/bin/bash", {
      args: ["-c", 'exec "$0" "$@"', program, ...args],
      cwd: this.home,
      clearEnv: true,
      env: { PATH: `${this.folder}/bin`, HOME: this.home, TMPDIR: this.folder, ...env },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  [Symbol.dispose](): void {
    this.#temporary[Symbol.dispose]();
  }
}

Deno.test("the launcher hands the task and its arguments to Deno, from any folder, through a symlink", async () => {
  using machine = new Machine({ deno: fakeDeno("2.10.0") });
  Deno.symlinkSync("../check out/digit-fid", `${machine.home}/link`);
  const { code, stdout, stderr } = await machine.run(["./link", "train", "--out", "a b", "$HOME"]);
  assertEquals(stderr, "");
  assertEquals(code, 0);
  const [cwd, runtime, ...args] = stdout.trimEnd().split("\n");
  assertEquals(cwd, `cwd ${machine.home}`);
  assertEquals(args, [
    "run",
    "--cached-only",
    "--no-prompt",
    "--allow-read=/",
    "main.ts",
    "train",
    "--out",
    "a b",
    "$HOME",
  ]);
  const folder = runtime.replace("runtime ", "");
  assertEquals(Deno.statSync(folder).mode! & 0o777, 0o700);
});

Deno.test("the launcher hands the tasks of developers to deno task, and any other word to help", async () => {
  using machine = new Machine({ deno: fakeDeno("2.9.0") });
  const argsFor = async (word: string) =>
    (await machine.run(["../check out/digit-fid", word])).stdout.trimEnd().split("\n").slice(2);
  assertEquals(await argsFor("check"), ["task", "--quiet", "check"]);
  for (const word of ["trian", "tasks", ".*", "vega/x"]) {
    assertEquals(await argsFor(word), ["run", "--cached-only", "--no-prompt", "main.ts", "help", word]);
  }
});

Deno.test("the launcher gives help and version without a Deno, and installs none for it or for a word that is no command", async () => {
  using machine = new Machine({ npm: FAKE_NPM });
  const help = "Usage: digit-fid COMMAND [FLAGS]\n\n" +
    `  help         list the commands\n  train        train it\n` +
    "\ndigit-fid COMMAND --help lists a command's flags.\n";
  for (const args of [[], ["help"], ["--help"], ["-h"]]) {
    const result = await machine.run(["../check out/digit-fid", ...args]);
    assertEquals(result, { code: 0, stdout: help, stderr: "" });
  }
  const version = await machine.run(["../check out/digit-fid", "--version"]);
  assertEquals(version, { code: 0, stdout: "digit-fid 1.2.3\n", stderr: "" });
  const { code, stdout, stderr } = await machine.run(["../check out/digit-fid", "tr\x1bain"]);
  assertEquals({ code, stdout }, { code: 2, stdout: "" });
  assertEquals(
    stderr,
    "digit-fid: unknown command $'tr\\Eain'; the commands are listed by\n  digit-fid help\n",
  );
});

Deno.test("the launcher's own help and version are the program's", async () => {
  const program = async (...args: string[]) =>
    (await resultOf(
      startShell('exec "$DENO" run --no-prompt "${0%/*}/main.ts" "$@"', args, ".", { DENO: Deno.execPath() }),
    )).stdout;
  assertEquals((await digitFid(["help"])).stdout, await program("help"));
  assertEquals((await digitFid(["--version"])).stdout, await program("--version"));
});

Deno.test("the launcher keeps an XDG_RUNTIME_DIR that is set", async () => {
  using machine = new Machine({ deno: fakeDeno("2.9.6") });
  const { stdout } = await machine.run(["../check out/digit-fid", "train"], { XDG_RUNTIME_DIR: "/run/user/7" });
  assertStringIncludes(stdout, "runtime /run/user/7\n");
});

Deno.test("the launcher says which limit of the system is too low, before Deno breaks off at it", async () => {
  using machine = new Machine({ deno: fakeDeno("2.9.6") });
  const started = (limit: string) =>
    machine.run(["/bin/bash", "-c", `ulimit ${limit} && exec "../check out/digit-fid" train`]);
  const refused: [string, string][] = [
    ["-n 63", "only 63 files may be open at a time, and 64 are needed:\n  ulimit -n 1024"],
    ["-v 39999999", "address space is limited to 39999999 kB, and 40000000 kB are needed:\n  ulimit -v unlimited"],
  ];
  for (const [limit, message] of refused) {
    assertEquals(await started(limit), { code: 2, stdout: "", stderr: `digit-fid: ${message}\n` });
  }
  assertEquals((await started("-n 64")).stderr, "");
});

Deno.test("the launcher adds no noise where there is no temporary folder", async () => {
  using machine = new Machine({ deno: fakeDeno("2.9.6") });
  const { code, stderr } = await machine.run(["../check out/digit-fid", "train"], { TMPDIR: "/proc" });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

Deno.test("the launcher installs Deno once where there is none, or an old one", async () => {
  const old = { deno: fakeDeno("2.8.9"), npm: FAKE_NPM };
  for (const programs of [{ npm: FAKE_NPM }, old] as Record<string, string>[]) {
    using machine = new Machine(programs);
    const first = await machine.run(["../check out/digit-fid", "train"]);
    assertStringIncludes(first.stderr, `installing Deno 2.9.6 into ${machine.checkout}/.deno`);
    assertStringIncludes(first.stderr, `npm install --prefix ${machine.checkout}/.deno`);
    assertStringIncludes(first.stderr, "deno@2.9.6\n");
    assertEquals(first.stdout.split("\n")[2], "run", "npm's own words stay off stdout");
    const second = await machine.run(["../check out/digit-fid", "train"]);
    assertEquals(second, { ...first, stderr: "" });
  }
});

Deno.test("the launcher says how to install Deno where npm is missing", async () => {
  using machine = new Machine({});
  const { code, stdout, stderr } = await machine.run(["../check out/digit-fid", "train"]);
  assertEquals({ code, stdout }, { code: 2, stdout: "" });
  assertStringIncludes(stderr, "  npm install --global deno@2.9.6\n");
});

Deno.test("the launcher replaces a Deno that is damaged, cut short or may not be run", async () => {
  for (const [content, mode] of [["\x7fELF", 0o755], ["", 0o755], [fakeDeno("2.9.6"), 0o644]] as const) {
    using machine = new Machine({ npm: FAKE_NPM });
    const folder = `${machine.checkout}/.deno/node_modules/@deno/fake`;
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(`${folder}/deno`, content, { mode });
    const { code, stdout, stderr } = await machine.run(["../check out/digit-fid", "train"]);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "\nrun\n");
    assertMatch(stderr, /^digit-fid: installing Deno .*\nnpm .*\n$/);
  }
});

Deno.test("of two first starts at once one installs Deno, and both work; a start that is killed leaves no half of one", async () => {
  using machine = new Machine({ npm: FAKE_NPM });
  const timeout = '"../check out/digit-fid" train & sleep 0.3; kill -9 $!; wait $! 2>/dev/null';
  await machine.run(["/bin/bash", "-c", timeout], { NPM_SECONDS: "0.6" });
  assertEquals([...Deno.readDirSync(`${machine.checkout}/.deno`)].map(({ name }) => name).sort(), [
    "digit-fid.lock",
    "new",
  ]);
  await new Promise((resolve) => setTimeout(resolve, 600)); // npm ends by itself

  const start = () => machine.run(["../check out/digit-fid", "train"], { NPM_SECONDS: "0.3" });
  const [one, two] = await Promise.all([start(), start()]);
  assertEquals([one.code, two.code], [0, 0]);
  assertEquals(one.stdout, two.stdout);
  assertMatch(one.stderr + two.stderr, /^digit-fid: installing Deno .*\nnpm .*\n$/);
  assertEquals([...Deno.readDirSync(`${machine.checkout}/.deno`)].map(({ name }) => name).sort(), [
    "digit-fid.lock",
    "node_modules",
  ]);
});

Deno.test("the launcher installs packages once for each deno.lock, and again if it failed", async () => {
  using machine = new Machine({ deno: fakeDeno("2.9.6") });
  const start = (env = {}) => machine.run(["../check out/digit-fid", "train"], env);
  const said = `digit-fid: installing packages into ${machine.home}/.cache/deno, once\ncache --quiet main.ts\n`;
  Deno.writeTextFileSync(`${machine.checkout}/deno.lock`, "1");
  const failed = await start({ NO_NETWORK: "1" });
  assertEquals({ code: failed.code, stdout: failed.stdout }, { code: 2, stdout: "" });
  assertEquals((await start()).stderr, said);
  assertEquals((await start()).stderr, "");
  Deno.writeTextFileSync(`${machine.checkout}/deno.lock`, "2");
  assertEquals((await start()).stderr, said);
});

Deno.test("the launcher says how to keep the packages elsewhere where the home cannot be written", async () => {
  using machine = new Machine({ deno: fakeDeno("2.9.6") });
  Deno.writeTextFileSync(`${machine.checkout}/deno.lock`, "1");
  const start = (env: Record<string, string>) => machine.run(["../check out/digit-fid", "train"], env);
  const { code, stderr } = await start({ HOME: "/proc" });
  const [, id] = /^ {2}export DENO_DIR=\/tmp\/deno-(\d+)$/m.exec(stderr) ?? [];
  const advice = `To keep the packages elsewhere:\n  export DENO_DIR=/tmp/deno-${id}\n`;
  assertEquals({ code, stderr }, { code: 2, stderr: `digit-fid: cannot write to /proc/.cache/deno. ${advice}` });
  assertEquals((await start({ HOME: "/proc", DENO_DIR: `${machine.folder}/deno-${id}` })).code, 0, "as advised");
});

Deno.test("the launcher works in folders with any name", async () => {
  for (const name of ["[a-z]*?", "line\nfeed\n", "'\"$HOME` \\", "-n", "%41#?"]) {
    using machine = new Machine({ npm: FAKE_NPM }, name);
    const { code, stderr } = await machine.run([`../${name}/digit-fid`, "train"]);
    assertEquals(code, 0, stderr);
    assertEquals(await machine.run([`../${name}/digit-fid`, "train"]).then(({ stderr }) => stderr), "");
  }
});

/** Whether this process may take the network away from a command, as root may. */
const WITHOUT_NETWORK = 'exec unshare --net "$0" "$@"';
const canHideNetwork = (await resultOf(startShell("exec unshare --net true", [], "."))).code === 0;

Deno.test({
  name: "once the packages are there, a command does without the network, and deno.lock stays as it is",
  ignore: !canHideNetwork,
  async fn() {
    await digitFid(["help", "eval"]);
    const lock = () => Deno.statSync(checkoutPath("deno.lock")).mtime;
    const before = lock();
    for (const command of ["eval", "figures", "serve", "export", "bench"]) {
      const { code, stdout, stderr } = await resultOf(startShell(WITHOUT_NETWORK, [command, "--help"], "."));
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      assertStringIncludes(stdout, `digit-fid ${command}: `);
    }
    assertEquals(lock(), before);
  },
});

const TRAIN = ["train", "--data", "data", "--batch-size", "32", "--epochs", "999999", "--out", "run"];

Deno.test("a killed command is gone: it is the process that was started", async () => {
  using workspace = await Workspace.create();
  const process = startDigitFid(TRAIN, workspace.folder);
  const result = resultOf(process, (stdout) => stdout.includes("epoch 1/") && process.kill("SIGKILL"));
  // Both pipes end only when nobody holds them any more.
  const { stdout } = await inTime(result, 60);
  assertStringIncludes(stdout, "epoch 1/");
});

Deno.test("a command ends with the time that Python's subprocess gives it", async () => {
  using workspace = await Workspace.create();
  const script = "import subprocess, sys\n" +
    "try: subprocess.run(sys.argv[1:], timeout=4)\nexcept subprocess.TimeoutExpired: print('out of time')";
  const python = startShell('exec python3 -I -c "$@"', [script, LAUNCHER.pathname, ...TRAIN], workspace.folder);
  // This ends only when nobody holds the pipe any more.
  assertMatch((await inTime(resultOf(python), 20)).stdout, /out of time\n$/);
});

/** What a promise gives, or an error if it takes longer than some seconds. */
async function inTime<T>(promise: Promise<T>, seconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) =>
    timer = setTimeout(() => reject(new Error("out of time")), 1000 * seconds)
  );
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
