/** Preloaded before a task: once the task has given up access, this tries what it should not be able to do, and says so. */
const ATTEMPTS: Record<string, () => unknown> = {
  "read /etc/hostname": () => Deno.readTextFileSync("/etc/hostname"),
  "write outside": () => Deno.writeTextFileSync("/tmp/digit-fid-trespass", ""),
  "network": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  "run": () => new Deno.Command("true").outputSync(),
  "environment": () => Deno.env.get("HOME"),
};

const { revoke } = Deno.Permissions.prototype;
Deno.Permissions.prototype.revoke = async function (descriptor) {
  const status = await revoke.call(this, descriptor);
  if (descriptor.name === "net") setTimeout(trespass); // the last that is given up
  return status;
};

function trespass(): void {
  for (const [name, attempt] of Object.entries(ATTEMPTS)) {
    let outcome = "done";
    try {
      attempt();
    } catch (error) {
      outcome = error instanceof Error ? error.name : String(error);
    }
    console.log(`trespass ${name}: ${outcome}`);
  }
}
