import { ScaledValue } from "@siegel/readings";
import { expect, test } from "vitest";

import { admit, type Surroundings } from "../src/core/admit.ts";
import type { SlotValue } from "../src/core/slot-value.ts";
import { importTotal, quarterMs } from "./profiles.ts";
import { meter } from "./telegrams.ts";

const noon = Date.UTC(2026, 10, 22, 11);
const value: SlotValue = {
  profile: "TAF-7",
  meter,
  obis: importTotal,
  slotMs: noon,
  capturedMs: noon,
  raw: 100,
  scaler: -1,
  unit: "Wh",
  status: undefined,
  quality: "valid",
  trust: "clear",
};
const free: Surroundings = { newestMs: undefined, decided: false, floorMs: 0, previous: undefined, next: undefined };
const judged = (
  around: Partial<Surroundings>,
  origin: "live" | "memory" = "live",
  kind: "total" | "sample" = "total",
) => {
  const admission = admit(value, { origin, kind, around: { ...free, ...around } });
  return admission.is === "refused" ? admission.why : admission.value.quality;
};

test("what is pushed only goes on, what is remembered may fill a gap, and nothing is decided twice", () => {
  // A clock that went back would fill the gaps of this morning with the values of this evening.
  const newestMs = noon + quarterMs;
  expect(judged({ newestMs })).toBe("before-newest");
  expect(judged({ newestMs: noon })).toBe("before-newest");
  expect(judged({ newestMs: noon - quarterMs })).toBe("valid");
  expect(judged({ newestMs }, "memory")).toBe("valid");
  expect(judged({ newestMs, decided: true }, "memory")).toBe("decided");
  expect(judged({ floorMs: noon + 1 }, "memory")).toBe("before-floor");
});

test("a total that is below its neighbour is suspect; a momentary value never is for that", () => {
  // A fall would be billed as a consumption below nothing.
  const neighbour = (slotMs: number, raw: number, scaler = -1, quality: "valid" | "suspect" = "valid") => ({
    slotMs,
    number: ScaledValue.of(raw, scaler),
    quality,
  });
  expect(judged({ previous: neighbour(noon - quarterMs, 101) })).toBe("suspect");
  expect(judged({ previous: neighbour(noon - quarterMs, 100) })).toBe("valid");
  expect(judged({ previous: neighbour(noon - quarterMs, 11, 0) })).toBe("suspect");
  expect(judged({ next: neighbour(noon + quarterMs, 99) }, "memory")).toBe("suspect");
  expect(judged({ next: neighbour(noon + quarterMs, 99, -1, "suspect") }, "memory")).toBe("valid");
  expect(judged({ previous: neighbour(noon - quarterMs, 101) }, "live", "sample")).toBe("valid");
});
