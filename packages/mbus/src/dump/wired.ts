/**
 * An annotated dump of a wired line: every octet with its field and meaning, frame by frame.
 *
 * In: a capture of a bus.  Out: lines in the order of the octets; each stands in just one of them, the line of a parent
 * being empty.  Not here: printing. What is encrypted is shown undivided: a dump takes no keys.
 */

import { toHex } from "@siegel/wire";
import { applicationErrorOf } from "../framing/wired/application-errors.ts";
import { controlOf, fromMaster } from "../framing/wired/c-field.ts";
import { primaryAddresses } from "../framing/wired/frame.ts";
import { type WiredEvent, WiredFramer } from "../framing/wired/framer.ts";
import { ciMeaning } from "../messages/ci.ts";
import { addressText, decodeSecondaryAddress, decodeSelection } from "../session/address.ts";
import { isSealedWord, recordsAt } from "../wired-answer.ts";
import type { DumpLine } from "./line.ts";
import { annotateRecords } from "./records.ts";

/** Dumps a capture. */
export function annotateWired(input: Uint8Array): readonly DumpLine[] {
  const framer = new WiredFramer();
  return [...framer.push(input), ...framer.flush()].flatMap((event) => new FrameDump(event).lines());
}

class FrameDump {
  readonly #event: WiredEvent;
  readonly #bytes: Uint8Array;
  readonly #lines: DumpLine[] = [];

  constructor(event: WiredEvent) {
    this.#event = event;
    this.#bytes = event.bytes;
  }

  lines(): readonly DumpLine[] {
    const event = this.#event;
    const { length } = this.#bytes;
    if (event.kind === "noise") this.#add(0, length, 0, "noise", "belongs to no frame");
    else if (event.kind === "damaged") {
      const { code, where, message } = event.error;
      this.#add(0, length, 0, "damaged", message, { code, path: where.path });
    } else if (event.frame.kind === "acknowledge") this.#add(0, 1, 0, "acknowledge", "");
    else if (event.frame.kind === "short") {
      this.#add(0, 1, 0, "start", "short frame");
      this.#link(1);
      this.#end();
    } else {
      this.#add(0, 4, 0, "start", `${event.frame.kind} frame, ${length - 6} octets`);
      this.#link(4);
      this.#content(event.frame.c, event.frame.ci);
      this.#end();
    }
    return this.#lines;
  }

  #link(at: number): void {
    const field = controlOf(this.#bytes[at]!);
    const bits =
      field === undefined ? [] : Object.entries(field).flatMap(([name, set]) => (set === true ? [name] : []));
    this.#add(at, at + 1, 0, "C", [field?.function ?? "not in the table", ...bits].join(", "));
    this.#add(at + 1, at + 2, 0, "A", addressMeaning(this.#bytes[at + 1]!));
  }

  #content(c: number, ci: number): void {
    const end = this.#bytes.length - 2;
    const data = this.#bytes.subarray(7, end);
    this.#add(6, 7, 0, "CI", ciMeaning(ci, "wired")?.name ?? "not in the table");
    const at = recordsAt(ci);
    const hasHeader = at !== undefined && data.length >= at;
    if (hasHeader && at > 0) this.#header(at, ci === 0x76);
    const sealed = hasHeader && at > 0 && isSealedWord(data[at - 2]! | (data[at - 1]! << 8));
    if (hasHeader && !sealed && ci !== 0x76) this.#records(7 + at, "from-meter");
    else if (ci === dataSend) this.#records(7, fromMaster(c) ? "to-meter" : "from-meter");
    else if (hasHeader) this.#rest(7 + at, sealed ? "encrypted, and what is behind it" : "records");
    else this.#rest(7, this.#meaningOf(ci, data));
  }

  #meaningOf(ci: number, data: Uint8Array): string {
    if (ci === selection) {
      const mask = decodeSelection(data);
      return mask === undefined ? "no selection" : `selects ${addressText(mask)}`;
    }
    return ci === applicationError && data.length > 0 ? applicationErrorOf(data[0]!) : "";
  }

  #header(byteLength: number, isTurned: boolean): void {
    const long = byteLength === 12;
    if (long) {
      const address = isTurned ? undefined : decodeSecondaryAddress(this.#bytes.subarray(7));
      this.#add(7, 11, 1, "ID", address?.id ?? toHex(this.#bytes.subarray(7, 11)));
      this.#add(11, 13, 1, "manufacturer", "");
      this.#add(13, 14, 1, "version", "");
      this.#add(14, 15, 1, "device type", "");
    }
    const at = long ? 15 : 7;
    this.#add(at, at + 1, 1, "ACC", String(this.#bytes[at]!));
    this.#add(at + 1, at + 2, 1, "status", "");
    this.#add(at + 2, at + 4, 1, "configuration", "");
  }

  #records(from: number, direction: "from-meter" | "to-meter"): void {
    const data = this.#bytes.subarray(from, this.#bytes.length - 2);
    this.#lines.push(...annotateRecords(data, { offset: this.#event.offset + from, depth: 1 }, { direction }));
  }

  #rest(from: number, meaning: string): void {
    const end = this.#bytes.length - 2;
    if (end > from) this.#add(from, end, 1, "data", meaning);
  }

  #end(): void {
    const { length } = this.#bytes;
    this.#add(length - 2, length - 1, 0, "checksum", "holds");
    this.#add(length - 1, length, 0, "stop", "");
  }

  #add(from: number, to: number, depth: number, field: string, meaning: string, error?: DumpLine["error"]): void {
    const line = { offset: this.#event.offset + from, bytes: this.#bytes.subarray(from, to), depth, field, meaning };
    this.#lines.push(error === undefined ? line : { ...line, error });
  }
}

function addressMeaning(address: number): string {
  if (address <= primaryAddresses.highest) return address === 0 ? "not configured" : `primary address ${address}`;
  return specialAddresses[address] ?? "reserved";
}

const specialAddresses: Readonly<Record<number, string>> = {
  [primaryAddresses.repeater]: "repeater",
  [primaryAddresses.selected]: "whoever is selected",
  [primaryAddresses.testAll]: "all, and all answer",
  [primaryAddresses.broadcast]: "all, and none answers",
};
const selection = 0x52;
const dataSend = 0x51;
const applicationError = 0x70;
