/** The list of faults is fit to be tried: `deno task mutants` takes long, and would tell so too late. */
import { assertEquals } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { FAULTS } from "../mutants/faults.ts";

Deno.test("mutants: the text of every fault is in its file once, and something else takes its place", () => {
  const unfit = FAULTS.filter(({ file, find, replace }) =>
    Deno.readTextFileSync(checkoutPath(file)).split(find).length !== 2 || find === replace
  );
  assertEquals(unfit.map(({ file, name }) => `${file}: ${name}`), []);
});

Deno.test("mutants: every fault has a file of tests", () => {
  const missing = FAULTS.filter(({ tests }) => !Deno.statSync(checkoutPath(tests)).isFile);
  assertEquals(missing, []);
});
