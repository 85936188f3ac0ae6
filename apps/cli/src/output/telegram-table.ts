/** A telegram for a person: what the meter says, in names and units, drawn from the same object as the JSON line. */

import { type Language, nameOfObis, ObisCode } from "@siegel/readings";
import type { WarningCode as ReadOutWarningCode } from "@siegel/iec62056-21";
import { type MbusWarningCode, refusals as mbusRefusals } from "@siegel/mbus";
import type { WarningCode } from "@siegel/sml";
import { fromHex } from "@siegel/wire";
import type { ErrorJson, TelegramJson, ValueJson } from "../read/telegram-json.ts";
import type { Terminal } from "../terminal.ts";
import { wordsOfPlace, wordsOfRecord } from "./record-words.ts";
import { columns, harmless, printableText } from "./text.ts";

/** Lines of one telegram, without a line end. */
export function telegramTable(telegram: TelegramJson, language: Language, terminal: Terminal): string[] {
  const { meter, at, trust, offset, warnings, attention } = telegram;
  const name = meter === null ? "unknown meter" : (meter.label ?? meter.id);
  const head = [`byte ${offset}`, ...(at === null ? [] : [at]), trust];
  const lines = [`${terminal.style("bold", name)}  ${terminal.style("dim", head.join(", "))}`];
  if (attention !== undefined) lines.push(`  the meter answers: ${attention.text} (${attention.code})`);
  for (const state of telegram.states ?? []) lines.push(`  the meter says: ${harmless(state)}`);
  const rows = withoutEmpty(telegram.values.map((value) => row(value, telegram, language)));
  const align = rows.align.map((at) => (at === valueColumn ? "right" : "left"));
  lines.push(...columns(rows.cells, align).map((line) => `  ${line}`));
  for (const { code, obis, reason } of warnings) {
    const about = obis ?? reason;
    lines.push(
      terminal.style("yellow", `  ! ${code}${about === undefined ? "" : ` (${about})`}: ${textOfWarning(code)}`),
    );
  }
  return lines;
}

function textOfWarning(code: string): string {
  return (warningTexts as Readonly<Record<string, string | undefined>>)[code] ?? "see docs/limits.md"; // codes come as text
}

/** One line for a telegram that did not decode. */
export function errorLine({ offset, error, meter }: ErrorJson, terminal: Terminal): string {
  const where = error.path === "" ? "" : ` in ${error.path}`;
  const text = refusals[error.code];
  const what = text === undefined ? "damaged" : "refused";
  const whose = meter === undefined ? "" : ` from ${meter.label ?? meter.id}`;
  return terminal.style(
    "red",
    `${what} at byte ${offset}${whose}: ${error.code}${where}${text === undefined ? "" : `; ${text}`}`,
  );
}

function row(value: ValueJson, { trust, protocol }: TelegramJson, language: Language): string[] {
  const obis = value.obis === undefined ? undefined : ObisCode.parse(value.obis);
  const isMbus = protocol === "mbus" || protocol === "wmbus";
  const extra = [
    ...(value.trust === undefined || value.trust === trust ? [] : [value.trust]),
    ...(value.at === undefined ? [] : [value.at]),
    ...(value.date === undefined ? [] : [value.date]),
    ...(value.status === undefined ? [] : [`status ${value.status}`]),
    ...(value.states ?? []).map((state) => harmless(state)),
    ...(value.clock === undefined ? [] : [`clock ${value.clock}`]),
    ...(value.error === undefined ? [] : [value.error]),
  ];
  const name =
    obis !== undefined
      ? nameOfObis(obis, language)
      : isMbus && value.name !== undefined
        ? harmless(wordsOfRecord(value.name, language))
        : "";
  // A code says function and tariff in its groups.
  const { storage, subunit } = value;
  const place = isMbus ? wordsOfPlace(obis === undefined ? value : { storage, subunit }, language) : "";
  return [value.obis ?? harmless(value.id ?? ""), shown(value), value.unit ?? "", name, place, extra.join(", ")];
}

/** Columns that say something in a row at least. */
function withoutEmpty(rows: readonly (readonly string[])[]): { cells: string[][]; align: readonly number[] } {
  const kept = (rows[0] ?? []).flatMap((_, column) => (rows.some((row) => row[column] !== "") ? [column] : []));
  return { cells: rows.map((row) => kept.map((column) => row[column] ?? "")), align: kept };
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

const valueColumn = 1;

/** What is damaged rather than refused. */
const notOpened: ReadonlySet<string> = new Set(["truncated", "malformed"]);
/** Whole on the line, and yet not to be believed, or not read. */
const refusals: Readonly<Record<string, string | undefined>> = {
  ...Object.fromEntries(
    Object.entries(mbusRefusals).flatMap(([code, { text }]) => (notOpened.has(code) ? [] : [[code, text]])),
  ),
  "carries-dlms": "a whole frame of M-Bus that carries DLMS, which is not read yet",
  "manufacturer-format": "whole, in a form of its maker's that is not described",
  "carries-obis": "whole, with OBIS values in a form that is not read",
  "no-records": "whole, and no readings: a command, or what only the maker knows",
  "no-content": "whole, and nothing but a link header",
  "wired-frame": "a frame of the wired M-Bus, and --protocol says wmbus",
  "wireless-frame": "a radio frame, and --protocol says mbus",
  "signature-mismatch": "the key given is another meter's, or the values were changed",
  "wrong-curve": "the key given is of another curve than this meter signs with, so it is another meter's",
};

/** A warning without a text does not compile. */
const warningTexts: Readonly<Record<WarningCode | ReadOutWarningCode | MbusWarningCode | "replay", string>> = {
  replay: "its counter was there before: a repeater sent it again, or somebody plays a record",
  "already-plain": "it says that it is encrypted and is clear text: somebody decrypted it on its way, or made it",
  "default-key": "it opens with a key that everybody knows: anybody could have made it",
  "short-mac": "its MAC has fewer than four octets: made by chance within hours",
  "obsolete-cipher": "encrypted with DES: whoever wants reads and makes such telegrams",
  "trailing-clear": "what follows the encrypted part is clear text, and marked so",
  "meter-busy": "the meter is busy and may not have answered with everything",
  "meter-reports-error": "the meter reports an error of its application; the values are suspect",
  "meter-reports-alarm": "the meter reports an alarm: look at it",
  "meter-low-power": "the battery is low",
  "meter-permanent-error": "the meter reports a lasting fault; the values are suspect",
  "meter-temporary-error": "the meter reports a passing fault; the values are suspect",
  "records-skipped": "some octets are in no record and were left out",
  "more-follows": "the meter has more telegrams with other values",
  "record-error": "the meter reports an error for a value",
  "manufacturer-data": "there is data of the maker's that nobody described",
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
