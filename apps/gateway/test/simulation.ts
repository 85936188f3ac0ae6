/**
 * A gateway's core between a meter and a head-end on a virtual clock, all from one seed, with power cuts at every port.
 *
 * In: a seed and how bad the world is.  Out: what was taken, what the head-end holds, what was there to be taken.
 * The store is the real one, in memory: a cut before or after a transaction is a cut before or after its commit, and whether
 * SQLite keeps that promise on a disk is not tested here (the kill test of the command does so over processes).
 */

import { digest } from "@siegel/crypto";
import { decodeDayBlock, seriesOf } from "@siegel/readings";
import type { Telegram } from "@siegel/sml";
import { fromHex, toHex } from "@siegel/wire";

import { GatewayStore } from "../src/adapters/store.ts";
import { Collector } from "../src/core/collector.ts";
import { Courier } from "../src/core/courier.ts";
import type { Span } from "../src/core/gaps.ts";
import type { DeliveryStore, ValueStore } from "../src/core/ports.ts";
import type { Profile } from "../src/core/profile.ts";
import type { SlotValue } from "../src/core/slot-value.ts";
import type { Log } from "../src/log.ts";
import { exportTotal, importTotal, power, quarterMs, taf14, taf7 } from "./profiles.ts";
import { seeded, type Seeded } from "./random.ts";
import { meter, telegram } from "./telegrams.ts";
import { Slots } from "../src/core/slots.ts";

export interface Faults {
  /** Of a power cut before or after each call to store, sealer, link and checker. */
  readonly cut: number;
  /** Of each sending: lost on the way there, lost on the way back, told to come later, refused. */
  readonly link: number;
  /** Of the meter's line, each second. */
  readonly line: number;
}

const calm: Faults = { cut: 0, link: 0, line: 0 };

/** A gateway with a fault of its own, to see that these tests see it. */
export type Broken = "forgets-deliveries" | "believes-any-receipt";

/** The power is gone. */
class Cut extends Error {}

export class World {
  readonly random: Seeded;
  readonly store = GatewayStore.open(":memory:");
  readonly headend = new FakeHeadend();
  /** What the store has kept, by key; a value kept twice differs and fails the run. */
  readonly taken = new Map<string, string>();
  readonly log: string[] = [];
  faults: Faults;
  wallMs: number;
  monoMs = 0;
  cuts = 0;
  #number = 0n;
  #life: Life | undefined;
  #startAtMs = 0;
  #lineDownUntilMs = 0;
  readonly profiles: readonly Profile[];
  readonly broken: Broken | undefined;

  constructor({
    seed,
    faults,
    startMs,
    profiles,
    broken,
  }: {
    seed: number;
    faults: Faults;
    startMs: number;
    profiles?: readonly Profile[];
    broken?: Broken;
  }) {
    this.broken = broken;
    this.random = seeded(seed);
    this.faults = faults;
    this.wallMs = startMs;
    this.profiles = profiles ?? [
      taf7(),
      taf14({ slots: new Slots({ zone: "Europe/Berlin", periodMs: 30_000 }), deliverEveryMs: 30_000 }),
    ];
  }

  /** Time passes and everybody does his part. */
  async pass(ms: number, stepMs = 5_000): Promise<void> {
    for (const endMs = this.monoMs + ms; this.monoMs < endMs;) {
      this.monoMs += stepMs;
      this.wallMs += stepMs;
      try {
        await this.#second();
      } catch (error) {
        if (!(error instanceof Cut)) throw error;
        this.#cutPower();
      }
    }
  }

  /** No more faults; until every value that was taken is delivered. */
  async quiet(): Promise<void> {
    this.faults = calm;
    this.#lineDownUntilMs = 0;
    for (let round = 0; round < 200; round++) {
      await this.pass(60_000, 20_000);
      const { life } = this;
      const isSettled = this.store.deliveries().length === 0 && this.store.unsealed().length === 0;
      if (life !== undefined && isSettled && life.courier.unsettledCount === 0) return;
    }
    throw new Error("the gateway does not come to rest");
  }

  get life(): Life | undefined {
    return this.#life;
  }

  /** Ends this life at once, as a power cut does. */
  #cutPower(): void {
    this.cuts++;
    if (this.#life !== undefined) this.#life.alive = false;
    this.#life = undefined;
    const downMs = this.random.next() < 0.2 ? this.random.below(3 * quarterMs) : this.random.below(20_000);
    this.#startAtMs = this.monoMs + downMs;
  }

  async #second(): Promise<void> {
    if (this.#life === undefined) {
      if (this.monoMs < this.#startAtMs) return;
      this.#life = new Life(this);
      this.#life.connected = false;
    }
    const life = this.#life;
    if (this.random.next() < this.faults.line) this.#lineDownUntilMs = this.monoMs + this.random.below(2 * quarterMs);
    if (this.monoMs < this.#lineDownUntilMs) life.connected = false;
    else {
      if (!life.connected) {
        life.connected = true;
        life.ask();
      }
      life.hear(telegramAt(this.wallMs));
      if (this.wallMs % 300_000 < 5_000) life.ask();
    }
    const wakeMs = life.courier.nextWakeMs();
    if (wakeMs !== undefined && wakeMs <= this.monoMs) life.courier.wake();
    await life.courier.idle();
    if (life.failure !== undefined) throw life.failure;
  }

  /** A power cut comes here, perhaps. */
  chance(life: Life): void {
    if (!life.alive) throw new Cut();
    if (this.random.next() < this.faults.cut) {
      life.alive = false;
      throw new Cut();
    }
  }

  nextNumber(): bigint {
    return ++this.#number;
  }
}

/** From a start to the next power cut. */
export class Life {
  alive = true;
  connected = false;
  failure: unknown;
  readonly collector: Collector;
  readonly courier: Courier;

  constructor(world: World) {
    const store = cuttable(world, this);
    const clock = { wallMs: () => world.wallMs, monoMs: () => world.monoMs };
    const log: Log = (level, event) => void world.log.push(`${level} ${event}`);
    this.collector = new Collector(world.profiles, { store, clock, log });
    this.courier = new Courier(world.profiles, {
      store,
      clock,
      log,
      random: world.random,
      failed: (error) => (this.failure ??= error),
      sealer: {
        seal: async ({ profile, blocks }) => {
          world.chance(this);
          const number = world.nextNumber();
          world.chance(this);
          const der = new TextEncoder().encode(
            JSON.stringify({ number: String(number), profile, blocks: blocks.map(toHex) }),
          );
          return { number, der, hash: digest("SHA-256", der) };
        },
      },
      link: {
        send: async (der) => {
          world.chance(this);
          const luck = world.random.next() / (world.faults.link || 1e-9);
          if (luck < 0.25) throw new Error("lost on the way there");
          if (luck < 0.35) return { kind: "busy", retryAfterMs: 2_000 };
          if (luck < 0.45) return { kind: "refused", code: "400" };
          if (luck < 0.6) return { kind: "receipt", bytes: Uint8Array.of(0) };
          const receipt = world.headend.take(der);
          world.chance(this);
          if (luck < 1) throw new Error("lost on the way back");
          return { kind: "receipt", bytes: receipt };
        },
      },
      checker: {
        check: async ({ bytes, number, hash }) => {
          world.chance(this);
          if (world.broken !== "believes-any-receipt" && toHex(bytes) !== toHex(receiptOf(number, hash)))
            throw new Error("no receipt");
          return { committedMs: world.wallMs };
        },
      },
    });
    this.ask = (): void => {
      for (const span of this.collector.openSpans(world.store.series().length === 0 ? undefined : meter)) {
        const kept = this.collector.memory(meter, memoryRows(span, world.wallMs), span);
        for (const profile of kept.keys()) this.courier.kept(profile, meter, { atOnce: true });
      }
    };
  }

  /** Asks the meter's memory for what is open. */
  readonly ask: () => void;

  hear(heard: Telegram): void {
    for (const profile of this.collector.live(meter, heard).keys()) this.courier.kept(profile, meter);
  }
}

type Store = ValueStore & DeliveryStore;

/** The store of this life: every change may be the last thing it does, done or not done. */
function cuttable(world: World, life: Life): Store {
  const { store } = world;
  const around = <T>(change: () => T, done: () => void = () => {}): T => {
    world.chance(life);
    const result = change();
    done();
    world.chance(life);
    return result;
  };
  return {
    series: () => store.series(),
    newestSlot: (series) => store.newestSlot(series),
    oldestSlot: (series) => store.oldestSlot(series),
    formOf: (series) => store.formOf(series),
    isDecided: (series, slotMs) => store.isDecided(series, slotMs),
    neighbours: (series, slotMs) => store.neighbours(series, slotMs),
    decidedSlots: (series, span) => store.decidedSlots(series, span),
    floorMs: (profile) => store.floorMs(profile),
    unsealed: () => store.unsealed(),
    unsealedValues: (of, limit) => store.unsealedValues(of, limit),
    deliveries: () => (world.broken === "forgets-deliveries" ? [] : store.deliveries()),
    bytesOf: (number) => store.bytesOf(number),
    keep: (values) =>
      around(
        () => store.keep(values),
        () => {
          for (const value of values) remember(world.taken, value);
        },
      ),
    addDelivery: (delivery, values) => around(() => store.addDelivery(delivery, values)),
    refused: (number, code) => around(() => store.refused(number, code)),
    settle: (receipt) => around(() => store.settle(receipt)),
  };
}

function remember(taken: Map<string, string>, value: SlotValue): void {
  const key = `${value.profile} ${value.obis} ${new Date(value.slotMs).toISOString()}`;
  if (taken.has(key)) throw new Error(`taken twice: ${key}`);
  if (value.raw !== undefined) taken.set(key, String(value.raw));
}

/** Idempotent by number and hash; notes each value that comes in two deliveries. */
class FakeHeadend {
  readonly values = new Map<string, string>();
  readonly doubled: string[] = [];
  readonly missing = new Set<string>();
  readonly #receipts = new Map<string, { hash: string; receipt: Uint8Array }>();

  get deliveryCount(): number {
    return this.#receipts.size;
  }

  take(der: Uint8Array): Uint8Array {
    const hash = digest("SHA-256", der);
    const { number, profile, blocks } = parsed(der);
    const known = this.#receipts.get(number);
    if (known !== undefined) {
      if (known.hash !== toHex(hash)) throw new TypeError(`number ${number} came with two contents`);
      return known.receipt;
    }
    for (const hex of blocks) {
      const block = decodeDayBlock(fromHex(hex));
      for (const { obis, at, value } of seriesOf(block).readings) {
        const key = `${profile} ${String(obis)} ${new Date(at.epochMs).toISOString()}`;
        if (this.values.has(key)) this.doubled.push(key);
        this.values.set(key, String(value.raw));
      }
    }
    const receipt = receiptOf(BigInt(number), hash);
    this.#receipts.set(number, { hash: toHex(hash), receipt });
    return receipt;
  }
}

function parsed(der: Uint8Array): { number: string; profile: string; blocks: string[] } {
  return JSON.parse(new TextDecoder().decode(der)); // written by the sealer above
}

function receiptOf(number: bigint, hash: Uint8Array): Uint8Array {
  return new TextEncoder().encode(`${number} ${toHex(hash)}`);
}

/** 0.1 Wh at that instant: some three kilowatts without a pause, so that no two seconds show the same. */
export function totalAt(atMs: number): number {
  return 100_000_000 + Math.floor(((atMs - Date.UTC(2026, 0)) / 1000) * 8);
}

const decimal = (raw: number): string => `${Math.floor(raw / 10)}.${raw % 10}`;

function totals(atMs: number): { obis: string; value: string }[] {
  return [
    { obis: importTotal, value: decimal(totalAt(atMs)) },
    { obis: exportTotal, value: decimal(totalAt(atMs) + 7) },
  ];
}

function telegramAt(wallMs: number): Telegram {
  return telegram([...totals(wallMs), { obis: power, value: decimal(wallMs % 9_999) }]);
}

/** The meter remembers every quarter hour for ten days. */
export function memoryRows({ fromMs, toMs }: Span, nowMs: number): Telegram[] {
  const rows: Telegram[] = [];
  for (let at = Math.ceil(fromMs / quarterMs) * quarterMs; at <= Math.min(toMs, nowMs); at += quarterMs) {
    rows.push(telegram(totals(at), at));
  }
  return rows;
}
