import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { digest } from "@siegel/crypto";
import { toHex } from "@siegel/wire";
import { afterEach, beforeEach, expect, test } from "vitest";

import { schema, schemaVersion } from "../src/adapters/schema.ts";
import { GatewayStore, storePathIn } from "../src/adapters/store.ts";
import { AcceptedReceipt } from "../src/core/receipt.ts";
import type { SlotValue } from "../src/core/slot-value.ts";
import { dayMs, importTotal, quarterMs } from "./profiles.ts";
import { meter } from "./telegrams.ts";

const noon = Date.UTC(2026, 10, 22, 11);
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "siegel-gateway-store-"));
  path = join(folder, "gateway.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const value = (index: number, more: Partial<SlotValue> = {}): SlotValue => ({
  profile: "TAF-7",
  meter,
  obis: importTotal,
  slotMs: noon + index * quarterMs,
  capturedMs: noon + index * quarterMs + 700,
  raw: 12_345 + index,
  scaler: -1,
  unit: "Wh",
  status: 0x1c0104,
  quality: "valid",
  trust: "clear",
  ...more,
});
const owner = { profile: "TAF-7", meter };
const sealed = (number: bigint) => ({
  ...owner,
  number,
  der: Uint8Array.of(1, 2, 3),
  hash: new Uint8Array(32).fill(7),
});
const receipt = (number: bigint, committedMs = noon): Promise<AcceptedReceipt> =>
  AcceptedReceipt.check(
    { check: async () => ({ committedMs }) },
    { bytes: Uint8Array.of(9), number, hash: new Uint8Array(32).fill(7) },
  );

test("what was kept is there after the store was closed, to the last bit", async () => {
  // A restart would lose a day, or round it.
  const values = [
    value(0, { raw: 2n ** 64n - 1n, status: 2n ** 64n - 1n }),
    value(1, { raw: -(2n ** 63n), status: undefined, unit: undefined }),
    value(2, { raw: undefined, quality: "missing" }),
    value(3, { raw: Number.MAX_SAFE_INTEGER, trust: "signed", quality: "suspect" }),
  ];
  const store = GatewayStore.open(path);
  expect(store.keep(values)).toBe(4);
  store.addDelivery(sealed(1n), [values[0]!]);
  store.close();
  const again = GatewayStore.open(path);
  expect(again.unsealedValues(owner, 10)).toEqual(values.slice(1));
  expect(again.deliveries()).toEqual([{ ...owner, number: 1n, refusals: 0, byteLength: 3 }]);
  expect(again.newestDelivery()).toBe(1n);
  again.close();
  expect(statSync(path).mode & 0o077).toBe(0);
});

test("a slot that is decided stays as it is", () => {
  // A second reading of a quarter hour would change what was sealed.
  const store = GatewayStore.open(":memory:");
  store.keep([value(0)]);
  expect(store.keep([value(0, { raw: 1 }), value(1)])).toBe(1);
  expect(store.unsealedValues(owner, 10).map(({ raw }) => raw)).toEqual([12_345, 12_346]);
});

test("a value goes into one delivery, and a delivery that would take it again is not stored at all", () => {
  // The receiver would get a quarter hour twice under two numbers.
  const store = GatewayStore.open(":memory:");
  store.keep([value(0), value(1)]);
  store.addDelivery(sealed(1n), [value(0)]);
  expect(() => store.addDelivery(sealed(2n), [value(1), value(0)])).toThrow(/another delivery/);
  expect(store.unsealedValues(owner, 10)).toEqual([value(1)]);
  expect(store.deliveries().map(({ number }) => number)).toEqual([1n]);
});

test("a receipt frees its delivery once, and the bytes are gone with it", async () => {
  // The delivery would be sent for ever, or a second receipt would overwrite the first.
  const store = GatewayStore.open(":memory:");
  store.keep([value(0)]);
  store.addDelivery(sealed(1n), [value(0)]);
  expect(store.bytesOf(1n).der).toEqual(Uint8Array.of(1, 2, 3));
  store.refused(1n, "http-400");
  expect(store.deliveries()[0]?.refusals).toBe(1);
  store.settle(await receipt(1n));
  expect(store.deliveries()).toEqual([]);
  expect(store.receiptOf(1n)).toEqual(Uint8Array.of(9));
  expect(() => store.bytesOf(1n)).toThrow(/no bytes/);
  const second = await receipt(1n);
  expect(() => store.settle(second)).toThrow(/has a receipt/);
});

test("only receipted values are pruned, by the receiver's time, and their slots stay closed", async () => {
  // Values that nobody has would be thrown away, or come back as new ones.
  const store = GatewayStore.open(":memory:");
  store.keep([value(0), value(1), value(2)]);
  store.addDelivery(sealed(1n), [value(0)]);
  store.addDelivery(sealed(2n), [value(1)]);
  const ask = { profile: "TAF-7", keepMs: 40 * dayMs, nowMs: noon + 400 * dayMs };
  expect(store.prune(ask)).toBe(0); // our clock alone proves nothing
  store.settle(await receipt(1n, noon + 50 * dayMs));
  expect(store.prune(ask)).toBe(1);
  expect(store.floorMs("TAF-7")).toBe(noon + 10 * dayMs);
  expect(store.unsealedValues(owner, 10)).toEqual([value(2)]);
  expect(store.deliveries().map(({ number }) => number)).toEqual([2n]);
});

test("a store of another version, of another program and a damaged one are refused with what to do", () => {
  // A gateway of today would write into the store of tomorrow.
  GatewayStore.open(path).close();
  const raw = new DatabaseSync(path);
  raw.exec("pragma user_version = 99");
  raw.close();
  expect(() => GatewayStore.open(path)).toThrow(expect.objectContaining({ code: "data-of-another-version" }));
  const other = join(folder, "other.sqlite");
  const foreign = new DatabaseSync(other);
  foreign.exec("create table t (a); pragma application_id = 7");
  foreign.close();
  expect(() => GatewayStore.open(other)).toThrow(expect.objectContaining({ code: "not-our-data" }));
  writeFileSync(join(folder, "text"), "x".repeat(200));
  expect(() => GatewayStore.open(join(folder, "text"))).toThrow(expect.objectContaining({ code: "not-our-data" }));
  writeFileSync(join(folder, "file"), "");
  expect(() => storePathIn(join(folder, "file"))).toThrow(expect.objectContaining({ code: "data-not-writable" }));
});

test("pages that are damaged are told by the first that reads them, with what to do", () => {
  // The gateway died with a stack, was started again, and died again.
  const store = GatewayStore.open(path);
  store.keep(Array.from({ length: 500 }, (_, index) => value(index)));
  store.close();
  const octets = readFileSync(path);
  for (let page = 4_096; page < octets.length; page += 4_096) octets.fill(0xa5, page, page + 512);
  writeFileSync(path, octets);
  const damaged = GatewayStore.open(path);
  const series = { ...owner, obis: importTotal };
  for (const work of [
    () => damaged.newestSlot(series),
    () => damaged.unsealed(),
    () => damaged.deliveries(),
    () => damaged.keep([value(1_000)]),
  ]) {
    expect(work).toThrow(
      expect.objectContaining({ code: "not-our-data", message: expect.stringContaining("move it away") }),
    );
  }
  damaged.close();
});

test.each(["gateway.sqlite", "gateway.sqlite-wal"])("what is kept after %s was deleted is not told as kept", (name) => {
  // A day of values would go with the process, and nothing would have said a word.
  const store = GatewayStore.open(path);
  store.keep([value(0)]);
  rmSync(join(folder, name));
  expect(() => store.keep([value(1)])).toThrow(expect.objectContaining({ code: "not-our-data" }));
  store.close();
});

test("a store from before the tables changed is refused, and none changes without its version", () => {
  // The gateway took it for its own, met a table that is not there, and died at each start with a stack.
  GatewayStore.open(path).close();
  const raw = new DatabaseSync(path);
  raw.exec("drop table series; pragma user_version = 1");
  raw.close();
  expect(() => GatewayStore.open(path)).toThrow(expect.objectContaining({ code: "data-of-another-version" }));
  const tables = schema.replaceAll(/--.*|\s+/g, " ").replaceAll(/ +/g, " ");
  expect({ schemaVersion, tables: toHex(digest("SHA-256", new TextEncoder().encode(tables))) }).toMatchInlineSnapshot(`
    {
      "schemaVersion": 3,
      "tables": "d3715b227d9a56361c9c555bdf044caf76e2820c1d7d1e8efc2ae1c9294463d7",
    }
  `);
});

test("a store of the version before is brought to this one, and loses nothing", () => {
  // A gateway with a new release would want another folder, and its values would wait in the old one for ever.
  const old = GatewayStore.open(path);
  old.keep([value(0)]);
  old.close();
  const raw = new DatabaseSync(path);
  raw.exec("drop table radio_counter; drop table radio_format; pragma user_version = 2");
  raw.close();
  const store = GatewayStore.open(path);
  expect(store.series()).toHaveLength(1);
  store.keepRadioCounter("a", 7);
  store.close();
  expect(GatewayStore.open(path).radioCounter("a")).toBe(7);
});

test("a radio counter never goes back, and a format is kept with its trust", () => {
  // A telegram of yesterday would count again.
  const store = GatewayStore.open(path);
  expect(store.radioCounter("a")).toBeUndefined();
  for (const highest of [4_294_967_295, 5]) store.keepRadioCounter("a", highest);
  expect(store.radioCounter("a")).toBe(4_294_967_295);
  expect(store.radioCounter("b")).toBeUndefined();
  store.keepRadioFormat({ key: "k", headers: Uint8Array.of(1), trust: "encrypted" });
  store.keepRadioFormat({ key: "k", headers: Uint8Array.of(2), trust: "authenticated" });
  expect(store.radioFormats()).toEqual([{ key: "k", headers: Uint8Array.of(2), trust: "authenticated" }]);
});

test("a store has one gateway at a time, and is free when that is gone", () => {
  // Two gateways would seal the same values under numbers of one counter.
  const store = GatewayStore.open(path);
  expect(() => GatewayStore.open(path)).toThrow(expect.objectContaining({ code: "data-in-use" }));
  store.close();
  GatewayStore.open(path).close();
});

test("every transaction is on the disk before it is answered", () => {
  // A power cut would take back what the receiver was told, or a receipt would be for nothing.
  GatewayStore.open(path).close();
  const opened: string[] = [];
  const exec = DatabaseSync.prototype.exec;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
    opened.push(sql);
    exec.call(this, sql);
  };
  try {
    GatewayStore.open(path).close();
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
  expect(opened.join()).toContain("synchronous = full");
  expect(opened.join()).toContain("locking_mode = exclusive");
});
