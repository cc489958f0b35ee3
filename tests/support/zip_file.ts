/** Writes ZIP archives, as other programs do. */
import { crc32, deflateRawSync } from "node:zlib";

/** How an archive is written. */
interface ZipOptions {
  /** Whether its list has numbers of 64 bits, as those beyond 4 GB do: ZIP64. */
  readonly large?: boolean;
}

/** An archive of files, stored or packed; the names as they are given. */
export function zipOf(
  files: Iterable<readonly [name: string, content: Uint8Array]>,
  packed = false,
  { large = false }: ZipOptions = {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [], directory: Uint8Array[] = [];
  let offset = 0, count = 0;
  for (const [name, content] of files) {
    const data = packed ? new Uint8Array(deflateRawSync(content)) : content;
    const bytes = new TextEncoder().encode(name);
    // Method, time, date, checksum, sizes, lengths of the name and of what follows it.
    const common = (packedSize: number, size: number, extra: number) =>
      record([
        [2, packed ? 8 : 0],
        [4, 0],
        [4, crc32(content)],
        [4, packedSize],
        [4, size],
        [2, bytes.length],
        [2, extra],
      ]);
    const local = [record([[4, 0x04034b50], [2, 20], [2, 0]]), common(data.length, content.length, 0), bytes, data];
    const extra = large ? record([[2, 1], [2, 24], [8, content.length], [8, data.length], [8, offset]]) : record([]);
    directory.push(
      record([[4, 0x02014b50], [2, 20], [2, 20], [2, 0]]),
      large ? common(LARGE, LARGE, extra.length) : common(data.length, content.length, 0),
      record([[2, 0], [2, 0], [2, 0], [4, 0], [4, large ? LARGE : offset]]),
      bytes,
      extra,
    );
    parts.push(...local);
    offset += lengthOf(local);
    count++;
  }
  const size = lengthOf(directory), end = [[4, 0x06054b50], [4, 0]] as const;
  if (!large) {
    return joined([...parts, ...directory, record([...end, [2, count], [2, count], [4, size], [4, offset], [2, 0]])]);
  }
  const counts = [[8, count], [8, count], [8, size], [8, offset]] as const;
  const list = record([[4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], ...counts]);
  const locator = record([[4, 0x07064b50], [4, 0], [8, offset + size], [4, 1]]);
  const none = record([...end, [2, 0xffff], [2, 0xffff], [4, LARGE], [4, LARGE], [2, 0]]);
  return joined([...parts, ...directory, list, locator, none]);
}

/** Stands for a number that does not fit into 32 bits. */
const LARGE = 0xffffffff;

/** Little-endian numbers of so many bytes each. */
function record(fields: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
