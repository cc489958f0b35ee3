/** What code in this process prints. */

/** Runs something, and gives what it writes to stdout meanwhile. */
export async function printedBy(run: () => void | Promise<void>): Promise<string> {
  const { writeSync } = Deno.stdout;
  let printed = "";
  Deno.stdout.writeSync = (bytes) => {
    printed += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  try {
    await run();
  } finally {
    Deno.stdout.writeSync = writeSync;
  }
  return printed;
}
