/// <reference lib="dom" />
/** The part of the page that follows a training. */
import type { RunState } from "../state.ts";
import { fixed, grouped, percent } from "../../numerals.ts";
import { type EpochRecord, parseMetrics } from "../../training/record.ts";
import { drawLosses } from "./loss_chart.ts";
import { find, showNumbers } from "./views.ts";

type Measured = Exclude<keyof EpochRecord, "epoch">;

let shown: { records: EpochRecord[]; epochs: number } | undefined;

/** Shows how far a run is. */
export function showTraining({ name, epochs, images, metrics }: RunState): void {
  const records = parseMetrics(metrics, name);
  const section = find("training", HTMLElement);
  if (section.hidden) new ResizeObserver(draw).observe(section);
  section.hidden = false;
  find("run", HTMLElement).textContent = name;
  const show = (column: Measured, text: (value: number) => string) => {
    const value = records.findLast((record) => record[column] !== null)?.[column];
    return value == null ? "–" : text(value);
  };
  showNumbers(find("numbers", HTMLDListElement), {
    "Epoch": `${grouped(records.at(-1)?.epoch ?? 0)} of ${grouped(epochs)}`,
    "Training loss": show("train_loss", (loss) => fixed(loss, 4)),
    "Validation loss": show("val_loss", (loss) => fixed(loss, 4)),
    "Accuracy": show("val_accuracy", percent),
    "Images a second": show("seconds", (seconds) => grouped(Math.round(images / seconds))),
  });
  shown = { records, epochs };
  draw();
}

function draw(): void {
  if (shown) drawLosses(find("losses", SVGSVGElement), shown.records, shown.epochs);
}
