/**
 * Gateway and head-end as processes, killed with SIGKILL at seeded random moments while deliveries are under way.
 *
 * SIEGEL_KILLS and SIEGEL_SEED set how often and which moments; a failure names the seed. SIGKILL leaves the page cache as
 * it is: what a loss of power adds rests on SQLite's synchronous FULL and is not tested here (docs/limits.md).
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { GatewayMessage, HeadendMessage } from "@siegel/contract";
import { makeLab } from "@siegel/pki/testing";
import { toPem } from "@siegel/pki";
import { decodeDayBlock, instantAt, valueAt } from "@siegel/readings";
import { toHex } from "@siegel/wire";
import { afterAll, expect, test } from "vitest";
import { ClockMeter } from "./clock-meter.ts";
import { KillableProgram } from "./program.ts";

const allKills = Number(process.env["SIEGEL_KILLS"] ?? "200");
const firstSeed = Number(process.env["SIEGEL_SEED"] ?? "3");
/** Side by side, since starting a program keeps one core busy. */
const worlds = [firstSeed, firstSeed + 1].map((seed) => ({ seed, kills: Math.ceil(allKills / 2) }));
const meterCount = 8;
const toleranceMs = 900;
const root = await mkdtemp(join(tmpdir(), "siegel-kill-"));

afterAll(() => rm(root, { recursive: true, force: true }));

const title = "nothing acknowledged is lost, nothing is doubled: $kills kills of gateway and head-end, seed $seed";
test.concurrent.each(worlds)(title, { timeout: 900_000 }, async ({ seed, kills }) => {
  // A power cut would cost a consumer a quarter hour, or bill it twice.
  const folder = join(root, String(seed));
  await mkdir(folder);
  const meters: ClockMeter[] = [];
  const beginMs = Math.floor(Date.now() / 1000) * 1000;
  for (let index = 1; index <= meterCount; index++) meters.push(await ClockMeter.start(index, beginMs));
  const lab = await makeLab({ now: { epochMs: beginMs - 60_000 } });
  const at = (...names: string[]): string => join(folder, ...names);
  await mkdir(at("crls"));
  await writeFile(at("root.pem"), toPem("CERTIFICATE", lab.root.der));
  await writeFile(at("sub.pem"), toPem("CERTIFICATE", lab.subCa.der));
  for (const [index, list] of lab.crls.entries())
    await writeFile(at("crls", `${index}.pem`), toPem("X509 CRL", list.der));
  const trust = { root: "root.pem", chain: ["sub.pem"], crls: "crls" };
  const ids = meters.map(({ id }) => id);
  const gatewayName = "ESGL0000000077";
  const writeHeadend = (ingestPort: number): Promise<void> =>
    writeFile(
      at("headend.json"),
      JSON.stringify({
        version: 1,
        name: "Siegel-Lab.EMT",
        data: "headend",
        zone: "Europe/Berlin",
        ingest: { host: "127.0.0.1", port: ingestPort },
        portal: { host: "127.0.0.1", port: 0, files: null },
        trust,
        gateways: [{ name: `${gatewayName}.SMGW`, meters: ids }],
        consumers: [],
      }),
    );
  await writeHeadend(0);

  const enc = Promise.withResolvers<{ port: number; der: Uint8Array }>();
  const headend = new KillableProgram<Extract<HeadendMessage, { type: "ready" }>>({
    main: mainOf("headend"),
    config: at("headend.json"),
    pki: lab.pki,
    cache: at("cache"),
    onReady: ({ ingestPort, receiverEnc }) => enc.resolve({ port: ingestPort, der: receiverEnc }),
  });
  await headend.start();
  const { port, der } = await enc.promise;
  await writeHeadend(port); // the same from now on: the gateway knows one address
  await writeFile(at("enc.pem"), toPem("CERTIFICATE", der));
  await writeFile(
    at("gateway.json"),
    JSON.stringify({
      version: 1,
      id: gatewayName,
      data: "gateway",
      zone: "Europe/Berlin",
      meters: meters.map(({ source, id }) => ({ source, protocol: "sml", id })),
      profiles: [
        {
          name: "TAF-7",
          registers: ["1-0:1.8.0*255"],
          kind: "total",
          periodMs: 1000,
          deliverEveryMs: 1000,
          toleranceMs,
        },
      ],
      receiver: {
        url: `https://127.0.0.1:${port}/v1/deliveries`,
        name: "Siegel-Lab.EMT",
        encCertificate: "enc.pem",
      },
      trust,
      cipher: "gcm",
    }),
  );
  const gateway = new KillableProgram<Extract<GatewayMessage, { type: "ready" }>>({
    main: mainOf("gateway"),
    config: at("gateway.json"),
    pki: lab.pki,
    cache: at("cache"),
    onReady: () => {},
  });
  await gateway.start();
  // Once in order, which is when the cache is written.
  await Promise.all([gateway.stop(), headend.stop()]);
  await Promise.all([gateway.start(), headend.start()]);

  const random = generator(seed);
  let seen: Map<string, string> = new Map();
  for (let kill = 0; kill < kills; kill++) {
    await elapsed(50 + random() * 650);
    const choice = random();
    const victims = choice < 0.45 ? [gateway] : choice < 0.9 ? [headend] : [gateway, headend];
    await Promise.all(victims.map((victim) => victim.kill()));
    if (victims.includes(gateway)) {
      // What was in its store before the cut is there after it, with the same value.
      const now = valuesOfGateway(at("gateway", storeOf("gateway")));
      for (const [key, value] of seen) expect(now.get(key), `seed ${seed}, kill ${kill}: ${key}`).toBe(value);
      seen = now;
    }
    const starting = victims.map((victim) => victim.start());
    // One time in five the next blow falls while they start.
    if (random() < 0.8) await Promise.all(starting);
    else for (const start of starting) start.catch(() => {});
  }
  // The last word: no more values come, and what there is finds its way.
  for (const meter of meters) await meter.stop();
  for (const program of [gateway, headend]) await program.kill();
  await headend.start();
  const gatewayStore = at("gateway", storeOf("gateway"));
  const open =
    "(select count(*) from slot where delivery is null) + (select count(*) from delivery where receipt is null)";
  do {
    // A gateway has its store for itself: it is asked when it has ended.
    await gateway.start();
    await elapsed(1_000);
    await gateway.stop();
  } while (count(gatewayStore, `select ${open} n`) > 0);
  await headend.stop();

  const report = `seed ${seed}, ${[...gateway.lastLines, ...headend.lastLines].slice(-6).join("\n")}`;
  const sent = valuesOfGateway(gatewayStore);
  const { values: kept, doubled } = valuesOfHeadend(at("headend", storeOf("headend")));
  expect(doubled, report).toEqual([]);
  expect(kept, report).toEqual(new Map([...sent].filter(([, value]) => value !== "missing")));
  expect(kept.size).toBeGreaterThan(kills); // otherwise the test saw next to nothing
  for (const [key, value] of kept) {
    const [meter = "", slot = ""] = key.split(" ");
    const lateMs = meters.find(({ id }) => id === meter)!.sentAtMs(Number(value)) - Number(slot);
    // On its way it may have been held up by a slow machine, but it is no value of another time.
    expect(Math.abs(lateMs), `seed ${seed}: ${key} has a value that was sent ${lateMs} ms from it`).toBeLessThan(5_000);
  }
  expect(quarantined(at("headend", storeOf("headend"))), report).toEqual([]);
  expect(receiptsOfGateway(gatewayStore), report).toEqual(deliveriesOfHeadend(at("headend", storeOf("headend"))));
  expect([...gateway.deaths, ...headend.deaths]).toEqual([]);
});

/** `meter slot` → raw value or "missing". A second row for one register and slot would break the primary key. */
function valuesOfGateway(path: string): Map<string, string> {
  return query(
    path,
    "select meter, slot_ms, raw from slot",
    (rows) =>
      new Map(
        rows.map(({ meter, slot_ms, raw }) => [
          `${text(meter)} ${text(slot_ms)}`,
          raw === null ? "missing" : text(raw),
        ]),
      ),
  );
}

function valuesOfHeadend(path: string): { values: Map<string, string>; doubled: string[] } {
  const values = new Map<string, string>();
  const doubled: string[] = [];
  const blocks = query(path, "select bytes from blocks", (rows) => rows.map(({ bytes }) => bytes as Uint8Array));
  for (const bytes of blocks) {
    const block = decodeDayBlock(bytes);
    for (let index = 0; index < block.values.length; index++) {
      const value = valueAt(block, index);
      if (value === undefined) continue;
      const key = `${block.meter.id} ${instantAt(block, index).epochMs}`;
      if (values.has(key)) doubled.push(key);
      values.set(key, String(value.withScaler(-1).raw));
    }
  }
  return { values, doubled };
}

/** Number and hash of what the gateway holds a receipt for: all it ever stored, in the end. */
function receiptsOfGateway(path: string): string[] {
  return query(path, "select number, hash from delivery where receipt is not null order by number", numbered);
}

function deliveriesOfHeadend(path: string): string[] {
  return query(path, "select number, hash from deliveries order by number", numbered);
}

function quarantined(path: string): readonly unknown[] {
  return query(path, "select number, code from quarantine", (rows) => rows);
}

function numbered(rows: readonly Row[]): string[] {
  return rows.map(({ number, hash }) => `${text(number)} ${toHex(hash as Uint8Array)}`);
}

function count(path: string, sql: string): number {
  return query(path, sql, ([row]) => Number(row?.["n"]));
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function text(value: SQLOutputValue | undefined): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? String(value) : "";
}

function query<T>(path: string, sql: string, read: (rows: readonly Row[]) => T): T {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  try {
    return read(database.prepare(sql).all());
  } finally {
    database.close();
  }
}

function mainOf(app: string): string {
  return fileURLToPath(new URL(`../../../${app}/src/main.ts`, import.meta.url));
}

function storeOf(app: "gateway" | "headend"): string {
  return `${app}.sqlite`;
}

/** The moment of a blow is drawn from the seed; nothing is expected of what happens in between. */
function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** In [0, 1); Mulberry32. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
