/**
 * What a meter on the wired bus answered, as a telegram: the step from a frame to readings.
 *
 * In: one answer frame, keys for those that are encrypted.  Out: `MbusTelegram`, or why there is none.
 * Not here: finding frames (./framing/wired), asking (./session), the stream (./wired-stream.ts).
 * Old meters fill the configuration word with a signature or FFFF: only a mode that the standard defines counts as
 * encryption. Old meters of mode 2 send the most significant octet first (CI 76, 77): theirs are turned round, then read
 * as all others.
 * Source: EN 13757-3, EN 13757-7; facts §4.1, §4.4.
 */

import { type Instant, lowestTrust, MeterId } from "@siegel/readings";
import { type Blame, DecodeError, MeterError } from "@siegel/wire";
import { builtInCatalogue } from "./descriptions/built-in.ts";
import type { Catalogue } from "./descriptions/catalogue.ts";
import { describedTelegram } from "./descriptions/refine.ts";
import { applicationErrorOf } from "./framing/wired/application-errors.ts";
import type { LongFrame } from "./framing/wired/frame.ts";
import { addressOfMeterId, type MeterAddress, meterIdOf, transportAddressAt } from "./framing/wireless/address.ts";
import type { MbusTelegram } from "./meaning/telegram.ts";
import { ciMeaning } from "./messages/ci.ts";
import { decodeRecords } from "./records/decode.ts";
import { decodeFixed, type FixedMedium, recordsOfFixed } from "./records/fixed.ts";
import type { RecordList } from "./records/record.ts";
import { type OpenerOptions, TelegramOpener } from "./security/open.ts";
import { OpeningError } from "./stream.ts";

export interface AnswerOptions extends OpenerOptions {
  /** Who answers at a primary address, for answers that do not say it (CI 7A, 78). */
  readonly meterAt?: ((primaryAddress: number) => MeterId | undefined) | undefined;
  /** What is known of kinds of meters; what is built in unless told. */
  readonly descriptions?: Catalogue | undefined;
}

/** The meter itself says that something is wrong: its frame is in order and has no readings. */
export class AnswerError extends MeterError {
  override readonly name = "AnswerError";
  override readonly blame: Blame = "peer";
  override readonly code: "application-error" | "alarm";
  /** A name of the table of application errors, or the octet of an alarm in hex. */
  readonly said: string;

  constructor(code: AnswerError["code"], said: string) {
    super(`${code}: the meter reports ${said}`);
    this.code = code;
    this.said = said;
  }
}

/** Reads answers one by one. Keeps what opening needs between them: counters, fragments. */
export class AnswerReader {
  readonly #opener: TelegramOpener;
  readonly #meterAt: (primaryAddress: number) => MeterId | undefined;
  readonly #descriptions: Catalogue;

  constructor(options: AnswerOptions = {}) {
    // In a house a wire is not in everybody's reach: clear text is the rule there, a floor is set where it is not.
    this.#opener = new TelegramOpener({ ...options, floor: options.floor ?? { minimum: "clear" } });
    this.#descriptions = options.descriptions ?? builtInCatalogue;
    this.#meterAt = options.meterAt ?? (() => undefined);
  }

  /**
   * The telegram in an answer. Offsets in errors count from the first octet after the CI.
   *
   * @param now  For counters and fragments of encrypted telegrams.
   * @returns    Undefined for a frame without values: a header alone, a fragment.
   * @throws {AnswerError} for CI 70, 71 and their like.
   * @throws {OpeningError} with the verdict, for what was not opened.
   * @throws {DecodeError} "truncated", "unknown-tag" for a CI that is no answer of a wired meter.
   */
  read(frame: LongFrame, now: Instant): MbusTelegram | undefined {
    const { ci, data } = frame;
    switch (ci) {
      case 0x70:
        throw new AnswerError("application-error", applicationErrorOf(data[0] ?? 0));
      case 0x71:
        throw new AnswerError("alarm", (data[0] ?? 0).toString(16).padStart(2, "0"));
      case 0x73:
        return this.#fixed(data);
      case 0x77:
        return this.#fixed(fixedTurned(data));
      case 0x76:
        return this.#plain(frame, headerTurned(data), true);
      default:
        return this.#variable(frame, now);
    }
  }

  #variable(frame: LongFrame, now: Instant): MbusTelegram | undefined {
    const { ci, data } = frame;
    const at = recordsAt(ci);
    if (at === undefined && ci !== authentication) {
      const kind = ciMeaning(ci, "wired")?.kind;
      if (kind === "application-error" || kind === "alarm") return this.#reported(ci, data, kind);
      throw new DecodeError("unknown-tag", { path: "CI", offset: 0 });
    }
    if (at === undefined) return this.#opened(frame, now);
    if (data.length < at) throw truncated(data.length);
    const word = at === 0 ? 0 : data[at - 2]! | (data[at - 1]! << 8);
    if (isSealedWord(word)) return this.#opened(frame, now);
    return this.#plain(frame, data, false);
  }

  /** Errors and alarms with a header before them. */
  #reported(ci: number, data: Uint8Array, kind: "application-error" | "alarm"): never {
    const octet = data[ciMeaning(ci, "wired")?.header === "long" ? 12 : 4] ?? 0;
    const hex = octet.toString(16).padStart(2, "0");
    throw new AnswerError(kind, kind === "alarm" ? hex : applicationErrorOf(octet));
  }

  #plain(frame: LongFrame, data: Uint8Array, isTurned: boolean): MbusTelegram {
    const meter = this.#meterOf(frame, data);
    const address = addressOfMeterId(meter);
    if (!this.#opener.takesClear(address ?? nobody)) throw new OpeningError("downgrade");
    const at = recordsAt(frame.ci) ?? 0;
    const content = data.subarray(at);
    const records = isTurned ? turnedRecords(content) : decodeRecords(content);
    const header = at === 0 ? {} : { access: data[at - 4]!, status: data[at - 3]! };
    const described = address === undefined ? undefined : this.#descriptions.find(address, frame.ci);
    return describedTelegram({ link: "wired", meter, records, content, ci: frame.ci, ...header }, described);
  }

  /** Through the same door as a radio telegram. */
  #opened(frame: LongFrame, now: Instant): MbusTelegram | undefined {
    const { ci, c, data } = frame;
    const address = addressOfMeterId(this.#meterOf(frame, data)) ?? nobody;
    const octets = new Uint8Array(1 + data.length);
    octets[0] = ci;
    octets.set(data, 1);
    const opening = this.#opener.openMessage({ control: c, address }, octets, now);
    if (opening.is === "pending") return undefined;
    if (opening.is === "refused") throw opening.error ?? new OpeningError(opening.verdict);
    const { content, protections, tpl, warnings } = opening;
    if (tpl?.kind !== "records") return undefined;
    const parts = {
      link: "wired" as const,
      meter: meterIdOf(opening.meter),
      records: decodeRecords(content),
      protections,
      access: tpl.access,
      status: tpl.status,
    };
    const described = this.#descriptions.find(opening.meter, tpl.ci);
    const telegram = describedTelegram({ ...parts, content, ci: tpl.ci }, described);
    return { ...telegram, warnings: [...warnings.map((code) => ({ code })), ...telegram.warnings] };
  }

  #fixed(data: Uint8Array): MbusTelegram {
    const said = decodeFixed(data);
    if (said === undefined) throw new DecodeError("wrong-length", { path: "fixed", offset: data.length });
    // There is no maker and no version in this structure.
    const address: MeterAddress = {
      manufacturer: 0,
      identification: Number.parseInt(said.identification, 16),
      version: 0,
      deviceType: deviceTypes[said.medium] ?? 0,
    };
    if (!this.#opener.takesClear(address)) throw new OpeningError("downgrade");
    const records: RecordList = { records: recordsOfFixed(data), moreFollows: false, skipped: [] };
    // Bits 2 to 4 mean the same as in the status of a header; bits 0 and 1 do not.
    const { access, status } = said;
    const parts = { link: "wired" as const, meter: meterIdOf(address), records, access, status: status & 0x1c };
    return describedTelegram({ ...parts, content: data, ci: 0x73 }, undefined);
  }

  #meterOf({ ci, a }: LongFrame, data: Uint8Array): MeterId {
    if ((ci === 0x72 || ci === 0x76) && data.length >= 8) return meterIdOf(transportAddressAt(data, 0));
    return this.#meterAt(a) ?? MeterId.of(new TextEncoder().encode(`mbus-${a}`));
  }
}

/**
 * One telegram of all that a meter gave in one readout, as the master read them.
 *
 * @throws As `read`, for the first answer that has no telegram.
 */
export function joinedTelegram(
  frames: readonly LongFrame[],
  reader: AnswerReader,
  now: Instant,
): MbusTelegram | undefined {
  const parts = frames.flatMap((frame) => reader.read(frame, now) ?? []);
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0) return first;
  const warnings = parts.flatMap((part, index) =>
    index === parts.length - 1 ? part.warnings : part.warnings.filter(({ code }) => code !== "more-follows"),
  );
  const trust = lowestTrust(parts.map((part) => part.trust));
  return { ...first, values: parts.flatMap(({ values }) => values), warnings, trust };
}

/** Where the records begin, by CI: after the long header, the short one, none. Undefined: no records in the clear form. */
export function recordsAt(ci: number): number | undefined {
  return places.get(ci);
}

/** Does a mode that the standard defines stand in this configuration word? */
export function isSealedWord(word: number): boolean {
  return sealedModes.has((word >> 8) & 0x1f);
}

const places: ReadonlyMap<number, number> = new Map([
  [0x72, 12],
  [0x76, 12],
  [0x7a, 4],
  [0x78, 0],
]);
/** DES, AES, TLS. What lies above are signatures of meters older than encryption. */
const sealedModes: ReadonlySet<number> = new Set([2, 3, 5, 7, 8, 9, 10, 13]);
const authentication = 0x90;
/** Of a meter that nobody named: no floor and no key is set for it. */
const nobody: MeterAddress = { manufacturer: 0, identification: 0, version: 0, deviceType: 0 };

const deviceTypes: Readonly<Partial<Record<FixedMedium, number>>> = {
  oil: 0x01,
  electricity: 0x02,
  gas: 0x03,
  heat: 0x04,
  steam: 0x05,
  "hot-water": 0x06,
  water: 0x07,
  "heat-cost-allocator": 0x08,
  "gas-2": 0x03,
  "heat-2": 0x04,
  "hot-water-2": 0x06,
  "water-2": 0x07,
  "heat-cost-allocator-2": 0x08,
};

/** Least significant octet first in every field of the long header: ID4, M2, V, T, ACC, ST, CF2. */
function headerTurned(data: Uint8Array): Uint8Array {
  if (data.length < 12) throw truncated(data.length);
  const turned = data.slice();
  turned.set(data.slice(0, 4).toReversed(), 0);
  turned.set(data.slice(4, 6).toReversed(), 4);
  turned.set(data.slice(10, 12).toReversed(), 10);
  return turned;
}

/** The same for the fixed structure: ID4, ACC, ST, medium and units 2, counters 4 and 4. */
function fixedTurned(data: Uint8Array): Uint8Array {
  if (data.length !== 16) return data;
  const turned = data.slice();
  for (const [from, to] of [
    [0, 4],
    [6, 8],
    [8, 12],
    [12, 16],
  ] as const) {
    turned.set(data.slice(from, to).toReversed(), from);
  }
  return turned;
}

/** Heads and lengths do not depend on the order; the octets of each value are turned, texts and octets of LVAR are not. */
function turnedRecords(content: Uint8Array): RecordList {
  const found = decodeRecords(content);
  const turned = content.slice();
  for (const { offset, byteLength, headerLength, lvar } of found.records) {
    if (lvar !== undefined) continue;
    const from = offset + headerLength;
    turned.set(content.slice(from, offset + byteLength).toReversed(), from);
  }
  return decodeRecords(turned);
}

function truncated(offset: number): DecodeError {
  return new DecodeError("truncated", { path: "TPL", offset });
}
