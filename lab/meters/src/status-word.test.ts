import { expect, test } from "vitest";
import type { PerPhase } from "./household/load.ts";
import { stateOf } from "./household/state.ts";
import { statusBit, statusWord } from "./status-word.ts";

function stateWith(watts: PerPhase, volts: PerPhase = [230, 230, 230], reversedField = false) {
  return stateOf({
    second: 0,
    load: { activeMilliwatts: watts.map((one) => one * 1000) as PerPhase, reactiveMillivars: [0, 0, 0] }, // map keeps three
    voltageMillivolts: volts.map((one) => one * 1000) as PerPhase,
    frequencyMillihertz: 50_000,
    reversedField,
  });
}

test.each([
  ["import on three phases", stateWith([100, 100, 100]), 0x1c0104],
  ["no load", stateWith([0, 0, 0]), 0x1c0004],
  ["below the starting current", stateWith([2, 2, 2]), 0x1c0004],
  ["export in total, on L3 only", stateWith([100, 100, -500]), 0x1c0104 | statusBit.export | statusBit.exportL3],
  ["export on L3, import in total", stateWith([600, 100, -500]), 0x1c0104 | statusBit.exportL3],
  ["export on all phases", stateWith([-1000, -1000, -1000]), 0x1c7904],
  ["L2 gone", stateWith([100, 0, 100], [230, 0, 230]), 0x140104],
  ["left-handed field", stateWith([100, 100, 100], [230, 230, 230], true), 0x1c8104],
])("%s", (_, state, word) => {
  // A reader that repairs signs by this word would turn import into export.
  expect(statusWord(state).toString(16)).toBe(word.toString(16));
});

test("what the meter remembers shows beside what it measures", () => {
  // A tampered meter would look untouched.
  const calm = stateWith([100, 100, 100]);
  expect(statusWord(calm, { magneticField: true })).toBe(0x1c0304);
  expect(statusWord(calm, { coverOpened: true })).toBe(0x1c0504);
  expect(statusWord(calm, { fatalError: true })).toBe(0x1e0104);
});
