/** Workers from text, where the page's policy (Trusted Types) would forbid every script that is not in the page. */

/** The part of Trusted Types that is used; Firefox and TypeScript know them not. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): void;
}

/** Allows scripts from texts of the page itself, and no others. Called once on the page and once in each worker. */
export function allowBlobs(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  trustedTypes?.createPolicy("default", {
    createScriptURL(url) {
      if (url.startsWith("blob:")) return url;
      throw new TypeError(`no script from elsewhere: ${url}`);
    },
  });
}
