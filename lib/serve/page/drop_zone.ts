/// <reference lib="dom" />
/** Files by drag and drop, by a dialogue, or pasted; a folder with all that is in it. */
import type { DroppedFile } from "./protocol.ts";
import { find } from "./views.ts";

/** Calls back with the files whenever some are given, in whatever way: at once, as a folder may take long to look through. */
export function acceptFiles(onFiles: (files: Promise<DroppedFile[]>) => void): void {
  const zone = find("drop", HTMLElement);
  const lit = (isOver: boolean) => zone.classList.toggle("over", isOver);
  document.addEventListener("dragover", (event) => {
    event.preventDefault(); // or the browser would leave the page for the file
    lit(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && lit(false));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    lit(false);
    if (event.dataTransfer?.types.includes("Files")) onFiles(filesOf(event.dataTransfer));
  });
  document.addEventListener("paste", ({ clipboardData }) => {
    const files = [...clipboardData?.files ?? []];
    if (files.length > 0) onFiles(Promise.resolve(files.map(single)));
  });
  for (const [button, input] of [["choose", "files"], ["choose-folder", "folder"]]) {
    const chooser = find(input, HTMLInputElement);
    find(button, HTMLButtonElement).addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      const files = [...chooser.files ?? []];
      chooser.value = ""; // the same file may be chosen again
      if (files.length > 0) onFiles(Promise.resolve(files.map(single)));
    });
  }
}

function single(file: File): DroppedFile {
  return { path: file.webkitRelativePath || file.name, content: file };
}

/** A file or folder that was dropped, as browsers with the File System Access API have it. */
interface Handle {
  readonly kind: "file" | "directory";
  readonly name: string;
  getFile(): Promise<File>;
  values(): AsyncIterable<Handle>;
}

/** All files that were dropped, or are in folders that were. */
async function filesOf({ items, files }: DataTransfer): Promise<DroppedFile[]> {
  // All of that is asked for before the first await, or it is gone.
  const plain = [...files].map(single);
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  const handles = [...items].map((item) =>
    (item as { getAsFileSystemHandle?(): Promise<Handle> }).getAsFileSystemHandle?.()
  );
  try {
    return (await Promise.all(entries.map((entry) => entry ? filesIn(entry) : []))).flat();
  } catch { // Chromium has no entries in pages from a disk
    const found = await Promise.all(handles.map(async (handle) => handle ? filesUnder(await handle, "") : []));
    return found.flat();
  }
}

async function filesUnder(handle: Handle, folder: string): Promise<DroppedFile[]> {
  const path = folder + handle.name;
  if (handle.kind === "file") return [{ path, content: await handle.getFile() }];
  const found: DroppedFile[] = [];
  for await (const inner of handle.values()) found.push(...await filesUnder(inner, `${path}/`));
  return found;
}

async function filesIn(entry: FileSystemEntry): Promise<DroppedFile[]> {
  if (entry.isFile) {
    const content = await new Promise<File>((give, fail) => (entry as FileSystemFileEntry).file(give, fail));
    return [{ path: entry.fullPath.slice(1), content }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: DroppedFile[] = [];
  for (;;) { // a call gives a part of the folder
    const part = await new Promise<FileSystemEntry[]>((give, fail) => reader.readEntries(give, fail));
    if (part.length === 0) return found;
    found.push(...(await Promise.all(part.map(filesIn))).flat());
  }
}
