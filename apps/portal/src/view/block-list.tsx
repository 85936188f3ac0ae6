/** What was checked, block by block: failed ones first and open, each step in words, its detail one click away. */

import type { MeterDetail } from "@siegel/contract";
import { Instant } from "@siegel/readings";
import type { JSX } from "preact";

import { proofPath } from "../adapters/api.ts";
import type { BlockReport } from "../check/messages.ts";
import { shortInstantText, timeText } from "../core/clock-text.ts";
import { formatCount } from "../core/decimal.ts";
import { stepFact } from "../core/step-fact.ts";
import type { Step } from "../core/verdict.ts";
import { verdictIcon, verdictTone } from "./verdict-signs.ts";
import { Icon } from "./icons.tsx";
import { readingName } from "./now-card.tsx";
import { useWords } from "./words.ts";

export function BlockList({ reports, meter }: { reports: readonly BlockReport[]; meter: MeterDetail }): JSX.Element {
  const { t, language } = useWords();
  // A block of which more is on display comes first: that of the day before gives one total.
  const byWeight = reports.toSorted((a, b) => b.shownCount - a.shownCount);
  const failed = byWeight.filter(({ verdict }) => verdict !== "genuine");
  const ordered = [...failed, ...byWeight.filter((report) => !failed.includes(report))];
  const shown = ordered.length <= maxShown ? ordered : ordered.slice(0, Math.max(1, Math.min(failed.length, maxShown)));
  return (
    <div class="blocks">
      <h3>{t.check.blocksTitle}</h3>
      <Blocks reports={shown} meter={meter} isFirstOpen />
      {shown.length < ordered.length && (
        <details class="fold">
          <summary>{t.check.furtherBlocks(formatCount(ordered.length, language))}</summary>
          <Blocks reports={reports} meter={meter} isFirstOpen={false} />
        </details>
      )}
    </div>
  );
}

function Blocks({ reports, meter, isFirstOpen }: BlocksProps): JSX.Element {
  return (
    <ul>
      {reports.map((report, place) => (
        <li key={`${report.obis} ${report.blockId}`}>
          <Block report={report} meter={meter} isOpen={isFirstOpen && place === 0} />
        </li>
      ))}
    </ul>
  );
}

interface BlocksProps {
  readonly reports: readonly BlockReport[];
  readonly meter: MeterDetail;
  readonly isFirstOpen: boolean;
}

function Block({ report, meter, isOpen }: { report: BlockReport; meter: MeterDetail; isOpen: boolean }): JSX.Element {
  const { t, language } = useWords();
  const { verdict, block, steps } = report;
  const register = meter.registers.find(({ obis }) => obis === report.obis);
  const name = register === undefined ? report.obis : readingName(register, t, language);
  return (
    <details class={`block ${verdictTone[verdict]}`} open={isOpen}>
      <summary>
        <Icon name={verdictIcon[verdict]} />
        <span class="block-name">{block === undefined ? name : t.check.blockTitle(name, spanText(block))}</span>
        <span class="block-verdict">{t.check.verdict[verdict]}</span>
      </summary>
      <ol class="steps">
        {steps.map((step) => (
          <StepLine key={step.name} step={step} zone={meter.zone} />
        ))}
      </ol>
      <p class="small muted">
        {block !== undefined &&
          t.check.valuesShown(formatCount(report.shownCount, language), formatCount(block.count, language))}
      </p>
      <a class="button quiet" href={proofPath(report.blockId)} download>
        <Icon name="save" />
        {t.check.download}
      </a>
    </details>
  );

  function spanText({ fromMs, toMs }: NonNullable<BlockReport["block"]>): string {
    const [from, to] = [Instant.ofEpochMs(fromMs), Instant.ofEpochMs(toMs)];
    if (fromMs === toMs) return shortInstantText(from, meter.zone, language);
    return `${shortInstantText(from, meter.zone, language)} – ${timeText(to, meter.zone, language)}`;
  }
}

/** One step: its sentence, and behind it codes and hashes. */
function StepLine({ step, zone }: { step: Step; zone: string }): JSX.Element {
  const { t, language } = useWords();
  const { name, state, code, detail } = step;
  const fact = stepFact(step, zone, language);
  const rows = Object.entries(code === undefined ? detail : { code, ...detail });
  return (
    <li data-step={name} data-state={state}>
      <details class={`step ${state}`}>
        <summary>
          <Icon name={state} />
          <span>
            <span class="step-sentence">{state === "failed" ? t.check.stepFailed[name] : t.check.steps[name]}</span>{" "}
            <span class="step-state">{t.check.stepState[state]}</span>
            {fact !== undefined && <span class="step-fact">{fact}</span>}
          </span>
        </summary>
        <dl class="facts small" aria-label={t.check.details}>
          {rows.map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}

/** More than these are folded: a day of quarter hours has two hundred. */
const maxShown = 6;
