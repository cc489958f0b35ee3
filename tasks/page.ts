/** `digit-fid page`: a page that scores digits, in one file that needs nothing else. */
import config from "../deno.json" with { type: "json" };
import { writeFileAtomic } from "../lib/formats/files.ts";
import { makePage } from "../lib/serve/page_file.ts";
import { confine } from "../cli/confine.ts";
import { path } from "../cli/flags.ts";
import { DATA_FLAGS, dataDirectory, loadImages } from "../cli/inputs.ts";
import { PAGE } from "../cli/kinds.ts";
import { checkFile, FORCE_FLAG } from "../cli/results.ts";
import { defineTask } from "../cli/task.ts";

/** The task. */
export const page = defineTask({
  name: "page",
  about: "writes a page that scores digits where it is opened: from a disk or a web host, with nothing installed and " +
    "nothing uploaded. A host that sends Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: " +
    "require-corp with it lets it use all processors.",
  example: "--out score.html",
  flags: { out: path("file to write", "score.html", "FILE"), ...DATA_FLAGS, ...FORCE_FLAG },
  async run({ out, force, ...where }, output) {
    const data = dataDirectory(where);
    await checkFile(out, PAGE, { force, inputs: [data] });
    await confine({ reads: [data], writes: [out] });
    const real = await loadImages(where, "test");
    const { html } = await makePage({ real, version: config.version, isServed: false });
    const bytes = new TextEncoder().encode(html);
    await writeFileAtomic(out, bytes, { replace: force });
    output.result({ out, bytes: bytes.length }, `${out}, ${(bytes.length / 1e6).toFixed(1)} MB`, { saved: true });
  },
});
