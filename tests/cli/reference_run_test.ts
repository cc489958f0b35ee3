/** The reference network's training, as far as a test can go: its first epoch, to the bit. `deno task reference` does all 100. */
import { assertEquals } from "@std/assert";
import { digitFid } from "../support/cli.ts";
import { inFolder } from "../support/folders.ts";

/** SHA-256 of the weights after an epoch of the default recipe on all 60,000 images. */
const AFTER_FIRST_EPOCH = "3c6d4a21057545a6907b5c054cef3ae88c3f77e26e8fb07ede3e1e47d147a9a9";

Deno.test("reference network: its first epoch of training gives the same bits on this machine", () =>
  inFolder(async (folder) => {
    const args = ["train", "--epochs", "1", "--kernels", "cpu", "--seed", "0", "--out", "run", "--quiet"];
    const { code, stderr } = await digitFid(args, folder);
    assertEquals([code, stderr], [0, ""]);
    const weights = await Deno.readFile(`${folder}/run/model.safetensors`);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", weights)).toHex();
    assertEquals(hash, AFTER_FIRST_EPOCH);
  }));
