/** Lines of Python that convert a file, for messages: what NumPy and its kin take, whatever the file's name. */

/** A path as a string of Python inside double quotes of a shell; `FILE` stands for one that needs more care. */
export function pythonString(path: string): string {
  return /^[^\p{C}\p{Zl}\p{Zp}'"`$\\!]+$/u.test(path) ? `'${path}'` : "'FILE'";
}

/** The command that saves an array as `images.npy`. */
export function pythonSave(array: string, ...modules: string[]): string {
  return `python3 -c "import ${["numpy", ...modules].join(", ")}; numpy.save('images.npy', ${array})"`;
}

/** The one of several arrays that has the most dimensions, and of those the most numbers: the images beside labels. */
export function pythonLargest(arrays: string): string {
  return `max(${arrays}, key=lambda array: (numpy.ndim(array), numpy.size(array)))`;
}

/** Arrays that are an image each, or a batch each, as one. */
export function pythonJoined(list: string, library: "numpy" | "torch"): string {
  const join = library === "numpy" ? "concatenate" : "cat";
  return `(lambda parts: ${library}.stack(parts) if len({part.shape for part in parts}) == 1 else ` +
    `${library}.${join}([part for part in parts if part.ndim > 1]))(list(${list}))`;
}
