/** The record of an epoch, and `metrics.csv`, which has a line of each. */
import { FormatError } from "../errors.ts";

/** How an epoch went; its fields are the columns of `metrics.csv`. */
export interface EpochRecord {
  /** Number of the epoch, from 1. */
  readonly epoch: number;
  /** Mean cross-entropy in nats over the epoch's steps, dropout on. */
  readonly train_loss: number;
  /** Mean cross-entropy in nats over the validation images, or null where it was not measured. */
  readonly val_loss: number | null;
  /** Accuracy on the validation images, 0 … 1, or null where it was not measured. */
  readonly val_accuracy: number | null;
  /** Wall-clock time of the training steps, without validation. */
  readonly seconds: number;
}

/** Whether a value is the record of the epoch of this index, counted from 0. */
export function isRecord(value: unknown, index: number): boolean {
  const { epoch, train_loss, val_loss, val_accuracy, seconds } = Object(value);
  return Number.isSafeInteger(epoch) && epoch === index + 1 &&
    [train_loss, seconds].every((number) => Number.isFinite(number) && number >= 0) &&
    [val_loss, val_accuracy].every((number) => number === null || Number.isFinite(number) && number >= 0);
}

/** Columns of `metrics.csv`. */
const COLUMNS = ["epoch", "train_loss", "val_loss", "val_accuracy", "seconds"] as const;

/** The text of `metrics.csv`: empty fields are where nothing was measured. */
export function formatMetrics(history: readonly EpochRecord[]): string {
  const rows = history.map((record) => COLUMNS.map((column) => record[column] ?? "").join(","));
  return [COLUMNS.join(","), ...rows, ""].join("\n");
}

/**
 * Reads a run's `metrics.csv`: a header, then a line an epoch, with empty fields where nothing was measured.
 *
 * @param file its name, for messages
 * @throws FormatError if a column is missing, a field is no number, or a line cannot be that of its epoch
 */
export function parseMetrics(text: string, file: string): EpochRecord[] {
  const [header, ...rows] = text.trimEnd().split(/\r?\n/).map((line) => line.split(","));
  const column = (name: string) => {
    const found = header.indexOf(name);
    if (found < 0) throw new FormatError(`${file}: line 1: expected a column ${name}`);
    return found;
  };
  const [epoch, trainLoss, valLoss, valAccuracy, seconds] = COLUMNS.map(column);
  const records = rows.map((fields, i) => {
    const number = (field: string | undefined) => {
      if (field && Number.isFinite(Number(field))) return Number(field);
      throw new FormatError(`${file}: line ${i + 2}: expected ${header.join(",")}, found ${fields.join(",")}`);
    };
    const optional = (field: string | undefined) => field === "" ? null : number(field);
    return {
      epoch: number(fields[epoch]),
      train_loss: number(fields[trainLoss]),
      val_loss: optional(fields[valLoss]),
      val_accuracy: optional(fields[valAccuracy]),
      seconds: number(fields[seconds]),
    };
  });
  const impossible = records.findIndex((record, i) =>
    !isRecord(record, record.epoch - 1) || record.epoch <= (records[i - 1]?.epoch ?? 0)
  );
  if (impossible < 0) return records;
  throw new FormatError(`${file}: line ${impossible + 2}: its epoch does not follow, or a number is below 0`);
}
