#!/usr/bin/env node
/**
 * `npx digit-fid COMMAND …`: starts the Deno that npm has installed with the command's line of deno.json, as the launcher
 * of a checkout does, and ends as it ends. Node cannot become another program, so signals are passed on, and
 * end_with_parent.js sees to it that the command does not outlive this process.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { tasks } = JSON.parse(readFileSync(new URL("../deno.json", import.meta.url), "utf8"));

const args = process.argv.slice(2);
if (args.length > 0 && !args[0].startsWith("-") && !Object.hasOwn(tasks, args[0])) args.unshift("help");
const { command } = tasks[args[0]] ?? tasks.help;
const [, run, ...flagsAndProgram] = command.split(" ").slice(0, -1); // deno run FLAGS PROGRAM COMMAND

const deno = createRequire(import.meta.url)("deno/install_api.cjs").runInstall();
const child = spawn(deno, [run, "--no-config", "--preload=bin/end_with_parent.js", ...flagsAndProgram, ...args], {
  cwd: root,
  env: {
    ...process.env,
    INIT_CWD: process.cwd(), // relative paths are the user's
    DENO_NO_UPDATE_CHECK: "1",
    // Without a working Vulkan driver wgpu would take OpenGL on the CPU in silence, which is far slower.
    ...process.platform === "linux" && { DENO_WEBGPU_BACKEND: process.env.DENO_WEBGPU_BACKEND ?? "vulkan" },
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? root, // where none is set, the Vulkan loader complains
  },
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`digit-fid: Deno does not start: ${error.message}; to install it again: npm rebuild deno`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGKILL" ? 137 : 1)));
