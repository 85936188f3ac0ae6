/**
 * The energy of a period in words: figure, unit, what it spans, how good it is, whether its seal was checked.
 *
 * A figure never stands alone, and where there is none there is a dash.
 */

import { ObisCode, type Quality } from "@siegel/readings";

import { shortInstantText, timeText } from "./clock-text.ts";
import { forPeople, formatCount, formatDecimal, type Language, noValue, unitForPeople } from "./decimal.ts";
import type { Lane, Direction } from "./profile.ts";
import type { Period } from "./period.ts";
import { texts } from "./texts/texts.ts";

/** What a check of the seal said, or that there was none. */
export type Proof = "unchecked" | "genuine" | "failed";

export interface DayCard {
  readonly direction: Direction;
  readonly label: string;
  readonly figure: string;
  readonly unit: string;
  /** `whole day`, `so far`, `only 29/03/2026, 00:00 to …`. */
  readonly span: string;
  readonly quality: Quality;
  readonly qualityText: string;
  /** `2 values missing`. */
  readonly notes: readonly string[];
  readonly proof: Proof;
  /** Changed by the reader for a try. */
  readonly changed: boolean;
}

export function dayCard(lane: Lane, period: Period, language: Language, zone: string, proof: Proof): DayCard {
  const t = texts[language];
  const { sum } = lane;
  const notes: string[] = [];
  if (sum.extent !== "empty") {
    if (sum.missingCount > 0) {
      notes.push(t.profile.missingCount(formatCount(sum.missingCount, language), sum.missingCount === 1));
    }
    if (sum.lateCount > 0) {
      notes.push(t.profile.lateCount(formatCount(sum.lateCount, language), sum.lateCount === 1));
    }
  }
  const figure = sum.energy === undefined ? noValue : energyText(sum.energy, lane.unit, language);
  return {
    direction: lane.direction,
    label: laneLabel(lane, language),
    figure,
    unit: unitForPeople(lane.unit),
    span: spanOf(lane, period, language, zone),
    quality: sum.quality,
    qualityText: sum.energy === undefined ? "" : t.quality[sum.quality],
    notes,
    proof,
    changed: sum.changed,
  };
}

/** Electricity goes in and out; of gas, water and heat there is consumption alone. */
export function laneLabel({ direction, obis }: Pick<Lane, "direction" | "obis">, language: Language): string {
  const words = texts[language].profile;
  return ObisCode.parse(obis).a === electricity ? words[direction] : words.consumption;
}

/** Energy with three digits after the point, `0.123`; a meter that counts finer is rounded here and exact in the table. */
export function energyText(value: Lane["totals"][number]["value"], unit: string, language: Language): string {
  const { value: shown } = forPeople(value, unit);
  return formatDecimal(shown, language, Math.min(3, Math.max(0, -shown.scaler)));
}

function spanOf({ sum }: Lane, { view, end }: Period, language: Language, zone: string): string {
  const words = texts[language].profile.sum;
  if (sum.extent === "complete") return words.complete[view];
  if (sum.extent === "soFar") return words.soFar;
  if (sum.extent === "decreased") return words.decreased;
  if (sum.extent === "empty" || sum.from === undefined || sum.to === undefined) return words.empty;
  const [from, to] = [sum.from, sum.to].map((at) =>
    view === "day" ? timeText(at, zone, language) : shortInstantText(at, zone, language),
  );
  return words.partial(from!, view === "day" && sum.to.equals(end) ? "24:00" : to!); // two in, two out
}

/** Group A. */
const electricity = 1;
