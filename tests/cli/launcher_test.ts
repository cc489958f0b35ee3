/** The launcher, in a checkout of its own with stand-ins for Deno, npm and apt-get. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../support/folders.ts";

const LAUNCHER = new URL("../../digit-fid", import.meta.url);
const TOOLS = "bash chmod dirname grep head id ldconfig mkdir mktemp readlink sed sort uname".split(" ");

/** Says that it is of that version, and prints how it is called. */
const fakeDeno = (version: string) =>
  `#!/bin/bash
[[ $1 == --version ]] && { echo "deno ${version} (stable, release, x86_64-unknown-linux-gnu)"; exit; }
printf '%s\\n' "cwd $INIT_CWD" "runtime $XDG_RUNTIME_DIR" "$@"
`;

/** Says how it is called, on stdout as the real one does, and installs a Deno. */
const FAKE_NPM = `#!/bin/bash
echo "npm $*"
mkdir -p "$3/node_modules/@deno/fake"
echo '${fakeDeno("2.9.6").replaceAll("'", `'"'"'`)}' >"$3/node_modules/@deno/fake/deno"
chmod +x "$3/node_modules/@deno/fake/deno"
`;

const FAKE_APT = `#!/bin/bash
echo "apt-get $*"
`;

/** A checkout with the launcher and one task, and a PATH with only what the launcher needs and the given programs. */
class Machine implements Disposable {
  readonly #temporary = new TemporaryFolder();
  readonly folder = this.#temporary.path;
  readonly checkout = `${this.folder}/check out`;
  readonly home = `${this.folder}/home`;

  constructor(programs: Record<string, string>) {
    for (const folder of [`${this.folder}/bin`, this.checkout, this.home]) Deno.mkdirSync(folder);
    Deno.copyFileSync(LAUNCHER, `${this.checkout}/digit-fid`);
    Deno.writeTextFileSync(`${this.checkout}/deno.json`, `{ "tasks": {\n  "train": "deno run main.ts"\n} }`);
    for (const tool of TOOLS) Deno.symlinkSync(`/usr/bin/${tool}`, `${this.folder}/bin/${tool}`);
    for (const [name, script] of Object.entries(programs)) {
      Deno.writeTextFileSync(`${this.folder}/bin/${name}`, script, { mode: 0o755 });
    }
    Deno.chmodSync(this.folder, 0o755);
  }

  async run(command: string[], env: Record<string, string> = { VK_DRIVER_FILES: "/some/driver.json" }) {
    const [program, ...args] = command;
    const { code, stdout, stderr } = await new Deno.Command("/bin/bash", {
      args: ["-c", 'exec "$0" "$@"', program, ...args],
      cwd: this.home,
      clearEnv: true,
      env: { PATH: `${this.folder}/bin`, TMPDIR: this.folder, ...env },
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
    "task",
    "--quiet",
    "--config",
    `${machine.checkout}/deno.json`,
    "train",
    "--out",
    "a b",
    "$HOME",
  ]);
  const folder = runtime.replace("runtime ", "");
  assertEquals(Deno.statSync(folder).mode! & 0o777, 0o700);
});

Deno.test("the launcher leaves a word that is no task to the help task", async () => {
  using machine = new Machine({ deno: fakeDeno("2.9.0") });
  for (const args of [[], ["--help"], ["trian"], ["tasks"]]) {
    const { stdout } = await machine.run(["../check out/digit-fid", ...args], {});
    assertEquals(stdout.trimEnd().split("\n").slice(6), ["help", ...args]);
  }
});

Deno.test("the launcher keeps an XDG_RUNTIME_DIR that is set", async () => {
  using machine = new Machine({ deno: fakeDeno("2.9.6") });
  const { stdout } = await machine.run(["../check out/digit-fid"], { XDG_RUNTIME_DIR: "/run/user/7" });
  assertStringIncludes(stdout, "runtime /run/user/7\n");
});

Deno.test("the launcher installs Deno once where there is none, or an old one", async () => {
  const old = { deno: fakeDeno("2.8.9"), npm: FAKE_NPM };
  for (const programs of [{ npm: FAKE_NPM }, old] as Record<string, string>[]) {
    using machine = new Machine(programs);
    const first = await machine.run(["../check out/digit-fid", "train"]);
    assertStringIncludes(first.stderr, `installing Deno 2.9.6 into ${machine.checkout}/.deno`);
    assertStringIncludes(first.stderr, `npm install --prefix ${machine.checkout}/.deno`);
    assertStringIncludes(first.stderr, "deno@2.9.6\n");
    assertEquals(first.stdout.split("\n")[2], "task", "npm's own words stay off stdout");
    const second = await machine.run(["../check out/digit-fid", "train"]);
    assertEquals(second, { ...first, stderr: "" });
  }
});

Deno.test("the launcher says how to install Deno where npm is missing", async () => {
  using machine = new Machine({});
  const { code, stdout, stderr } = await machine.run(["../check out/digit-fid", "train"]);
  assertEquals({ code, stdout }, { code: 2, stdout: "" });
  assertStringIncludes(stderr, "  npm install --prefix ");
});

/** Hides the machine's Vulkan drivers from a command, which takes root and a mount namespace. */
const WITHOUT_DRIVERS = ["/usr/bin/unshare", "--mount", "/bin/bash", "-c"];
const HIDE = "for d in /usr/share /usr/local/share /etc; do [[ -d $d/vulkan/icd.d ]] && " +
  "/bin/mount -t tmpfs none $d/vulkan/icd.d; done; ";

async function canHideDrivers(): Promise<boolean> {
  using machine = new Machine({});
  return (await machine.run([...WITHOUT_DRIVERS, `${HIDE} true`])).code === 0;
}

Deno.test({
  name: "the launcher installs a Vulkan driver as root with apt-get, and else says how to",
  ignore: !await canHideDrivers(),
  async fn() {
    const apt = "apt-get update && apt-get install -y --no-install-recommends mesa-vulkan-drivers";
    using withApt = new Machine({ deno: fakeDeno("2.9.6"), "apt-get": FAKE_APT });
    const asRoot = await withApt.run([...WITHOUT_DRIVERS, `${HIDE} exec "../check out/digit-fid" train`], {});
    assertEquals(asRoot.code, 0);
    assertEquals(asRoot.stderr.split("\n").slice(1).join("\n"), apt.replace(" && ", "\n") + "\n");
    assert(asRoot.stdout.endsWith("\ntrain\n"));

    const asNobody = `${HIDE} exec /usr/bin/setpriv --reuid 65534 --clear-groups "../check out/digit-fid" train`;
    using withoutApt = new Machine({ deno: fakeDeno("2.9.6") });
    for (
      const [machine, script] of [[withApt, asNobody], [withoutApt, `${HIDE} "../check out/digit-fid" train`]] as const
    ) {
      const { code, stdout, stderr } = await machine.run([...WITHOUT_DRIVERS, script], {});
      assertEquals({ code, stdout }, { code: 2, stdout: "" });
      assertStringIncludes(stderr, `\n  ${apt}\n`);
    }
    const help = await withoutApt.run([...WITHOUT_DRIVERS, `${HIDE} "../check out/digit-fid" train --help`], {});
    assertEquals({ code: help.code, stderr: help.stderr }, { code: 0, stderr: "" });
  },
});
