/** Writes ZIP archives, as other programs do. */
import { crc32, deflateRawSync } from "node:zlib";

/** An archive of files, stored or packed; the names as they are given. */
export function zipOf(
  files: Iterable<readonly [name: string, content: Uint8Array]>,
  packed = false,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [], directory: Uint8Array[] = [];
  let offset = 0, count = 0;
  for (const [name, content] of files) {
    const data = packed ? new Uint8Array(deflateRawSync(content)) : content;
    const bytes = new TextEncoder().encode(name);
    // Method, time, date, checksum, sizes, lengths of the name and of what follows it.
    const common = record([
      [2, packed ? 8 : 0],
      [4, 0],
      [4, crc32(content)],
      [4, data.length],
      [4, content.length],
      [2, bytes.length],
      [2, 0],
    ]);
    const local = [record([[4, 0x04034b50], [2, 20], [2, 0]]), common, bytes, data];
    const start = record([[4, 0x02014b50], [2, 20], [2, 20], [2, 0]]);
    directory.push(start, common, record([[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), bytes);
    parts.push(...local);
    offset += local.reduce((sum, { length }) => sum + length, 0);
    count++;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = record([[4, 0x06054b50], [4, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0]]);
  return joined([...parts, ...directory, end]);
}

/** Little-endian numbers of so many bytes each. */
function record(fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
