import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";

import { ConsumerMayRead } from "../src/core/access.ts";
import { eraseDue } from "../src/headend.ts";
import { openSqlite, sqlitePathIn } from "../src/store/sqlite.ts";
import { openStore } from "../src/store/store.ts";
import { delivery, meterA, noon, totals } from "./blocks.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "siegel-store-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const anna = { id: "anna", name: "Anna", role: "consumer", meters: [meterA] } as const;
const path = (): string => join(folder, "headend.sqlite");
const open = () => openStore(openSqlite(path()));

test("a restart keeps everything", async () => {
  // A head-end that is updated would lose what it has receipted.
  const first = await open();
  const one = delivery({ blocks: [totals(meterA, noon, [1, 2])] });
  const [taken] = await first.ingest.commit({ deliveries: [one], receipts: [], committedAtMs: 77 });
  const receipt = Uint8Array.of(1, 2, 3);
  await first.ingest.commit({
    deliveries: [],
    receipts: [{ gateway: one.gateway, number: one.number, receipt }],
    committedAtMs: 78,
  });
  await first.sessions.addSession(new Uint8Array(32), { person: "anna", createdAtMs: 1, lastUsedAtMs: 2 });
  await first.close();

  const second = await open();
  expect(await second.ingest.delivered(one.gateway, one.hash)).toMatchObject({ committedAtMs: 77, receipt });
  const [again] = await second.ingest.commit({ deliveries: [one], receipts: [], committedAtMs: 99 });
  expect(again).toMatchObject({ is: "again", delivery: { committedAtMs: 77 } });
  const may = ConsumerMayRead.meter(anna, meterA);
  const id = taken?.is === "new" ? taken.stored[0]?.blockId : undefined;
  expect(may && (await second.readings.block(may, id ?? ""))).toMatchObject({ content: { salt: one.blocks[0]?.salt } });
  expect(await second.sessions.session(new Uint8Array(32))).toMatchObject({ person: "anna" });
  await second.close();
});

test.each(["headend.sqlite", "headend.sqlite-wal"])(
  "what is committed after %s was deleted is not answered as kept",
  async (name) => {
    // A receipt for values that end with the process: the gateway has thrown them away by then.
    const store = await open();
    const commit = (number: bigint) =>
      store.ingest.commit({ deliveries: [delivery({ number, blocks: [] })], receipts: [], committedAtMs: 1 });
    expect(await commit(1n)).toMatchObject([{ is: "new" }]);
    rmSync(join(folder, name));
    await expect(commit(2n)).rejects.toMatchObject({ code: "not-our-data" });
    await store.close();
  },
);

test("only its owner reads the store", async () => {
  // Everybody on the machine would see when a household is at home.
  await (await open()).close();
  expect(statSync(path()).mode & 0o777).toBe(0o600);
});

test("a store that a later program wrote is left alone, with the reason", async () => {
  // An old program would write into tables that it does not know.
  await (await open()).close();
  const raw = new DatabaseSync(path());
  raw.exec("pragma user_version = 9");
  raw.close();
  const before = readFileSync(path());
  await expect(open()).rejects.toMatchObject({
    code: "data-of-another-version",
    message: expect.stringContaining("9"),
  });
  expect(readFileSync(path()).equals(before)).toBe(true);
});

test.each([
  ["a text file", (file: string) => writeFileSync(file, "This is my diary.\n".repeat(20))],
  ["a short file", (file: string) => writeFileSync(file, "x")],
  [
    "another program's database",
    (file: string) => {
      const db = new DatabaseSync(file);
      db.exec("create table notes(text); pragma application_id = 1234");
      db.close();
    },
  ],
])("%s is not taken for a store, and not changed", async (_, write) => {
  // Somebody's file would be destroyed by a wrong path in the configuration.
  write(path());
  const before = readFileSync(path());
  await expect((async () => open())()).rejects.toMatchObject({ code: "not-our-data" });
  expect(readFileSync(path()).equals(before)).toBe(true);
});

test("one head-end has the store", async () => {
  // Two would number, erase and answer against each other.
  const first = await open();
  await expect((async () => open())()).rejects.toMatchObject({ code: "data-in-use" });
  await first.close();
  await (await open()).close();
});

test("a folder that cannot be made is told", () => {
  // The program would end with a stack trace.
  writeFileSync(join(folder, "file"), "");
  for (const path of [join(folder, "file/data"), "/proc/siegel/data"]) {
    expect(() => sqlitePathIn(path)).toThrow(expect.objectContaining({ code: "data-not-writable" }));
  }
});

test("numbers of deliveries beyond 2^53 stay apart", async () => {
  // Two deliveries of a long-lived counter would be one.
  const store = await open();
  const [first, second] = [2n ** 53n, 2n ** 53n + 1n].map((number) => delivery({ number, blocks: [] }));
  if (first === undefined || second === undefined) throw new Error("two");
  const results = await store.ingest.commit({ deliveries: [first, second], receipts: [], committedAtMs: 1 });
  expect(results.map(({ is }) => is)).toEqual(["new", "new"]);
  expect((await store.ingest.delivered(second.gateway, second.hash))?.number).toBe(2n ** 53n + 1n);
  await store.close();
});

test("erased octets are not in the file any more", async () => {
  // Who gets the disk would read what was promised to be gone.
  const store = await open();
  const mark = new TextEncoder().encode("a very particular sealed delivery of a household");
  await store.ingest.commit({ deliveries: [delivery({ blocks: [], der: mark })], receipts: [], committedAtMs: 1 });
  await store.retention.erase("TAF-7", 2);
  store.tidy();
  for (const file of readdirSync(folder)) {
    expect(readFileSync(join(folder, file)).includes(Buffer.from(mark))).toBe(false);
  }
  await store.close();
});

test("other profiles, and what is younger, are not erased", async () => {
  // The quarter hours that a bill rests on would go with the seconds.
  const store = await open();
  const commit = (number: bigint, profile: string, committedAtMs: number) =>
    store.ingest.commit({ deliveries: [delivery({ number, profile, blocks: [] })], receipts: [], committedAtMs });
  await commit(1n, "TAF-7", 10);
  await commit(2n, "TAF-14", 10);
  await commit(3n, "TAF-14", 20);
  expect(await store.retention.erase("TAF-14", 20)).toBe(1);
  expect(await store.retention.erase("TAF-14", 20)).toBe(0);
  await store.close();
});

test("retention by the clock: what is due goes, in parts, and is told by number only", async () => {
  // Seconds of a household's life would be kept for ever; or a large backlog stop every delivery.
  const store = await open();
  const logged: string[] = [];
  const hour = 3_600_000;
  const deliveries = Array.from({ length: 1200 }, (_, index) =>
    delivery({ number: BigInt(index + 1), profile: "TAF-14", blocks: [] }),
  );
  await store.ingest.commit({ deliveries, receipts: [], committedAtMs: 0 });
  const run = (nowMs: number) =>
    eraseDue({ retention: { "TAF-14": 48 } }, store, { nowMs: () => nowMs }, (_, event, fields) => {
      logged.push(JSON.stringify({ event, ...fields }));
    });
  await run(48 * hour);
  expect(logged).toEqual([]);
  await run(48 * hour + 1);
  expect(logged).toEqual(['{"event":"erased","count":1200}']);
  await store.close();
});

test("what is over is swept, what is good stays", async () => {
  // The store would fill with dead sessions, or throw people out.
  const store = await open();
  const [dead, alive] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const hour = 3_600_000;
  await store.sessions.addSession(dead, { person: "a", createdAtMs: 0, lastUsedAtMs: 0 });
  await store.sessions.addSession(alive, { person: "a", createdAtMs: 0, lastUsedAtMs: 5 * hour });
  await store.sessions.addInvite(dead, { person: "a", expiresAtMs: 12 * hour });
  await store.sessions.addInvite(alive, { person: "a", expiresAtMs: 12 * hour + 1 });
  await store.sessions.sweep(12 * hour);
  expect([await store.sessions.session(dead), await store.sessions.takeInvite(dead)]).toEqual([undefined, undefined]);
  expect(await store.sessions.session(alive)).toBeDefined();
  expect(await store.sessions.takeInvite(alive)).toBeDefined();
  await store.close();
});
