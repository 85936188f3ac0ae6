/** One meter: what it says now, its load profile, the check of its seals, and which devices they come from. */

import { LocalDay } from "@siegel/readings";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { currentPlace, showPlace } from "../adapters/address.ts";
import { me, meter as loadMeter, series } from "../adapters/api.ts";
import { neighbour, type Period, periodOf, type View, views } from "../core/period.ts";
import { type Lane, type LaneRegister, laneRegisters, laneWith, totalsOf } from "../core/profile.ts";
import { type Change, changeOne } from "../core/try-change.ts";
import type { Proof } from "../core/day-card.ts";
import { newestTotals } from "../core/live.ts";
import { CheckCard } from "./check-card.tsx";
import { MeterCard } from "./meter-card.tsx";
import { ErrorStrip } from "./notice.tsx";
import { NowCard } from "./now-card.tsx";
import { ProfileCard } from "./profile-card.tsx";
import { useLive } from "./use-live.ts";
import { useLoaded } from "./use-loaded.ts";
import { useNow } from "./use-now.ts";
import { useWords } from "./words.ts";

export function MeterPage({ id, onSessionOver }: { id: string; onSessionOver: () => void }): JSX.Element {
  const { t } = useWords();
  const detail = useLoaded(`meter ${id}`, (signal) => loadMeter(id, signal));
  const now = useNow(10_000);
  const over = useRef(onSessionOver);
  over.current = onSessionOver;
  const live = useLive(id, detail.value?.latest, () => {
    me(new AbortController().signal).catch((cause: unknown) => isOver(cause) && over.current());
  });

  const zone = detail.value?.zone;
  const [place, setPlace] = useState(() => placeOf(currentPlace()));
  const today = zone === undefined ? undefined : LocalDay.at(now, zone);
  const period = useMemo(
    () =>
      zone === undefined || today === undefined ? undefined : periodOf(place.view, dayOf(place.date, zone) ?? today),
    [zone, place, today?.date],
  );
  const go = (next: Period): void => move(next, place.view);
  const move = (next: Period, view: View, date?: string): void => {
    // Today is not written down: who comes back tomorrow wants that day then.
    const isNow = today !== undefined && next.days.some((day) => day.equals(today)) && date === undefined;
    const chosen = { view, date: isNow ? undefined : (date ?? next.days[0]!.date) };
    showPlace({ meter: id, ...chosen });
    setPlace(chosen);
    setChange(undefined);
  };

  const registers = useMemo(() => laneRegisters(detail.value?.registers ?? []), [detail.value]);
  const key =
    period && registers.length > 0
      ? [id, period.view, period.days[0]!.date, ...registers.map(({ obis }) => obis)].join(" ")
      : undefined;
  const loaded = useLoaded(key, (signal) => loadLanes(id, registers, period!, signal)); // no period, no key, no call
  const reload = (): void => {
    detail.reload();
    loaded.reload();
  };
  useRefresh(
    reload,
    period !== undefined && today !== undefined && period.end.epochMs > today.previous().start.epochMs,
  );
  // A new total, or the first one of a register: there is more to show than was loaded.
  const newest = newestTotals(live.byRegister.values());
  useEffect(() => {
    if (detail.value !== undefined && newest !== newestTotals(detail.value.latest)) reload();
  }, [newest]);

  const [change, setChange] = useState<{ lane: number; change: Change } | undefined>();
  const lanes = useMemo<readonly Lane[]>(() => {
    if (period === undefined || loaded.value === undefined) return [];
    return loaded.value.map(({ register, totals }, index) =>
      laneWith(register, change?.lane === index ? change.change.totals : totals, period, now),
    );
  }, [loaded.value, change, period, now]);
  const [selected, setSelected] = useState<number | undefined>();
  useEffect(() => setSelected(undefined), [key]);
  const [proof, setProof] = useState<Proof>("unchecked");

  const toggleChange = (on: boolean): boolean => {
    if (!on) return (setChange(undefined), true);
    const at = selected === undefined ? undefined : lanes[0]?.slots[selected]?.end;
    for (const [lane, { totals }] of (loaded.value ?? []).entries()) {
      const found = changeOne(totals, at);
      if (found !== undefined) return (setChange({ lane, change: found }), true);
    }
    return false;
  };

  const failed = [detail, loaded].find(({ error }) => error !== undefined);
  useEffect(() => {
    if (failed?.error?.code === "session-over") onSessionOver();
  }, [failed?.error]);

  return (
    <>
      {failed?.error && failed.error.code !== "session-over" && (
        <ErrorStrip error={failed.error} retry={failed.reload} />
      )}
      {detail.value === undefined || period === undefined || today === undefined ? (
        failed?.error === undefined && (
          <p class="loading" role="status">
            {t.loading}
          </p>
        )
      ) : (
        <div class="grid">
          <NowCard meter={detail.value} live={live} />
          <ProfileCard
            meter={detail.value}
            period={period}
            today={today}
            lanes={lanes}
            hasRegisters={registers.length > 0}
            loading={loaded.loading}
            failed={loaded.error !== undefined && loaded.value === undefined}
            proof={proof}
            now={now}
            selected={selected}
            onSelect={setSelected}
            onStep={(direction) => go(neighbour(period, direction))}
            onToday={() => go(periodOf(place.view, today))}
            onView={(view) => {
              const chosen = dayOf(place.date, detail.value!.zone) ?? today; // its value was there to draw this
              move(periodOf(view, chosen), view, place.date);
            }}
            onOpenDay={(day) => move(periodOf("day", day), "day", day.equals(today) ? undefined : day.date)}
          />
          <CheckCard
            meter={detail.value}
            period={period}
            lanes={lanes}
            change={change?.change}
            onChange={toggleChange}
            onProof={setProof}
            onSessionOver={onSessionOver}
          />
          <MeterCard meter={detail.value} now={now} />
        </div>
      )}
    </>
  );
}

interface LoadedLane {
  readonly register: LaneRegister;
  readonly totals: Lane["totals"];
}

/** Totals of every lane, both ends of the period included. */
function loadLanes(
  id: string,
  registers: readonly LaneRegister[],
  period: Period,
  signal: AbortSignal,
): Promise<LoadedLane[]> {
  const [from, to] = [String(period.start), String(period.end)];
  return Promise.all(
    registers.map(async (register) => {
      const answer = await series(id, { obis: register.obis, from, to, kind: "total" }, signal);
      return { register, totals: totalsOf(answer.values) };
    }),
  );
}

/** A recent period grows: what is late may come for yesterday, too. */
function useRefresh(reload: () => void, isRecent: boolean): void {
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (!isRecent) return undefined;
    const timer = setInterval(() => document.visibilityState === "visible" && latest.current(), refreshMs);
    return () => clearInterval(timer);
  }, [isRecent]);
}

function placeOf(written: { view: string | undefined; date: string | undefined }): {
  view: View;
  date: string | undefined;
} {
  return { view: views.find((view) => view === written.view) ?? "day", date: written.date };
}

/** The day of a date in the address; whoever wrote nonsense there gets today. */
function dayOf(date: string | undefined, zone: string): LocalDay | undefined {
  if (date === undefined) return undefined;
  try {
    return LocalDay.of(date, zone);
  } catch {
    return undefined;
  }
}

function isOver(cause: unknown): boolean {
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === "session-over";
}

const refreshMs = 60_000;
