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
  const { t } = useWords();
  const failed = reports.filter(({ verdict }) => verdict !== "genuine");
  const ordered = [...failed, ...reports.filter((report) => !failed.includes(report))];
  return (
    <div class="blocks">
      <h3>{t.check.blocksTitle}</h3>
      <ul>
        {ordered.map((report, place) => (
          <li key={`${report.obis} ${report.blockId}`}>
            <Block report={report} meter={meter} isOpen={place === 0} />
          </li>
        ))}
      </ul>
    </div>
  );
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

function StepLine({ step, zone }: { step: Step; zone: string }): JSX.Element {
  const { t, language } = useWords();
  const { name, state, code, detail } = step;
  const fact = stepFact(step, zone, language);
  const rows = Object.entries(detail);
  return (
    <li class={`step ${state}`} data-step={name} data-state={state}>
      <Icon name={state} />
      <div>
        <p>
          {state === "failed" ? t.check.stepFailed[name] : t.check.steps[name]}{" "}
          <span class="step-state">{t.check.stepState[state]}</span>
        </p>
        {fact !== undefined && <p class="small muted">{fact}</p>}
        {(rows.length > 0 || code !== undefined) && (
          <details class="fold small">
            <summary>{t.check.details}</summary>
            <dl class="facts">
              {code !== undefined && (
                <div>
                  <dt>code</dt>
                  <dd>
                    <code>{code}</code>
                  </dd>
                </div>
              )}
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
        )}
      </div>
    </li>
  );
}
