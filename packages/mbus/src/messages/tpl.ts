/**
 * The transport layer: CI, whose message it is, its number, the meter's state, and how the content is protected.
 *
 * In: octets from CI on.  Out: the header's fields and where the content begins; and back.
 * Source: EN 13757-7, transport layer.
 */

import { concatBytes, DecodeError, EncodeError } from "@siegel/wire";
import { type MeterAddress, transportAddressAt, transportAddressOctets } from "../framing/wireless/address.ts";
import { type CiKind, ciMeaning, type TplHeader } from "./ci.ts";
import { type Configuration, configurationAt, type ConfigurationFields, encodeConfiguration } from "./configuration.ts";

export interface Tpl {
  readonly ci: number;
  readonly kind: CiKind;
  readonly header: TplHeader;
  readonly toMeter: boolean;
  /** Long header only. */
  readonly address: MeterAddress | undefined;
  /** ACC, counts the messages of a sender; eight bits. */
  readonly access: number | undefined;
  readonly status: number | undefined;
  readonly configuration: Configuration | undefined;
  /** From CI up to the content. */
  readonly byteLength: number;
}

/**
 * @throws {DecodeError} "truncated"; "unknown-tag" for a CI that no table defines, or that of a layer that cannot stand here.
 */
export function tplAt(octets: Uint8Array, at: number, link: "wired" | "wireless" = "wireless"): Tpl {
  const ci = octets[at];
  if (ci === undefined) throw new DecodeError("truncated", { path: "CI", offset: at });
  const meaning = ciMeaning(ci, link);
  if (meaning === undefined || layers.has(meaning.kind))
    throw new DecodeError("unknown-tag", { path: "CI", offset: at });
  const { kind, header, toMeter } = meaning;
  const addressBytes = header === "long" ? 8 : 0;
  if (header === "none") {
    const none = { address: undefined, access: undefined, status: undefined, configuration: undefined };
    return { ci, kind, header, toMeter, ...none, byteLength: 1 };
  }
  const fields = at + 1 + addressBytes;
  if (octets.length < fields + 4) throw new DecodeError("truncated", { path: "TPL", offset: octets.length });
  const configuration = configurationAt(octets, fields + 2);
  return {
    ci,
    kind,
    header,
    toMeter,
    address: header === "long" ? transportAddressAt(octets, at + 1) : undefined,
    access: octets[fields]!,
    status: octets[fields + 1]!,
    configuration,
    byteLength: 1 + addressBytes + 2 + configuration.byteLength,
  };
}

/** What is to be written before a content. */
export interface TplFields {
  readonly ci: number;
  readonly address?: MeterAddress | undefined;
  readonly access?: number;
  readonly status?: number;
  readonly configuration?: ConfigurationFields;
}

/** @throws {EncodeError} "wrong-type" when the header of this CI has other fields, "out-of-range". */
export function encodeTpl(fields: TplFields): Uint8Array {
  const header = ciMeaning(fields.ci, "wireless")?.header;
  if (header === undefined) throw new EncodeError("out-of-range", "TPL.CI");
  if (header === "none") {
    if (fields.configuration !== undefined || fields.address !== undefined) throw new EncodeError("wrong-type", "TPL");
    return Uint8Array.of(fields.ci);
  }
  const { access = 0, status = 0, configuration = { mode: 0 } } = fields;
  if ((header === "long") !== (fields.address !== undefined)) throw new EncodeError("wrong-type", "TPL.address");
  return concatBytes(
    Uint8Array.of(fields.ci),
    fields.address === undefined ? new Uint8Array() : transportAddressOctets(fields.address),
    Uint8Array.of(access, status),
    encodeConfiguration(configuration),
  );
}

const layers: ReadonlySet<CiKind> = new Set(["ell", "nwl", "afl", "baud-rate"]);
