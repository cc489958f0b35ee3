/** One rule for all that tasks write: what is there is replaced only by force, if it is of the kind, and not an input. */
import { assertEquals, assertRejects } from "@std/assert";
import { EXECUTABLE, type Kind, kindNamed, LAYERS_MODEL, ONNX, REPORT, STATISTICS, WEIGHTS } from "../../cli/kinds.ts";
import { checkFile, checkFiles, Saving } from "../../cli/results.ts";
import { Folder } from "../../cli/folder.ts";
import { checkoutPath } from "../../lib/checkout.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { encodeOnnx } from "../../lib/export/onnx.ts";
import { encodeLayersModel } from "../../lib/export/layers_model.ts";
import { listFiles } from "../../lib/formats/files.ts";
import { writeFolderAtomic } from "../../lib/formats/folders.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { encodePng } from "../../lib/formats/png.ts";
import { encodeSafetensors, floatTensor } from "../../lib/formats/safetensors.ts";
import { initialParameters, parametersOf } from "../../lib/model.ts";
import { inFolder } from "../support/folders.ts";

const WEIGHTS_FILE = checkoutPath("weights/reference-v2.safetensors");
const STATISTICS_FILE = checkoutPath("weights/reference-v2.stats.safetensors");
const NETWORK = { arch: "mlp", parameters: initialParameters("mlp", 0) } as const;

/** A file of each kind. */
const SAMPLES: [Kind, string, Uint8Array | string][] = [
  [kindNamed("a.png"), "png", encodePng({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) })],
  [kindNamed("a.svg"), "svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`],
  [kindNamed("a.npy"), "npy", encodeNpy([1], new Uint8Array(1))],
  [REPORT, "html", "<!doctype html><title>x – digit-fid report</title>"],
  [STATISTICS, "stats", Deno.readFileSync(STATISTICS_FILE)],
  [WEIGHTS, "weights", Deno.readFileSync(WEIGHTS_FILE)],
  [ONNX, "onnx", encodeOnnx(NETWORK, {})],
  [EXECUTABLE, "program", "#!/usr/bin/env bash\n"],
];

Deno.test("results: a file is replaced by force, and only by one of its kind", () =>
  inFolder(async (folder) => {
    for (const [, name, content] of SAMPLES) await Deno.writeFile(`${folder}/${name}`, bytesOf(content));
    await Deno.writeTextFile(`${folder}/notes`, "mine");
    await Deno.writeTextFile(`${folder}/empty`, "");
    await Deno.writeTextFile(`${folder}/page`, "<!doctype html><title>mine</title>");
    const [{ name }] = parametersOf("mlp");
    await Deno.writeFile(
      `${folder}/tensors`,
      encodeSafetensors(new Map([[name, floatTensor([1], new Float32Array(1))]])),
    );
    const names = await listFiles(folder);
    for (const [kind, own] of SAMPLES) {
      const path = `${folder}/${own}`;
      await assertRejects(() => checkFile(path, kind, { force: false, inputs: [] }), DigitFidError, "is there already");
      await checkFile(path, kind, { force: true, inputs: [] });
      for (const other of names.filter((name) => name !== own)) {
        const check = () => checkFile(`${folder}/${other}`, kind, { force: true, inputs: [] });
        const message = `${folder}/${other} is there, but is no ${kind.name}: choose another name`;
        await assertRejects(check, DigitFidError, message);
      }
    }
    await checkFile(`${folder}/new`, REPORT, { force: false, inputs: [] });
    assertEquals(await listFiles(folder), names, "looking leaves nothing behind");
  }));

Deno.test("results: a folder for tfjs is replaced only if it is one of ours", () =>
  inFolder(async (folder) => {
    const path = `${folder}/model`;
    await writeFolderAtomic(path, encodeLayersModel(NETWORK, {}));
    await checkFile(path, LAYERS_MODEL, { force: true, inputs: [] });
    await assertRejects(() => checkFile(path, ONNX, { force: true, inputs: [] }), DigitFidError, "it is a folder");
    await Deno.writeTextFile(`${path}/model.json`, `{"format":"layers-model","generatedBy":"keras"}`);
    await assertRejects(() => checkFile(path, LAYERS_MODEL, { force: true, inputs: [] }), DigitFidError, "is no tfjs");
  }));

Deno.test("results: what the same call reads is never replaced, by whatever name", () =>
  inFolder(async (folder) => {
    await Deno.copyFile(WEIGHTS_FILE, `${folder}/w`);
    await Deno.symlink(`${folder}/w`, `${folder}/link`);
    for (
      const inputs of [[`${folder}/w`], [`${folder}/link`], [folder], ["none", `${folder}/../${basename(folder)}/w`]]
    ) {
      for (const name of ["w", "link"]) {
        const check = () => checkFile(`${folder}/${name}`, WEIGHTS, { force: true, inputs });
        await assertRejects(check, DigitFidError, "is read by the same command: choose another name");
      }
    }
    await checkFile(`${folder}/beside`, WEIGHTS, { force: false, inputs: [folder] });
    for (const [file, kind] of [[WEIGHTS_FILE, WEIGHTS], [STATISTICS_FILE, STATISTICS]] as const) {
      const check = () => checkFile(file, kind, { force: true, inputs: [] });
      await assertRejects(check, DigitFidError, "is read by the same command", "the reference network's own");
    }
  }));

Deno.test("results: several files are looked at together, and named", () =>
  inFolder(async (folder) => {
    const svgs = (names: string) => new Map([...names].map((name) => [`${name}.svg`, kindNamed(".svg")]));
    for (const name of "bcde") await Deno.writeTextFile(`${folder}/${name}.svg`, "<svg/>");
    const refused = async (names: string, message: string) => {
      const { message: found } = await assertRejects(
        () => checkFiles(folder, svgs(names), { force: false, inputs: [] }),
        DigitFidError,
      );
      assertEquals(found, `${folder}/${message}`);
    };
    await refused("abx", "b.svg is there already: replace it");
    await refused("abc", "b.svg, c.svg are there already: replace them");
    await refused("abcde", "b.svg, c.svg, d.svg and 1 more are there already: replace them");
    await checkFiles(folder, svgs("abcde"), { force: true, inputs: [] });
  }));

Deno.test("results: a place that cannot be written is known before the work", () =>
  inFolder(async (folder) => {
    const check = (path: string) => checkFile(`${folder}/${path}`, REPORT, { force: true, inputs: [] });
    await assertRejects(() => check("none/report.html"), DigitFidError, "no such file or folder");
    await Deno.writeTextFile(`${folder}/file`, "");
    await assertRejects(() => check("file/report.html"), DigitFidError, "a part of the path is a file");
    await Deno.mkdir(`${folder}/report.html`);
    await assertRejects(() => check("report.html"), DigitFidError, "it is a folder, not a file");
  }));

Deno.test("results: what a killed process left in writing the same file goes; what is young, or a user's, stays", () =>
  inFolder(async (folder) => {
    const old = ["r.html.0123abcd.tmp", "r.html.tmp", "notes.0123abcd.tmp", "r.html.0123abcx.tmp"];
    const young = "r.html.89abcdef.tmp"; // another process may be writing it
    for (const name of [...old, young]) await Deno.writeTextFile(`${folder}/${name}`, "half");
    for (const name of old) await Deno.utime(`${folder}/${name}`, new Date(0), new Date(Date.now() - 3_601_000));
    await checkFile(`${folder}/r.html`, REPORT, { force: false, inputs: [] });
    assertEquals(await listFiles(folder), [...old.slice(1), young].sort());
  }));

Deno.test("results: a folder is one command's at a time, and goes away if nothing comes into it", () =>
  inFolder(async (parent) => {
    const path = `${parent}/figures`;
    const rule = { force: false, inputs: [] };
    {
      using _folder = await Folder.open(path, ["a.svg"], rule);
      await assertRejects(() => Folder.open(path, ["a.svg"], rule), DigitFidError, `in use by process ${Deno.pid}`);
    }
    assertEquals([...Deno.readDirSync(parent)], []);
    {
      using folder = await Folder.open(path, ["a.svg"], rule);
      await Deno.writeTextFile(`${path}/a.svg`, "<svg>mine</svg>"); // came in between
      await assertRejects(() => folder.save("a.svg", "<svg/>"), DigitFidError, "is there already");
    }
    assertEquals(await Deno.readTextFile(`${path}/a.svg`), "<svg>mine</svg>");
    assertEquals(await listFiles(path), ["a.svg"]);
  }));

Deno.test("results: what cannot be saved does not stop the work, and is told at its end", async () => {
  const saving = new Saving();
  await saving.attempt(() => Promise.resolve());
  saving.check();
  await saving.attempt(() => Promise.reject(new DigitFidError("full")));
  await saving.attempt(() => Promise.reject(new DigitFidError("not tried any more")));
  await assertRejects(() => Promise.try(() => saving.check()), DigitFidError, "full");
});

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

Deno.test("results: a folder that a killed process was making goes, the older one that it had moved away comes back", () =>
  inFolder(async (folder) => {
    const path = `${folder}/model`, left = `${path}.0123abcd.tmp`;
    const leave = (parts: Record<string, string[]>) => {
      for (const [part, names] of Object.entries(parts)) {
        Deno.mkdirSync(`${left}/${part}`, { recursive: true });
        for (const name of names) {
          Deno.writeTextFileSync(`${left}/${part}/${name}`, `{"generatedBy":"digit-fid"} ${part}`);
        }
      }
      Deno.utimeSync(left, 0, 0);
    };
    const look = () => checkFile(path, LAYERS_MODEL, { force: true, inputs: [] });
    const there = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    leave({ new: ["weights.bin", "model.json.0123abcd.tmp"] });
    await look();
    assertEquals(there(), []);
    leave({ new: ["model.json", "weights.bin"], old: ["model.json", "weights.bin"] });
    await look();
    assertEquals([there(), Deno.readTextFileSync(`${path}/model.json`).slice(-3)], [["model"], "old"]);
    leave({ new: ["model.json"], old: ["model.json"] });
    await look();
    assertEquals(there(), ["model"]);
    leave({ new: ["model.json"], mine: ["notes.txt"] });
    await look();
    assertEquals([there(), Deno.readTextFileSync(`${left}/mine/notes.txt`).slice(-4)], [
      ["model", "model.0123abcd.tmp"],
      "mine",
    ]);
    Deno.removeSync(left, { recursive: true });
    leave({ new: ["notes.txt"] });
    Deno.utimeSync(left, new Date(), new Date());
    await look();
    assertEquals(there(), ["model", "model.0123abcd.tmp"], "a young one may be in the making");
  }));
