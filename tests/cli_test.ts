/** The command line as a user meets it. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { digitFid } from "./cli.ts";

Deno.test("cli: without a command, and with --help, the commands are listed", async () => {
  const { code, stdout, stderr } = await digitFid([]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  for (const command of ["train", "eval", "activations"]) assertMatch(stdout, new RegExp(`^  ${command} +\\w`, "m"));
  assertEquals((await digitFid(["--help"])).stdout, stdout);
});

Deno.test("cli: an unknown command is refused with the nearest one", async () => {
  const result = await digitFid(["trian", "--epochs", "1"]);
  assertEquals(result, { code: 2, stdout: "", stderr: "digit-fid: unknown command trian; did you mean train?\n" });
});
