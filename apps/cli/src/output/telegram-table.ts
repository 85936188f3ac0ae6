/** A telegram for a person: what the meter says, in names and units, drawn from the same object as the JSON line. */

import { type Language, nameOfObis, ObisCode } from "@siegel/readings";
import type { WarningCode as ReadOutWarningCode } from "@siegel/iec62056-21";
import type { WarningCode } from "@siegel/sml";
import { fromHex } from "@siegel/wire";
import type { ErrorJson, TelegramJson, ValueJson } from "../read/telegram-json.ts";
import type { Terminal } from "../terminal.ts";
import { columns, harmless, printableText } from "./text.ts";

/** Lines of one telegram, without a line end. */
export function telegramTable(telegram: TelegramJson, language: Language, terminal: Terminal): string[] {
  const { meter, at, trust, offset, warnings, attention } = telegram;
  const name = meter === null ? "unknown meter" : (meter.label ?? meter.id);
  const head = [`byte ${offset}`, ...(at === null ? [] : [at]), trust];
  const lines = [`${terminal.style("bold", name)}  ${terminal.style("dim", head.join(", "))}`];
  if (attention !== undefined) lines.push(`  the meter answers: ${attention.text} (${attention.code})`);
  const rows = telegram.values.map((value) => row(value, telegram, language));
  lines.push(...columns(rows, ["left", "right", "left", "left", "left"]).map((line) => `  ${line}`));
  for (const { code, obis } of warnings) {
    lines.push(
      terminal.style("yellow", `  ! ${code}${obis === undefined ? "" : ` (${obis})`}: ${textOfWarning(code)}`),
    );
  }
  return lines;
}

function textOfWarning(code: string): string {
  return (warningTexts as Readonly<Record<string, string | undefined>>)[code] ?? "see docs/limits.md"; // codes come as text
}

/** One line for a telegram that did not decode. */
export function errorLine({ offset, error }: ErrorJson, terminal: Terminal): string {
  const where = error.path === "" ? "" : ` in ${error.path}`;
  const text = refusals[error.code];
  const what = text === undefined ? "damaged" : "refused";
  return terminal.style(
    "red",
    `${what} at byte ${offset}: ${error.code}${where}${text === undefined ? "" : `; ${text}`}`,
  );
}

function row(value: ValueJson, { trust }: TelegramJson, language: Language): string[] {
  const obis = value.obis === undefined ? undefined : ObisCode.parse(value.obis);
  const extra = [
    ...(value.trust === undefined || value.trust === trust ? [] : [value.trust]),
    ...(value.at === undefined ? [] : [value.at]),
    ...(value.status === undefined ? [] : [`status ${value.status}`]),
  ];
  const name = obis === undefined ? "" : nameOfObis(obis, language);
  return [value.obis ?? harmless(value.id ?? ""), shown(value), value.unit ?? "", name, extra.join(", ")];
}

function shown(value: ValueJson): string {
  if (value.bytes !== undefined) {
    const octets = fromHex(value.bytes);
    const text = printableText(octets);
    if (text !== undefined) return text;
    return value.bytes.length <= 24 ? value.bytes : `${value.bytes.slice(0, 20)}… (${octets.length} bytes)`;
  }
  if (value.text !== undefined) return harmless(value.text);
  return value.value === null || value.value === undefined ? "–" : String(value.value);
}

/** Whole on the line, and yet not to be believed. */
const refusals: Readonly<Record<string, string>> = {
  "signature-mismatch": "the key given is another meter's, or the values were changed",
  "wrong-curve": "the key given is of another curve than this meter signs with, so it is another meter's",
};

/** A warning without a text does not compile. */
const warningTexts: Readonly<Record<WarningCode | ReadOutWarningCode, string>> = {
  "sign-repaired":
    "the meter sent import with a wrong sign; the status word shows the direction, the value is repaired",
  "power-is-export": "an amount without sign; the status word says that it flows out",
  "clock-not-set": "the meter's clock was never set; its time is left out",
  "signature-not-checked": "the list is signed; give the meter's key with --public-key to check it",
  "gateway-time": "the meter has no clock; the time is that of the device that passed the list on",
  "columns-differ": "a row of the profile has more or fewer cells than the profile has columns",
  "partly-signed": "the signature holds, but only for the values marked signed",
  "not-signed": "the list carries no signature that the key could check",
  "meter-reports-fault": "the status word reports a fatal error or a magnetic field; the values are suspect",
  "bare-time": "the time lacks its choice field, as early Holley meters send it",
  "local-time-tag": "a local time stands under another tag, as FROETEC meters send it",
  "absent-value": "an object came without a value",
  "bad-checksum": "the checksum is another: something was changed on the way, values may be wrong",
  "missing-checksum": "a meter of this kind sends a checksum, and there is none",
  "x25-checksum": "the checksum is X.25, as Holley meters send it",
  "line-ends": "the checksum holds once LF is CR LF again; a program on the way changed the line ends",
  "not-authenticated": "opened without its tag: whoever holds the line may have made it",
  "missing-end-mark": "the line that ends the data is missing; there may have been more",
  "stray-text": "something stands between the data that belongs to none of them",
  "open-group": "a parenthesis is not closed",
  "error-register": "the meter's error register is not zero",
  "unknown-unit": "a unit that nobody knows; the value stands without one",
  "kermit-checksum": "the checksum is of another kind, as early Holley meters send it",
  "unknown-body": "a message is of a kind that the standard does not define",
  "stray-zeros": "zero bytes stand between messages",
  "misplaced-message": "a message stands where the file should have begun or ended already",
  "missing-open": "the file has no open message",
  "missing-close": "the file has no close message",
};
