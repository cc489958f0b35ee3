/** What is a sample among what a folder holds, and when it is whole. */
import { assertEquals } from "@std/assert";
import { Lookout } from "../../cli/samples.ts";
import { inFolder } from "../support/folders.ts";

Deno.test("samples: one is settled at the second look at which it is the same, a folder by all files in it", () =>
  inFolder(async (folder) => {
    const lookout = new Lookout(folder);
    const seen = async () => {
      const { settled, changing } = await lookout.look();
      return [settled.map(({ name }) => name), changing];
    };
    Deno.writeTextFileSync(`${folder}/step10.npy`, "1");
    for (const name of ["notes.txt", ".hidden.npy"]) Deno.writeTextFileSync(`${folder}/${name}`, "no sample");
    Deno.mkdirSync(`${folder}/step9`);
    Deno.writeTextFileSync(`${folder}/step9/0.png`, "1");
    assertEquals(await seen(), [[], 2]);
    assertEquals(await seen(), [["step9", "step10.npy"], 0]);

    const [sample] = (await lookout.look()).settled;
    Deno.writeTextFileSync(`${folder}/step9/0.png`, "12"); // which is no change of the folder itself
    assertEquals(await lookout.isStill(sample), false);
    Deno.writeTextFileSync(`${folder}/step10.npy`, "12");
    assertEquals(await seen(), [[], 2]);
    Deno.removeSync(`${folder}/step10.npy`);
    assertEquals(await seen(), [["step9"], 0]);
  }));

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

Deno.test("samples: a folder without images is none, links that lead round are not followed for ever, rights are seen", () =>
  inFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/logs/0`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/logs/0/events.txt`, "1");
    Deno.mkdirSync(`${folder}/round/3`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/round/3/0.png`, "1");
    for (const name of ["a", "b", "c"]) Deno.symlinkSync("..", `${folder}/round/${name}`); // 3^40 paths
    const lookout = new Lookout(folder);
    await lookout.look();
    const [first, ...others] = (await lookout.look()).settled;
    assertEquals([first.name, others], ["round", []]);
    await new Promise((resolve) => setTimeout(resolve, 1020 - Date.now() % 1000)); // such times are kept in seconds
    Deno.chmodSync(`${folder}/round/3/0.png`, 0o600);
    const [closed] = (await lookout.look()).settled;
    assertEquals([closed.stamp, closed.changed > first.changed], [first.stamp, true]);
  }));
