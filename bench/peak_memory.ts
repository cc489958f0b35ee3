/** The most memory that a process holds. */

/** Looks at the memory from now on, every 10 ms; the system's own figure begins with that of whoever started the process. */
export class PeakMemory implements Disposable {
  #most = 0;
  readonly #watch = setInterval(() => this.#look(), 10);

  /** The most so far, in bytes. */
  get bytes(): number {
    this.#look();
    return this.#most;
  }

  #look(): void {
    this.#most = Math.max(this.#most, Deno.memoryUsage().rss);
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    clearInterval(this.#watch);
  }
}
