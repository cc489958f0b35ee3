/** Threads over one memory do every task once and every phase in order, and none means the caller's own thread. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { openThreads } from "../../lib/wasm/threads.ts";
import { Random } from "../../lib/random.ts";

for (const count of [1, 2, 3]) {
  Deno.test(`threads: ${count} add the parts up in order`, async () => {
    await using threads = await openThreads(count);
    assertEquals(threads.count, count);
    const [parts, stride] = [5, 640];
    const random = new Random(count, 0);
    const values = Float32Array.from({ length: parts * stride }, () => random.normal());
    const expected = values.slice(0, stride);
    for (let part = 1; part < parts; part++) {
      for (let i = 0; i < stride; i++) expected[i] = Math.fround(expected[i] + values[part * stride + i]);
    }
    using from = threads.upload(values);
    using sum = threads.allocate(4 * stride);
    await threads.run({
      kernel: "sum_parts",
      tasks: stride / 64,
      args: [from.address, parts, stride, sum.address],
    });
    assertEquals(sum.view(Float32Array), expected);
  });

  Deno.test(`threads: ${count} do phases in order, more than fit in a job, and the host's actions between them`, async () => {
    await using threads = await openThreads(count);
    // Each phase adds part 1, which are ones, to part 0, and writes the sum over it.
    using numbers = threads.upload(new Float32Array(2 * 640).fill(1));
    const increment = { kernel: "sum_parts", tasks: 10, args: [numbers.address, 2, 640, numbers.address] };
    const seen: number[] = [];
    const look = () => void seen.push(numbers.view(Float32Array)[639]);
    for (let i = 0; i < 50; i++) threads.run(increment);
    threads.between(look);
    for (let i = 0; i < 50; i++) threads.run(increment, { ...increment, tasks: 0 });
    await threads.between(look);
    assertEquals(seen, [51, 101]);
    assert(numbers.view(Float32Array, 640).every((value) => value === 101));
  });
}

Deno.test("threads: no phase begins before all tasks of the one before are done", async () => {
  await using threads = await openThreads(3);
  const [half, bytes] = [640, 640 * 4];
  using a = threads.allocate(2 * bytes);
  using b = threads.allocate(2 * bytes);
  // Each half becomes the sum of both halves of the other array: what a thread reads, another one wrote just before.
  const sumOfHalves = (from: number, to: number) => [
    { kernel: "sum_parts", tasks: half / 64, args: [from, 2, half, to] },
    { kernel: "sum_parts", tasks: half / 64, args: [from + bytes, 2, -half, to + bytes] },
  ];
  const phases = [...sumOfHalves(a.address, b.address), ...sumOfHalves(b.address, a.address)];
  for (let job = 0; job < 200; job++) {
    for (const block of [a, b]) block.view(Float32Array).fill(2 ** -20);
    await threads.run(...Array.from({ length: 16 }, () => phases).flat());
    assert(a.view(Float32Array).every((value) => value === 2 ** (32 - 20)), `job ${job}`);
  }
});

Deno.test("threads: the memory grows, and what is freed is used again", async () => {
  await using threads = await openThreads(2);
  const large = threads.allocate(200e6);
  large.view(Uint8Array).fill(7);
  large.free();
  const [a, b, c] = [threads.allocate(1), threads.allocate(100e6), threads.allocate(64)];
  assertEquals([a.address, c.address], [large.address, b.address + b.bytes]);
  assert(b.view(Uint8Array, 1e6).every((byte) => byte === 0), "a block begins as zeros");
  for (const block of [b, a, c]) block.free();
  const again = threads.allocate(200e6);
  assertEquals(again.address, large.address);
  again.free();
});

Deno.test("threads: a kernel that fails is an error, and so is all work after it", async () => {
  await using threads = await openThreads(2);
  const outside = { kernel: "sum_parts", tasks: 3, args: [2 ** 32 - 1024, 2, 640, 2 ** 32 - 1024] };
  await assertRejects(() => threads.run(outside), DigitFidError, "a thread of the CPU kernels stopped");
  await assertRejects(
    () => threads.run({ ...outside, tasks: 0 }),
    DigitFidError,
    "a thread of the CPU kernels stopped",
  );
});

/** What a host's worker does that cannot be had. */
const FAILING_WORKERS = {
  "cannot be made": class {
    constructor() {
      throw new Error("no more threads");
    }
  },
  "dies at once": class {
    onerror = (_event: unknown) => {};
    constructor() {
      queueMicrotask(() => this.onerror({ preventDefault() {}, message: "no more threads" }));
    }
    postMessage() {}
    terminate() {}
  },
};

for (const [name, failing] of Object.entries(FAILING_WORKERS)) {
  Deno.test(`threads: a worker that ${name} is an error of the next job`, async () => {
    const { Worker } = globalThis;
    Object.assign(globalThis, { Worker: failing });
    try {
      await using threads = await openThreads(2);
      const phase = { kernel: "sum_parts", tasks: 1, args: [0, 1, 0, 0] };
      await assertRejects(() => threads.run(phase), DigitFidError, "no more threads");
      await assertRejects(() => threads.run(phase), DigitFidError, "no more threads");
    } finally {
      Object.assign(globalThis, { Worker });
    }
  });
}

Deno.test("threads: workers stay where they are told to, though there is no work for a while", async () => {
  const { Worker } = globalThis;
  let started = 0;
  globalThis.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      started++;
    }
  };
  try {
    await using threads = await openThreads(2);
    threads.stay();
    using sum = threads.allocate(64);
    for (let job = 0; job < 2; job++) {
      await threads.run({ kernel: "sum_parts", tasks: 1, args: [sum.address, 1, 16, sum.address] });
      await new Promise((wake) => setTimeout(wake, 550));
    }
    assertEquals(started, 2);
  } finally {
    globalThis.Worker = Worker;
  }
});
