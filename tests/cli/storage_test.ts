/** What reaches the disk, and in which order; what cannot be removed from it; what an interrupted command leaves there. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { canMount, resultOf, startDigitFid, startShell, Workspace } from "../support/cli.ts";
import { TemporaryFolder } from "../support/folders.ts";

const TRAIN = ["train", "--data", "data", "--kernels", "cpu", "--batch-size", "16", "--log-every", "1000000"];

/** Whether system calls can be watched. */
const HAS_STRACE = (await resultOf(startShell("strace -V >/dev/null", [], "/"))).code === 0;

/** Runs a training whose system calls of storage are watched, each as `call path`; faults may be injected. */
async function watched(folder: string, faults = ""): Promise<{ code: number; stderr: string; calls: string[] }> {
  const script = `strace -f -y -qq -o calls ${faults} -e trace=fsync,fdatasync,rename,mkdir "$0" "$@" 2>errors`;
  const { code } = await resultOf(startShell(script, [...TRAIN, "--epochs", "2", "--out", "run"], folder));
  const lines = Deno.readTextFileSync(`${folder}/calls`).split("\n");
  const calls = lines.flatMap((line) => {
    const [, call, from, to] = /(fsync|rename|mkdir)\((?:\d+<|")([^">]*)[">](?:, "([^"]*)")?.* = 0$/.exec(line) ?? [];
    return call === undefined ? [] : [`${call} ${(to ?? from).split("/run").slice(1).join("/run") || "."}`];
  });
  return { code, stderr: Deno.readTextFileSync(`${folder}/errors`), calls };
}

Deno.test({
  name:
    "storage: every file is on the disk before it gets its name, and its name before the run goes on (needs strace)",
  ignore: !HAS_STRACE,
  async fn() {
    using workspace = await Workspace.create();
    const { code, calls } = await watched(workspace.folder);
    assertEquals(code, 0);
    const renames = calls.flatMap((call, i) => call.startsWith("rename /") ? [i] : []);
    assert(renames.length >= 9, `three files at the start and after each of two epochs:\n${calls.join("\n")}`);
    for (const i of renames) {
      const name = calls[i].slice("rename ".length);
      assertMatch(calls[i - 1], new RegExp(`^fsync ${name}\\.[0-9a-f]{8}\\.tmp$`));
      assertEquals(calls[i + 1], "fsync .", `the folder after ${name}`);
    }
  },
});

Deno.test({
  name: "storage: a disk that cannot take a folder's entries is told, not passed over (needs strace)",
  ignore: !HAS_STRACE,
  async fn() {
    using workspace = await Workspace.create();
    Deno.mkdirSync(`${workspace.folder}/run`);
    const { code, stderr } = await watched(workspace.folder, "-P run -e inject=fsync:error=EIO");
    assertMatch(stderr, /^digit-fid: cannot write run\/\S+: the disk reports an error/m);
    assertEquals(code, 1);
  },
});

Deno.test({
  name: "storage: an old checkpoint that cannot be removed is a warning",
  ignore: !await canMount(), // needs root
  async fn() {
    using workspace = await Workspace.create();
    // A file that another is mounted on cannot be removed, not even by root.
    const script = `exec unshare --mount bash -c '
      "$0" "$@" --epochs 1 --quiet >/dev/null
      mount --bind run/checkpoint-00000004.safetensors run/checkpoint-00000004.safetensors
      "$0" "$@" --epochs 4 --resume --quiet >/dev/null; echo "code $?"
    ' "$0" "$@"`;
    const { stdout, stderr } = await resultOf(startShell(script, [...TRAIN, "--out", "run"], workspace.folder));
    assertEquals(stdout, "code 0\n");
    assertEquals(stderr, "warning: cannot remove run/checkpoint-00000004.safetensors: it is in use\n");
    const names = [...Deno.readDirSync(`${workspace.folder}/run`)].map(({ name }) => name).sort();
    assertEquals(names.filter((name) => name.startsWith("checkpoint")), [
      "checkpoint-00000004.safetensors",
      "checkpoint-00000012.safetensors",
      "checkpoint-00000016.safetensors",
    ]);
  },
});

Deno.test({
  name: "storage: a score is shown also where saving its statistics fails, and the exit code says so",
  ignore: !await canMount(),
  async fn() {
    using workspace = await Workspace.create();
    Deno.mkdirSync(`${workspace.folder}/disk`);
    const script = `exec unshare --mount bash -c '
      mount -t tmpfs -o size=64k none disk
      "$0" "$@"; echo "code $?" >&2; ls -A disk >&2
    ' "$0" "$@"`;
    const images = ["--fake", "mnist-test", "--real", "mnist-train", "--data", "data", "--kernels", "cpu"];
    const args = ["fid", ...images, "--save-stats", "disk/s.safetensors", "--json"];
    const { stdout, stderr } = await resultOf(startShell(script, args, workspace.folder));
    assert(Number.isFinite(JSON.parse(stdout).fid));
    assertMatch(stderr, /^digit-fid: cannot write disk\/s\.safetensors: the disk is full\ncode 1\n$/m);
  },
});

Deno.test("storage: Ctrl-C while compiling leaves nothing", async () => {
  const dist = checkoutPath("dist");
  Deno.mkdirSync(dist, { recursive: true });
  using folder = new TemporaryFolder(dist);
  const process = startDigitFid(["compile", "--out", `${folder.path}/digit-fid`]);
  let sent = false;
  const { code, stderr } = await resultOf(process, (stdout) => {
    if (sent || !stdout.includes("bundling")) return;
    sent = true;
    setTimeout(() => process.kill("SIGINT"), 300);
  });
  assertEquals({ code, stderr }, { code: 130, stderr: "digit-fid: interrupted: nothing is left of it\n" });
  assertEquals([...Deno.readDirSync(folder.path)], []);
});
