/** How to check without this page: the proof file, the root certificate, and one line for the terminal. */

import type { MeterDetail } from "@siegel/contract";
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { proofPath } from "../adapters/api.ts";
import { certificatePem } from "../adapters/base64.ts";
import type { BlockReport } from "../check/messages.ts";
import type { Period } from "../core/period.ts";
import { Icon } from "./icons.tsx";
import type { TrustChoice } from "./use-trust-root.ts";
import { useWords } from "./words.ts";

export interface ProofHintProps {
  readonly trust: TrustChoice;
  readonly meter: MeterDetail;
  readonly period: Period;
  readonly reports: readonly BlockReport[];
}

export function ProofHint({ trust, meter, period, reports }: ProofHintProps): JSX.Element | null {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  const first = reports.find(({ verdict }) => verdict !== "unavailable");
  if (first === undefined) return null;
  const line = `npx siegel verify ${meter.id}-${period.days[0]!.date}.siegel-proof --root root.pem`;
  const copy = (): void => {
    navigator.clipboard?.writeText(line).then(
      () => setCopied(true),
      () => undefined, // forbidden: the line can still be selected
    );
  };
  return (
    <div class="hint-box">
      <p>{t.check.downloadHint}</p>
      <div class="check-actions">
        <a class="button" href={proofPath(first.blockId)} download>
          <Icon name="save" />
          {t.check.download}
        </a>
        {trust.info !== undefined && (
          <button
            type="button"
            class="button"
            onClick={() => saveText("root.pem", certificatePem(trust.info!.certificate))}
          >
            <Icon name="save" />
            {t.check.saveRoot}
          </button>
        )}
      </div>
      <div class="command">
        <code tabIndex={0}>{line}</code>
        {isSecureContext && (
          <button type="button" class="tool" onClick={copy} aria-label={copied ? t.check.copied : t.check.copy}>
            <Icon name={copied ? "passed" : "copy"} />
          </button>
        )}
      </div>
    </div>
  );
}

function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/x-pem-file" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // the browser has taken it by then
}
