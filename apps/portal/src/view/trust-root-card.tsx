/** Which root the check trusts, how to compare it, and how to bring one's own. */

import { Instant } from "@siegel/readings";
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";

import { isAbort } from "../adapters/api.ts";
import { dateText } from "../core/clock-text.ts";
import { Fingerprint } from "./fingerprint.tsx";
import type { TrustChoice } from "./use-trust-root.ts";
import { useWords } from "./words.ts";

export function TrustRootCard({ trust, zone }: { trust: TrustChoice; zone: string }): JSX.Element {
  const { t, language } = useWords();
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const { info, own } = trust;
  const show = (isOpen: boolean): void => {
    setOpen(isOpen);
    if (isOpen && info === undefined) {
      trust.read(new AbortController().signal).catch((cause: unknown) => void isAbort(cause)); // the check tells its failures
    }
  };
  return (
    <details class="fold trust" open={open} onToggle={(event) => show(event.currentTarget.open)}>
      <summary>
        {t.check.trustTitle}{" "}
        <span class="muted">{own === undefined ? t.check.trustOperator : t.check.trustOwnNamed(own.name)}</span>
      </summary>
      {info !== undefined && (
        <dl class="facts">
          <div>
            <dt>{info.name}</dt>
            <dd>
              {t.check.trustValid(
                dateText(Instant.ofEpochMs(info.notBeforeMs), zone, language),
                dateText(Instant.ofEpochMs(info.notAfterMs), zone, language),
              )}
            </dd>
          </div>
          <div>
            <dt>{t.check.trustFingerprint}</dt>
            <dd>
              <Fingerprint hex={info.fingerprint} />
            </dd>
          </div>
        </dl>
      )}
      <p>{t.check.trustText}</p>
      <div class="check-actions">
        <button type="button" class="button" onClick={() => input.current?.click()}>
          {t.check.trustLoad}
        </button>
        <input
          ref={input}
          hidden
          type="file"
          accept=".pem,.der,.cer,.crt,application/x-x509-ca-cert,application/pkix-cert"
          onChange={(event) => {
            const field = event.currentTarget;
            const file = field.files?.[0];
            if (file !== undefined) void trust.choose(file).finally(() => (field.value = ""));
          }}
        />
        {own !== undefined && (
          <button type="button" class="button quiet" onClick={trust.forget}>
            {t.check.trustForget}
          </button>
        )}
      </div>
      {trust.isBadFile && (
        <p class="note" role="alert">
          {t.check.trustBad}
        </p>
      )}
    </details>
  );
}
