/** Which devices the values come from: the meter, the gateway that sealed them, and its certificates. */

import type { CertificateInfo, MeterDetail } from "@siegel/contract";
import { Instant } from "@siegel/readings";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { gateway as loadGateway } from "../adapters/api.ts";
import { dateText, instantText } from "../core/clock-text.ts";
import { formatCount, noValue } from "../core/decimal.ts";
import { Fingerprint } from "./fingerprint.tsx";
import { useLoaded } from "./use-loaded.ts";
import { useWords } from "./words.ts";

export function MeterCard({ meter, now }: { meter: MeterDetail; now: Instant }): JSX.Element {
  const { t, language } = useWords();
  return (
    <section class="card meter" aria-labelledby="meter-title">
      <h2 id="meter-title">{t.meter.title}</h2>
      <dl class="facts">
        <Fact name={t.meter.serial} value={meter.label} />
        <Fact name={t.meter.maker} value={meter.maker ?? noValue} />
        <Fact name={t.meter.medium} value={meter.medium === null ? noValue : t.meter.media[meter.medium]} />
      </dl>
      <details class="fold">
        <summary>{t.meter.codes}</summary>
        <dl class="facts">
          <div>
            <dt>{t.meter.identifier}</dt>
            <dd>
              <code>{meter.id}</code>
            </dd>
          </div>
          {meter.registers.map((register) => (
            <div key={`${register.obis} ${register.kind}`}>
              <dt>{language === "de" ? register.name_de : register.name_en}</dt>
              <dd>
                <code>{register.obis}</code>
              </dd>
            </div>
          ))}
        </dl>
      </details>
      {meter.gateway !== null && <GatewayFacts gateway={meter.gateway} zone={meter.zone} now={now} />}
    </section>
  );
}

function GatewayFacts({ gateway, zone, now }: GatewayFactsProps): JSX.Element {
  const { t, language } = useWords();
  const loaded = useLoaded(`gateway ${gateway.id} ${gateway.certificateFingerprint}`, (signal) =>
    loadGateway(gateway.id, signal),
  );
  const { reload } = loaded;
  const shown = useRef(gateway.lastDeliveryAt);
  useEffect(() => {
    if (shown.current === gateway.lastDeliveryAt) return;
    shown.current = gateway.lastDeliveryAt;
    reload();
  }, [gateway.lastDeliveryAt, reload]);
  const lastAt = loaded.value?.deliveries.lastAt ?? gateway.lastDeliveryAt;
  return (
    <>
      <h3>{t.meter.gateway}</h3>
      <dl class="facts">
        <Fact name={t.meter.gatewayName} value={gateway.name} />
        <Fact
          name={t.meter.lastDelivery}
          value={lastAt === null ? t.meter.never : instantText(Instant.parse(lastAt), zone, language)}
        />
        {loaded.value !== undefined && (
          <Fact name={t.meter.deliveries} value={formatCount(loaded.value.deliveries.count, language)} />
        )}
      </dl>
      {loaded.value !== undefined && loaded.value.chain.length > 0 && (
        <details class="fold">
          <summary>{t.meter.certificates}</summary>
          <ol class="chain">
            {loaded.value.chain.map((certificate) => (
              <ChainLink key={certificate.fingerprint} certificate={certificate} zone={zone} now={now} />
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

interface GatewayFactsProps {
  readonly gateway: NonNullable<MeterDetail["gateway"]>;
  readonly zone: string;
  readonly now: Instant;
}

function ChainLink({
  certificate,
  zone,
  now,
}: {
  certificate: CertificateInfo;
  zone: string;
  now: Instant;
}): JSX.Element {
  const { t, language } = useWords();
  const [from, to] = [Instant.parse(certificate.notBefore), Instant.parse(certificate.notAfter)];
  const state = now.compare(from) < 0 ? t.meter.notYet : now.compare(to) > 0 ? t.meter.expired : t.meter.valid;
  return (
    <li>
      <p>
        <strong>{certificate.name}</strong>
      </p>
      <p class="small muted">
        {t.meter.validity(dateText(from, zone, language), dateText(to, zone, language))} · {state}
      </p>
      <p class="small">
        <Fingerprint hex={certificate.fingerprint} />
      </p>
    </li>
  );
}

function Fact({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
