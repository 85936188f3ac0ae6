/** Telegrams of D0 and P1 as `siegel read` prints them: both rooms' telegrams have one shape. */

import type { Telegram, TelegramValue } from "@siegel/iec62056-21";
import { type MeterId, nameOfObis, type ObisCode } from "@siegel/readings";
import type { TelegramJson, ValueJson } from "./telegram-json.ts";

export function telegramOfLines(protocol: "d0" | "p1", offset: number, telegram: Telegram): TelegramJson {
  const { meter, trust } = telegram;
  const at = telegram.at?.toString() ?? null;
  return {
    protocol,
    offset,
    meter: meter === undefined ? null : meterJson(meter),
    at,
    trust,
    values: telegram.values.map((value) => valueJson(value, telegram, at)),
    warnings: telegram.warnings.map(({ code, obis }) =>
      obis === undefined ? { code } : { code, obis: obis.toString() },
    ),
  };
}

function valueJson(value: TelegramValue, telegram: Telegram, telegramAt: string | null): ValueJson {
  const { obis, id, reading, text, trust } = value;
  const at = reading?.at?.toString() ?? null;
  const other = reading?.meter;
  return {
    ...(obis === undefined ? { id } : { obis: obis.toString(), name: nameOfObis(obis, "en") }),
    ...content(value),
    ...(obis === undefined ? {} : dimensionsOf(obis)),
    ...(reading === undefined && text !== "" ? { text } : {}),
    trust,
    ...(other === undefined || other === telegram.meter ? {} : { meter: meterJson(other) }),
    ...(at === null || at === telegramAt ? {} : { at }),
  };
}

function content({ reading }: TelegramValue): ValueJson {
  switch (reading?.kind) {
    case "number": {
      const { raw, scaler } = reading.value;
      const unit = reading.unit === undefined ? {} : { unit: reading.unit.symbol };
      return { value: reading.value.toString(), ...unit, raw: String(raw), scaler };
    }
    case "text":
      return { text: reading.value };
    default:
      return { value: null };
  }
}

/** What M-Bus says beside a value, read from the groups of the code. */
function dimensionsOf({ a, b, d, e, f }: ObisCode): ValueJson {
  const isTariff = a !== 0 && (d === 8 || d === 6 || d === 9);
  return {
    function: d === 6 ? "maximum" : d === 3 ? "minimum" : "instantaneous",
    storage: f === current ? 0 : f,
    tariff: isTariff ? e : 0,
    subunit: b,
  };
}

function meterJson({ id, label }: MeterId): { id: string; label?: string } {
  return { id, ...(label === undefined ? {} : { label }) };
}

const current = 255;
