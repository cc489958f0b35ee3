/** `digit-fid serve`: the page that scores and reads digits in the browser, and follows a training. */
import { basename, join } from "node:path";
import config from "../deno.json" with { type: "json" };
import { DigitFidError } from "../lib/errors.ts";
import { identifyWeights } from "../lib/network/load.ts";
import { REFERENCE } from "../lib/network/reference.ts";
import { serveHttp } from "../lib/serve/http.ts";
import { makePage } from "../lib/serve/page_file.ts";
import { answer, isLoopback, refuse, type Sources } from "../lib/serve/server.ts";
import { readRunState } from "../lib/serve/state.ts";
import { RUN_FILES } from "../lib/training/run.ts";
import { confine } from "../cli/confine.ts";
import { type Flag, integer, path } from "../cli/flags.ts";
import { dataDirectory, loadImages, networkFiles } from "../cli/inputs.ts";
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
  about: "serves a page to score and to draw digits on and to follow a training; the network runs in the browser.",
  example: "--run runs/first",
  flags: {
    port: integer("port to listen on, 0 for any that is free", 8080, { min: 0, max: 65535 }),
    host: HOST,
    weights: path(`safetensors with the trained network (the run's, else ${REFERENCE})`, undefined, "FILE"),
    run: path("folder of a training run to follow", undefined, "DIR"),
  },
  async run({ port, host, weights, run }, output) {
    const model = weights ?? (run && join(run, RUN_FILES.model));
    const data = dataDirectory({ data: undefined, transpose: false });
    const reads = [data, ...networkFiles({ weights: model }), ...run === undefined ? [] : [run]];
    await confine({ reads, network: true });
    const real = await loadImages({ data, transpose: false }, "test");
    const page = makePage({ real, version: config.version, isServed: true });
    const sources: Sources = {
      page: () => page,
      async weights() {
        const { identity, ...rest } = await identifyWeights(model);
        return {
          ...rest,
          identity: { ...identity, name: weights === undefined && run ? basename(run) : identity.name },
        };
      },
      run: run === undefined ? undefined : () => readRunState(run),
    };
    await Promise.all([sources.weights(), sources.run?.()]); // what is missing or damaged is reported before the page is
    await listenUntilInterrupted(host, port, sources, output);
  },
});

async function listenUntilInterrupted(hostname: string, port: number, sources: Sources, output: Output): Promise<void> {
  using listener = listen(hostname, port);
  interruption().addEventListener("abort", () => listener.close());
  const url = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${listener.addr.port}/`;
  if (!isLoopback(hostname)) output.warn("whoever reaches this machine can see the page, and how the training goes");
  output.result({ url }, `${url} (Ctrl-C to end)`);
  await serveHttp(listener, async (request) => {
    try {
      return await answer(request, sources, hostname);
    } catch (error) {
      output.warn(error instanceof DigitFidError ? error.message : String(error));
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
