/** `digit-fid serve`: a page to draw digits on, read by the network in the browser. */
import { basename, join } from "node:path";
import { DigitFidError } from "../lib/errors.ts";
import { identifyWeights } from "../lib/network/load.ts";
import { REFERENCE } from "../lib/network/reference.ts";
import { answer, refuse, type Sources } from "../lib/serve/server.ts";
import { readRunState } from "../lib/serve/state.ts";
import { confine } from "../cli/confine.ts";
import { type Flag, integer, path } from "../cli/flags.ts";
import { networkFiles } from "../cli/inputs.ts";
import { interruption } from "../cli/interrupt.ts";
import type { Output } from "../cli/output.ts";
import { defineTask } from "../cli/task.ts";

const HOST: Flag<string> = {
  help: "address to listen on; others than this machine's own let others in",
  placeholder: "HOST",
  expected: "the name or address of a host",
  default: "127.0.0.1",
  read: (text) => /^[\w.:-]+$/.test(text) ? text : undefined,
};

/** The task. */
export const serve = defineTask({
  name: "serve",
  about: "serves a page to draw digits on and to follow a training; the network runs in the browser.",
  example: "--run runs/first",
  flags: {
    port: integer("port to listen on, 0 for any that is free", 8080, { min: 0, max: 65535 }),
    host: HOST,
    weights: path(`safetensors with the trained network (the run's, else ${REFERENCE})`, undefined, "FILE"),
    run: path("folder of a training run to follow", undefined, "DIR"),
  },
  async run({ port, host, weights, run }, output) {
    const model = weights ?? (run && join(run, "model.safetensors"));
    await confine({ reads: [...networkFiles({ weights: model }), ...run === undefined ? [] : [run]], network: true });
    const sources: Sources = {
      async weights() {
        const { identity, ...rest } = await identifyWeights(model);
        return {
          ...rest,
          identity: { ...identity, name: weights === undefined && run ? basename(run) : identity.name },
        };
      },
      run: run === undefined ? undefined : () => readRunState(run),
    };
    await Promise.all([sources.weights(), sources.run?.()]); // what is missing or damaged is told before the page is
    await listen(host, port, sources, output).finished;
  },
});

function listen(hostname: string, port: number, sources: Sources, output: Output): Deno.HttpServer {
  const anyHost = !/^(127(\.\d+){3}|::1|localhost)$/.test(hostname);
  try {
    return Deno.serve({
      hostname,
      port,
      signal: interruption(),
      onListen({ port }) {
        const url = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/`;
        output.result({ url }, `${url} (Ctrl-C to end)`);
      },
      onError(error) {
        if (!(error instanceof DigitFidError)) throw error;
        output.note(error.message);
        return refuse(503, "a file cannot be read: the terminal says more");
      },
    }, (request) => answer(request, sources, anyHost));
  } catch (error) {
    throw new DigitFidError(`cannot listen on ${hostname}, port ${port}: ${reasonOf(error, hostname)}`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown, hostname: string): string {
  if (error instanceof Deno.errors.AddrInUse) return "another program does; choose another by --port";
  if (error instanceof Deno.errors.NotCapable) {
    return `not allowed; for that, run deno run --allow-env --allow-read=/ --allow-net=${hostname} main.ts serve`;
  }
  return error instanceof Error ? error.message : String(error);
}
