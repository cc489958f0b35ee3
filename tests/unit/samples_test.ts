/** What is a sample among what a folder holds. */
import { assertEquals } from "@std/assert";
import { Lookout } from "../../cli/samples.ts";
import { inFolder } from "../support/folders.ts";

Deno.test("samples: files and folders with files; a pipe, a device and links that lead nowhere are none", () =>
  inFolder(async (folder) => {
    const script = 'mkfifo "$0/pipe.npy" "$0/b/pipe.png"; ln -s /dev/zero "$0/zero.npy"; ln -s loop.npy "$0/loop.npy"';
    await Deno.mkdir(`${folder}/b`);
    await Deno.mkdir(`${folder}/empty`);
    for (const name of ["a.npy", "b/0.png"]) await Deno.writeTextFile(`${folder}/${name}`, "");
    await new Deno.Command("/bin/bash", { args: ["-c", script, folder] }).output();
    const lookout = new Lookout(folder);
    assertEquals((await lookout.look()).changing, 2);
    assertEquals((await lookout.look()).settled.map(({ name }) => name), ["a.npy", "b"]);
  }));

Deno.test("samples: folders that go away while they are looked at are none", () =>
  inFolder(async (folder) => {
    let isLooking = true;
    const comesAndGoes = async () => {
      while (isLooking) {
        await Deno.mkdir(`${folder}/sample`);
        await Deno.remove(`${folder}/sample`);
      }
    };
    const coming = comesAndGoes();
    const lookout = new Lookout(folder);
    for (let i = 0; i < 2000; i++) assertEquals((await lookout.look()).settled, []);
    isLooking = false;
    await coming;
  }));
