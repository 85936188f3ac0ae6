/**
 * A P1 telegram to values: the electricity meter's, and those of the M-Bus meters that it passes on.
 *
 * In: a frame from `/` to its checksum.  Out: `P1Telegram`: values with their own meter and time, devices, power failures,
 * messages.
 * Which group of an object is its value depends on the object: the last one for most, `(time)(value)` for M-Bus meters and
 * maxima, a list for logs and profiles, seven groups for gas of version 3.
 * Source: DSMR P1 companion standards 2.2, 3.0, 4.2.2, 5.0.2 §6.12; e-MUCS P1 1.7.1 (Fluvius); P1 of Luxembourg.
 */

import {
  type Instant,
  lowestTrust,
  type MeterId,
  type ObisCode,
  type Reading,
  type ScaledValue,
  type Trust,
  type Unit,
} from "@siegel/readings";
import { textOfOctets } from "../framing/octets.ts";
import { codeOfId } from "../meaning/read-out.ts";
import { instantOfLocal, isLocalTime } from "../meaning/local-time.ts";
import type { Telegram, TelegramValue, TelegramWarning, WarningCode } from "../meaning/telegram.ts";
import { meterIdOfText, plainText } from "../meaning/texts.ts";
import { partsOfGroup } from "../messages/group.ts";
import type { P1Checksum } from "./checksum.ts";
import type { P1Frame } from "./framer.ts";
import { type P1Object, readObjects, unitOfText } from "./objects.ts";

export interface P1Options {
  /** What the meter's clock is ahead of UTC in winter, in minutes; 60 unless told. Estonian meters need 120. */
  readonly winterMinutes?: number | undefined;
}

/** A meter behind the electricity meter, on one of its M-Bus channels. */
export interface P1Device {
  readonly channel: number;
  /** Device type of M-Bus: 3 gas, 4 heat, 7 water … `undefined` when the telegram does not say. */
  readonly deviceType: number | undefined;
  readonly meter: MeterId | undefined;
}

/** One entry of the log of long power failures. */
export interface PowerFailure {
  /** When power came back. */
  readonly end: Instant | undefined;
  readonly durationSeconds: number;
}

export interface P1Telegram extends Telegram {
  /** `50` of DSMR 5.0, `50217` of Belgium; `undefined` before version 4. */
  readonly version: string | undefined;
  readonly checksum: P1Checksum;
  readonly devices: readonly P1Device[];
  readonly powerFailures: readonly PowerFailure[];
  /** Messages to the consumer, in order; empty ones left out. */
  readonly messages: readonly string[];
}

/**
 * What a frame says.
 *
 * @param trust     "clear" as on the open port; what opening made of it for a telegram that was encrypted.
 * @param warnings  What the layers below noticed.
 */
export function telegramOfP1(
  frame: Pick<P1Frame, "bytes" | "mark" | "checksum">,
  options: P1Options = {},
  { trust = "clear", warnings = [] }: { readonly trust?: Trust; readonly warnings?: readonly WarningCode[] } = {},
): P1Telegram {
  const { bytes, mark, checksum } = frame;
  const headerEnd = endOfLine(bytes, mark);
  const header = textOfOctets(bytes, 0, headerEnd);
  const { objects, strayBytes } = readObjects(bytes, headerEnd, mark);
  const builder = new P1Builder(objects, options, trust);
  for (const code of warnings) builder.warn(code);
  const told = warningOfChecksum[checksum];
  if (told !== undefined) builder.warn(told);
  if (mark >= bytes.length) builder.warn("missing-end-mark");
  if (strayBytes > 0) builder.warn("stray-text");
  for (const object of objects) builder.add(object);
  return builder.build(header, checksum);
}

/** When a value was measured: by its own group, whose time may be none, or when the telegram was made. */
type ValueTime = Instant | "never" | typeof telegramTime;
const telegramTime = "telegram";

const warningOfChecksum: Readonly<Record<P1Checksum, WarningCode | undefined>> = {
  absent: undefined,
  good: undefined,
  x25: "x25-checksum",
  "line-ends": "line-ends",
  bad: "bad-checksum",
};

class P1Builder {
  readonly #trust: Trust;
  readonly #winterMinutes: number | undefined;
  readonly #meter: MeterId | undefined;
  readonly #at: Instant | undefined;
  readonly #devices = new Map<number, P1Device>();
  readonly #values: TelegramValue[] = [];
  readonly #failures: PowerFailure[] = [];
  readonly #messages: string[] = [];
  readonly #warnings = new Map<string, TelegramWarning>();
  #version: string | undefined;

  constructor(objects: readonly P1Object[], { winterMinutes }: P1Options, trust: Trust) {
    this.#trust = trust;
    this.#winterMinutes = winterMinutes;
    // Who measured, and when, stands anywhere in the telegram: it is looked for before the first value.
    for (const { obis, text } of objects) {
      if (obis === undefined) continue;
      const { a, b, c, d, e } = obis;
      if (a !== 0) {
        if (isIdentity(obis) && b === 0) this.#meter ??= meterIdOfText(text);
      } else if (b === 0) {
        if (isIdentity(obis)) this.#meter ??= meterIdOfText(text);
        else if (c === 1 && d === 0 && e === 0) this.#at = this.#time(text, obis);
      } else if (isIdentity(obis) || (c === 24 && d === 1 && e === 0)) this.#learn(b, obis, text);
    }
    // Luxembourg names the device only.
    const name = objects.find(({ obis }) => obis?.a === 0 && obis.b === 0 && obis.c === 42 && obis.d === 0);
    if (name !== undefined) this.#meter ??= meterIdOfText(name.text);
  }

  warn(code: WarningCode, obis?: ObisCode): void {
    this.#warnings.set(`${code} ${obis}`, obis === undefined ? { code } : { code, obis });
  }

  add(object: P1Object): void {
    const { obis } = object;
    if (obis === undefined) {
      this.#push(object.id, 0, undefined, undefined, object.text, undefined);
      return;
    }
    const { c, d } = obis;
    if (c === 99 && d === 97) return this.#addProfile(object, obis, true);
    if (c === 98 && d === 1 && object.groupCount > 1) return this.#addProfile(object, obis, false);
    if (c === 24 && d === 3 && object.groupCount >= 6) return this.#addOldGas(object, obis);
    if (object.groupCount > 1) return this.#addGroups(object, obis);
    this.#addSimple(object, obis);
  }

  #addSimple(object: P1Object, obis: ObisCode): void {
    const { id, text } = object;
    if (!isText(obis) || object.unitText !== undefined) {
      const { value } = object;
      if (value !== undefined) return this.#number(id, 0, obis, value, object.text, object.unitText);
    }
    const meant = isMessage(obis) || isIdentity(obis) || isName(obis) ? plainText(text) : text;
    if (isMessage(obis) && meant !== "") this.#messages.push(meant);
    if (isVersion(obis)) this.#version ??= text;
    this.#text(id, 0, obis, meant, text);
  }

  /** `(time)(value)`; `(200*A)(-63*A)`: a time dates what follows it, every other group is a value. */
  #addGroups(object: P1Object, obis: ObisCode): void {
    const { id } = object;
    let at: ValueTime = telegramTime;
    let index = 0;
    for (const group of object.groups) {
      if (isLocalTime(group) && group.length >= shortestTime) {
        at = this.#time(group, obis) ?? "never";
        continue;
      }
      for (const { text, number, unit } of partsOfGroup(group)) {
        if (number !== undefined) this.#number(id, index++, obis, number, text, unit, at);
        else this.#text(id, index++, obis, text, text, at);
      }
    }
    if (index === 0) this.#push(id, 0, obis, undefined, object.text, undefined);
  }

  /**
   * Gas of V2 and V3: time, status, minutes between readings, number of values, code, unit, and the value behind them.
   * The value is told under the code that the object names.
   */
  #addOldGas(object: P1Object, obis: ObisCode): void {
    const [time = "", , , , named = "", unit = "", ...values] = object.groups;
    const at = this.#time(time, obis) ?? "never";
    const meant = codeOfId(named, 0) ?? obis;
    for (const [index, group] of values.entries()) {
      const [part] = partsOfGroup(group);
      if (part?.number === undefined) this.#text(named, index, meant, group, group, at);
      else this.#number(named, index, meant, part.number, part.text, part.unit ?? unit, at);
    }
    if (values.length === 0) this.#push(object.id, 0, obis, undefined, "", undefined);
  }

  /**
   * `(count)(code)…(time)(value)(time)(value)…`: each value under the code that the head names, dated by the last time
   * before it. Without entries the count is the value.
   */
  #addProfile(object: P1Object, obis: ObisCode, isFailureLog: boolean): void {
    const { groups, id } = object;
    const [count] = partsOfGroup(groups[0] ?? "");
    if (count?.number !== undefined) this.#number(id, 0, obis, count.number, count.text, undefined);
    const heads = groups.slice(1).findIndex((group) => codeOfId(group, 0) === undefined || !group.includes("."));
    const named = heads < 0 ? groups.slice(1) : groups.slice(1, 1 + heads);
    const code = named[0] === undefined ? obis : (codeOfId(named[0], 0) ?? obis);
    let at: ValueTime = "never";
    let index = 1;
    for (const group of groups.slice(1 + named.length)) {
      if (isLocalTime(group) && group.length >= shortestTime) {
        at = this.#time(group, obis) ?? "never";
        continue;
      }
      const [part] = partsOfGroup(group);
      if (part?.number === undefined) continue;
      this.#number(id, index++, code, part.number, part.text, part.unit, at);
      const end = typeof at === "string" ? undefined : at;
      if (isFailureLog) this.#failures.push({ end, durationSeconds: part.number.toNumber() });
      at = "never";
    }
  }

  #number(
    id: string,
    index: number,
    obis: ObisCode,
    value: ScaledValue,
    text: string,
    unitText: string | undefined,
    at: ValueTime = telegramTime,
  ): void {
    const unit = unitText === undefined || unitText === "" ? undefined : unitOfText(unitText);
    if (unit === undefined && unitText !== undefined && unitText !== "") this.warn("unknown-unit", obis);
    this.#push(id, index, obis, { ...this.#base(obis, at), kind: "number", value, unit }, text, unit);
  }

  /** @param meant  What the text stands for. */
  #text(id: string, index: number, obis: ObisCode, meant: string, text: string, at: ValueTime = telegramTime): void {
    const reading = meant === "" ? undefined : ({ ...this.#base(obis, at), kind: "text", value: meant } as const);
    this.#push(id, index, obis, reading, text, undefined);
  }

  #base(obis: ObisCode, at: ValueTime) {
    const device = obis.a === 0 && obis.b > 0 ? this.#devices.get(obis.b) : undefined;
    const meter = obis.a === 0 && obis.b > 0 ? device?.meter : this.#meter;
    // A device measured when its group says; the electricity meter at the time of the telegram.
    const ownTime =
      at === "never" ? undefined : at !== telegramTime ? at : obis.a === 0 && obis.b > 0 ? undefined : this.#at;
    return { meter, obis, at: ownTime, quality: "valid", trust: this.#trust } as const;
  }

  #push(
    id: string,
    index: number,
    obis: ObisCode | undefined,
    reading: Reading | undefined,
    text: string,
    unit: Unit | undefined,
  ): void {
    this.#values.push({ id, index, obis, reading, text, unit, trust: this.#trust });
  }

  #learn(channel: number, obis: ObisCode, text: string): void {
    const known = this.#devices.get(channel) ?? { channel, deviceType: undefined, meter: undefined };
    const learned = isIdentity(obis)
      ? { ...known, meter: known.meter ?? meterIdOfText(text) }
      : { ...known, deviceType: /^\d{1,3}$/.test(text) ? Number(text) : undefined };
    this.#devices.set(channel, learned);
  }

  #time(text: string, obis: ObisCode): Instant | undefined {
    const at = instantOfLocal(text, this.#winterMinutes);
    if (at === undefined) this.warn("clock-not-set", obis);
    return at;
  }

  build(header: string, checksum: P1Checksum): P1Telegram {
    // From version 4 on a telegram has a checksum.
    if (this.#version !== undefined && checksum === "absent") this.warn("missing-checksum");
    return {
      meter: this.#meter,
      at: this.#at,
      values: this.#values,
      trust: lowestTrust(this.#values.map(({ trust }) => trust)),
      warnings: [...this.#warnings.values()],
      header,
      version: this.#version,
      checksum,
      devices: [...this.#devices.values()].sort((one, other) => one.channel - other.channel),
      powerFailures: this.#failures,
      messages: this.#messages,
    };
  }
}

/** Up to the first line end. */
function endOfLine(bytes: Uint8Array, limit: number): number {
  let at = 0;
  while (at < limit && bytes[at] !== cr && bytes[at] !== lf) at++;
  return at;
}

/** 96.1.0 and 96.1.1: equipment id, of the meter (channel 0) or of a device; 0.0.0 and 96.1.255 of push telegrams. */
function isIdentity({ a, c, d, e }: ObisCode): boolean {
  if (c === 96 && d === 1) return e === 0 || e === 1 || e === 255;
  return a === 1 && c === 0 && d === 0 && e === 0;
}

function isMessage({ a, c, d }: ObisCode): boolean {
  return a === 0 && c === 96 && d === 13;
}

/** 42.0.0: logical device name; 96.1.2: EAN of the connection. */
function isName({ a, c, d }: ObisCode): boolean {
  return a === 0 && ((c === 42 && d === 0) || (c === 96 && d === 1));
}

/** 1-3:0.2.8 in the Netherlands, 0-0:96.1.4 in Belgium. */
function isVersion({ a, b, c, d, e }: ObisCode): boolean {
  return (
    (a === 1 && b === 3 && c === 0 && d === 2 && e === 8) || (a === 0 && b === 0 && c === 96 && d === 1 && e === 4)
  );
}

/** What is no amount, whatever its digits look like. */
function isText(obis: ObisCode): boolean {
  const { a, c, d } = obis;
  if (c === 0 || c === 97) return true;
  return (
    isMessage(obis) || isIdentity(obis) || isName(obis) || (a === 0 && c === 1 && d === 0) || (c === 96 && d === 5)
  );
}

const cr = 0x0d;
const lf = 0x0a;
/** Times have 12 or 13 characters; a number of ten digits is none. */
const shortestTime = 12;
