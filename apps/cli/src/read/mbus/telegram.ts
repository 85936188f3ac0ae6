/** Telegrams of M-Bus, wired and wireless, as `siegel read` prints them. */

import { type MbusTelegram, mbusValueJson } from "@siegel/mbus";
import type { TelegramJson, ValueJson } from "../telegram-json.ts";

export type MbusProtocolName = "mbus" | "wmbus";

/** What a reader takes. "lines": text alone, of both kinds; what is no text is left to others. */
export type Take = MbusProtocolName | "lines";

export function telegramOfMbus(
  protocol: MbusProtocolName,
  offset: number,
  telegram: MbusTelegram,
  primaryAddress?: number,
): TelegramJson {
  const { meter, at, trust, values, warnings, description, states } = telegram;
  return {
    protocol,
    offset,
    meter: meter.toJSON(),
    ...(primaryAddress === undefined ? {} : { primaryAddress }),
    at: at?.toString() ?? null,
    trust,
    values: values.map((value) => mbusValueJson(value) as ValueJson), // made in this shape: mbus cannot see our type
    warnings: warnings.map(({ code, reason }) => (reason === undefined ? { code } : { code, reason })),
    ...(states === undefined ? {} : { states }),
    ...(description === undefined ? {} : { description }),
  };
}
