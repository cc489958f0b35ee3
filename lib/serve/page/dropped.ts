/** Files that were dropped on the page, as images: what the command line makes of a path, made of bytes. */
import { imagesOfBytes } from "../../data/image_files.ts";
import { picturesInZip } from "../../data/picture_files.ts";
import { imagesOfPictures } from "../../data/picture_images.ts";
import type { ImageSource } from "../../data/sources.ts";
import { DigitFidError } from "../../errors.ts";
import type { StoredBytes } from "../../formats/stored_bytes.ts";
import { type DroppedFile, folderOf, nameOf, type ReadingOptions } from "./protocol.ts";

/**
 * Opens the images in a file, or in several files, which count as a folder of pictures.
 *
 * @throws DigitFidError if there are no images that can be read; in the words that the command line has for it
 */
export async function openDropped(files: readonly DroppedFile[], options: ReadingOptions): Promise<ImageSource> {
  const [{ path }] = files;
  if (files.length === 1 && !path.includes("/")) {
    return await imagesOfBytes(bytesOf(files[0]), options, options.array);
  }
  const folder = folderOf(files);
  const entries = files.map((file) => {
    const name = folder === undefined ? file.path : file.path.slice(folder.length + 1);
    const bytes = bytesOf(file);
    const read = () => bytes.read(0, bytes.size);
    return { name, size: bytes.size, read, readHead: read };
  });
  const name = nameOf(files);
  const { files: pictures, leftOut } = picturesInZip(entries, name);
  return await imagesOfPictures(name, pictures, leftOut, options);
}

/** The bytes of a file, read a stretch at a time. */
export function bytesOf({ path: name, content }: DroppedFile): StoredBytes {
  return {
    name,
    size: content.size,
    async read(start, length) {
      try {
        const bytes = new Uint8Array(await content.slice(start, start + length).arrayBuffer());
        if (bytes.length === length) return bytes;
      } catch (cause) {
        throw new DigitFidError(`cannot read ${name}: it changed, or went away, since it was chosen`, { cause });
      }
      throw new DigitFidError(`${name}: at byte ${start}: expected ${length} bytes: the file is cut off`);
    },
    settle: () => Promise.resolve(),
  };
}
