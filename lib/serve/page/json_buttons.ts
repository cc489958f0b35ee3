/// <reference lib="dom" />
/** A result as JSON, to be copied or saved. */
import { element } from "./views.ts";

/** Two buttons in a place of their own. */
export class JsonButtons {
  #json = "";
  #name = "";

  /**
   * Makes the buttons.
   *
   * @param place that they stand in
   * @param version of the program, which the JSON says
   */
  constructor(place: HTMLElement, readonly version: string) {
    const copy = element("button", "", "Copy as JSON"), save = element("button", "", "Save as JSON");
    for (const button of [copy, save]) button.setAttribute("type", "button");
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.#json);
      copy.textContent = "Copied";
      setTimeout(() => copy.textContent = "Copy as JSON", 2000);
    });
    copy.hidden = !navigator.clipboard;
    save.addEventListener("click", () => this.#save());
    place.replaceChildren(copy, save);
  }

  /** Takes what is to be copied or saved. @returns the JSON */
  take(fields: Record<string, unknown>, name: string): string {
    this.#name = name;
    return this.#json = JSON.stringify({ ...fields, version: this.version });
  }

  #save(): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${this.#json}\n`], { type: "application/json" }));
    link.download = `${this.#name.replace(/\W+/g, "-")}-score.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
}
