/** Load profile: period, sums, chart, the chosen slot in words, and everything as a table. */

import type { MeterDetail } from "@siegel/contract";
import { type Instant, LocalDay, ScaledValue } from "@siegel/readings";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import { barsOf } from "../core/bars.ts";
import { type DayCard, dayCard, type Proof } from "../core/day-card.ts";
import { formatDecimal, unitForPeople } from "../core/decimal.ts";
import { type Period, titleOf, type View, views } from "../core/period.ts";
import type { Lane } from "../core/profile.ts";
import { slotWords } from "../core/slot-words.ts";
import { Chart } from "./chart.tsx";
import { Icon } from "./icons.tsx";
import { SlotTable } from "./slot-table.tsx";
import { useWords } from "./words.ts";

export interface ProfileCardProps {
  readonly meter: MeterDetail;
  readonly period: Period;
  readonly today: LocalDay;
  readonly lanes: readonly Lane[];
  readonly hasRegisters: boolean;
  readonly loading: boolean;
  readonly failed: boolean;
  readonly proof: Proof;
  readonly now: Instant;
  readonly selected: number | undefined;
  readonly onSelect: (index: number | undefined) => void;
  readonly onStep: (direction: "previous" | "next") => void;
  readonly onView: (view: View) => void;
  readonly onToday: () => void;
  readonly onOpenDay: (day: LocalDay) => void;
}

export function ProfileCard(props: ProfileCardProps): JSX.Element {
  const { meter, period, lanes, hasRegisters, loading, failed, proof, selected, now } = props;
  const { t, language } = useWords();
  const title = titleOf(period, language);
  const count =
    lanes[0]?.slots.length ?? (period.view === "day" ? period.days[0]!.quarterHourCount : period.days.length);
  const words = selected === undefined ? undefined : slotWords(period, lanes, selected, meter.zone, language);
  const isEmpty = lanes.length > 0 && lanes.every(({ sum }) => sum.extent === "empty");
  const bars = useMemo(() => barsOf(period, isEmpty ? [] : lanes, language), [period, lanes, language]);
  const isAhead = period.start.epochMs > now.epochMs;
  const unit = unitForPeople(lanes[0]?.unit ?? "Wh");
  return (
    <section class="card profile" aria-labelledby="profile-title">
      <div class="card-head">
        <h2 id="profile-title">{t.profile.title}</h2>
        <ViewChoice view={period.view} onView={props.onView} />
      </div>
      <PeriodBar {...props} title={title} />
      <div class="sums">
        {lanes.map((lane) => (
          <SumCard key={lane.obis} card={dayCard(lane, period, language, meter.zone, proof)} />
        ))}
      </div>
      <p class="axis-name muted small" aria-hidden="true">
        {t.profile.axis(unit, t.profile.slot[period.view])}
      </p>
      <div class={`chart-frame ${loading && lanes.length > 0 ? "stale" : ""}`} aria-busy={loading}>
        <Chart
          bars={bars}
          count={count}
          label={t.profile.chartLabel(title)}
          selected={selected}
          valueText={words?.join(", ") ?? t.profile.choose}
          formatTick={(value) => (isEmpty ? "" : formatDecimal(tickValue(value), language))}
          onSelect={props.onSelect}
          onBeyond={props.onStep}
          onActivate={period.view === "day" ? undefined : (index) => props.onOpenDay(period.days[index]!)}
        />
        {(isEmpty || !hasRegisters) && !loading && !failed && (
          <p class="chart-empty">{isAhead ? t.profile.emptyFuture : t.profile.empty}</p>
        )}
        {loading && lanes.length === 0 && (
          <p class="chart-empty" role="status">
            {t.loading}
          </p>
        )}
      </div>
      <div class="readout">
        {words === undefined ? (
          <p class="muted small">{t.profile.choose}</p>
        ) : (
          <p>
            <strong>{words[0]}</strong>
            {words.slice(1).map((word) => (
              <span key={word}>{word}</span>
            ))}
          </p>
        )}
        {selected !== undefined && period.view !== "day" && (
          <button type="button" class="button quiet" onClick={() => props.onOpenDay(period.days[selected]!)}>
            {t.profile.openDay}
          </button>
        )}
      </div>
      <SlotTable period={period} lanes={lanes} zone={meter.zone} title={title} onOpenDay={props.onOpenDay} />
    </section>
  );
}

function ViewChoice({ view, onView }: { view: View; onView: (view: View) => void }): JSX.Element {
  const { t } = useWords();
  return (
    <fieldset class="segments">
      <legend class="hidden">{t.profile.viewLabel}</legend>
      {views.map((one) => (
        <label key={one} class={one === view ? "chosen" : ""}>
          <input type="radio" name="view" value={one} checked={one === view} onChange={() => onView(one)} />
          {t.profile.views[one]}
        </label>
      ))}
    </fieldset>
  );
}

function PeriodBar({
  period,
  today,
  title,
  onStep,
  onToday,
  onOpenDay,
}: ProfileCardProps & { title: string }): JSX.Element {
  const { t } = useWords();
  const isNow = period.days.some((day) => day.equals(today));
  const isAhead = period.end.epochMs > today.end.epochMs || isNow;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement) return; // a date has arrows of its own
    if (event.key === "ArrowLeft") onStep("previous");
    else if (event.key === "ArrowRight" && !isAhead) onStep("next");
  };
  return (
    <div class="period" role="group" aria-label={t.profile.dateLabel} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="tool"
        onClick={() => onStep("previous")}
        aria-label={t.profile.previous[period.view]}
      >
        <Icon name="left" />
      </button>
      <p class="period-title" role="status">
        {title}
      </p>
      <button
        type="button"
        class="tool"
        onClick={() => onStep("next")}
        disabled={isAhead}
        aria-label={t.profile.next[period.view]}
      >
        <Icon name="right" />
      </button>
      <label class="date">
        <span class="hidden">{t.profile.dateLabel}</span>
        <input
          type="date"
          value={period.days[0]!.date}
          max={today.date}
          onChange={(event) => {
            const day = dayOfInput(event.currentTarget.value, today.zone);
            if (day !== undefined) onOpenDay(day);
          }}
        />
      </label>
      <button type="button" class="button quiet" onClick={onToday} disabled={isNow}>
        {t.profile.today}
      </button>
    </div>
  );
}

function SumCard({ card }: { card: DayCard }): JSX.Element {
  const { t } = useWords();
  return (
    <div class={`sum ${card.direction}`}>
      <p class="sum-label">
        <span class={`swatch ${card.direction}`} aria-hidden="true" />
        {card.label}
      </p>
      <p>
        <span class="figure">{card.figure}</span> <span class="unit">{card.unit}</span>
      </p>
      <p class="muted small">
        {[card.span, card.qualityText, ...card.notes].filter((word) => word !== "").join(" · ")}
      </p>
      {card.changed && <p class="note small">{t.profile.changedNote}</p>}
    </div>
  );
}

function dayOfInput(value: string, zone: string): LocalDay | undefined {
  try {
    return LocalDay.of(value, zone);
  } catch {
    return undefined; // being typed
  }
}

/** Axis labels are round numbers that uPlot chose; 12 digits take away what binary fractions add. */
function tickValue(value: number): ScaledValue {
  return ScaledValue.parse(
    Number(value.toPrecision(12))
      .toFixed(6)
      .replace(/\.?0+$/, ""),
  );
}
