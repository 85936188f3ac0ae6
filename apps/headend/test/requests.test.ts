import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem, problemType } from "@siegel/contract";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type ApiWorld, apiWorld, sameOrigin } from "./api-world.ts";
import { meterA } from "./blocks.ts";

let world: ApiWorld;
let cookie: string;
const folder = mkdtempSync(join(tmpdir(), "siegel-files-"));
beforeAll(async () => {
  mkdirSync(join(folder, "portal/assets"), { recursive: true });
  writeFileSync(join(folder, "portal/index.html"), "<!doctype html><title>Siegel</title>");
  writeFileSync(join(folder, "portal/assets/main-1a2b.js"), "export {};");
  writeFileSync(join(folder, "portal/assets/main-1a2b.js.br"), "pressed");
  writeFileSync(join(folder, "portal/.hidden"), "secret");
  writeFileSync(join(folder, "outside.txt"), "secret");
  world = await apiWorld({ files: join(folder, "portal") });
  cookie = await world.signIn("anna");
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const series = (query: string): string => `/v1/meters/${meterA}/series?${query}`;
const range = "from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z";

test.each([
  ["no query", series("")],
  ["an unknown field", series(`obis=1.8.0&${range}&limit=1`)],
  ["a field twice", series(`obis=1.8.0&obis=2.8.0&${range}`)],
  ["no register", series(`obis=hello&${range}`)],
  ["no instant", series("obis=1.8.0&from=yesterday&to=2026-06-02T00:00:00Z")],
  ["an instant without offset", series("obis=1.8.0&from=2026-06-01T00:00:00&to=2026-06-02T00:00:00Z")],
  ["an end before the start", series("obis=1.8.0&from=2026-06-02T00:00:00Z&to=2026-06-01T00:00:00Z")],
  ["an unknown kind", series(`obis=1.8.0&kind=guess&${range}`)],
  ["a very long value", series(`obis=${"1".repeat(5000)}&${range}`)],
])("%s is a bad request, told as a problem", async (_, url) => {
  // A page of ours, or a program, would not know that it is at fault.
  const answer = await world.get(url, cookie);
  expect(answer.statusCode).toBe(400);
  expect(String(answer.headers["content-type"]).startsWith(problemType)).toBe(true);
  expect(answer.json()).toMatchObject({ code: "bad-request" });
  expect(Compile(Problem).Check(answer.json())).toBe(true);
});

test("more than 35 days are asked for in parts", async () => {
  // One request would read years and hold up everybody.
  const to = (days: number): string => new Date(Date.UTC(2026, 5, 1 + days)).toISOString();
  const ask = (days: number) => world.get(series(`obis=1.8.0&from=${to(0)}&to=${to(days)}`), cookie);
  expect((await ask(35)).statusCode).toBe(200);
  expect((await ask(36)).json()).toMatchObject({ status: 422, code: "range-too-long" });
});

test.each([
  ["no JSON", "{", 400, "bad-request"],
  ["another shape", "[]", 400, "bad-request"],
  ["a field too many", JSON.stringify({ token: "A".repeat(43), admin: true }), 400, "bad-request"],
  ["a token of another shape", JSON.stringify({ token: "x" }), 400, "bad-request"],
  ["a prototype", `{"token":"${"A".repeat(43)}","__proto__":{"x":1}}`, 401, "link-not-valid"],
  ["nothing", "", 400, "bad-request"],
  ["too much", JSON.stringify({ token: "A".repeat(20_000) }), 413, "too-large"],
])("a body with %s is refused", async (_, payload, status, code) => {
  // Something else than the contract says would reach a handler.
  const answer = await (await fresh()).ask({ method: "POST", url: "/v1/session", payload, headers: sameOrigin });
  expect(answer.json()).toMatchObject({ status, code });
});

test.each([
  ["GET", "/v1/everything"],
  ["GET", "/v1"],
  ["PUT", "/v1/session"],
  ["POST", "/v1/me"],
  ["OPTIONS", "/v1/me"],
  ["HEAD", "/v1/me"],
] as const)("%s %s is not there", async (method, url) => {
  // A method or path that nobody thought of would do something.
  const answer = await world.ask({ method, url, headers: { ...sameOrigin, cookie } });
  expect(answer.statusCode).toBe(404);
});

test.each(["/%", "/%zz.js", "/v1/meters/%ff", "/%3Cscript%3E%"])(
  "%s is a problem that does not quote it",
  async (url) => {
    // The one answer that is not ours: it tells what the server is made of and gives back what a stranger wrote.
    const answer = await world.get(url);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toContain(problemType);
    expect(answer.json()).toMatchObject({ code: "bad-request" });
    expect(answer.body).not.toMatch(/FST_|%/);
  },
);

test("the page may load from here only, and nothing inline", async () => {
  // A script slipped into the page would run with the person's session.
  for (const url of ["/", "/v1/health"]) {
    const { headers } = await world.get(url);
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("unsafe");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
  }
});

test("answers of the API are kept by no cache", async () => {
  // The next user of a shared computer would find them.
  expect((await world.get("/v1/me", cookie)).headers["cache-control"]).toBe("no-store");
  expect((await world.get("/v1/me")).headers["cache-control"]).toBe("no-store");
});

test("the portal's files are there, and views of the page lead to it", async () => {
  // A reload within the portal would show nothing.
  for (const url of ["/", "/index.html", "/meter/abc"]) {
    const answer = await world.get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain("<title>Siegel</title>");
    expect(answer.headers["cache-control"]).toBe("no-cache");
  }
  const asset = await world.get("/assets/main-1a2b.js");
  expect(asset.headers["content-type"]).toMatch(/javascript/);
  expect(asset.headers["cache-control"]).toContain("immutable");
  const pressed = await world.get("/assets/main-1a2b.js", "", { "accept-encoding": "gzip, br" });
  expect([pressed.headers["content-encoding"], pressed.body]).toEqual(["br", "pressed"]);
});

test.each(["/../outside.txt", "/..%2foutside.txt", "/%2e%2e/outside.txt", "/assets/..%5c..%5coutside.txt", "/.hidden"])(
  "%s leads to no file",
  async (url) => {
    // Files beside the portal, the store for example, could be fetched.
    const answer = await world.get(url);
    expect(answer.body).not.toContain("secret");
    expect([400, 403, 404]).toContain(answer.statusCode);
  },
);

test("a file that is not there is a problem, not a page", async () => {
  // A browser would take the page for a script.
  expect((await world.get("/assets/other.js")).json()).toMatchObject({ code: "not-found" });
});

test("a folder without a page is told at the start", async () => {
  // The head-end would run and show nothing.
  await expect(apiWorld({ files: folder })).rejects.toMatchObject({ code: "bad-config" });
});

test("a mistake of ours tells nothing to the outside", async () => {
  // Texts of errors quote what they were about: readings, queries, paths.
  const broken = await fresh();
  const mine = await broken.signIn("anna");
  broken.store.readings.registers = () => Promise.reject(new Error("select * from blocks where meter = secret"));
  const answer = await broken.get(series(`obis=1.8.0&${range}`), mine);
  expect(answer.json()).toEqual({
    type: "urn:siegel:problem:internal-error",
    title: "The server made a mistake",
    status: 500,
    code: "internal-error",
  });
  expect(broken.logged.join("\n")).toContain("api-failed");
  expect(broken.logged.join("\n")).not.toContain("secret");
});

const worlds: ApiWorld[] = [];
async function fresh(): Promise<ApiWorld> {
  const made = await apiWorld();
  worlds.push(made);
  return made;
}
afterAll(() => Promise.all(worlds.map((one) => one.close())));
