import { expect, test } from "vitest";

import { GatewayStore } from "../src/adapters/store.ts";
import { Collector } from "../src/core/collector.ts";
import type { Profile } from "../src/core/profile.ts";
import { settlingMs } from "../src/core/time-keeper.ts";
import { dayMs, exportTotal, importTotal, power, quarterMs, taf14, taf7 } from "./profiles.ts";
import { memoryRows, totalAt } from "./simulation.ts";
import { meter, telegram } from "./telegrams.ts";

const noon = Date.UTC(2026, 10, 22, 11);
const asked = { profile: "TAF-7", meter, obis: importTotal };

/** A gateway's clocks, store and collector. */
class Bench {
  readonly store = GatewayStore.open(":memory:");
  readonly log: string[] = [];
  readonly clock;
  collector: Collector;
  wallMs: number;
  monoMs = 0;
  readonly #profiles: readonly Profile[];

  constructor(wallMs = noon, profiles: readonly Profile[] = [taf7(), taf14()]) {
    this.wallMs = wallMs;
    this.#profiles = profiles;
    this.clock = { wallMs: () => this.wallMs, monoMs: () => this.monoMs };
    this.collector = this.restart();
  }

  restart(): Collector {
    const log = (level: string, event: string): void => void this.log.push(`${level} ${event}`);
    return (this.collector = new Collector(this.#profiles, { store: this.store, clock: this.clock, log }));
  }

  pass(ms: number): void {
    this.wallMs += ms;
    this.monoMs += ms;
  }

  /** The meter pushes each second for a while; the totals are those of `trueMs`, whatever the clock says. */
  listen(ms: number, stepMs = 1_000, shownAt = (): number => this.wallMs): void {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.pass(stepMs);
      const raw = totalAt(shownAt());
      const value = `${Math.floor(raw / 10)}.${raw % 10}`;
      this.collector.live(
        meter,
        telegram([
          { obis: importTotal, value },
          { obis: power, value: "300" },
        ]),
      );
    }
  }

  /** Asks the meter's memory, whose clock is right, for all that is open. */
  ask(trueMs = this.wallMs): void {
    for (const span of this.collector.openSpans(meter)) this.collector.memory(meter, memoryRows(span, trueMs), span);
  }

  slots(series = asked): { values: readonly number[]; missing: readonly number[] } {
    return this.store.decidedSlots(series, { fromMs: 0, toMs: 8e12 });
  }
}

test("a quarter hour takes the first value at or after it, a second one changes nothing", () => {
  // Whoever sends a value twice would change the bill.
  const bench = new Bench(noon - 10_000);
  bench.listen(30_000);
  expect(bench.slots().values).toEqual([noon]);
  expect(bench.store.unsealedValues(asked, 10)[0]?.raw).toBe(totalAt(noon));
  bench.collector.memory(meter, [telegram([{ obis: importTotal, value: "1" }], noon)], { fromMs: noon, toMs: noon });
  expect(bench.store.unsealedValues(asked, 10).map(({ raw }) => raw)).toContain(totalAt(noon));
  expect(bench.slots().values).toEqual([noon]);
});

test("a gateway that was off asks for what it has missed, and for nothing else", () => {
  // An outage of an afternoon would stay in the bill for ever.
  const bench = new Bench();
  bench.ask();
  expect(bench.slots().values).toHaveLength(97); // noon yesterday and noon today are both in
  bench.pass(5 * quarterMs + 60_000);
  bench.restart();
  const spans = bench.collector.openSpans(meter);
  expect(spans).toEqual([{ fromMs: noon + quarterMs, toMs: noon + 5 * quarterMs }]);
  bench.ask();
  expect(bench.slots().values).toHaveLength(102);
  expect(bench.collector.openSpans(meter)).toEqual([]);
});

test("a gap behind the history is asked for, too, once the meter is known", () => {
  // After a holiday with a fault only the last day would be there.
  const bench = new Bench();
  bench.ask();
  bench.pass(3 * dayMs + 60_000);
  bench.restart();
  const [first] = bench.collector.openSpans(meter);
  expect(first?.fromMs).toBe(noon + quarterMs);
  bench.ask();
  expect(bench.slots().values).toHaveLength(4 * 96 + 1);
});

test("a meter that has said that it knows no more is not asked again", () => {
  // Each minute the same question would go to a meter at a slow line.
  const bench = new Bench();
  const [span] = bench.collector.openSpans(meter);
  bench.collector.memory(meter, memoryRows({ fromMs: noon - 2 * quarterMs, toMs: noon }, noon), span!);
  expect(bench.collector.openSpans(meter)).toEqual([]);
});

test("a row that the memory lacks although it has a later one makes its slot missing, once and for all", () => {
  // A gap would be open for ever, or filled after it was sealed as a gap.
  const bench = new Bench();
  const span = { fromMs: noon - 4 * quarterMs, toMs: noon };
  const rows = memoryRows(span, noon);
  bench.collector.memory(meter, rows.toSpliced(2, 1), span);
  expect(bench.slots().missing).toEqual([noon - 2 * quarterMs]);
  expect(bench.log).toContain("warn slots-missing");
  bench.collector.memory(meter, rows, span);
  expect(bench.slots().missing).toEqual([noon - 2 * quarterMs]);
  expect(bench.slots({ ...asked, obis: exportTotal }).missing).toEqual([noon - 2 * quarterMs]);
});

test("a meter without a memory has its gap closed after a day of later values", () => {
  // The receiver would wait for a value that cannot come.
  const bench = new Bench(noon, [taf7({ historyMs: 0 })]);
  bench.listen(60_000);
  bench.pass(5 * quarterMs);
  bench.listen(95 * quarterMs, 10_000);
  bench.collector.giveUp(meter);
  expect(bench.slots().missing).toEqual([]);
  bench.listen(2 * quarterMs, 10_000);
  bench.collector.giveUp(meter);
  expect(bench.slots().missing.length).toBeGreaterThan(0);
  expect(bench.slots().missing.every((slot) => slot > noon && slot < noon + 6 * quarterMs)).toBe(true);
});

test("a total that falls is kept as suspect and told", () => {
  // A meter that was exchanged or manipulated would be billed without a word, or not at all.
  const bench = new Bench();
  const show = (atMs: number, value: string): void => {
    bench.collector.memory(meter, [telegram([{ obis: importTotal, value }], atMs)], { fromMs: atMs, toMs: atMs });
  };
  show(noon - 4 * quarterMs, "1000.0");
  show(noon - 2 * quarterMs, "999.9");
  show(noon - 1 * quarterMs, "1000.1");
  show(noon - 3 * quarterMs, "1000.0");
  const qualities = bench.store.unsealedValues(asked, 10).map(({ quality }) => quality);
  expect(qualities).toEqual(["valid", "valid", "suspect", "valid"]);
  expect(bench.log.filter((line) => line === "warn total-decreased")).toHaveLength(1);
});

test("a fall within one answer of the memory is found, too", () => {
  // Only what was stored before would be compared.
  const bench = new Bench();
  const rows = [10, 20, 15, 30].map((value, index) =>
    telegram([{ obis: importTotal, value: `${value}.0` }], noon - (4 - index) * quarterMs),
  );
  bench.collector.memory(meter, rows, { fromMs: noon - dayMs, toMs: noon });
  const qualities = bench.store.unsealedValues(asked, 10).map(({ quality }) => quality);
  expect(qualities).toEqual(["valid", "valid", "suspect", "valid"]);
});

test("a wall clock that goes back makes no second value for a slot, and no value out of its time", () => {
  // The night of a wrong clock would be billed twice, or with the values of another hour.
  const bench = new Bench();
  bench.listen(2 * quarterMs + 60_000);
  bench.pass(2 * quarterMs);
  bench.listen(quarterMs); // a gap of two quarter hours lies behind us
  const before = bench.slots();
  const trueMs = (): number => bench.wallMs + 5 * quarterMs;
  bench.wallMs -= 5 * quarterMs;
  bench.listen(4 * quarterMs + 30_000, 1_000, trueMs);
  expect(bench.slots()).toEqual(before);
  expect(bench.log).toContain("alarm clock-stepped");
  bench.wallMs += 5 * quarterMs;
  bench.ask();
  for (const value of bench.store.unsealedValues(asked, 100)) {
    expect(Number(value.raw) - totalAt(value.slotMs)).toBeGreaterThanOrEqual(0);
    expect(Number(value.raw) - totalAt(value.slotMs)).toBeLessThanOrEqual(8 * 27);
  }
});

test("a wall clock that jumps ahead for a moment leaves no trace", () => {
  // A value of today would stand in the day after tomorrow, and everything until then would be missing.
  const bench = new Bench();
  bench.ask();
  const before = bench.slots();
  bench.wallMs += 2 * dayMs;
  bench.listen(settlingMs - 1_000);
  bench.ask(bench.wallMs - 2 * dayMs);
  bench.collector.giveUp(meter);
  bench.wallMs -= 2 * dayMs;
  bench.listen(settlingMs - 1_000);
  expect(bench.slots()).toEqual(before);
});

test("a wall clock that stays ahead makes nothing missing, and the true days come from the memory", () => {
  // Days that have not been would be sealed as missing, and then could never be filled.
  const bench = new Bench();
  bench.ask();
  bench.wallMs += 2 * dayMs;
  bench.listen(settlingMs + quarterMs);
  bench.ask(bench.wallMs - 2 * dayMs);
  bench.collector.giveUp(meter);
  expect(bench.slots().missing).toEqual([]);
  bench.wallMs -= 2 * dayMs;
  bench.listen(settlingMs);
  bench.ask();
  bench.pass(quarterMs);
  bench.restart();
  bench.ask();
  expect(bench.slots().missing).toEqual([]);
  const until = Math.floor(bench.wallMs / quarterMs) * quarterMs;
  expect(bench.slots().values).toContain(until);
  for (let slot = noon - dayMs; slot <= until; slot += quarterMs) expect(bench.slots().values).toContain(slot);
});

test.each([3 * dayMs, 3_600_000])(
  "a clock that ran %i ms ahead and was put right costs no value that nobody remembers",
  (aheadMs) => {
    // A radio meter's days, and the page's "now", would stand still for as long as the clock had been ahead.
    const bench = new Bench(noon, [taf7({ historyMs: 0 }), taf14()]);
    bench.listen(quarterMs + 60_000);
    bench.wallMs += aheadMs;
    bench.listen(settlingMs + 2 * quarterMs, 1_000, () => bench.wallMs - aheadMs);
    const wrong = bench.slots().values.filter((slot) => slot > bench.wallMs - aheadMs);
    expect(wrong).toHaveLength(2);
    bench.wallMs -= aheadMs;
    bench.listen(settlingMs + 2 * quarterMs);
    const { values } = bench.slots();
    const last = Math.floor(bench.wallMs / quarterMs) * quarterMs;
    expect(values).toContain(last);
    expect(values).toContain(last - quarterMs);
    const kept = bench.store.unsealedValues(asked, 100).filter(({ slotMs }) => !wrong.includes(slotMs));
    for (const value of kept) {
      expect(value.quality).toBe("valid");
      expect(Number(value.raw) - totalAt(value.slotMs)).toBeLessThanOrEqual(8 * 27);
    }
    const samples = bench.slots({ profile: "TAF-14", meter, obis: power }).values;
    expect(samples.filter((slot) => slot > bench.wallMs - 60_000 && slot <= bench.wallMs).length).toBeGreaterThan(10);
  },
);

test("values that were pruned after their receipt are not taken again when the clock goes back", () => {
  // The receiver would get a second value for a quarter hour of last month.
  const bench = new Bench();
  bench.store.keep([]);
  bench.ask();
  settleAll(bench, noon + 60 * dayMs);
  bench.store.prune({ profile: "TAF-7", keepMs: 40 * dayMs, nowMs: noon + 60 * dayMs });
  expect(bench.slots().values).toEqual([]);
  bench.restart();
  bench.ask();
  expect(bench.slots().values).toEqual([]);
});

test("a month passes quickly, every quarter hour once, over the change of the clocks", () => {
  // The days of 23 and 25 hours would be wrong, or the gateway too slow to live through them in a test.
  const start = Date.UTC(2026, 9, 1, 0, 7);
  const bench = new Bench(start, [taf7()]);
  bench.listen(31 * dayMs, 20_000);
  const { values, missing } = bench.slots();
  expect(missing).toEqual([]);
  expect(values).toHaveLength(31 * 96);
  expect(new Set(values).size).toBe(31 * 96);
});

/** As if every value were sealed, sent and receipted at that instant. */
function settleAll(bench: Bench, committedMs: number): void {
  const { store } = bench;
  let number = 0n;
  for (const owner of store.unsealed()) {
    number++;
    const sealed = { ...owner, number, der: Uint8Array.of(1), hash: new Uint8Array(32) };
    store.addDelivery(sealed, store.unsealedValues(owner, 100_000));
    store.settle(receipt(number, committedMs));
  }
}

// The store asks for evidence; a test of the collector makes what it needs of it.
function receipt(number: bigint, committedMs: number): Parameters<GatewayStore["settle"]>[0] {
  return { number, bytes: Uint8Array.of(1), committedMs } as unknown as Parameters<GatewayStore["settle"]>[0]; // see above
}
