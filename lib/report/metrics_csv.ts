import { FormatError } from "../errors.ts";
import type { EpochMetrics } from "../figures/loss_curves.ts";

/**
 * Reads a run's `metrics.csv`: a header, then a line an epoch, with empty fields where nothing was measured.
 *
 * @param file its name, for messages
 * @throws FormatError if a column is missing or a field is no number
 */
export function parseMetrics(text: string, file: string): EpochMetrics[] {
  const [header, ...rows] = text.trimEnd().split(/\r?\n/).map((line) => line.split(","));
  const column = (name: string) => {
    const found = header.indexOf(name);
    if (found < 0) throw new FormatError(`${file}: line 1: expected a column ${name}`);
    return found;
  };
  const [epoch, trainLoss, valLoss, valAccuracy] = ["epoch", "train_loss", "val_loss", "val_accuracy"].map(column);
  return rows.map((fields, i) => {
    const number = (field: string | undefined) => {
      if (field && Number.isFinite(Number(field))) return Number(field);
      throw new FormatError(`${file}: line ${i + 2}: expected ${header.join(",")}, found ${fields.join(",")}`);
    };
    const optional = (field: string | undefined) => field === "" ? undefined : number(field);
    return {
      epoch: number(fields[epoch]),
      train_loss: number(fields[trainLoss]),
      val_loss: optional(fields[valLoss]),
      val_accuracy: optional(fields[valAccuracy]),
    };
  });
}
