/** One slot in words: when, how much in and out, how good. For the line under the chart, and for screen readers. */

import { timeText } from "./clock-text.ts";
import { energyText, laneLabel } from "./day-card.ts";
import { forPeople, formatDecimal, type Language, noValue, unitForPeople } from "./decimal.ts";
import type { Slot } from "./energy.ts";
import { longDay, type Period } from "./period.ts";
import type { Lane } from "./profile.ts";
import { texts } from "./texts/texts.ts";

/** `14:00–14:15`, `From the grid 0.123 kWh`, `Into the grid –, missing`. */
export function slotWords(
  period: Period,
  lanes: readonly Lane[],
  index: number,
  zone: string,
  language: Language,
): string[] {
  const slot = lanes[0]?.slots[index];
  if (slot === undefined) return [];
  const values = lanes.map((lane) => {
    const own = lane.slots[index]!; // lanes have the same slots
    const figure = own.energy === undefined ? noValue : energyText(own.energy, lane.unit, language);
    const unit = unitForPeople(lane.unit);
    const state = own.state === "valid" ? "" : `, ${stateText(own, language)}`;
    return `${laneLabel(lane, language)} ${figure} ${unit}${state}`.trim();
  });
  return [slotTitle(period, slot, index, zone, language), ...values];
}

/** `14:00–14:15` or `Sunday, 29 March`. */
export function slotTitle(period: Period, slot: Slot, index: number, zone: string, language: Language): string {
  if (period.view !== "day") return longDay(period.days[index]!, language);
  const [from, to] = [timeText(slot.start, zone, language), timeText(slot.end, zone, language)];
  return `${from}–${to}`;
}

/** A running day is not a partial one: it is known so far. */
export function stateText(slot: Slot, language: Language): string {
  const t = texts[language];
  const isRunning = slot.state === "partial" && slot.isRunning && slot.known?.from.equals(slot.start) === true;
  return isRunning ? t.profile.sum.soFar : t.quality[slot.state];
}

/** Every digit that the meter counted. */
export function exactText(slot: Slot, unit: string, language: Language): string {
  return slot.energy === undefined ? noValue : formatDecimal(forPeople(slot.energy, unit).value, language);
}
