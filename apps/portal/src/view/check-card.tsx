/** The check of the displayed day: start, progress, verdict, each step in words, the trust root, and a try. */

import type { MeterDetail } from "@siegel/contract";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { ApiError, isAbort } from "../adapters/api.ts";
import type { Checker, Progress } from "../check/checker.ts";
import type { BlockReport } from "../check/messages.ts";
import { shownBlocks } from "../check/shown.ts";
import { timeText } from "../core/clock-text.ts";
import type { Proof } from "../core/day-card.ts";
import { forPeople, formatCount, formatDecimal } from "../core/decimal.ts";
import type { Period } from "../core/period.ts";
import type { Lane } from "../core/profile.ts";
import type { Change } from "../core/try-change.ts";
import { gravest, type Verdict } from "../core/verdict.ts";
import type { CheckParts } from "./check-parts.ts";
import { Icon } from "./icons.tsx";
import { ErrorStrip } from "./notice.tsx";
import { TrustRootCard } from "./trust-root-card.tsx";
import { useTrustRoot } from "./use-trust-root.ts";
import { verdictIcon, verdictTone } from "./verdict-signs.ts";
import { useWords } from "./words.ts";

export interface CheckCardProps {
  readonly meter: MeterDetail;
  readonly period: Period;
  readonly lanes: readonly Lane[];
  readonly change: Change | undefined;
  /** Changes one displayed value, or takes it back. False: there is none to change. */
  readonly onChange: (on: boolean) => boolean;
  readonly onProof: (proof: Proof) => void;
  readonly onSessionOver: () => void;
}

/** `display` is what was checked; another display makes the verdict old. */
type Check =
  | { readonly at: "idle" }
  | { readonly at: "running"; readonly display: string; readonly progress: Progress | undefined }
  | { readonly at: "done"; readonly display: string; readonly reports: readonly BlockReport[] }
  | { readonly at: "failed"; readonly error: ApiError };

export function CheckCard({
  meter,
  period,
  lanes,
  change,
  onChange,
  onProof,
  onSessionOver,
}: CheckCardProps): JSX.Element {
  const { t, language } = useWords();
  const { parts, load } = useCheckParts();
  const trust = useTrustRoot(async () => (await load()).checker);
  const [check, setCheck] = useState<Check>({ at: "idle" });
  const running = useRef<AbortController>(undefined);
  const blocks = useMemo(() => (period.view === "day" ? shownBlocks(meter, lanes) : []), [meter, period, lanes]);
  const display = useMemo(() => JSON.stringify(blocks), [blocks]);
  const [cannotChange, setCannotChange] = useState(false);

  const stop = (): void => running.current?.abort();
  const start = async (): Promise<void> => {
    stop();
    const abort = new AbortController();
    running.current = abort;
    setCheck({ at: "running", display, progress: undefined });
    try {
      const root = await trust.read(abort.signal);
      const tell = (progress: Progress): void => {
        if (!abort.signal.aborted) setCheck({ at: "running", display, progress });
      };
      const { checker } = await load();
      const reports = await checker.check(blocks, root, tell, abort.signal);
      if (!abort.signal.aborted) setCheck({ at: "done", display, reports });
    } catch (cause) {
      if (abort.signal.aborted && running.current !== abort) return; // another one has begun
      if (isAbort(cause)) return setCheck({ at: "idle" });
      const error = cause instanceof ApiError ? cause : new ApiError("broken", { cause });
      if (error.code === "session-over") onSessionOver();
      setCheck({ at: "failed", error });
    }
  };
  useEffect(() => stop, []);

  // Another day has no verdict yet. A change for a try, or another root, asks the same question again.
  const day = `${meter.id} ${period.view} ${period.days[0]!.date}`;
  const before = useRef({ day, changed: change !== undefined, root: trust.key });
  useEffect(() => {
    const was = before.current;
    before.current = { day, changed: change !== undefined, root: trust.key };
    if (was.day !== day) {
      stop();
      setCheck({ at: "idle" });
      setCannotChange(false);
    } else if (was.root !== trust.key ? check.at !== "idle" : was.changed !== (change !== undefined)) {
      void start();
    }
  }, [day, change, trust.key]);

  const isCurrent = check.at === "done" && check.display === display;
  const verdict = check.at === "done" ? gravest(check.reports.map((report) => report.verdict)) : undefined;
  useEffect(() => {
    onProof(!isCurrent || verdict === undefined ? "unchecked" : verdict === "genuine" ? "genuine" : "failed");
  }, [isCurrent, verdict]);

  if (period.view !== "day") {
    return (
      <section class="card check" aria-labelledby="check-title">
        <h2 id="check-title">{t.check.title}</h2>
        <p>{t.check.introPeriod}</p>
      </section>
    );
  }
  return (
    <section class="card check" aria-labelledby="check-title">
      <div class="card-head">
        <h2 id="check-title">{t.check.title}</h2>
        {blocks.length > 0 && (
          <span class="muted small">{t.check.scope(formatCount(blocks.length, language), blocks.length === 1)}</span>
        )}
      </div>
      <p>{t.check.intro}</p>
      {blocks.length === 0 ? (
        <p class="muted">{t.check.nothing}</p>
      ) : (
        <div class="check-actions">
          {check.at === "running" ? (
            <button type="button" class="button" onClick={stop}>
              {t.check.stop}
            </button>
          ) : (
            <button type="button" class="button strong" onClick={() => void start()}>
              <Icon name="seal" />
              {check.at === "idle" ? t.check.start : t.check.again}
            </button>
          )}
          <label class="switch">
            <input
              type="checkbox"
              role="switch"
              checked={change !== undefined}
              onChange={(event) => setCannotChange(!onChange(event.currentTarget.checked))}
            />
            <span class="switch-track" aria-hidden="true" />
            <span>{t.check.tryTitle}</span>
          </label>
        </div>
      )}
      <div role="status" class="check-state">
        {cannotChange && <p class="note">{t.check.tryNone}</p>}
        {change !== undefined && <ChangeNote change={change} unit={lanes[0]?.unit ?? ""} zone={meter.zone} />}
        {check.at === "running" && <ProgressBar progress={check.progress} />}
        {verdict !== undefined && check.at === "done" && (
          <VerdictBanner verdict={verdict} reports={check.reports} isCurrent={isCurrent} />
        )}
      </div>
      {check.at === "failed" && check.error.code !== "session-over" && (
        <ErrorStrip error={check.error} retry={() => void start()} />
      )}
      {check.at === "done" && parts !== undefined && <parts.BlockList reports={check.reports} meter={meter} />}
      <TrustRootCard trust={trust} zone={meter.zone} />
      {check.at === "done" && parts !== undefined && (
        <parts.ProofHint trust={trust} meter={meter} period={period} reports={check.reports} />
      )}
    </section>
  );
}

interface LoadedParts extends CheckParts {
  readonly checker: Checker;
}

/** What only a check needs is loaded with the first one, and ended with the page. */
function useCheckParts(): { parts: LoadedParts | undefined; load: () => Promise<LoadedParts> } {
  const [parts, setParts] = useState<LoadedParts>();
  const loading = useRef<Promise<LoadedParts>>(undefined);
  const latest = useRef(parts);
  latest.current = parts;
  useEffect(() => () => latest.current?.checker.close(), []);
  const load = (): Promise<LoadedParts> => {
    loading.current ??= import("./check-parts.ts").then(
      ({ Checker, ...views }) => {
        const loaded = { ...views, checker: new Checker() };
        setParts(loaded);
        return loaded;
      },
      (cause: unknown) => {
        loading.current = undefined;
        throw new ApiError("offline", { cause });
      },
    );
    return loading.current;
  };
  return { parts, load };
}

function ChangeNote({ change, unit, zone }: { change: Change; unit: string; zone: string }): JSX.Element {
  const { t, language } = useWords();
  const [before, after] = [change.before, change.after].map((value) => {
    const shown = forPeople(value, unit);
    return `${formatDecimal(shown.value, language)} ${shown.unit}`;
  });
  return (
    <p class="note">
      {t.check.tryText} {t.check.tryNote(timeText(change.at, zone, language), before!, after!)}
    </p>
  );
}

function ProgressBar({ progress }: { progress: Progress | undefined }): JSX.Element {
  const { t, language } = useWords();
  if (progress === undefined) return <p class="muted">{t.check.loadingCode}</p>;
  const { done, all } = progress;
  const words = t.check.progress(formatCount(done, language), formatCount(all, language));
  return (
    <div class="progress">
      <progress value={done} max={all} aria-label={words} />
      <p class="muted small">{words}</p>
    </div>
  );
}

function VerdictBanner({ verdict, reports, isCurrent }: VerdictBannerProps): JSX.Element {
  const { t, language } = useWords();
  const failed = reports.filter((report) => report.verdict !== "genuine").length;
  return (
    <div class={`verdict ${verdictTone[verdict]} ${isCurrent ? "" : "stale"}`} data-verdict={verdict}>
      <span class="verdict-sign">
        <Icon name={verdictIcon[verdict]} size={36} />
      </span>
      <div>
        <p class="verdict-title">{t.check.verdict[verdict]}</p>
        <p>{t.check.verdictText[verdict]}</p>
        {failed > 0 && reports.length > 1 && (
          <p class="small">{t.check.failedOf(formatCount(failed, language), formatCount(reports.length, language))}</p>
        )}
        {!isCurrent && <p class="small">{t.check.oldVerdict}</p>}
      </div>
    </div>
  );
}

interface VerdictBannerProps {
  readonly verdict: Verdict;
  readonly reports: readonly BlockReport[];
  readonly isCurrent: boolean;
}
