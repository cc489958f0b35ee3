/** The page's HTTP, spoken to byte by byte. */
import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { serveHttp } from "../../lib/serve/http.ts";

const LIMITS = { connections: 3, requestBytes: 1000, seconds: 0.3 };

/** Serves the method and the address of each request while a test runs. */
async function withServer(
  test: (port: number) => Promise<void>,
  { wrap = (listener: Deno.Listener) => listener, limits = LIMITS } = {},
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answer = ({ method, url }: { method: string; url: URL }) => Promise.resolve(new Response(`${method} ${url}`));
  const served = serveHttp(wrap(listener), answer, limits);
  try {
    await test(listener.addr.port);
  } finally {
    listener.close();
    await served;
  }
}

/** All that comes back for some bytes, until the server hangs up; it fails if that takes more than 5 s. */
async function ask(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  const timer = setTimeout(() => connection.close(), 5000);
  return await new Response(connection.readable).text().finally(() => clearTimeout(timer));
}

const GET = "GET /a?b HTTP/1.1\r\nHost: h:1\r\n";

Deno.test("http: requests on one connection are answered in order, until one says that it is the last", () =>
  withServer(async (port) => {
    const answers = await ask(
      port,
      `${GET}\r\n${GET.replace("GET", "HEAD")}\r\n${GET}Connection: close\r\n\r\n${GET}\r\n`,
    );
    assertEquals(answers.match(/^content-length: 17|^connection: .*|GET http:.*?b/gm), [
      "connection: keep-alive",
      "GET http://h:1/a?b",
      "connection: keep-alive",
      "connection: close",
      "GET http://h:1/a?b",
    ]);
  }));

Deno.test("http: what is no request is refused with 400, what is too long with 431", () =>
  withServer(async (port) => {
    const bad = [
      "hello\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
      "GET a HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nno header\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX: \0\r\n\r\n",
      ...["a b", "[::", "%zz", "h:99999", "h:", "h/i", "u@h", "", "\xff"]
        .map((host) => `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
    ];
    for (const text of bad) assertMatch(await ask(port, text), /^HTTP\/1\.1 400 /, text);
    assertMatch(await ask(port, `${GET}X: ${"x".repeat(1000)}`), /^HTTP\/1\.1 431 /);
    assertMatch(await ask(port, `${GET}Content-Length: 3\r\n\r\nabc`), /connection: close/);
  }));

Deno.test("http: who says nothing for long is hung up on", () =>
  withServer(async (port) => {
    assertEquals(await ask(port, "GET / HT"), "");
  }));

Deno.test("http: of too many connections the oldest are closed", () =>
  withServer(async (port) => {
    const silent: Deno.Conn[] = [];
    for (let i = 0; i < 20; i++) silent.push(await Deno.connect({ hostname: "127.0.0.1", port }));
    const start = performance.now();
    assertMatch(await ask(port, `${GET}Connection: close\r\n\r\n`), /^HTTP\/1\.1 200 /);
    for (const connection of silent.slice(0, -LIMITS.connections)) {
      assertEquals(await connection.read(new Uint8Array(1)), null);
    }
    assertLess(performance.now() - start, 2000);
    silent.forEach((connection) => connection.close());
  }, { limits: { ...LIMITS, seconds: 4 } }));

Deno.test("http: a time without file descriptors passes", () => {
  let failures = 3;
  const withoutDescriptors = (listener: Deno.Listener): Deno.Listener =>
    new Proxy(listener, {
      get: (target, name) =>
        name === "accept" && failures-- > 0
          ? () => Promise.reject(new Error("Too many open files (os error 24)"))
          : Reflect.get(target, name, target).bind(target),
    });
  return withServer(async (port) => {
    assertMatch(await ask(port, `${GET}Connection: close\r\n\r\n`), /^HTTP\/1\.1 200 /);
  }, { wrap: withoutDescriptors });
});
