/** What the meter says now: power with its direction, the meter readings, and whether the connection lives. */

import type { CurrentValue, MeterDetail, Register } from "@siegel/contract";
import { Instant, ObisCode, ScaledValue } from "@siegel/readings";
import type { JSX } from "preact";

import { instantText, timeText } from "../core/clock-text.ts";
import { forPeople, formatCount, formatDecimal, type Language, noValue } from "../core/decimal.ts";
import type { LiveState } from "../core/live.ts";
import { currentPower, readingsOnDisplay } from "../core/profile.ts";
import type { Texts } from "../core/texts/texts.ts";
import { Trail } from "./trail.tsx";
import { useNow } from "./use-now.ts";
import { useWords } from "./words.ts";

export function NowCard({ meter, live }: { meter: MeterDetail; live: LiveState }): JSX.Element {
  const { t, language } = useWords();
  const now = useNow(1000);
  const latest = [...live.byRegister.values()];
  const power = currentPower(latest);
  return (
    <section class="card now" aria-labelledby="now-title">
      <div class="card-head">
        <h2 id="now-title">{t.now.title}</h2>
        <ConnectionState live={live} power={power} now={now} />
      </div>
      {power === undefined ? (
        <p class="muted">{t.now.noPower}</p>
      ) : (
        <Power power={power} zone={meter.zone} now={now} live={live} />
      )}
      <Readings meter={meter} latest={latest} language={language} />
    </section>
  );
}

function Power({ power, zone, now, live }: PowerProps): JSX.Element {
  const { t, language } = useWords();
  const value = ScaledValue.parse(power.value);
  const isOut = value.raw < 0;
  const words = value.raw === 0 || Number(value.raw) === 0 ? t.now.balanced : isOut ? t.now.feeding : t.now.drawing;
  const at = Instant.parse(power.at);
  return (
    <div class={`power ${isOut ? "out" : "in"}`}>
      <p class="power-figure">
        <span class="figure">
          {power.quality === "missing" ? noValue : formatDecimal(isOut ? value.negated() : value, language, 0)}
        </span>{" "}
        <span class="unit">{power.unit ?? ""}</span> <span class="power-words">{words}</span>
      </p>
      <p class="muted small">
        <span title={instantText(at, zone, language)}>{ageText(at, now, t, language)}</span>
        {" · "}
        {t.quality[power.quality]}
        {" · "}
        {t.trust[power.trust]}
      </p>
      <Trail points={live.trail} nowMs={now.epochMs} label={`${t.now.powerLabel}, ${t.now.recent}`} />
    </div>
  );
}

interface PowerProps {
  readonly power: CurrentValue;
  readonly zone: string;
  readonly now: Instant;
  readonly live: LiveState;
}

function Readings({ meter, latest, language }: ReadingsProps): JSX.Element | null {
  const { t } = useWords();
  const registers = readingsOnDisplay(meter, latest);
  if (registers.length === 0) return null;
  return (
    <>
      <h3>{t.now.readings}</h3>
      <dl class="readings">
        {registers.map((register) => {
          const reading = latest.find(({ obis }) => obis === register.obis)!; // only registers with one are on display
          const at = Instant.parse(reading.at);
          const { value, unit } = forPeople(ScaledValue.parse(reading.value), reading.unit ?? "");
          return (
            <div key={register.obis}>
              <dt>{readingName(register, t, language)}</dt>
              <dd>
                <span class="figure">{reading.quality === "missing" ? noValue : formatDecimal(value, language)}</span>{" "}
                <span class="unit">{unit}</span>
                <span class="muted small" title={instantText(at, meter.zone, language)}>
                  {t.now.measuredAt(timeText(at, meter.zone, language))}
                  {reading.quality !== "valid" && ` · ${t.quality[reading.quality]}`}
                  {" · "}
                  {t.trust[reading.trust]}
                </span>
              </dd>
            </div>
          );
        })}
      </dl>
    </>
  );
}

interface ReadingsProps {
  readonly meter: MeterDetail;
  readonly latest: readonly CurrentValue[];
  readonly language: Language;
}

function ConnectionState({
  live,
  power,
  now,
}: {
  live: LiveState;
  power: CurrentValue | undefined;
  now: Instant;
}): JSX.Element {
  const { t } = useWords();
  const isQuiet = power === undefined || now.epochMs - Date.parse(power.at) > quietMs;
  const state = live.connection === "live" && isQuiet ? "quiet" : live.connection;
  return (
    <span class={`connection ${state}`} role="status">
      <span class="dot" aria-hidden="true" />
      {t.now.connection[state]}
    </span>
  );
}

/** Energy in and out in the reader's words; every other register by the name that its code has. */
export function readingName(register: Register, t: Texts, language: Language): string {
  const { a, c, d, e } = ObisCode.parse(register.obis);
  if (a === 1 && d === 8 && e === 0 && c === 1) return t.profile.import;
  if (a === 1 && d === 8 && e === 0 && c === 2) return t.profile.export;
  return language === "de" ? register.name_de : register.name_en;
}

function ageText(at: Instant, now: Instant, t: Texts, language: Language): string {
  const seconds = Math.max(0, Math.round(now.since(at) / 1000));
  if (seconds < 120) return t.now.secondsAgo(formatCount(seconds, language));
  return t.now.minutesAgo(formatCount(Math.round(seconds / 60), language));
}

/** Twelve values of five seconds did not come. */
const quietMs = 60_000;
