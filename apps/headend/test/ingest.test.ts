import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { ConsumerMayRead, OperatorMayRead } from "../src/core/access.ts";
import { mergeBlocks } from "../src/core/merge.ts";
import { openSqlite } from "../src/store/sqlite.ts";
import { openStore } from "../src/store/store.ts";
import { gatewayA, gatewayB, meterA, meterB, noon, totals } from "./blocks.ts";
import { failing, type IngestWorld, ingestWorld } from "./ingest-world.ts";

let world: IngestWorld;
beforeEach(async () => {
  world = await ingestWorld();
});
afterEach(() => world.store.close());

const quarter = 900_000;

async function shown(meter = meterA, { store } = world): Promise<(string | null)[]> {
  const person = { id: "x", name: "X", role: "consumer", meters: [meter] } as const;
  const may = ConsumerMayRead.meter(person, meter);
  if (may === undefined) throw new Error("hers");
  const blocks = await store.readings.blocksIn(
    may,
    { obis: "1-0:1.8.0*255", kind: "total", fromMs: noon.epochMs - 1e9, toMs: noon.epochMs + 1e9 },
    1000,
  );
  return mergeBlocks(blocks, { fromMs: -Infinity, toMs: Infinity }).map(({ value }) => value);
}

async function quarantined(): Promise<string[]> {
  const may = OperatorMayRead.operator({ id: "o", name: "O", role: "operator", meters: [] });
  return may === undefined ? [] : (await world.store.readings.quarantine(may, 100)).map(({ code }) => code);
}

test("a delivery is stored, then receipted for the instant of its commit", async () => {
  // A gateway would free values that nobody has.
  const sealed = await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10, 11])] });
  const answer = await world.ingest().accept({ der: sealed.der, peer: gatewayA });
  const receipt = await world.verified(answer, sealed);
  expect(receipt.committedAt.epochMs).toBe(noon.epochMs);
  expect(await shown()).toEqual(["1.0", "1.1"]);
  expect(world.committed).toMatchObject([{ stored: [{ meter: meterA }], quarantined: [] }]);
});

test("the same delivery again gets the same receipt, and counts once", async () => {
  // A lost answer would double a quarter hour, or the gateway never be rid of it.
  const sealed = await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10])] });
  const ingest = world.ingest();
  const first = await ingest.accept({ der: sealed.der, peer: gatewayA });
  world.clock.ms += 86_400_000;
  const second = await ingest.accept({ der: sealed.der, peer: gatewayA });
  expect(second).toEqual(first);
  expect(await shown()).toEqual(["1.0"]);
  expect(world.committed).toHaveLength(1);
});

test("the same delivery many times at once counts once", async () => {
  // Two connections at the same moment would pass each other.
  const sealed = await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10])] });
  const ingest = world.ingest();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => ingest.accept({ der: sealed.der, peer: gatewayA })),
  );
  for (const answer of answers) await world.verified(answer, sealed);
  expect(await shown()).toEqual(["1.0"]);
  expect(world.committed).toHaveLength(1);
});

test("the same number for another delivery is refused and alarmed", async () => {
  // Who stole a gateway's key could replace what it delivered.
  const ingest = world.ingest();
  const [first, other] = await Promise.all([
    world.seal({ number: 1n, blocks: [totals(meterA, noon, [10])] }),
    world.seal({ number: 1n, blocks: [totals(meterA, noon.plus(quarter), [99])] }),
  ]);
  expect((await ingest.accept({ der: first.der, peer: gatewayA })).is).toBe("receipt");
  expect(await ingest.accept({ der: other.der, peer: gatewayA })).toEqual({ is: "refused" });
  expect(world.logged.join()).toContain('"event":"number-reused"');
  expect(await shown()).toEqual(["1.0"]);
  const fresh = await world.seal({ number: 2n, blocks: [totals(meterA, noon.plus(quarter), [11])] });
  expect((await ingest.accept({ der: fresh.der, peer: gatewayA })).is).toBe("receipt");
});

test("a second value for a receipted instant is receipted, kept apart and never shown", async () => {
  // The first value would be replaced, or the gateway send the contradiction for ever.
  const ingest = world.ingest();
  const first = await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10, 11])] });
  const second = await world.seal({ number: 2n, blocks: [totals(meterA, noon.plus(quarter), [12, 13])] });
  await ingest.accept({ der: first.der, peer: gatewayA });
  await world.verified(await ingest.accept({ der: second.der, peer: gatewayA }), second);
  expect(await shown()).toEqual(["1.0", "1.1"]);
  expect(await quarantined()).toEqual(["contradiction"]);
  expect(world.logged.join()).toContain('"event":"blocks-quarantined"');
});

test("an overlap that says the same and more is shown whole, once", async () => {
  // Values behind the overlap would be lost, or those within it doubled.
  const ingest = world.ingest();
  const deliveries = [
    await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10, 11])] }),
    await world.seal({ number: 2n, blocks: [totals(meterA, noon.plus(quarter), [11, 12])] }),
  ];
  for (const { der } of deliveries) expect((await ingest.accept({ der, peer: gatewayA })).is).toBe("receipt");
  expect(await shown()).toEqual(["1.0", "1.1", "1.2"]);
  expect(await quarantined()).toEqual([]);
});

test("a signed correction replaces what is shown", async () => {
  // A wrong value could never be set right.
  const ingest = world.ingest();
  const deliveries = [
    await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10, 11])] }),
    await world.seal({ number: 2n, kind: "correction", blocks: [totals(meterA, noon, [20], { revision: 1 })] }),
    await world.seal({ number: 3n, blocks: [totals(meterA, noon, [30], { revision: 2 })] }), // not called a correction
  ];
  for (const { der } of deliveries) expect((await ingest.accept({ der, peer: gatewayA })).is).toBe("receipt");
  expect(await shown()).toEqual(["2.0", "1.1"]);
  expect(await quarantined()).toEqual(["wrong-revision"]);
});

test("a meter that is not registered for the gateway is shown to nobody, its neighbours in the delivery are", async () => {
  // A gateway could speak for the meters of another house.
  const sealed = await world.seal({
    number: 1n,
    blocks: [totals(meterB, noon, [66]), totals(meterA, noon, [10]), Uint8Array.of(0xdb, 1, 2, 3)],
  });
  await world.verified(await world.ingest().accept({ der: sealed.der, peer: gatewayA }), sealed);
  expect([await shown(meterA), await shown(meterB)]).toEqual([["1.0"], []]);
  expect((await quarantined()).sort()).toEqual(["not-a-day-block", "unregistered-meter"]);
});

test("a delivery that another gateway's connection brings is refused", async () => {
  // A stolen delivery could be played in from elsewhere, and its receipt be taken.
  const sealed = await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10])] });
  const ingest = world.ingest();
  expect(await ingest.accept({ der: sealed.der, peer: gatewayB })).toEqual({ is: "refused" });
  expect(world.logged.join()).toContain('"code":"peer-is-not-signer"');
  expect(await shown()).toEqual([]);
  expect((await ingest.accept({ der: sealed.der, peer: gatewayA })).is).toBe("receipt"); // the twin: its own brings it
  expect(await ingest.accept({ der: sealed.der, peer: gatewayB })).toEqual({ is: "refused" }); // also once it is known
});

test("a gateway with good certificates that nobody registered is refused", async () => {
  // Any device of the same PKI could fill the store.
  const stranger = await world.lab.anotherGateway(9);
  const sealed = await world.seal({ number: 1n, from: stranger, blocks: [totals(meterA, noon, [10])] });
  expect(await world.ingest().accept({ der: sealed.der, peer: stranger.SIG.certificate.name })).toEqual({
    is: "refused",
  });
  expect(world.logged.join()).toContain('"code":"unknown-gateway"');
});

test("a delivery for another receiver is refused", async () => {
  // A market participant would receipt what it cannot read.
  const receiver = await world.lab.triple({ role: "EMT", name: "Other" });
  const sealed = await world.seal({ number: 1n, receiver, blocks: [totals(meterA, noon, [10])] });
  expect(await world.ingest().accept({ der: sealed.der, peer: gatewayA })).toEqual({ is: "refused" });
});

test("garbage is refused: nothing, noise, every prefix, and flipped bits", async () => {
  // Something would be stored that no seal covers, or the head-end end.
  const { der } = await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10])] });
  const ingest = world.ingest();
  const bad = [new Uint8Array(0), new Uint8Array(1000), Uint8Array.from({ length: 5000 }, (_, at) => (at * 31) & 0xff)];
  for (let at = 0; at < der.length; at += 97) {
    bad.push(der.slice(0, at));
    bad.push(der.map((octet, index) => (index === at ? octet ^ (1 << (at % 8)) : octet)));
  }
  for (const one of bad) expect((await ingest.accept({ der: one, peer: gatewayA })).is).toBe("refused");
  expect(world.committed).toEqual([]);
  expect((await ingest.accept({ der, peer: gatewayA })).is).toBe("receipt");
});

test("a crash between commit and receipt: sent again it is receipted for the stored instant", async () => {
  // The gateway would keep sending, or the receipt tell another instant than the store.
  const path = join(mkdtempSync(join(tmpdir(), "siegel-crash-")), "store.sqlite");
  const before = await ingestWorld({ path });
  const sealed = await before.seal({ number: 1n, blocks: [totals(meterA, noon, [10])] });
  const crashing = before.ingest({ store: failing(before.store.ingest, { receipts: () => true }) });
  expect(await crashing.accept({ der: sealed.der, peer: gatewayA })).toEqual({ is: "busy" });
  await before.store.close();

  const after = await ingestWorld({ store: await openStore(openSqlite(path)) });
  after.clock.ms += 3_600_000;
  const receipt = await after.verified(await after.ingest().accept({ der: sealed.der, peer: gatewayA }), sealed);
  expect(receipt.committedAt.epochMs).toBe(noon.epochMs);
  expect(await shown(meterA, after)).toEqual(["1.0"]);
  await after.store.close();
  rmSync(join(path, ".."), { recursive: true });
});

test("a crash before the commit leaves nothing", async () => {
  // Half a delivery would be shown, without a seal that covers it.
  let isFull = true;
  const ingest = world.ingest({ store: failing(world.store.ingest, { commits: () => isFull }) });
  const sealed = await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10])] });
  expect(await ingest.accept({ der: sealed.der, peer: gatewayA })).toEqual({ is: "busy" });
  expect([await shown(), world.committed]).toEqual([[], []]);
  expect(world.logged.join()).toContain("store-failed");
  isFull = false;
  expect((await ingest.accept({ der: sealed.der, peer: gatewayA })).is).toBe("receipt");
});

test("a full queue says come back, and nothing of it is lost", async () => {
  // A flood would take all memory; or a delivery be refused for good because others were quicker.
  const gate = Promise.withResolvers<void>();
  const ports = world.ingest({}, { atWork: 1, waiting: 1 });
  const slow = world.ingest(
    { signReceipt: () => gate.promise.then(() => Uint8Array.of(1)) },
    { atWork: 1, waiting: 1 },
  );
  const deliveries = await Promise.all(
    [1n, 2n, 3n].map((number) =>
      world.seal({ number, blocks: [totals(meterA, noon.plus(Number(number) * quarter), [10])] }),
    ),
  );
  const answers = deliveries.map(({ der }) => slow.accept({ der, peer: gatewayA }));
  expect(await answers[2]).toEqual({ is: "busy" });
  expect(world.logged.join()).toContain("ingest-queue-full");
  gate.resolve();
  expect((await Promise.all(answers)).map(({ is }) => is)).toEqual(["receipt", "receipt", "busy"]);
  expect((await ports.accept({ der: deliveries[2]?.der ?? new Uint8Array(), peer: gatewayA })).is).toBe("receipt");
});

test("every stored block has its proof, also after refusals and a new list", async () => {
  // A block would be there that nobody can prove any more.
  const ingest = world.ingest();
  const may = ConsumerMayRead.meter({ id: "x", name: "X", role: "consumer", meters: [meterA] }, meterA);
  const first = await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10])] });
  const reused = await world.seal({ number: 1n, blocks: [totals(meterA, noon.plus(quarter), [11])] });
  const second = await world.seal({ number: 2n, blocks: [totals(meterA, noon.plus(quarter), [11])] });
  const isFull = { now: true };
  const failingOnce = world.ingest({ store: failing(world.store.ingest, { commits: () => isFull.now }) });
  expect(await failingOnce.accept({ der: first.der, peer: gatewayA })).toEqual({ is: "busy" });
  isFull.now = false;
  for (const { der } of [first, reused, second]) await failingOnce.accept({ der, peer: gatewayA });
  const third = await world.seal({ number: 3n, blocks: [totals(meterA, noon.plus(2 * quarter), [12])] });
  Object.assign(world.lab, { crls: await world.lab.pki.crls({ epochMs: noon.epochMs + 1000 }) });
  world.clock.ms += 2000;
  await ingest.accept({ der: third.der, peer: gatewayA });
  const blocks = world.committed.flatMap(({ stored }) => stored);
  expect(blocks).toHaveLength(3);
  for (const { blockId } of blocks) {
    const block = may && (await world.store.readings.block(may, blockId));
    const proof = block && (await world.store.readings.proof(block));
    expect(proof).toMatchObject({ certificates: { length: 5 }, crls: { length: 2 } });
  }
});

test("what was committed is receipted also when its certificate has run out since", async () => {
  // The answer was lost, the gateway has new certificates, and its old delivery would be sent and refused for ever.
  const sealed = await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10])] });
  const other = await world.seal({ number: 2n, blocks: [totals(meterA, noon.plus(quarter), [11])] });
  const ingest = world.ingest();
  await ingest.accept({ der: sealed.der, peer: gatewayA });
  world.clock.ms += 3 * 365 * 86_400_000;
  const crls = await world.lab.pki.crls({ epochMs: world.clock.ms });
  Object.assign(world.lab, { crls: [...world.lab.crls, ...crls] });
  const receipt = await world.verified(await ingest.accept({ der: sealed.der, peer: gatewayA }), sealed);
  expect(receipt.committedAt.epochMs).toBe(noon.epochMs);
  expect(await ingest.accept({ der: other.der, peer: gatewayA })).toEqual({ is: "refused" });
  expect(await ingest.accept({ der: sealed.der, peer: gatewayB })).toEqual({ is: "refused" });
});

test("a gateway that is revoked is refused from then on", async () => {
  // A stolen gateway would go on delivering.
  const sealed = await world.seal({ number: 1n, blocks: [totals(meterA, noon, [10])] });
  const later = { epochMs: noon.epochMs + 60_000 };
  world.lab.pki.revoke({ certificate: world.lab.gateway.SIG.certificate, at: later });
  const crls = await world.lab.pki.crls(later);
  Object.assign(world.lab, { crls });
  world.clock.ms = later.epochMs + 1000;
  expect(await world.ingest().accept({ der: sealed.der, peer: gatewayA })).toEqual({ is: "refused" });
  expect(world.logged.join()).toContain('"code":"path-revoked"');
});

test("no log line has a reading, a salt or octets", async () => {
  // Logs go to more people than readings may.
  const ingest = world.ingest();
  const numbers = [1n, 2n];
  for (const number of numbers) {
    const sealed = await world.seal({ number, blocks: [totals(meterA, noon, [Number(number) * 7_654_321])] });
    await ingest.accept({ der: sealed.der, peer: gatewayA });
  }
  await ingest.accept({ der: new Uint8Array(99), peer: gatewayA });
  expect(world.logged.length).toBeGreaterThan(0);
  for (const line of world.logged) {
    expect(line).not.toMatch(/7654321|765432|15308642/);
    expect(line).not.toMatch(/[0-9a-f]{24}/);
  }
});
