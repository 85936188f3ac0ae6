/**
 * An annotated dump of a radio frame: every octet with its field and its meaning, as far as keys and grammar reach.
 *
 * In: one frame as the receiver gave it, and keys.  Out: lines in the order of the octets; each octet stands in just one.
 * Not here: printing, the records (./records.ts).
 * What was encrypted is shown as it was sent, and behind it, as lines without octets, what it says: their offsets are those of the
 * ciphertext. Where a layer does not decode the dump says why and shows the rest undivided.
 */

import type { Instant } from "@siegel/readings";
import { DecodeError, toHex } from "@siegel/wire";
import { addressText, type MeterAddress, meterIdOf } from "../framing/wireless/address.ts";
import { type FormatOptions, type PlainFrame, unwrapFrame } from "../framing/wireless/formats.ts";
import { controlMeaning, linkHeaderBytes, linkHeaderOf } from "../framing/wireless/link.ts";
import { aflAt, aflCi, macBytesOf } from "../messages/afl.ts";
import { ciMeaning } from "../messages/ci.ts";
import type { Configuration } from "../messages/configuration.ts";
import { ellAt, isEll, listening } from "../messages/ell.ts";
import { tplAt } from "../messages/tpl.ts";
import type { Keyring } from "../security/keyring.ts";
import { modeNames } from "../security/modes.ts";
import { type Opening, TelegramOpener } from "../security/open.ts";
import { refusals } from "../security/verdict.ts";
import type { DumpLine } from "./line.ts";
import { annotateRecords } from "./records.ts";

export interface WirelessDumpOptions extends FormatOptions {
  readonly keyring?: Keyring | undefined;
  /** Only fragments need it. */
  readonly now: Instant;
}

/** The lines of one frame. */
export function annotateWireless(input: Uint8Array, options: WirelessDumpOptions): readonly DumpLine[] {
  let frame: PlainFrame;
  try {
    frame = unwrapFrame(input, options);
    linkHeaderOf(frame.octets);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { code, where } = error;
    const line = { offset: 0, bytes: input, depth: 0, field: "frame", meaning: error.message };
    return input.length === 0 ? [] : [{ ...line, error: { code, path: where.path } }];
  }
  const opening = new TelegramOpener({ keyring: options.keyring }).open(frame.octets, options.now);
  const dump = new FrameDump(frame.octets);
  try {
    dump.link();
    dump.layers();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    dump.rest(error);
  }
  return onTheLine([...dump.lines, ...inside(opening, frame.octets)], input, frame);
}

/** A line whose place is in the plain frame. `from` = `to`: opened content, without octets of its own. */
interface PlainLine {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly field: string;
  readonly meaning: string;
  readonly error?: NonNullable<DumpLine["error"]>;
}

class FrameDump {
  readonly lines: PlainLine[] = [];
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  link(): void {
    const { control, address } = linkHeaderOf(this.#octets);
    const meaning = controlMeaning(control);
    this.#add(1, 0, "L", `${this.#octets[0]} octets follow`);
    this.#add(
      1,
      0,
      "C",
      meaning === undefined ? "unknown" : `${meaning.name}, ${meaning.toMeter ? "to" : "from"} the meter`,
    );
    this.#add(2, 0, "M", meterIdOf(address).maker ?? "");
    this.#add(6, 0, "A", addressMeaning(address));
  }

  layers(): void {
    const octets = this.#octets;
    if (octets.length === linkHeaderBytes) return;
    if (isEll(octets[this.#at]!) && this.#ell() === "encrypted") return;
    if (octets[this.#at] === 0x81) this.#add(2, 1, "NWL", "network layer, skipped");
    if (octets[this.#at] === aflCi && this.#afl() === "fragment") return;
    this.#tpl();
  }

  rest(error: DecodeError): void {
    const { code, where } = error;
    const from = this.#at;
    this.lines.push({
      from,
      to: this.#octets.length,
      depth: 1,
      field: "octets",
      meaning: error.message,
      error: { code, path: where.path },
    });
  }

  #ell(): "encrypted" | "clear" {
    const ell = ellAt(this.#octets, this.#at);
    const says = Object.entries(listening(ell.communicationControl)).flatMap(([name, is]) =>
      is === true ? [name] : [],
    );
    this.#add(1, 1, "ELL.CI", ciMeaning(ell.ci, "wireless")?.name ?? "");
    this.#add(1, 1, "ELL.CC", says.join(", "));
    this.#add(1, 1, "ELL.ACC", String(ell.access));
    if (ell.address !== undefined) this.#add(8, 1, "ELL.address", addressMeaning(ell.address));
    if (ell.session === undefined) return "clear";
    this.#add(
      4,
      1,
      "ELL.SN",
      ell.encryption === 0 ? "not encrypted" : ell.encryption === 1 ? "AES-128-CTR" : "reserved",
    );
    if (ell.encryption === 0) {
      this.#add(2, 1, "ELL.PLCRC", "checksum of what follows");
      return "clear";
    }
    this.#add(this.#octets.length - this.#at, 1, "ciphertext", "checksum and payload");
    return "encrypted";
  }

  #afl(): "fragment" | "whole" {
    const afl = aflAt(this.#octets, this.#at);
    this.#add(1, 1, "AFL.CI", "authentication and fragmentation layer");
    this.#add(1, 1, "AFL.AFLL", `${afl.byteLength - 2} octets follow`);
    const part =
      afl.fragment === 0
        ? "not fragmented"
        : `fragment ${afl.fragment}${afl.moreFragments ? ", more follow" : ", the last"}`;
    this.#add(2, 1, "AFL.FCL", part);
    if (afl.messageControl !== undefined) {
      this.#add(1, 1, "AFL.MCL", `MAC of ${macBytesOf(afl.messageControl) ?? "unknown"} octets`);
    }
    if (afl.keyInformation !== undefined) this.#add(2, 1, "AFL.KI", `key ${afl.keyInformation}`);
    if (afl.counter !== undefined) this.#add(4, 1, "AFL.MCR", `counter ${afl.counter}`);
    if (afl.mac !== undefined) this.#add(afl.mac.length, 1, "AFL.MAC", "");
    if (afl.messageLength !== undefined) this.#add(2, 1, "AFL.ML", `${afl.messageLength} octets in all`);
    if (afl.fragment === 0) return "whole";
    this.#add(this.#octets.length - this.#at, 1, "fragment", "part of a message");
    return "fragment";
  }

  #tpl(): void {
    const tpl = tplAt(this.#octets, this.#at);
    this.#add(1, 1, "TPL.CI", ciMeaning(tpl.ci, "wireless")?.name ?? "");
    if (tpl.address !== undefined) this.#add(8, 1, "TPL.address", addressMeaning(tpl.address));
    if (tpl.access !== undefined) this.#add(1, 1, "TPL.ACC", String(tpl.access));
    if (tpl.status !== undefined) this.#add(1, 1, "TPL.ST", "");
    const { configuration } = tpl;
    if (configuration !== undefined) {
      this.#add(2, 1, "TPL.CF", modeMeaning(configuration));
      this.#add(configuration.bytesBeforeCounter - 2, 1, "TPL.CFE", keyMeaning(configuration));
      const counterBytes = configuration.byteLength - configuration.bytesBeforeCounter;
      this.#add(counterBytes, 1, "TPL.counter", String(configuration.counter));
    }
    const isSealed = configuration !== undefined && configuration.mode !== 0;
    if (isSealed) this.#add(this.#octets.length - this.#at, 1, "content", "as it was sent");
    else if (tpl.kind === "records") this.#records();
    else this.#add(this.#octets.length - this.#at, 1, "content", "");
  }

  #records(): void {
    const data = this.#octets.subarray(this.#at);
    for (const { offset, bytes, ...line } of annotateRecords(data, { offset: this.#at, depth: 2 })) {
      this.lines.push({ ...line, from: offset, to: offset + bytes.length });
    }
    this.#at = this.#octets.length;
  }

  /** A field, as far as the frame has its octets. */
  #add(wanted: number, depth: number, field: string, meaning: string): void {
    const byteLength = Math.min(wanted, this.#octets.length - this.#at);
    if (byteLength <= 0) return;
    this.lines.push({ from: this.#at, to: this.#at + byteLength, depth, field, meaning });
    this.#at += byteLength;
  }
}

/** What was opened, or the verdict: lines without octets at the end of the frame. */
function inside(opening: Opening, octets: Uint8Array): PlainLine[] {
  const place = { from: octets.length, to: octets.length };
  if (opening.is === "pending")
    return [{ ...place, depth: 1, field: "message", meaning: "more fragments are to come" }];
  if (opening.is === "refused") {
    const { verdict } = opening;
    const meaning = refusals[verdict].text;
    return [{ ...place, depth: 1, field: "verdict", meaning, error: { code: verdict, path: "" } }];
  }
  const isSealed = (opening.tpl?.configuration?.mode ?? 0) !== 0 || opening.ell?.encryption === 1;
  if (!isSealed) return [];
  const trusts = opening.protections.map(({ from, to, trust }) => `${trust} ${from} to ${to}`).join(", ");
  const lines: PlainLine[] = [{ ...place, depth: 1, field: "opened", meaning: trusts }];
  const { content } = opening;
  if (opening.tpl?.kind !== "records") {
    return [...lines, { ...place, depth: 2, field: "content", meaning: toHex(content) }];
  }
  for (const { depth, field, meaning, error } of annotateRecords(content, { depth: 2 })) {
    lines.push({ ...place, depth, field, meaning, ...(error === undefined ? {} : { error }) });
  }
  return lines;
}

/** Places in the plain frame → places in the input, with the checksums between them. */
function onTheLine(lines: readonly PlainLine[], input: Uint8Array, frame: PlainFrame): DumpLine[] {
  const checksums = checksumsOf(frame, input);
  const inInput = (plain: number): number => {
    let at = plain;
    for (const checksum of checksums) if (checksum <= at) at += 2;
    return at;
  };
  const dumped: DumpLine[] = [];
  const pending = [...checksums];
  const checksumsUpTo = (end: number): void => {
    while (pending[0] !== undefined && pending[0] <= end) {
      const offset = pending.shift()!;
      dumped.push({
        offset,
        bytes: input.subarray(offset, offset + 2),
        depth: 0,
        field: "checksum",
        meaning: "CRC-16/EN 13757, holds",
      });
    }
  };
  for (const { from, to, ...line } of lines) {
    let at = from;
    let field = line.field;
    do {
      checksumsUpTo(inInput(at) - 2);
      const start = at === to ? Math.min(inInput(at), input.length) : inInput(at);
      const end = at === to ? start : Math.min(pending[0] ?? Number.POSITIVE_INFINITY, inInput(to - 1) + 1);
      dumped.push({ ...line, field, offset: start, bytes: input.subarray(start, end) });
      at += end - start;
      field = `${line.field} (goes on)`;
    } while (at < to);
  }
  checksumsUpTo(input.length);
  const { trailing } = frame;
  if (trailing.length > 0) {
    const offset = input.length - trailing.length;
    dumped.push({ offset, bytes: trailing, depth: 0, field: "trailing", meaning: "from the receiver" });
  }
  return dumped;
}

/** Offsets in the input where checksums stand. */
function checksumsOf({ format, octets }: PlainFrame, input: Uint8Array): number[] {
  if (format === "none") return [];
  const offsets: number[] = [];
  if (format === "a") {
    for (let plain = 10, at = 10; ; at += 2) {
      offsets.push(at);
      if (plain >= octets.length) return offsets;
      const block = Math.min(16, octets.length - plain);
      plain += block;
      at += block;
    }
  }
  const end = input[0]! + 1;
  return end > 128 ? [126, end - 2] : [end - 2];
}

function addressMeaning(address: MeterAddress): string {
  const { identification, version, deviceType } = address;
  const number = identification.toString(16).padStart(8, "0");
  return `${number}, version ${version}, type ${deviceType} (${addressText(address)})`;
}

function modeMeaning({ mode, encryptedBytes }: Configuration): string {
  const length = encryptedBytes === "all" ? "all octets" : `${encryptedBytes} octets`;
  return `mode ${mode}, ${modeNames[mode] ?? "free for makers"}${mode === 0 ? "" : `, ${length} encrypted`}`;
}

function keyMeaning({ keyId, keyVersion, kdf, tagBytes, protocol }: Configuration): string {
  const parts = [
    keyId === undefined ? "" : `key ${keyId}`,
    keyVersion === undefined ? "" : `version ${keyVersion}`,
    kdf === 1 ? "KDF-A" : "",
    tagBytes === undefined ? "" : `tag of ${tagBytes} octets`,
    protocol === undefined ? "" : `protocol ${protocol}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}
