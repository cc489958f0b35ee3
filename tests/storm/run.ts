/**
 * A storm of random faults over train, resume, fid and report: `deno task storm [FAULTS] [SEED]`. Whatever happens, no
 * epoch that was shown is lost, no wrong score ends with exit code 0, nothing of others is touched, no process is left.
 */
import { encodeNpy } from "../../lib/formats/npy.ts";
import { loadMnist } from "../../lib/data/mnist.ts";
import { Random } from "../../lib/random.ts";
import { digitFid, type Result, resultOf, startDigitFid, startShell, Workspace } from "../support/cli.ts";
import { answerHelp } from "../../cli/developers.ts";
import ownText from "./run.ts" with { type: "text" };

answerHelp(ownText);

const [faults = 200, seed = 0] = Deno.args.map(Number);
const random = new Random(seed, 0);
const SIGNALS = ["SIGKILL", "SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const;
const TRAIN = [
  "train",
  "--data",
  "data",
  "--epochs",
  "12",
  "--batch-size",
  "16",
  "--log-every",
  "5",
  "--kernels",
  "cpu",
];
const FID = ["fid", "--data", "data", "--fake", "fake.npy", "--json", "--quiet"];

/** What the commands give in fair weather. */
interface FairWeather {
  readonly model: string;
  readonly score: string;
  readonly report: string;
  /** Of the digits black on white, which another program may have put in their place. */
  readonly inverted: string;
  readonly milliseconds: { readonly train: number; readonly fid: number; readonly report: number };
}

/** A kind of fault: what happens, and what is wrong afterwards, if anything. */
type Fault = (place: Workspace, fair: FairWeather) => Promise<string | undefined>;

const FAULTS: Readonly<Record<string, Fault>> = {
  "train ended by a signal, then resumed": endedTraining,
  "train that may write only small files, then resumed": crampedTraining,
  "train --force ended by a signal, then resumed": endedReplacing,
  "train whose folder is moved, then back": movedFolder,
  "two trainings in one folder": twoTrainings,
  "train --force over another program's files": foreignFolder,
  "fid of a file that changes": changingFile,
  "fid ended by a signal": endedScore,
  "report ended by a signal over an older one": endedReport,
};

async function hashOf(path: string): Promise<string> {
  const bytes = await Deno.readFile(path).catch(() => new Uint8Array());
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function below(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, random.uniform() * milliseconds));
}

/** Sends a signal at some moment within the usual time, and waits for the end. */
async function endAtRandom(process: Deno.ChildProcess, within: number, signal?: Deno.Signal): Promise<Result> {
  const result = resultOf(process);
  await below(within);
  try {
    process.kill(signal ?? SIGNALS[random.below(SIGNALS.length)]);
  } catch { /* it was over before */ }
  return await result;
}

/** Goes on with a training until it is done; says what is not as it should be. */
async function resumed({ folder }: Workspace, fair: FairWeather, shown: string): Promise<string | undefined> {
  const begun = await Deno.stat(`${folder}/run/config.json`).then(() => true, () => false);
  const end = await digitFid([...TRAIN, "--out", "run", ...begun ? ["--resume"] : []], folder);
  if (end.code !== 0) return `resume: exit code ${end.code}: ${end.stderr}`;
  if (await hashOf(`${folder}/run/model.safetensors`) !== fair.model) return "resumed weights differ";
  const lines = (await Deno.readTextFile(`${folder}/run/metrics.csv`)).split("\n");
  for (const [, epoch, loss] of shown.matchAll(/^epoch (\d+)\/\d+, training loss ([\d.]+)/gm)) {
    const kept = lines.find((line) => line.startsWith(`${epoch},`))?.split(",")[1];
    if (Number(kept).toFixed(4) !== loss) return `epoch ${epoch} was shown with loss ${loss}, but kept is ${kept}`;
    if (end.stdout.includes(`epoch ${epoch}/`)) return `epoch ${epoch} was shown, and trained once more`;
  }
}

async function endedTraining(place: Workspace, fair: FairWeather) {
  const process = startDigitFid([...TRAIN, "--out", "run"], place.folder);
  const { stdout } = await endAtRandom(process, fair.milliseconds.train);
  return await resumed(place, fair, stdout);
}

async function crampedTraining(place: Workspace, fair: FairWeather) {
  const script = `ulimit -f ${20 + random.below(400)}; exec "$0" "$@"`;
  const { stdout } = await resultOf(startShell(script, [...TRAIN, "--out", "run"], place.folder));
  return await resumed(place, fair, stdout);
}

async function endedReplacing(place: Workspace, fair: FairWeather) {
  const { folder } = place, whole = [...TRAIN, "--out", "run"];
  const first = await digitFid([...whole, "--epochs", "3", "--seed", "5"], folder);
  if (first.code !== 0) return `the first: ${first.stderr}`;
  const id = () => JSON.parse(Deno.readTextFileSync(`${folder}/run/config.json`)).id;
  const [before, model] = [id(), await hashOf(`${folder}/run/model.safetensors`)];
  const { stdout } = await endAtRandom(startDigitFid([...whole, "--force"], folder), fair.milliseconds.train);
  if (id() !== before) return await resumed(place, fair, stdout);
  if (await hashOf(`${folder}/run/model.safetensors`) !== model) return "the run that was not replaced is another";
  const { code, stderr } = await digitFid(["train", "--out", "run", "--resume", "--epochs", "4"], folder);
  if (code !== 0) return `the run that was not replaced: ${stderr}`;
}

async function movedFolder(place: Workspace, fair: FairWeather) {
  const { folder } = place;
  const process = startDigitFid([...TRAIN, "--out", "run"], folder);
  const running = resultOf(process);
  await below(fair.milliseconds.train);
  const isMoved = await Deno.stat(`${folder}/run/config.json`).then(() => true, () => false);
  if (isMoved) await Deno.rename(`${folder}/run`, `${folder}/moved`);
  if (isMoved) await Deno.mkdir(`${folder}/run`);
  const { stdout } = await running;
  if (!isMoved) return await resumed(place, fair, stdout);
  const strays = [...Deno.readDirSync(`${folder}/run`)].map(({ name }) => name);
  if (strays.length > 0) return `in the place of the run's folder are ${strays}`;
  await Deno.remove(`${folder}/run`);
  await Deno.rename(`${folder}/moved`, `${folder}/run`);
  return await resumed(place, fair, stdout);
}

async function twoTrainings({ folder }: Workspace, fair: FairWeather) {
  const start = () => resultOf(startDigitFid([...TRAIN, "--out", "run"], folder));
  const first = start();
  await below(fair.milliseconds.train / 2);
  const results = await Promise.all([first, start()]);
  const codes = results.map(({ code }) => code).sort();
  if (codes.join() !== "0,1") return `exit codes ${codes}: ${results.map(({ stderr }) => stderr).join(" | ")}`;
  if (await hashOf(`${folder}/run/model.safetensors`) !== fair.model) return "the weights differ";
}

async function foreignFolder({ folder }: Workspace) {
  await Deno.mkdir(`${folder}/run`);
  const names = ["config.json", "model.safetensors", "checkpoint-500.safetensors", "notes.txt"];
  for (const name of names) await Deno.writeTextFile(`${folder}/run/${name}`, `{"of": "another program"}`);
  const { code } = await digitFid([...TRAIN, "--out", "run", "--force"], folder);
  if (code === 0) return "trained over another program's files";
  for (const name of names) {
    const text = await Deno.readTextFile(`${folder}/run/${name}`).catch(() => "nothing");
    if (text !== `{"of": "another program"}`) return `${name} was touched`;
  }
}

async function changingFile({ folder }: Workspace, fair: FairWeather) {
  const path = `${folder}/fake.npy`, whole = await Deno.readFile(path);
  const running = resultOf(startDigitFid(FID, folder));
  await below(fair.milliseconds.fid);
  if (random.below(2) === 0) await Deno.truncate(path, random.below(whole.length));
  else await Deno.writeFile(path, inverted(whole));
  const { code, stdout } = await running;
  await Deno.writeFile(path, whole);
  if (code === 0 && stdout !== fair.score && stdout !== fair.inverted) return `a wrong score: ${stdout}`;
}

/** The same array with black and white exchanged. */
function inverted(npy: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return npy.map((byte, i) => i < 128 ? byte : 255 - byte);
}

async function endedScore({ folder }: Workspace, fair: FairWeather) {
  const { code, stdout } = await endAtRandom(startDigitFid(FID, folder), fair.milliseconds.fid);
  if (code === 0 && stdout !== fair.score) return `a wrong score: ${stdout}`;
}

async function endedReport({ folder }: Workspace, fair: FairWeather) {
  const path = `${folder}/report.html`;
  const before = fair.report;
  await Deno.writeTextFile(path, before);
  const args = ["report", "--data", "data", "--out", "report.html", "--force"];
  const { code } = await endAtRandom(startDigitFid(args, folder), fair.milliseconds.report);
  const text = await Deno.readTextFile(path).catch(() => "");
  if (code === 0 && !text.trimEnd().endsWith("</html>")) return "half a report, with exit code 0";
  if (text !== before && !text.trimEnd().endsWith("</html>")) return "half a report in the place of the old one";
}

/** Processes that have the folder on their command line or as their own. */
function leftIn(folder: string): string[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => name).filter((pid) => {
    try {
      return /^\d+$/.test(pid) && Number(pid) !== Deno.pid &&
        (Deno.readTextFileSync(`/proc/${pid}/cmdline`) + Deno.readLinkSync(`/proc/${pid}/cwd`)).includes(folder);
    } catch {
      return false; // gone meanwhile, or not ours
    }
  });
}

async function makePlace(): Promise<Workspace> {
  const place = await Workspace.create();
  const { pixels } = await loadMnist(`${place.folder}/data`, "train");
  await Deno.writeFile(`${place.folder}/fake.npy`, encodeNpy([64, 28, 28], pixels));
  return place;
}

async function fairWeather(): Promise<FairWeather> {
  using place = await makePlace();
  const timed = async (args: string[]) => {
    const began = performance.now();
    const { code, stdout, stderr } = await digitFid(args, place.folder);
    if (code !== 0) throw new Error(`in fair weather: ${stderr}`);
    return { stdout, milliseconds: performance.now() - began };
  };
  const train = await timed([...TRAIN, "--out", "run"]), fid = await timed(FID);
  const report = await timed(["report", "--data", "data", "--out", "report.html"]);
  const page = await Deno.readTextFile(`${place.folder}/report.html`);
  await Deno.writeFile(`${place.folder}/fake.npy`, inverted(await Deno.readFile(`${place.folder}/fake.npy`)));
  const ofInverted = await timed(FID);
  return {
    inverted: ofInverted.stdout,
    model: await hashOf(`${place.folder}/run/model.safetensors`),
    score: fid.stdout,
    report: page,
    milliseconds: { train: train.milliseconds, fid: fid.milliseconds, report: report.milliseconds },
  };
}

const fair = await fairWeather();
const counts = new Map(Object.keys(FAULTS).map((name) => [name, { tried: 0, wrong: 0 }]));
for (let i = 0; i < faults; i++) {
  const name = Object.keys(FAULTS)[random.below(counts.size)];
  const count = counts.get(name)!;
  using place = await makePlace();
  let wrong = await FAULTS[name](place, fair);
  const left = leftIn(place.folder);
  if (left.length > 0) wrong = [wrong, `processes left: ${left.join(" ")}`].filter(Boolean).join("; ");
  count.tried++;
  if (wrong === undefined) continue;
  count.wrong++;
  console.log(`fault ${i}, ${name}: ${wrong}`);
}
for (const [name, { tried, wrong }] of counts) console.log(`${name}: ${tried} tried, ${wrong} wrong`);
Deno.exitCode = [...counts.values()].some(({ wrong }) => wrong > 0) ? 1 : 0;
