/** The program as one file: built once, and run where nothing else of it is. */
import { checkoutPath } from "../../lib/checkout.ts";
import { assertAlmostEquals, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { commandsIn, packedCommands, unionOfPermissions } from "../../lib/packaging/commands.ts";
import { digitFid, type Result, resultOf, startShell, Workspace } from "../support/cli.ts";
import { reference, referencePath } from "../support/support.ts";
import { TemporaryFolder } from "../support/folders.ts";

const DIST = checkoutPath("dist");
/** A program for Linux that is not Deno's runtime, but what `deno compile` adds to it does no harm. */
const ECHO = "/usr/bin/echo";

const command = (line: string) => ({ description: "does something", command: line });

const TASKS = {
  check: "deno lint",
  help: command("deno run --no-prompt main.ts help"),
  train: command("deno run --allow-env=A,B --allow-read --allow-write main.ts train"),
  serve: command("deno run --allow-env=B,C --allow-read=. --allow-net=127.0.0.1 main.ts serve"),
  bench: command("deno run --allow-run=deno main.ts bench"),
};

Deno.test("packed commands: those that run nothing else, with their own permissions", () => {
  assertEquals(packedCommands(commandsIn(TASKS), "lib/main.js"), {
    help: command("deno run --no-prompt lib/main.js help"),
    train: command("deno run --allow-env=A,B --allow-read --allow-write lib/main.js train"),
    serve: command("deno run --allow-env=B,C --allow-read=. --allow-net=127.0.0.1 lib/main.js serve"),
  });
});

Deno.test("union of permissions: a flag without a value holds those with one", () => {
  const { train, serve } = TASKS;
  const flags = ["--allow-env=A,B", "--allow-env=B,C", "--allow-net=127.0.0.1", "--allow-read", "--allow-write"];
  assertEquals(unionOfPermissions({ train, serve }).sort(), flags);
});

/** A folder for executables, in the only one that the task may write to, and two outside of the checkout. */
class Place implements Disposable {
  readonly #folders = new DisposableStack();
  readonly dist: string;
  readonly home = this.#temporary();
  readonly empty = this.#temporary();

  constructor() {
    Deno.mkdirSync(DIST, { recursive: true });
    this.dist = this.#temporary(DIST);
  }

  /** Runs a file with nothing around it: no environment, no Deno and, as far as the machine lets us, no network. */
  async run(file: string, ...args: string[]): Promise<Result> {
    const script = "unshare --net true 2>/dev/null && net=(unshare --net); " +
      'exec "${net[@]}" env -i PATH=/usr/bin:/bin NO_COLOR=1 HOME="$1" "${@:2}"';
    return await resultOf(startShell(script, [this.home, file, ...args], this.empty));
  }

  /** What the cache holds of the program, besides the driver's shaders. */
  cached(): string[] {
    return [...Deno.readDirSync(`${this.home}/.cache/digit-fid`)].map(({ name }) => name)
      .filter((name) => !name.startsWith("mesa")).sort();
  }

  [Symbol.dispose](): void {
    this.#folders.dispose();
  }

  #temporary(parent?: string): string {
    return this.#folders.use(new TemporaryFolder(parent)).path;
  }
}

Deno.test("compile: deno compile makes the file where it has its runtime part", async () => {
  using place = new Place();
  const file = `${place.dist}/digit-fid`;
  const { code, stdout } = await digitFid(["compile", "--out", file, "--json"], undefined, { DENORT_BIN: ECHO });
  const { bytes, ...result } = JSON.parse(stdout);
  assertEquals({ code, ...result }, { code: 0, out: file, self_extracting: false, version: config.version });
  assertLess(Deno.statSync(ECHO).size + 5e6, bytes, "the program is in there");
  assertEquals([...Deno.readDirSync(place.dist)].map(({ name }) => name), ["digit-fid"]);
  assertEquals((await place.run(file, "hello")).stdout, "hello\n");
});

Deno.test("compile: a file that unpacks itself runs every command from an empty folder", async (t) => {
  using place = new Place();
  const file = `${place.dist}/digit-fid`;
  const run = (...args: string[]) => place.run(file, ...args);

  await t.step("it is built where the runtime part is missing", async () => {
    const args = ["compile", "--with-data", "--out", file];
    const { code, stdout } = await digitFid(args, undefined, { DENORT_BIN: "/nowhere" });
    assertEquals(code, 0);
    assertMatch(stdout, /^deno compile does not work here \(Could not find denort at '\/nowhere'\): .*$/m);
    assertEquals([...Deno.readDirSync(place.dist)].map(({ name }) => name), ["digit-fid"]);
  });

  await t.step("of two first starts at once, one unpacks it", async () => {
    const [one, two] = await Promise.all([run("help"), run("help")]);
    assertEquals([one.code, two.code], [0, 0]);
    assertEquals(one.stdout, two.stdout);
    assertMatch(one.stderr + two.stderr, /^digit-fid: unpacking into .*, once\n$/);
    const [app, lock] = place.cached();
    assertEquals(place.cached(), [app, `${app}.lock`]);
    assertEquals(lock, `${app}.lock`);
  });

  await t.step("a later start takes less than 2 s", async () => {
    const seconds: number[] = [];
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      assertEquals((await run("help")).stderr, "");
      seconds.push((performance.now() - start) / 1000);
    }
    assertLess(Math.min(...seconds), 2);
  });

  await t.step("train, eval, activations, fid and report work", async () => {
    using workspace = await Workspace.create();
    const data = ["--data", `${workspace.folder}/data`, "--quiet"];
    const network = ["--weights", "run/model.safetensors"];
    const succeed = async (...command: string[]) => {
      const { code, stderr } = await run(...command, ...data);
      assertEquals(code, 0, `${command.join(" ")}: ${stderr}`);
    };
    await succeed("train", "--epochs", "1", "--out", "run");
    await Promise.all([
      succeed("activations", ...network, "--out", "activations"),
      succeed("fid", "--real", "mnist-train", "--fake", "mnist-test"),
      succeed("report", ...network, "--out", "report.html"),
    ]);
    assertStringIncludes(Deno.readTextFileSync(`${place.empty}/report.html`), `src="data:image/svg+xml`);

    const evaluation = await run("eval", "--weights", referencePath("torch-mlp-step200.safetensors"), "--json");
    const { accuracy } = JSON.parse(evaluation.stdout);
    const { val_accuracy } = (await reference("mlp")).after_200_steps;
    assertAlmostEquals(accuracy, val_accuracy, 1e-3, "accuracy on the MNIST within");
  });

  await t.step("its commands have the permissions of the checkout's tasks", () => {
    const [app] = place.cached();
    const { tasks } = JSON.parse(Deno.readTextFileSync(`${place.home}/.cache/digit-fid/${app}/deno.json`));
    for (const name of ["train", "eval", "activations", "fid", "report"] as const) {
      assertEquals(tasks[name].command.match(/--\S+/g), config.tasks[name].command.match(/--\S+/g));
    }
    assertEquals(["compile", "bench", "test"].filter((name) => name in tasks), []);
  });

  await t.step("a damaged cache is made again", async () => {
    const [app] = place.cached();
    const main = `${place.home}/.cache/digit-fid/${app}/lib/main.js`;
    const { size } = Deno.statSync(main);
    Deno.truncateSync(main, size - 1);
    const { code, stderr } = await run("help");
    assertEquals({ code, size: Deno.statSync(main).size }, { code: 0, size });
    assertMatch(stderr, /^digit-fid: unpacking into /);
  });

  await t.step("a damaged file is refused, and leaves nothing", async () => {
    Deno.removeSync(`${place.home}/.cache/digit-fid`, { recursive: true });
    Deno.truncateSync(file, Deno.statSync(file).size - 1);
    const { code, stderr } = await run("help");
    assertEquals(code, 1);
    assertEquals(stderr.split("\n").slice(1), [`digit-fid: ${file} is damaged: get it again`, ""]);
    assertMatch(place.cached().join(), /^[0-9a-f]{16}\.lock$/);
  });
});
