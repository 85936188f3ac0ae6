/**
 * Telegrams in a form of their maker's, made readable by a decoder.
 *
 * In: a radio frame that carries no records (CI A0 to B7), or one that no key and no mode of the standard opens and whose
 * maker is known to hide octets in his own way.  Out: a telegram, or `undefined` where no description knows it.
 * Hiding octets is no protection: anybody can. Values from them are `clear`, and a meter whose floor asks for more is refused
 * before this is asked.
 */

import { lowestTrust } from "@siegel/readings";
import { meterIdOf, type MeterAddress } from "../framing/wireless/address.ts";
import type { MbusTelegram, Protection } from "../meaning/telegram.ts";
import { decodeRecords } from "../records/decode.ts";
import type { RecordList } from "../records/record.ts";
import type { RefusalCode } from "../security/verdict.ts";
import type { Catalogue, Described } from "./catalogue.ts";
import type { Decoded, DecoderInput, DecoderKey } from "./decoder.ts";
import { decoders } from "./decoders/index.ts";
import type { MeterDescription } from "./description.ts";
import { readFields } from "./fields.ts";
import { describedTelegram } from "./refine.ts";

export interface PrivateTelegram {
  readonly meter: MeterAddress;
  readonly ci: number;
  /** What follows the CI, or the transport header of an opened telegram. */
  readonly content: Uint8Array;
  /** From L. */
  readonly frame: Uint8Array;
  readonly protections: readonly Protection[];
  readonly keys: readonly DecoderKey[];
  /** Why the telegram was not opened; absent for one that was. */
  readonly refused?: RefusalCode;
}

export function telegramOfPrivate(catalogue: Catalogue, a: PrivateTelegram): MbusTelegram | undefined {
  const { ci, content, frame, keys } = a;
  if (a.refused !== undefined && !tellsNothing.has(a.refused)) return undefined;
  const described = catalogue.find(a.meter, ci, a.refused !== undefined);
  if (described === undefined) return undefined;
  const { address } = described;
  const decoded = decodedOf(described.description, {
    content,
    address,
    ci,
    status: undefined,
    records: noRecords,
    frame,
    keys,
  });
  if (decoded === undefined) return undefined;
  const { octets } = decoded;
  const protections =
    decoded.isDecrypted === true ? [{ from: 0, to: content.length, trust: "encrypted" as const }] : a.protections;
  const trust = lowestTrust(protections.map((one) => one.trust));
  const parts = {
    link: "wireless" as const,
    meter: meterIdOf(address),
    deviceType: address.deviceType,
    status: decoded.status,
    frame,
    ci,
  };
  if (octets !== undefined) {
    const whole = [{ from: 0, to: octets.length, trust }];
    const standard: Described = { ...described, description: withoutDecoder(described) };
    return describedTelegram(
      { ...parts, content: octets, records: decodeRecords(octets), protections: whole },
      standard,
    );
  }
  return describedTelegram({ ...parts, content, records: noRecords, protections, decoded }, described);
}

function decodedOf({ decoder, content }: MeterDescription, input: DecoderInput): Decoded | undefined {
  if (decoder !== undefined) return decoders[decoder]?.(input);
  return content === undefined ? undefined : { values: readFields(content, input.content, 0) };
}

function withoutDecoder({ description }: Described): Described["description"] {
  const { decoder: _, ...rest } = description;
  return rest;
}

/** Verdicts of a telegram whose headers mean something else than in the standard. */
const tellsNothing: ReadonlySet<RefusalCode> = new Set([
  "no-key",
  "wrong-key",
  "unsupported-mode",
  "malformed",
  "truncated",
]);
const noRecords: RecordList = { records: [], moreFollows: false, skipped: [] };
