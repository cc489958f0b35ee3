/// <reference lib="dom" />
/** Files by drag and drop, by a dialogue, or pasted; a folder with all that is in it. */
import type { DroppedFile } from "./protocol.ts";
import { find } from "./views.ts";

/** Calls back with the files whenever some are given, in whatever way. */
export function acceptFiles(onFiles: (files: DroppedFile[]) => void): void {
  const zone = find("drop", HTMLElement);
  const lit = (isOver: boolean) => zone.classList.toggle("over", isOver);
  document.addEventListener("dragover", (event) => {
    event.preventDefault(); // or the browser would leave the page for the file
    lit(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && lit(false));
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    lit(false);
    if (event.dataTransfer?.types.includes("Files")) onFiles(await filesOf(event.dataTransfer));
  });
  document.addEventListener("paste", ({ clipboardData }) => {
    const files = [...clipboardData?.files ?? []];
    if (files.length > 0) onFiles(files.map(single));
  });
  for (const [button, input] of [["choose", "files"], ["choose-folder", "folder"]]) {
    const chooser = find(input, HTMLInputElement);
    find(button, HTMLButtonElement).addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      const files = [...chooser.files ?? []];
      chooser.value = ""; // the same file may be chosen again
      if (files.length > 0) onFiles(files.map(single));
    });
  }
}

function single(file: File): DroppedFile {
  return { path: file.webkitRelativePath || file.name, content: file };
}

async function filesOf({ items, files }: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? null); // before the first await, or they are gone
  if (!entries.some((entry) => entry?.isDirectory)) return [...files].map(single);
  return (await Promise.all(entries.map((entry) => entry ? filesIn(entry) : []))).flat();
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
