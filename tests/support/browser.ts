/** A page in headless Chromium, steered by the DevTools protocol: https://chromedevtools.github.io/devtools-protocol */

/** Debian's package `chromium-headless-shell`. */
export const CHROMIUM = "/usr/bin/chromium-headless-shell";

/** An answer to a command, or news of an event. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** How a page is looked at. */
export interface Viewport {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
}

/** One page in a browser of its own. */
export class BrowserPage implements AsyncDisposable {
  /** Events of the page, in order. */
  readonly events: Message[] = [];
  #process: Deno.ChildProcess;
  #socket: WebSocket;
  #sessionId: unknown;
  #waiting = new Map<number, (message: Message) => void>();
  #loaded = Promise.withResolvers<void>();

  private constructor(process: Deno.ChildProcess, socket: WebSocket) {
    this.#process = process;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
  }

  /** Starts a browser, which listens on this machine alone, with an empty page. */
  static async open(): Promise<BrowserPage> {
    const args = ["--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "about:blank"];
    const process = new Deno.Command(CHROMIUM, { args, stdout: "null", stderr: "piped" }).spawn();
    const socket = new WebSocket(await debuggerUrl(process.stderr));
    await new Promise((opened) => socket.onopen = opened);
    const page = new BrowserPage(process, socket);
    const { targetId } = await page.send("Target.createTarget", { url: "about:blank" });
    page.#sessionId = (await page.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    for (const domain of ["Page", "Network", "Runtime", "Log"]) await page.send(`${domain}.enable`);
    return page;
  }

  /** Sets size and colours. */
  async look({ width, height, scheme }: Viewport): Promise<void> {
    const mobile = width < 600;
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  }

  /** Goes to an address and waits until all of it is there. */
  async goto(url: string): Promise<void> {
    this.#loaded = Promise.withResolvers();
    await this.send("Page.navigate", { url });
    await this.#loaded.promise;
  }

  /** What an expression of JavaScript gives in the page, by way of JSON. */
  async evaluate(expression: string): Promise<unknown> {
    const options = { expression: `Promise.resolve(${expression}).then(JSON.stringify)`, awaitPromise: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", options);
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return JSON.parse(Object(result).value);
  }

  /** Seconds of processor time that the browser has used in all its processes: what else runs here does not count. */
  processorSeconds(): number {
    const parents = new Map<number, { parent: number; ticks: number }>();
    // Deno itself may read there with all permissions only, which the tests do not have.
    const args = ["-c", "cat /proc/[0-9]*/stat 2>/dev/null"];
    const { stdout } = new Deno.Command("/bin/bash", { args }).outputSync();
    for (const line of new TextDecoder().decode(stdout).trim().split("\n")) {
      const fields = line.replace(/^.*\) /s, "").split(" ").map(Number);
      parents.set(parseInt(line), { parent: fields[1], ticks: fields[11] + fields[12] });
    }
    const isOurs = (pid: number): boolean =>
      pid === this.#process.pid || pid > 1 && isOurs(parents.get(pid)?.parent ?? 0);
    const ours = [...parents].filter(([pid]) => isOurs(pid));
    return ours.reduce((sum, [, { ticks }]) => sum + ticks, 0) / 100;
  }

  /** Sends a command and waits for its answer. */
  async send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = this.#waiting.size + 1;
    const answer = new Promise<Message>((receive) => this.#waiting.set(id, receive));
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: this.#sessionId }));
    const { result, error } = await answer;
    if (!result) throw new Error(`${method}: ${error?.message}`);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sessionId = undefined;
    const closed = new Promise((close) => this.#socket.onclose = close);
    await this.send("Browser.close");
    await Promise.all([closed, this.#process.status]);
  }

  #receive(message: Message): void {
    if (message.id !== undefined) return this.#waiting.get(message.id)?.(message);
    this.events.push(message);
    if (message.method === "Page.loadEventFired") this.#loaded.resolve();
  }
}

/** The address that a browser prints when it is ready; what it prints after that is let go. */
async function debuggerUrl(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const reader = stderr.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  for (;;) {
    const { value, done } = await reader.read();
    printed += value ?? "";
    const [url] = /ws:\/\/\S+(?=\n)/.exec(printed) ?? [];
    if (url) {
      reader.releaseLock();
      return url;
    }
    if (done) throw new Error(`${CHROMIUM} does not start: ${printed}`);
  }
}
