/** Work that is done side by side. */

/** A breath before long work, in which the host hands the threads what they have to do meanwhile. */
export function breath(): Promise<void> {
  return new Promise((wake) => setTimeout(wake));
}

/**
 * The results of all, once all are done: unlike `Promise.all` it leaves nothing at work behind a failure, when the caller
 * frees what that work uses.
 *
 * @throws what the first of them, in their order, threw
 */
export async function together<Work extends readonly unknown[]>(
  ...work: Work
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }) as { -readonly [Index in keyof Work]: Awaited<Work[Index]> };
}
