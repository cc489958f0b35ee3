/**
 * The same digits in every form that NumPy and PyTorch write them in (`tests/support/numpy_forms.py`): each is read as
 * the bytes themselves, or refused with advice that, when it is followed, is. Needs a Python with NumPy.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { limit } from "../../lib/data/images.ts";
import { openImages } from "../../lib/data/image_files.ts";
import type { ImageFileOptions } from "../../lib/data/image_options.ts";
import { checkedChunks } from "../../lib/data/sources.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { mnist } from "../support/mnist.ts";

const COUNT = 200;
const { pixels: BYTES } = limit(await mnist("train"), COUNT);
/** Forms that are refused at first. `array.…` advice is followed in Python, commands are run as they are. */
const REFUSED: Record<string, string> = {
  "int8-cast": "bytes were cast to a signed type",
  "int8-shifted": "if -128 is black",
  "int16-shifted": "if -128 is black",
  "imagenet-first": "ImageNet's mean and deviation",
  "imagenet-last": "ImageNet's mean and deviation",
  objects: "Python objects",
  raveled: "found 156800",
  "rgba-last": "without the fourth channel",
  last: "found 28×28×200",
  columns: "if each column is an image",
  batches: "found 10×20×28×28",
  "batches-channel": "found 10×20×1×28×28",
  "with-labels": "if the first column holds the labels",
  "rgb-flat": "if colours lie side by side",
  fields: "fields image, label",
  two: "another array behind them",
  "table.txt": "a table of numbers as text",
  "table.csv": "a table of numbers as text",
  "floats.csv": "a table of numbers as text",
  "kaggle.csv": "a table of numbers as text",
  "last-label.csv": "a table of numbers as text",
  "pandas.csv": "a table of numbers as text",
  "pandas-index.csv": "a table of numbers as text",
  "singles.npz": "200 arrays of one image each",
  "arrays": "no pictures (.png or .jpg), but 200 files such as 0000.npy",
  "sheet": "if it shows 10×20 images",
  "raw.bin": "if it is 200 raw images of 28×28 bytes",
  "pickled.pkl": "a Python pickle",
  "numbers.json": "JSON",
  "bytes.pt": "a PyTorch file",
  "floats.pt": "a PyTorch file",
  "old.pt": "a PyTorch file",
  "dictionary.pt": ".values() if torch.is_tensor(part)",
  "single.pt": ".values() if torch.is_tensor(part)",
  "labels-first.pt": ".values() if torch.is_tensor(part)",
  "numpy.pt": "weights_only=False",
  "uneven.pt": "torch.cat",
  "pair.pt": "torch.cat",
  "dataset.pt": ".tensors[0]",
  "list.pt": "torch.stack",
  "tuple.pt": "if torch.is_tensor(part)",
  "grey-and-opacity": "if the second channel is opacity",
  "rows-of-one": "found 200×1×784",
  "columns-of-one": "found 200×784×1×1",
  "batches-flat": "found 10×20×784",
  "wide": "found 28×5600",
  "tall": "found 5600×28",
  "planes-first": "if the first dimension is colours",
  "dictionary": "a Python object, such as a dictionary",
  "batches.npz": "if they are parts of one set",
  "rows.npz": "rows.npz#images: expected images as N×28×28",
  "uneven": "no pictures (.png or .jpg), but 4 files such as 0000.npy",
  "raw-f4.bin": "raw images of 28×28 numbers of type float32",
  "raw-f8.bin": "raw images of 28×28 numbers of type float64",
  "raw-be.bin": "raw images of 28×28 numbers of type >f4",
  "raw-u2.bin": "raw images of 28×28 numbers of type uint16",
  "pickled-dictionary.pkl": "a Python pickle",
  "pickled-pair.pkl": "a Python pickle",
  "pickled-text.pkl": "a Python pickle",
  "dictionary.json": "JSON",
  "matlab.mat": "a MATLAB file",
};
/** Forms that other options make the same digits of. */
const OPTIONS: Record<string, ImageFileOptions> = {
  inverted: { invert: true },
  turned: { transpose: true },
  enlarged: { resize: true },
};
/** Forms that are other digits: what is read of them is tested elsewhere. */
const OTHERS = /^(binary-.*|half.*|one|one-of-one|cropped|larger|oblong|padded.*)$/;

async function bash(script: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command("/bin/bash", { args: ["-c", script, ...args] }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out, stderr: error };
}

const hasNumpy = (await bash("PATH=/usr/bin:$PATH python3 -c 'import numpy'")).code === 0;

async function pixelsOf(path: string, options?: ImageFileOptions): Promise<(Uint8Array | Float32Array)[]> {
  return (await Array.fromAsync(checkedChunks(await openImages(path, options)))).map(({ pixels }) => pixels);
}

/** Follows the advice of messages about files, each in a folder of its own, where it makes `images.npy`: in one process. */
async function follow(
  refused: readonly { readonly message: string; readonly path: string; readonly folder: string }[],
) {
  const parts = refused.map(({ message, path, folder }) => {
    Deno.mkdirSync(folder);
    const command = /python3 -c "([^"]*)"/.exec(message)?.[1];
    assert(!/[$`\\!]/.test(command ?? ""), `a shell would change ${command}`);
    return { folder, code: command ?? adviceAsCode(message, path) };
  });
  const program = "import json, os, sys\nfor part in json.load(open(sys.argv[1])):\n" +
    "    os.chdir(part['folder'])\n    print(part['code'], flush=True)\n    exec(part['code'], {})\n";
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, JSON.stringify(parts));
  const { code, stdout, stderr } = await bash('PATH=/usr/bin:$PATH python3 -c "$0" "$1"', program, file);
  assertEquals(code, 0, `${stdout}\n${stderr}`);
  await Deno.remove(file);
}

function adviceAsCode(message: string, path: string): string {
  const [, array] =
    /(?:save (?:one of them, such as )?)((?:numpy\.|array|\(array).*?)(?: if |, (?:or|without) |$)/.exec(message) ?? [];
  assert(array, message);
  const [, name] = /#(\w+): expected/.exec(message) ?? [], loaded = `numpy.load('${path}', allow_pickle=True)`;
  return `import numpy; array = ${loaded}${name ? `['${name}']` : ""}; numpy.save('images.npy', ${array})`;
}

Deno.test({
  name: "forms: what NumPy and PyTorch write is read as the same digits, or refused with advice that leads to them",
  ignore: !hasNumpy,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    await Deno.writeFile(`${folder}.npy`, encodeNpy([COUNT, 28, 28], Uint8Array.from(BYTES)));
    const script = checkoutPath("tests/support/numpy_forms.py");
    const written = await bash('PATH=/usr/bin:$PATH python3 "$@"', "", script, `${folder}.npy`, folder);
    assertEquals(written.code, 0, written.stderr);
    const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const forms = files.map((file) => ({ file, form: file.replace(/\.npy$/, "") })).filter(({ form }) =>
      !OTHERS.test(form)
    );
    const missing = Object.keys(REFUSED).filter((form) => !forms.some((other) => other.form === form));
    assertEquals(missing.filter((form) => !/\.(pt|mat)$/.test(form)), []); // those need PyTorch and SciPy
    const refused: { message: string; path: string; folder: string }[] = [];
    for (const { file, form } of forms.filter(({ form }) => form in REFUSED)) {
      await t.step(`${form} is refused`, async () => {
        const path = `${folder}/${file}`;
        const { message } = await assertRejects(() => openImages(path), DigitFidError);
        assertStringIncludes(message, REFUSED[form]);
        refused.push({ message, path, folder: `${folder}-${form}` });
      });
    }
    await follow(refused);
    for (const { file, form } of forms) {
      await t.step(form, async () => {
        const read = form in REFUSED ? `${folder}-${form}/images.npy` : `${folder}/${file}`;
        const chunks = await pixelsOf(form === "keras.npz" ? `${read}#x_train` : read, OPTIONS[form]);
        assertEquals(chunks.map(({ length }) => length), [BYTES.length]);
        assert(chunks[0] instanceof Uint8Array && chunks[0].every((level, i) => level === BYTES[i]), "other pixels");
      });
    }
    await t.step("labels beside the images are found", async () => {
      const labels = Uint8Array.from({ length: COUNT }, (_, i) => i % 10);
      for (const name of ["packed.npz", "pair.npz", "keras.npz#x_train"]) {
        assertEquals((await openImages(`${folder}/${name}`)).labels, labels, name);
      }
      assertEquals((await openImages(`${folder}/plain.npz`)).labels, undefined);
    });
    await t.step("images with a border keep it", async () => {
      for (const name of ["padded", "padded-flat"]) {
        const [pixels] = await pixelsOf(`${folder}/${name}.npy`);
        const inner = pixels.filter((_, i) => [i % 32, Math.floor(i / 32) % 32].every((at) => at >= 2 && at < 30));
        assertEquals(inner, BYTES);
      }
    });
    await t.step("binary digits are black and white", async () => {
      const binary = BYTES.map((byte) => byte > 127 ? 255 : 0);
      for (const form of ["bool", "u1", "i8", "signed"]) {
        assertEquals(await pixelsOf(`${folder}/binary-${form}.npy`), [binary], form);
      }
    });
    for (const made of [folder, ...refused.map(({ folder }) => folder)]) await Deno.remove(made, { recursive: true });
    await Deno.remove(`${folder}.npy`);
  },
});
