/** Preloaded before a task: as soon as the task computes, this tries what it should not be able to do, and says so. */
const ATTEMPTS: Record<string, () => unknown> = {
  "read /etc/hostname": () => Deno.readTextFileSync("/etc/hostname"),
  "write outside": () => Deno.writeTextFileSync("/tmp/digit-fid-trespass", ""),
  "network": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  "run": () => new Deno.Command("true").outputSync(),
  "environment": () => Deno.env.get("HOME"),
};

const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (...args) {
  const device = await requestDevice.apply(this, args);
  // Files are given up before the first image is read, and the GPU may be opened a little earlier.
  setTimeout(() => {
    for (const [name, attempt] of Object.entries(ATTEMPTS)) {
      let outcome = "done";
      try {
        attempt();
      } catch (error) {
        outcome = error instanceof Error ? error.name : String(error);
      }
      console.log(`trespass ${name}: ${outcome}`);
    }
  }, 300);
  return device;
};
