/// <reference lib="dom" />
/** The part of the page that scores: from files to a score, a question or a refusal. */
import type { RemedyOption } from "../../errors.ts";
import { PIXEL_RANGES } from "../../data/pixel_range.ts";
import { acceptFiles } from "./drop_zone.ts";
import { ComparisonView } from "./comparison_view.ts";
import { type Answer, type DroppedFile, nameOf, type PageComparison, type ReadingOptions } from "./protocol.ts";
import { ScoreView } from "./score_view.ts";
import { find } from "./views.ts";
import type { Work } from "./work.ts";

/** The remedies that the form has a box for, in the words of their buttons. */
const REMEDIES: Partial<Record<RemedyOption, string>> = {
  clip: "Clip and score",
  invert: "Make black of white and score",
  transpose: "Swap rows and columns and score",
  resize: "Resize to 28×28 and score",
};

/** The places below the form of which one at most is shown; the last stays while one of its sets is looked at. */
const PLACES = ["progress", "many", "refusal", "score", "comparison"] as const;

/** Takes files and shows what comes of them. */
export class Scoring {
  readonly #work: () => Work;
  readonly #view: ScoreView;
  readonly #form = find("options", HTMLFormElement);
  readonly #comparisonView: ComparisonView;
  /** What was given last. */
  #files: readonly DroppedFile[] = [];
  /** What was given before that. */
  #before: readonly DroppedFile[] = [];
  #comparison: PageComparison | undefined;
  /** The files of the one of several sets that is looked at. */
  #opened: readonly DroppedFile[] | undefined;
  /** Boxes that were ticked as a remedy: they are for the files at hand alone. */
  #remedied: HTMLInputElement[] = [];
  #isBusy = false;
  /** What is being looked through. */
  #given: Promise<DroppedFile[]> | undefined;

  /** @param work the worker, once it is there */
  constructor(work: () => Work, version: string) {
    this.#work = work;
    this.#view = new ScoreView(version);
    this.#comparisonView = new ComparisonView(version, (set) => {
      this.#opened = this.#comparison!.files[set];
      this.#score(false);
    });
    acceptFiles((files) => this.#take(files));
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener(
      "change",
      () => {
        this.#opened = undefined; // several sets are compared anew
        if (this.#files.length > 0 && this.#form.reportValidity()) this.#score(false);
      },
    );
    find("agree", HTMLButtonElement).addEventListener("click", () => this.#score(true));
    find("disagree", HTMLButtonElement).addEventListener("click", () => this.#only());
    find("cancel", HTMLButtonElement).addEventListener("click", () => {
      this.#stop();
      this.#only();
    });
  }

  /** How far the work is. */
  progress({ what, share }: Extract<Answer, { answer: "progress" }>): void {
    if (!this.#isBusy) return;
    find("bar", HTMLProgressElement).value = share;
    find("progress-what", HTMLElement).textContent = `${this.#name()}: ${what} …`;
  }

  /** What is scored: labels that came alone are of what was given before them. */
  taken({ files }: Extract<Answer, { answer: "files" }>): void {
    if (this.#opened === undefined) this.#files = files;
  }

  /** Asks whether so many images are to be scored. */
  ask({ name, what }: Extract<Answer, { answer: "many" }>): void {
    this.#isBusy = false;
    find("many-name", HTMLElement).textContent = name;
    find("many-what", HTMLElement).textContent = what;
    this.#only("many");
    find("agree", HTMLButtonElement).focus();
  }

  /** Shows a score, or a comparison of several. */
  show({ result }: Extract<Answer, { answer: "score" }>): void {
    this.#isBusy = false;
    if ("score" in result) {
      this.#only("score");
      this.#view.show(result.score);
    } else {
      this.#comparison = result;
      this.#only("comparison");
      this.#comparisonView.show(result);
    }
  }

  /** Says why there is no score, and what would help. */
  refuse({ message, remedies }: Extract<Answer, { answer: "refused" }>): void {
    this.#isBusy = false;
    find("refusal-message", HTMLElement).textContent = message;
    find("remedies", HTMLElement).replaceChildren(...remedies.flatMap((remedy) => {
      const words = REMEDIES[remedy];
      if (words === undefined) return [];
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words;
      button.addEventListener("click", () => {
        const box = this.#form.elements.namedItem(remedy) as HTMLInputElement;
        box.checked = true;
        this.#remedied.push(box);
        this.#score(false);
      });
      return [button];
    }));
    this.#only("refusal");
  }

  /** Takes what was given, in place of whatever there was; what is given meanwhile counts. */
  async #take(given: Promise<DroppedFile[]>): Promise<void> {
    this.#stop();
    this.#given = given;
    this.#opened = undefined;
    for (const box of this.#remedied.splice(0)) box.checked = false;
    this.#begin("looking through what is given …");
    const files = await given.catch(() => undefined);
    if (this.#given !== given) return;
    if (files === undefined) {
      const message = "this browser does not let the page look into what was dropped: take the buttons above";
      return this.refuse({ answer: "refused", message, remedies: [] });
    }
    this.#before = this.#files;
    this.#files = files;
    this.#score(false);
  }

  #begin(what: string): void {
    find("bar", HTMLProgressElement).value = 0;
    find("progress-what", HTMLElement).textContent = what;
    this.#only("progress");
  }

  #score(isAgreed: boolean): void {
    this.#stop();
    this.#isBusy = true;
    this.#begin(`${this.#name()}: reading …`);
    const [files, before] = [this.#opened ?? this.#files, this.#before];
    this.#work().send({ wish: "score", files, before, options: this.#options(), isAgreed });
  }

  #name(): string {
    return nameOf(this.#opened ?? this.#files);
  }

  /** Gives up whatever is under way. */
  #stop(): void {
    this.#given = undefined;
    if (!this.#isBusy) return;
    this.#isBusy = false;
    this.#work().restart();
  }

  #only(place?: typeof PLACES[number]): void {
    for (const each of PLACES) {
      find(each, HTMLElement).hidden = each !== place && !(each === "comparison" && this.#opened !== undefined);
    }
  }

  #options(): ReadingOptions {
    const data = new FormData(this.#form);
    const text = (name: string) => String(data.get(name) ?? "").trim() || undefined;
    const [, columns, rows] = /^(\d+)x(\d+)$/.exec(text("grid") ?? "") ?? [];
    return {
      range: PIXEL_RANGES.find((range) => range === data.get("range")),
      clip: data.has("clip"),
      invert: data.has("invert"),
      transpose: data.has("transpose"),
      resize: data.has("resize"),
      array: text("array"),
      ...(columns && { grid: { columns: Number(columns), rows: Number(rows) } }),
    };
  }
}
