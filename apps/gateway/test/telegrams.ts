/** Telegrams of a meter that exists only in a test. */

import { Instant, MeterId, ObisCode, type Quality, ScaledValue, type Trust, unitOfCode } from "@siegel/readings";
import type { Telegram, TelegramValue } from "@siegel/sml";
import { fromHex } from "@siegel/wire";

export const meter = "0a0153474c0005601b1b";

export interface Shown {
  readonly obis: string;
  readonly value: string;
  readonly unit?: number;
  readonly status?: number;
  readonly quality?: Quality;
  readonly trust?: Trust;
}

/** @param atMs  By the meter's clock; a meter without one gives none. */
export function telegram(shown: readonly Shown[], atMs?: number): Telegram {
  const at = atMs === undefined ? undefined : Instant.ofEpochMs(atMs);
  const id = MeterId.of(fromHex(meter));
  const values = shown.map((one): TelegramValue => {
    const { status, quality = "valid", trust = "clear" } = one;
    const obis = ObisCode.parse(one.obis);
    const value = ScaledValue.parse(one.value);
    const unit = unitOfCode(one.unit ?? (obis.d === 7 ? 27 : 30));
    const reading = { kind: "number" as const, meter: id, obis, at, status, quality, trust, value, unit };
    return { obis, reading, wire: undefined, scaler: value.scaler, trust };
  });
  return { meter: id, at, values, trust: "clear", warnings: [] };
}
