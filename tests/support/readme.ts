/** README.md as its readers follow it: word for word. */
import { checkoutPath } from "../../lib/checkout.ts";

const README = Deno.readTextFileSync(checkoutPath("README.md"));

/** The blocks of code in a language, in order; also those that Deno is to ignore, as Node runs them. */
export function readmeBlocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}(?: ignore)?\\n(.*?)^\`\`\``, "gms"))].map(([, block]) =>
    block
  );
}

/** The commands for a shell, a line each. */
export const README_COMMANDS: readonly string[] = readmeBlocks("sh").flatMap((block) => block.trim().split("\n"));
