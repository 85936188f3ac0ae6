/** A consumer's meters: list, detail, and the newest value of each register. */

import { type Static, Type } from "typebox";

import {
  BlockKey,
  DecimalText,
  exactly,
  InstantText,
  KindWord,
  MediumWord,
  MeterKey,
  ObisText,
  orNull,
  QualityWord,
  Sha256Hex,
  TrustWord,
  UnitText,
} from "./words.ts";

export const MeterSummary = exactly("MeterSummary", {
  id: MeterKey,
  /** What is printed on the meter, `1DZG0060694613`; the id where no rule gives a label. */
  label: Type.String(),
  /** Company or three letters of the maker. */
  maker: orNull(Type.String()),
  medium: orNull(MediumWord),
  /** Instant of the newest value of any register; null before the first delivery. */
  latestAt: orNull(InstantText),
});
export type MeterSummary = Static<typeof MeterSummary>;

/** A register that has delivered at least once. */
export const Register = exactly("Register", {
  obis: ObisText,
  name_de: Type.String(),
  name_en: Type.String(),
  unit: UnitText,
  kind: KindWord,
  /** Slot 0 of the first block and last slot of the newest one. */
  firstAt: InstantText,
  lastAt: InstantText,
});
export type Register = Static<typeof Register>;

/** One value as events and "latest" show it. It never travels without unit, time, quality and the block that proves it. */
export const CurrentValue = exactly("CurrentValue", {
  obis: ObisText,
  value: DecimalText,
  unit: UnitText,
  at: InstantText,
  quality: QualityWord,
  trust: TrustWord,
  blockId: BlockKey,
});
export type CurrentValue = Static<typeof CurrentValue>;

export const MeterDetail = exactly("MeterDetail", {
  id: MeterKey,
  label: Type.String(),
  maker: orNull(Type.String()),
  medium: orNull(MediumWord),
  /** Zone of the billing day, `Europe/Berlin`. */
  zone: Type.String(),
  registers: Type.Array(Register),
  gateway: orNull(
    exactly("MeterGateway", {
      /** Key of `GET /v1/gateways/{gateway}`. */
      id: Type.String(),
      name: Type.String(),
      /** SHA-256 of the SIG certificate that sealed the newest delivery; null before the first. */
      certificateFingerprint: orNull(Sha256Hex),
      lastDeliveryAt: orNull(InstantText),
    }),
  ),
  latest: Type.Array(CurrentValue),
});
export type MeterDetail = Static<typeof MeterDetail>;
