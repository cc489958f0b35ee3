/** `digit-fid serve`: the page that scores and reads digits in the browser, and follows a training. */
import { basename, join, resolve } from "node:path";
import config from "../deno.json" with { type: "json" };
import { DigitFidError } from "../lib/errors.ts";
import { describePath } from "../lib/formats/files.ts";
import { identifyWeights } from "../lib/network/load.ts";
import { REFERENCE } from "../lib/network/reference.ts";
import { serveHttp } from "../lib/serve/http.ts";
import { makePage } from "../lib/serve/page_file.ts";
import { answer, isLoopback, refuse, type Sources } from "../lib/serve/server.ts";
import { readScores, readScoresOrTrouble } from "../lib/serve/scores.ts";
import { readRunState } from "../lib/serve/state.ts";
import { RUN_FILES } from "../lib/training/run.ts";
import { confine } from "../cli/confine.ts";
import { type Flag, integer, path } from "../cli/flags.ts";
import { DATA_FLAGS, dataDirectory, loadImages, networkFiles } from "../cli/inputs.ts";
import { interruption } from "../cli/interrupt.ts";
import type { Output } from "../cli/output.ts";
import { defineTask } from "../cli/task.ts";

const HOST: Flag<string> = {
  help: "127.0.0.1 for this machine alone, 0.0.0.0 to let others in",
  placeholder: "HOST",
  expected: "the name or address of a host",
  default: "127.0.0.1",
  read: (text) => /^[\w.:-]+$/.test(text) ? text : undefined,
};

/** The task. */
export const serve = defineTask({
  name: "serve",
  about: "serves a page to score and to draw digits on, and to follow a training of the network or the scores of a " +
    "generator; the network runs in the browser.",
  example: "--scores samples",
  flags: {
    port: integer("port to listen on, 0 for any that is free", 8080, { min: 0, max: 65535 }),
    host: HOST,
    weights: path(`safetensors with the trained network (the run's, else ${REFERENCE})`, undefined, "FILE"),
    run: path("folder of a training run to follow", undefined, "DIR"),
    scores: path("folder of samples, or the file, that digit-fid watch adds scores to, to follow", undefined, "DIR"),
    ...DATA_FLAGS,
  },
  async run({ port, host, weights, run, scores, ...where }, output) {
    const model = weights ?? (run && join(run, RUN_FILES.model));
    const followed = [run, scores].filter((path) => path !== undefined);
    await confine({ reads: [dataDirectory(where), ...networkFiles({ weights: model }), ...followed], network: true });
    const scoresFile = scores === undefined ? undefined : await scoresIn(scores);
    const real = await loadImages(where, "test");
    const page = makePage({ real, version: config.version, isServed: true });
    const sources: Sources = {
      page: () => page,
      async weights() {
        const { identity, ...rest } = await identifyWeights(model);
        return {
          ...rest,
          identity: { ...identity, name: weights === undefined && run ? basename(resolve(run)) : identity.name },
        };
      },
      run: run === undefined ? undefined : () => readRunState(run),
      scores: scoresFile === undefined ? undefined : () => readScoresOrTrouble(scoresFile),
    };
    // What is missing or damaged is reported before the page is.
    await Promise.all([sources.weights(), sources.run?.(), scoresFile && readScores(scoresFile)]);
    await listenUntilInterrupted(host, port, sources, output);
  },
});

/** The file of scores in a folder, which need not be there yet, or the file itself, as `watch --out` names one. */
async function scoresIn(path: string): Promise<string> {
  const { isFolder } = await describePath(path);
  return isFolder ? join(path, "scores.csv") : path;
}

async function listenUntilInterrupted(hostname: string, port: number, sources: Sources, output: Output): Promise<void> {
  using listener = listen(hostname, port);
  interruption().addEventListener("abort", () => listener.close());
  const url = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${listener.addr.port}/`;
  if (!isLoopback(hostname)) output.warn("whoever reaches this machine can see the page, and how the training goes");
  output.result({ url }, `${url} (Ctrl-C to end)`);
  const said = new Set<string>(); // as each open page asks again and again
  await serveHttp(listener, async (request) => {
    try {
      return await answer(request, sources, hostname);
    } catch (error) {
      const message = error instanceof DigitFidError ? error.message : String(error);
      if (!said.has(message)) output.warn(message);
      said.add(message);
      return refuse(503, "a file cannot be read: the terminal says more");
    }
  });
}

function listen(hostname: string, port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (error) {
    throw new DigitFidError(`cannot listen on ${hostname}, port ${port}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) return "another program does; choose another by --port";
  if (error instanceof Deno.errors.NotCapable) return "expected --host 127.0.0.1 for this machine alone, or 0.0.0.0";
  if (error instanceof Deno.errors.PermissionDenied) return "no permission; choose a --port of 1024 or more";
  return "this machine has no such address";
}
