import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { createHash } from "node:crypto";
import { type Me, sessionCookie } from "@siegel/contract";
import { afterEach, beforeEach, expect, test } from "vitest";

import { type ApiWorld, apiWorld, origin, sameOrigin } from "./api-world.ts";
import { meterA } from "./blocks.ts";

const hourMs = 3_600_000;
let world: ApiWorld;
beforeEach(async () => {
  world = await apiWorld();
});
afterEach(() => world.close());

test("a link signs in once", async () => {
  // Whoever finds the link in a mailbox or a browser's history would be signed in, too.
  const token = await world.link("anna");
  const first = await world.post("/v1/session", { token });
  expect(first.statusCode).toBe(204);
  const second = await world.post("/v1/session", { token });
  expect(second.statusCode).toBe(401);
  expect(second.json()).toMatchObject({ code: "link-not-valid" });
});

test("of two who use a link at the same moment, one is signed in", async () => {
  // Who copied the link would only have to be as fast as its owner.
  const token = await world.link("anna");
  const answers = await Promise.all([1, 2, 3, 4].map(() => world.post("/v1/session", { token })));
  expect(answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b)).toEqual([204, 401, 401, 401]);
});

test("a link is over after its minutes", async () => {
  // A link in an old letter would open the account.
  const [late, inTime] = [await world.link("anna"), await world.link("anna")];
  world.clock.ms += 599_999;
  expect((await world.post("/v1/session", { token: inTime })).statusCode).toBe(204);
  world.clock.ms += 1;
  expect((await world.post("/v1/session", { token: late })).statusCode).toBe(401);
});

test("the cookie is for our pages only and no script's business", async () => {
  // A script slipped into the page, or another page, would carry the session away.
  const answer = await world.post("/v1/session", { token: await world.link("anna") });
  const [cookie] = answer.cookies;
  expect(cookie).toMatchObject({ name: sessionCookie, httpOnly: true, sameSite: "Strict", path: "/" });
  expect(cookie?.value).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test("a session ends twelve hours after the last request, not before", async () => {
  // A forgotten browser would stay open for ever, or a person be thrown out while reading.
  const cookie = await world.signIn("anna");
  for (let hours = 0; hours < 40; hours += 10) {
    world.clock.ms += 10 * hourMs;
    expect((await world.get("/v1/me", cookie)).statusCode).toBe(200);
  }
  world.clock.ms += 12 * hourMs - 1;
  expect((await world.get("/v1/me", cookie)).statusCode).toBe(200);
  world.clock.ms += 12 * hourMs;
  expect((await world.get("/v1/me", cookie)).statusCode).toBe(401);
});

test("a session ends after thirty days whoever uses it", async () => {
  // A stolen cookie that is used every hour would be good for ever.
  const cookie = await world.signIn("anna");
  const endMs = world.clock.ms + 30 * 24 * hourMs;
  while (world.clock.ms < endMs - 10 * hourMs) {
    world.clock.ms += 10 * hourMs;
    expect((await world.get("/v1/me", cookie)).statusCode).toBe(200);
  }
  world.clock.ms = endMs;
  expect((await world.get("/v1/me", cookie)).statusCode).toBe(401);
});

test("signing out ends the session on the server", async () => {
  // Who kept the cookie would still be signed in.
  const cookie = await world.signIn("anna");
  const out = await world.ask({ method: "DELETE", url: "/v1/session", headers: { ...sameOrigin, cookie } });
  expect(out.statusCode).toBe(204);
  expect((await world.get("/v1/me", cookie)).statusCode).toBe(401);
});

test("me is who signed in, with his meters and no others", async () => {
  // The neighbour's meter would stand in the list.
  const answer = await world.get("/v1/me", await world.signIn("anna"));
  const me: Me = answer.json();
  expect(me).toEqual({
    name: "Anna",
    role: "consumer",
    meters: [{ id: meterA, label: "1DZG0060694613", maker: "DZG Metering", medium: "electricity", latestAt: null }],
  });
  expect((await world.get("/v1/me", await world.signIn("otto"))).json()).toEqual({
    name: "Otto",
    role: "operator",
    meters: [],
  });
});

test("neither tokens nor cookies are stored or logged", async () => {
  // Who reads a backup or a log file could sign in as everybody.
  const token = await world.link("anna");
  const cookie = (await world.post("/v1/session", { token })).cookies[0]?.value ?? "";
  await world.get("/v1/me", `${sessionCookie}=${cookie}`);
  const hash = new Uint8Array(createHash("sha256").update(cookie).digest());
  expect(await world.store.sessions.session(hash)).toMatchObject({ person: "anna" });
  expect(world.logged.join("\n")).not.toContain(token);
  expect(world.logged.join("\n")).not.toContain(cookie);
});

test("somebody who is no longer in the registry is no longer signed in", async () => {
  // A customer who moved out would go on reading the next one's consumption.
  const cookie = await world.signIn("anna");
  const { registry } = world.ports;
  Object.defineProperty(registry, "person", { value: () => undefined, configurable: true });
  expect((await world.get("/v1/me", cookie)).statusCode).toBe(401);
  Reflect.deleteProperty(registry, "person");
  expect((await world.get("/v1/me", cookie)).statusCode).toBe(200);
});

test("nobody can try links fast", async () => {
  // 32 octets cannot be guessed, but a flood of tries would keep the store busy.
  const tries: number[] = [];
  for (let count = 0; count < 12; count++) {
    tries.push((await world.post("/v1/session", { token: "A".repeat(43) })).statusCode);
  }
  expect(tries).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
});

test.each([
  ["another page's origin", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, "cross-site"],
  ["another port of this machine", { origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-site" }, "cross-site"],
  ["an old browser's other origin", { origin: "http://127.0.0.1:3000", "sec-fetch-site": undefined }, "cross-site"],
  ["a null origin", { origin: "null", "sec-fetch-site": undefined }, "cross-site"],
  ["neither of both", { origin: undefined, "sec-fetch-site": undefined }, "cross-site"],
  ["a form", { "content-type": "application/x-www-form-urlencoded" }, "wrong-media-type"],
  ["text that a form can send", { "content-type": "text/plain; charset=application/json" }, "wrong-media-type"],
  ["no media type", { "content-type": undefined }, "wrong-media-type"],
])("a request that changes something is refused from %s", async (_, headers, code) => {
  // A page of somebody else would sign people in and out, or use their session.
  const token = await world.link("anna");
  const sent = Object.fromEntries(Object.entries({ ...sameOrigin, ...headers }).filter(([, value]) => value));
  const answer = await world.ask({
    method: "POST",
    url: "/v1/session",
    payload: JSON.stringify({ token }),
    headers: sent,
  });
  expect(answer.json()).toMatchObject({ code });
  expect((await world.post("/v1/session", { token })).statusCode).toBe(204); // the link is still good: nothing was done
});

test.each(["evil.example", "127.0.0.1:8081", "127.0.0.1.evil.example:8080", "", "127.0.0.1"])(
  "a request for the host %j is not answered",
  async (host) => {
    // A page whose name points to 127.0.0.1 by then (DNS rebinding) would read with the person's cookie.
    const answer = await world.get("/v1/health", undefined, { host });
    expect(answer.statusCode).toBe(421);
    expect(answer.json()).toMatchObject({ code: "wrong-host" });
    expect((await world.get("/v1/health")).statusCode).toBe(200);
  },
);

test("a second host, and one in the address, have to be ours, too", async () => {
  // A proxy that goes by the other one would have let pass what is refused here, or the other way round.
  const { port } = new URL(await world.app.listen({ host: "127.0.0.1", port: 0 }));
  const statusOf = async (...lines: readonly string[]): Promise<string | undefined> => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.end(`${[...lines, "Connection: close"].join("\r\n")}\r\n\r\n`);
    return (await text(socket)).split(" ")[1];
  };
  const [own, evil] = ["Host: 127.0.0.1:8080", "Host: evil.example"];
  const get = (url: string) => `GET ${url} HTTP/1.1`;
  expect(await statusOf(get("/v1/health"), own)).toBe("200");
  expect(await statusOf(get("http://127.0.0.1:8080/v1/health"), own)).toBe("200");
  expect(await statusOf(get("/v1/health"), own, evil)).toBe("421");
  expect(await statusOf(get("/v1/health"), evil, own)).toBe("421");
  expect(await statusOf(get("http://evil.example/v1/health"), own)).toBe("421");
  expect(await statusOf(get("http://127.0.0.1:8080@evil.example/v1/health"), own)).toBe("421");
});

test("another page can not ask the API with a person's cookie", async () => {
  // It would see by time and size what a person has.
  const cookie = await world.signIn("anna");
  for (const site of ["cross-site", "same-site"]) {
    for (const url of ["/v1/me", "/%761/me", "/v1/%6de"]) {
      const answer = await world.get(url, cookie, { "sec-fetch-site": site });
      expect(answer.json(), url).toMatchObject({ code: "cross-site" });
    }
  }
  expect((await world.get("/v1/me", cookie, { "sec-fetch-site": "none" })).statusCode).toBe(200);
});

test("behind a proxy its origin is ours and the old one is not", async () => {
  // Signing in through the proxy would fail, or the port behind it stay a second door.
  const proxied = await apiWorld({ origins: () => ["https://portal.example"] });
  const good = { ...sameOrigin, origin: "https://portal.example", host: "portal.example" };
  const token = await proxied.link("anna");
  expect((await proxied.post("/v1/session", { token }, { ...good, origin })).statusCode).toBe(403);
  expect((await proxied.post("/v1/session", { token }, good)).statusCode).toBe(204);
  await proxied.close();
});
