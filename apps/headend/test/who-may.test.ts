/**
 * Every route of the contract, asked by who must not: generated from the table, so that no route can be without it.
 */

import { type OperationId, Problem, type Route, routes } from "@siegel/contract";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";

import { buildApi } from "../src/api/app.ts";
import { type ApiWorld, apiWorld, origin, sameOrigin } from "./api-world.ts";
import { delivery, gatewayA, meterA, noon, totals } from "./blocks.ts";

let world: ApiWorld;
const people: Record<"anna" | "berta" | "otto", string> = { anna: "", berta: "", otto: "" };
let block = "";

beforeAll(async () => {
  world = await apiWorld();
  const [result] = await world.commit(delivery({ blocks: [totals(meterA, noon, [1000, 1001])] }));
  block = result?.is === "new" ? (result.stored[0]?.blockId ?? "") : "";
  for (const name of ["anna", "berta", "otto"] as const) people[name] = await world.signIn(name);
});
afterAll(() => world.close());

const table = Object.entries(routes) as [OperationId, Route][]; // the table's own keys
/** Nobody is refused here; each says why that is right. */
const openToAll: Partial<Record<OperationId, string>> = {
  createSession: "one signs in here; the token is what is checked",
  getHealth: "says ok or degraded, nothing else",
};
/** Everybody with a session may: what they get is their own, or the same for all. */
const openToSignedIn: Partial<Record<OperationId, string>> = {
  deleteSession: "ends the session of the cookie",
  getMe: "the session's own person and meters",
  getTrust: "the root, the same for all",
};
const tested = { stranger: new Set<string>(), neighbour: new Set<string>(), wrongRole: new Set<string>() };

/** The route for Anna's things. */
function ask(route: Route, cookie?: string) {
  const query = route.path.endsWith("/series")
    ? "?obis=1-0:1.8.0*255&from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z"
    : "";
  const url = route.path.replace("{meter}", meterA).replace("{block}", block).replace("{gateway}", gatewayA) + query;
  return world.ask({
    method: route.method,
    url,
    headers: { ...(route.method === "GET" ? {} : sameOrigin), ...(cookie && { cookie }) },
    ...(route.method === "POST" ? { payload: "{}" } : {}),
  });
}

test.each(table.filter(([id]) => openToAll[id] === undefined))("%s refuses a stranger", async (id, route) => {
  // Whoever finds the address would read a household's life.
  for (const cookie of [undefined, "siegel_session=", `siegel_session=${"A".repeat(43)}`, "siegel_session=a; b=c"]) {
    const response = await ask(route, cookie);
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({ code: "not-signed-in" });
    expect(Compile(Problem).Check(response.json())).toBe(true);
  }
  tested.stranger.add(id);
});

test.each(table.filter(([, { permission }]) => permission.startsWith("consumer-of")))(
  "%s refuses the neighbour, and its owner passes",
  async (id, route) => {
    // A consumer would see the consumption of the flat next door.
    const response = await ask(route, people.berta);
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ code: "not-found" });
    if (id !== "getLive") expect((await ask(route, people.anna)).statusCode).toBe(200); // live.test.ts reads the stream
    tested.neighbour.add(id);
  },
);

test.each(table.filter(([, { permission }]) => permission.startsWith("consumer-of")))(
  "%s: not yours looks as not there",
  async (id, route) => {
    // The answer would tell a stranger which meters and blocks exist.
    const notYours = await ask(route, people.berta);
    const [thing = ""] = /\{\w+\}/.exec(route.path) ?? [];
    const nowhere = { ...route, path: route.path.replace(thing, nothing[thing] ?? "") };
    const notThere = await ask(nowhere, people.berta);
    expect({ status: notThere.statusCode, body: notThere.body }).toEqual({
      status: notYours.statusCode,
      body: notYours.body,
    });
    expect(id).not.toBe("");
  },
);
const nothing: Record<string, string> = {
  "{meter}": "0a01444446000000ffff",
  "{block}": "A".repeat(22),
  "{gateway}": "ESGL9999999999.SMGW",
};

test.each(table.filter(([, { permission }]) => permission.startsWith("consumer-of") || permission === "operator"))(
  "%s refuses who has the other role",
  async (id, route) => {
    // Who runs the system would read along, or a consumer would see others' gateways in the quarantine.
    const cookie = route.permission === "operator" ? people.anna : people.otto;
    expect((await ask(route, cookie)).statusCode).toBe(404);
    if (route.permission === "operator") expect((await ask(route, people.otto)).statusCode).toBe(200);
    tested.wrongRole.add(id);
  },
);

test("no route is without these tests", () => {
  // A new route would come without anybody having asked for it as a stranger.
  const ids = table.map(([id]) => id);
  const isOpen = (id: OperationId): boolean => openToAll[id] !== undefined;
  expect(ids.filter((id) => !tested.stranger.has(id) && !isOpen(id))).toEqual([]);
  const special = ids.filter((id) => !isOpen(id) && openToSignedIn[id] === undefined);
  expect(special.filter((id) => !tested.wrongRole.has(id))).toEqual([]);
  expect(special.filter((id) => routes[id].permission !== "operator" && !tested.neighbour.has(id))).toEqual([]);
});

test("a route that is not in the contract does not start", async () => {
  // Somebody would add a door to the server and no list would know of it.
  const app = await buildApi(world.ports, { origins: () => [origin], secureCookie: false, files: null });
  expect(() => app.get("/v1/backdoor", () => "all readings")).toThrow(
    expect.objectContaining({ code: "route-not-in-contract" }),
  );
  await app.close();
});

test("each check is what refuses: with the evidence withheld nothing is read, with it all is", async () => {
  // The tests above would pass on a server that refuses everybody.
  const series = routes.getSeries;
  expect((await ask(series, people.anna)).json().values).toHaveLength(2);
  expect((await ask(series, people.berta)).json().values).toBeUndefined();
});
