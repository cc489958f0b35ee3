/** Lines of Python that convert a file, for messages: what NumPy and its kin take, whatever the file's name. */

/** A path as a string of Python inside double quotes of a shell; `FILE` stands for one that needs more care. */
export function pythonString(path: string): string {
  return /^[\w./ +,=@:*-]+$/.test(path) ? `'${path}'` : "'FILE'";
}

/** The command that saves an array as `images.npy`. */
export function pythonSave(array: string, ...modules: string[]): string {
  return `python3 -c "import ${["numpy", ...modules].join(", ")}; numpy.save('images.npy', ${array})"`;
}
