/** The chart as a table: every slot with its exact energy and quality. What a screen reader reads instead of the bars. */

import type { LocalDay } from "@siegel/readings";
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { laneLabel } from "../core/day-card.ts";
import { unitForPeople } from "../core/decimal.ts";
import type { Slot } from "../core/energy.ts";
import type { Period } from "../core/period.ts";
import type { Lane } from "../core/profile.ts";
import { exactText, slotTitle, stateText } from "../core/slot-words.ts";
import { useWords } from "./words.ts";

export interface SlotTableProps {
  readonly period: Period;
  readonly lanes: readonly Lane[];
  readonly zone: string;
  readonly title: string;
  readonly onOpenDay: (day: LocalDay) => void;
}

export function SlotTable({ period, lanes, zone, title, onOpenDay }: SlotTableProps): JSX.Element | null {
  const { t, language } = useWords();
  const [open, setOpen] = useState(false);
  const slots = lanes[0]?.slots;
  if (slots === undefined) return null;
  return (
    <details class="fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.profile.table}</summary>
      {open && (
        <div class="table-frame" tabIndex={0} role="region" aria-label={t.profile.tableCaption(t.profile.title, title)}>
          <table>
            <caption class="hidden">{t.profile.tableCaption(t.profile.title, title)}</caption>
            <thead>
              <tr>
                <th scope="col">{period.view === "day" ? t.profile.time : t.profile.day}</th>
                {lanes.map((lane) => (
                  <th key={lane.obis} scope="col" class="number">
                    {laneLabel(lane, language)} <span class="muted">{unitForPeople(lane.unit)}</span>
                  </th>
                ))}
                <th scope="col">{t.profile.qualityColumn}</th>
              </tr>
            </thead>
            <tbody>
              {slots.map((slot, index) => (
                <tr key={slot.start.epochMs} class={lanes.some((lane) => lane.slots[index]?.changed) ? "changed" : ""}>
                  <th scope="row">
                    {period.view === "day" ? (
                      slotTitle(period, slot, index, zone, language)
                    ) : (
                      <button type="button" class="link" onClick={() => onOpenDay(period.days[index]!)}>
                        {slotTitle(period, slot, index, zone, language)}
                      </button>
                    )}
                  </th>
                  {lanes.map((lane) => (
                    <td key={lane.obis} class="number figure">
                      {exactText(lane.slots[index]!, lane.unit, language)}
                    </td>
                  ))}
                  <td>
                    {qualityWords(
                      lanes.map((lane) => lane.slots[index]!),
                      (one) => stateText(one, language),
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

/** One word if all lanes agree, else one for each. */
function qualityWords(slots: readonly Slot[], word: (slot: Slot) => string): string {
  return [...new Set(slots.map(word))].join(" / ");
}
