/** Folders that go away. */

/** An empty folder that goes away with all in it: `using folder = new TemporaryFolder()`. */
export class TemporaryFolder implements Disposable {
  /** Where it is, with no symbolic link on the way. */
  readonly path: string;

  /** @param parent the folder to make it in; the system's folder for such unless given */
  constructor(parent?: string) {
    this.path = Deno.realPathSync(Deno.makeTempDirSync({ dir: parent }));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Runs a test in an empty folder that goes away. */
export async function inFolder(test: (folder: string) => void | Promise<void>): Promise<void> {
  using folder = new TemporaryFolder();
  await test(folder.path);
}
