import { type AddressInfo } from "node:net";
import { get, type IncomingMessage } from "node:http";
import { type CurrentValue, live } from "@siegel/contract";
import { afterEach, expect, test } from "vitest";

import { LiveHub, type LiveSink } from "../src/core/live.ts";
import { type ApiWorld, apiWorld, sameOrigin } from "./api-world.ts";
import { delivery, meterA, meterB, noon, totals } from "./blocks.ts";

const reading = (value: string): CurrentValue => ({
  obis: "1-0:16.7.0*255",
  value,
  unit: "W",
  at: "2026-06-01T10:00:00Z",
  quality: "valid",
  trust: "signed",
  blockId: "A".repeat(22),
});

class Sink implements LiveSink {
  text = "";
  isFull = false;
  isEnded = false;
  write(text: string): boolean {
    if (!this.isFull) this.text += text;
    return !this.isFull;
  }
  end(): void {
    this.isEnded = true;
  }
  get values(): string[] {
    return [...this.text.matchAll(/^data: (.*)$/gm)].map(([, data = "{}"]) => JSON.parse(data).value);
  }
  get ids(): string[] {
    return [...this.text.matchAll(/^id: (.*)$/gm)].map(([, id = ""]) => id);
  }
}

const opened = (hub: LiveHub, meter: string, person = "anna", session = "s1") => {
  const sink = new Sink();
  return { sink, client: hub.open({ meter, person, session, sink }) };
};

test("who watches a meter sees its values and no others", () => {
  // The neighbour's consumption would run across the screen.
  const hub = new LiveHub("run");
  const { sink, client } = opened(hub, meterA);
  client?.start(undefined, [reading("1")]);
  hub.publish(meterB, [reading("99")]);
  hub.publish(meterA, [reading("2")]);
  expect(sink.values).toEqual(["1", "2"]);
});

test("what is committed while the newest values are read is not lost", () => {
  // The screen would show an old value until the next one comes.
  const hub = new LiveHub("run");
  const { sink, client } = opened(hub, meterA);
  hub.publish(meterA, [reading("2")]);
  expect(sink.values).toEqual([]);
  client?.start(undefined, [reading("1")]);
  expect(sink.values).toEqual(["1", "2"]);
});

test("a client that was cut off gets what it missed", () => {
  // A curve that is drawn from events would have a hole after each tunnel.
  const hub = new LiveHub("run");
  const first = opened(hub, meterA);
  first.client?.start(undefined, []);
  hub.publish(meterA, [reading("1"), reading("2")]);
  hub.publish(meterA, [reading("3")]);
  const [seen = ""] = first.sink.ids;
  expect(first.sink.ids).toHaveLength(2); // one for each group
  first.client?.close();
  hub.publish(meterA, [reading("4")]);
  const second = opened(hub, meterA);
  second.client?.start(seen, [reading("newest")]);
  expect(second.sink.values).toEqual(["3", "4"]);
});

test.each(["other-1", "run-99", "run-x", "", "run-0\n\nevent: reading"])(
  "an id %j that is not remembered leads to the newest values",
  (id) => {
    // After a restart of the server a page would wait for what never comes.
    const hub = new LiveHub("run", { clients: 9, perPerson: 9, remembered: 2 });
    for (const value of ["1", "2", "3", "4", "5", "6"]) hub.publish(meterA, [reading(value)]);
    const { sink, client } = opened(hub, meterA);
    client?.start(id, [reading("newest")]);
    expect(sink.values).toEqual(["newest"]);
  },
);

test("an id older than what is remembered is not followed up with a hole", () => {
  // Events would be missing and nobody would know.
  const hub = new LiveHub("run", { clients: 9, perPerson: 9, remembered: 2 });
  for (const value of ["1", "2", "3", "4", "5", "6"]) hub.publish(meterA, [reading(value)]);
  const { sink, client } = opened(hub, meterA);
  client?.start("run-1", [reading("newest")]);
  expect(sink.values).toEqual(["newest"]);
});

test("a slow client is dropped and costs nobody else", () => {
  // One sleeping phone would fill the memory of the server.
  const hub = new LiveHub("run");
  const [slow, quick] = [opened(hub, meterA), opened(hub, meterA)];
  for (const { client } of [slow, quick]) client?.start(undefined, []);
  slow.sink.isFull = true;
  hub.publish(meterA, [reading("1")]);
  expect([slow.sink.isEnded, quick.sink.isEnded, hub.count]).toEqual([true, false, 1]);
  expect(quick.sink.values).toEqual(["1"]);
});

test("there are so many clients and no more, and one person cannot take all", () => {
  // One browser with many tabs would lock everybody else out.
  const hub = new LiveHub("run", { clients: 3, perPerson: 2, remembered: 9 });
  const made = [opened(hub, meterA), opened(hub, meterA), opened(hub, meterA)];
  expect(made.map(({ client }) => client !== undefined)).toEqual([true, true, false]);
  expect(opened(hub, meterB, "berta").client).toBeDefined();
  expect(opened(hub, meterB, "carla").client).toBeUndefined();
  made[0]?.client?.close();
  expect(opened(hub, meterB, "carla").client).toBeDefined();
});

test("a session that is over has no stream any more", () => {
  // Signing out would leave a tab that goes on showing.
  const hub = new LiveHub("run");
  const [out, stays] = [opened(hub, meterA, "anna", "s1"), opened(hub, meterA, "anna", "s2")];
  for (const { client } of [out, stays]) client?.start(undefined, []);
  hub.endSessions((session) => session === "s1");
  hub.heartbeat();
  expect([out.sink.isEnded, stays.sink.isEnded]).toEqual([true, false]);
  expect(stays.sink.text).toBe(": \n\n");
});

const worlds: ApiWorld[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((one) => one.close())));

test("over HTTP: newest value first, then what is committed, until signed out", async () => {
  // The page of a meter would stand still, or go on after signing out.
  const port = { number: 0 };
  const world = await apiWorld({ origins: () => [`http://127.0.0.1:${port.number}`] });
  worlds.push(world);
  await world.app.listen({ host: "127.0.0.1", port: 0 });
  port.number = (world.app.server.address() as AddressInfo).port;
  const host = `127.0.0.1:${port.number}`;
  const own = { ...sameOrigin, origin: `http://${host}`, host };
  const signedIn = await world.post("/v1/session", { token: await world.link("anna") }, own);
  const cookie = `siegel_session=${signedIn.cookies[0]?.value ?? ""}`;
  await world.commit(delivery({ blocks: [totals(meterA, noon, [1, 2])] }));

  const url = `http://${host}/v1/meters/${meterA}/live`;
  const response = await new Promise<IncomingMessage>((done) => get(url, { headers: { cookie } }, done));
  expect(response.statusCode).toBe(200);
  expect(response.headers["content-type"]).toBe(live.contentType);
  expect(response.headers["content-security-policy"]).toContain("default-src 'none'");
  let text = "";
  const ended = new Promise<void>((done) => response.once("close", done).once("error", () => done()));
  const has = (part: string): Promise<void> =>
    new Promise((done) => {
      const look = (): void => void (text.includes(part) && done());
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        look();
      });
      look();
    });
  await has('"value":"0.2"');
  world.ports.live.publish(meterA, [reading("815")]);
  await has('"value":"815"');
  const out = await world.ask({ method: "DELETE", url: "/v1/session", headers: { ...own, cookie } });
  expect(out.statusCode).toBe(204);
  await ended;
  expect(world.ports.live.count).toBe(0);
});
