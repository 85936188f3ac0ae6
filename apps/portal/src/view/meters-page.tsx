/** The meters of the reader: a picker if there is more than one, and the page of the chosen one. */

import type { Me } from "@siegel/contract";
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { currentPlace, showPlace } from "../adapters/address.ts";
import { MeterPage } from "./meter-page.tsx";
import { MessagePage } from "./notice.tsx";
import { useWords } from "./words.ts";

export interface MetersPageProps {
  readonly me: Me;
  readonly onSessionOver: () => void;
}

export function MetersPage({ me, onSessionOver }: MetersPageProps): JSX.Element {
  const { t } = useWords();
  const [id, setId] = useState(() => {
    const asked = currentPlace().meter;
    return (me.meters.find((meter) => meter.id === asked) ?? me.meters[0])?.id;
  });
  if (id === undefined) {
    return (
      <MessagePage icon="seal" title={t.signIn.noMeterTitle}>
        <p>{t.signIn.noMeterText}</p>
      </MessagePage>
    );
  }
  const isMixed = new Set(me.meters.map(({ medium }) => medium)).size > 1;
  const choose = (chosen: string): void => {
    showPlace({ ...currentPlace(), meter: chosen });
    setId(chosen);
  };
  return (
    <main class="page" id="content" tabIndex={-1}>
      {me.meters.length > 1 && (
        <div class="picker">
          <label for="meter-picker">{t.meterPicker}</label>
          <select id="meter-picker" value={id} onChange={(event) => choose(event.currentTarget.value)}>
            {me.meters.map((meter) => (
              <option key={meter.id} value={meter.id}>
                {isMixed && meter.medium !== null ? `${meter.label} · ${t.meter.media[meter.medium]}` : meter.label}
              </option>
            ))}
          </select>
        </div>
      )}
      <MeterPage key={id} id={id} onSessionOver={onSessionOver} />
    </main>
  );
}
