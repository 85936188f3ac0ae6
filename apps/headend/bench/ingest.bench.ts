/**
 * From a sealed delivery to a committed block and a signed, stored receipt, beside the same primitives called bare.
 *
 * Bare: one verification, one ECDH with a peer's key taken in, derivation, unwrapping, content cipher, three hashes, one
 * signature, by node:crypto alone; the three rows (delivery, block, receipt) by statements of node:sqlite into the same tables,
 * two commits for each group, synchronous FULL. Beside it the same without the symmetric primitives. What ours does besides:
 * queue, strict DER, path and lists, commitments, decoding, number and contradictions, registers.
 * A delivery is a day of 92 quarter hours, which every day has. Both sides have 64 at work.
 */

import { createPublicKey, diffieHellman, generateKeyPairSync, sign, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { encodeDayBlock, type Instant, type LocalDay } from "@siegel/readings";

import { openedBare } from "../../../scripts/bench/bare-delivery.ts";
import type { BenchWork } from "../../../scripts/bench/types.ts";
import { machineTimers } from "../src/adapters/real-time.ts";
import type { Ingest } from "../src/core/ingest.ts";
import { openSqlite } from "../src/store/sqlite.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { day, gatewayA, meterA, totals } from "../test/blocks.ts";
import { type IngestWorld, ingestWorld } from "../test/ingest-world.ts";

const perRound = 64;
/** Sealing is dear; so many rounds get deliveries of their own, then the store begins anew with the first. */
const sealedRounds = 16;

const folder = mkdtempSync(join(tmpdir(), "siegel-ingest-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true }));

let stores = 0;
/** Each delivery is another day: their values never meet. */
const days: LocalDay[] = [day];
while (days.length < perRound * sealedRounds) days.push(days.at(-1)!.next());
const dayFrom = (index: number): Instant => days[index]!.start.plus(900_000);
const world: IngestWorld = await ingestWorld();
const steps = Array.from({ length: 92 }, (_, slot) => 1_000_000 + slot * 375 + ((slot * 7919) % 211));
const sealed = await Promise.all(
  Array.from({ length: perRound * sealedRounds }, (_, index) =>
    world.seal({ number: BigInt(index + 1), blocks: [totals(meterA, dayFrom(index), steps)] }),
  ),
);
const ders = sealed.map(({ der }) => der);

let store: Store | undefined;
let next = ders.length;

/** One head-end for all rounds, as one that runs: its authorities are checked. Only the store begins anew. */
const ingest: Ingest = world.ingest({
  store: {
    delivered: (gateway, hash) => opened().ingest.delivered(gateway, hash),
    commit: (batch) => opened().ingest.commit(batch),
  },
  timers: machineTimers,
  // What is shown live is nobody's here: the test world would keep every block.
  onCommitted: () => {},
});

function opened(): Store {
  if (store === undefined) throw new Error("no store");
  return store;
}

async function ours(): Promise<number> {
  if (next >= ders.length) {
    await store?.close();
    store = await openStore(openSqlite(join(folder, `ours-${stores++}.sqlite`)));
    next = 0;
  }
  const round = ders.slice(next, (next += perRound));
  const answers = await Promise.all(round.map((der) => ingest.accept({ der, peer: gatewayA })));
  if (answers.some(({ is }) => is !== "receipt")) throw new Error("not receipted");
  return perRound;
}

// Bare.
const curve = { namedCurve: "brainpoolP256r1" };
const [gateway, receiver, own] = [0, 1, 2].map(() => generateKeyPairSync("ec", curve));
if (gateway === undefined || receiver === undefined || own === undefined) throw new Error("three");
const message = new Uint8Array(400).fill(1); // about as long as the signed attributes
const signature = sign("sha256", message, gateway.privateKey);
const peers = Array.from({ length: perRound }, () =>
  generateKeyPairSync("ec", curve).publicKey.export({ format: "der", type: "spki" }),
);
const bytes = encodeDayBlock(totals(meterA, dayFrom(0), steps)).slice();
const salt = new Uint8Array(32).fill(2);
const [hash, id20] = [new Uint8Array(32), new Uint8Array(20)];
const barePath = join(folder, "bare.sqlite");
await (await openStore(openSqlite(barePath))).close();
const db = new DatabaseSync(barePath);
db.exec(
  "pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on",
);
const insertDelivery = db.prepare("insert into deliveries values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
const insertBlock = db.prepare(
  "insert into blocks values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
);
const insertReceipt = db.prepare("insert into receipts values (?, ?, ?)");
let number = 0;

const callback = <T>(start: (done: (error: Error | null, result: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => start((error, result) => (error === null ? resolve(result) : reject(error))));

/** What was agreed on. */
async function bareOpen(index: number): Promise<Uint8Array> {
  await callback<boolean>((done) => verify("sha256", message, gateway!.publicKey, signature, done));
  const publicKey = createPublicKey({ key: Buffer.from(peers[index]!), format: "der", type: "spki" });
  return callback<Buffer>((done) => diffieHellman({ privateKey: receiver!.privateKey, publicKey }, done));
}

function bareStore(count: number): void {
  db.exec("begin");
  for (let index = 0; index < count; index++) {
    const der = ders[index]!;
    const at = ++number * 86_400_000;
    new DataView(hash.buffer).setUint32(0, number);
    insertDelivery.run(gatewayA, number, hash, id20, "TAF-7", "measured", at, at, der, hash);
    const id = `block-${number}-opaque-id`;
    const [obis, kind, profile] = ["1-0:1.8.0*255", "total", "TAF-7"];
    insertBlock.run(
      meterA,
      obis,
      kind,
      at,
      gatewayA,
      number,
      0,
      id,
      at,
      900_000,
      92,
      "2026-06-01",
      "Wh",
      -1,
      "signed",
      0,
      profile,
      at,
      hash,
      salt,
      bytes,
    );
  }
  db.exec("commit");
}

/** @param open  A delivery of this index. */
async function bare(open: (index: number) => Promise<unknown>): Promise<number> {
  const group = 32; // as many as ours commits at once, about
  const first = number;
  await Promise.all(Array.from({ length: perRound }, (_, index) => open(index)));
  for (let done = 0; done < perRound; done += group) bareStore(group);
  const receipts = await Promise.all(
    Array.from({ length: perRound }, () => callback<Buffer>((done) => sign("sha256", message, own!.privateKey, done))),
  );
  for (let done = 0; done < perRound; done += group) {
    db.exec("begin");
    for (let index = done; index < done + group; index++) {
      insertReceipt.run(gatewayA, first + index + 1, Buffer.concat([receipts[index]!, Buffer.alloc(1500)]));
    }
    db.exec("commit");
  }
  return perRound;
}

const bound = {
  name: "the same primitives and rows alone",
  run: () => bare(async (index) => openedBare("gcm", await bareOpen(index))),
};
const publicKeyOnly = { name: "verification, ECDH, signature, rows alone", run: () => bare(bareOpen) };

// A head-end runs for months: both sides are measured as they are once the compiler has seen enough of them.
for (let round = 0; round < 48; round++) {
  await ours();
  await bound.run();
}

export const works: readonly BenchWork[] = [
  {
    name: "ingest: sealed delivery to committed block and receipt",
    unit: "blocks",
    ours,
    others: [bound, publicKeyOnly],
    atLeast: { timesOther: { [bound.name]: 0.85 } },
  },
];
