/** Loaded before the program by digit-fid.js: ends it when the process that started it is gone, even if that was killed. */
const parent = Deno.ppid;
Deno.unrefTimer(setInterval(() => Deno.ppid === parent || Deno.exit(137), 500));
