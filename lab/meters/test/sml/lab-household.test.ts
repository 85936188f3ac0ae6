import { expect, test } from "vitest";
import { registerNames } from "../../src/registers.ts";
import { labHousehold } from "../../src/sml/lab-household.ts";
import type { VirtualMeter } from "../../src/virtual-meter.ts";

const started = (at: string, seed: number, options: { photovoltaics?: boolean; tariffs?: 1 | 2 } = {}) =>
  labHousehold({ seed, start: Date.parse(at) / 1000, historyDays: 2, photovoltaics: false, tariffs: 1, ...options });

function lowered(before: VirtualMeter, after: VirtualMeter): string[] {
  const [first, second] = [before.registers.snapshot(), after.registers.snapshot()];
  return registerNames.filter((name) => second[name] < first[name]);
}

test("a meter that is started again in the same month goes on where it was", () => {
  // A register that falls looks like fraud, and every bill after it is wrong.
  const first = started("2026-11-10T08:00:00Z", 5, { photovoltaics: true });
  const again = started("2026-11-23T06:30:00Z", 5, { photovoltaics: true });
  first.advance(Date.parse("2026-11-23T06:30:00Z") / 1000);
  expect(again.registers.snapshot()).toEqual(first.registers.snapshot());
});

test.each([
  ["winter", "2026-12-31T23:00:00Z", "2027-01-04T00:00:00Z"],
  ["summer", "2026-06-30T23:00:00Z", "2026-07-04T00:00:00Z"],
])("started in the next month it never counts backwards: %s", (_, before, after) => {
  // The same: the allowance of a month must be more than anybody uses or feeds in.
  for (const seed of [1, 2, 3, 4]) {
    for (const tariffs of [1, 2] as const) {
      const options = { photovoltaics: true, tariffs };
      expect(lowered(started(before, seed, options), started(after, seed, options))).toEqual([]);
    }
  }
});

test.each([true, false])("the registers of a meter add up, with a roof: %s", (photovoltaics) => {
  // Total and tariffs that differ are the first thing that an auditor sees.
  const counters = started("2026-06-23T06:30:00Z", 3, { photovoltaics, tariffs: 2 }).registers.snapshot();
  expect(counters.import).toBe(counters.importT1 + counters.importT2);
  expect(counters.export).toBe(counters.exportT1 + counters.exportT2);
  expect(counters.export > 0n).toBe(photovoltaics);
});

test("a meter with a remembered birth goes on from its snapshot as if it had never been stopped", () => {
  // A second start of the same house must show the same counters, in whatever month, without living its years again.
  const bornAt = Date.parse("2026-11-21T06:30:00Z") / 1000;
  const options = { seed: 5, historyDays: 2, bornAt, photovoltaics: true, tariffs: 1 } as const;
  const stopped = labHousehold({ ...options, start: bornAt + 2 * 86_400 });
  const kept = structuredClone(stopped.snapshot());
  const start = Date.parse("2026-12-03T11:17:05Z") / 1000;
  const goingOn = labHousehold({ ...options, start, continueFrom: kept });
  const anew = labHousehold({ ...options, start });
  expect(goingOn.snapshot()).toEqual(anew.snapshot());
  expect(goingOn.profile.all()).toHaveLength(960);
});

test("a clock that was set back makes a meter that goes on wait, not fail", () => {
  // The system would not start after the computer's clock was corrected.
  const options = { seed: 5, historyDays: 2, photovoltaics: false, tariffs: 1, bornAt: 1_790_000_000 } as const;
  const kept = labHousehold({ ...options, start: 1_790_010_000 }).snapshot();
  expect(labHousehold({ ...options, start: 1_790_009_000, continueFrom: kept }).second).toBe(1_790_010_000);
});
