/**
 * Formats of compact frames: which headers belong to a signature, as meters of one kind use it.
 *
 * In: full frames, format frames and compact frames, each opened, with the trust of its octets.  Out: full frames.
 * Why a format has a trust of its own: signature and checksum have 16 bits each and no secret, so whoever may teach a format
 * can make both fit and call a reading by another name. A format learnt from clear text therefore makes nothing better than
 * clear, and is never put in the place of one that came protected.
 * Why persistent: a meter sends a full frame now and then; without the store its readings would be unreadable until then.
 * Source: EN 13757-7 (compact frames).
 */

import { type Trust, trustLevels } from "@siegel/readings";
import { fromHex, toHex } from "@siegel/wire";
import type { MeterAddress } from "../framing/wireless/address.ts";
import { expandCompactFrame, headersOf, parseCompactFrame, parseFormatFrame, signatureOf } from "../records/compact.ts";
import type { RecordList } from "../records/record.ts";
import { knownFormat } from "./known-formats.ts";
import type { RefusalCode } from "./verdict.ts";

/** A format as it is kept: `<manufacturer><version><type>/<signature>` in hex. */
export interface StoredFormat {
  readonly key: string;
  readonly headers: Uint8Array;
  readonly trust: Trust;
}

/** Where formats outlive the program. What is lost here costs some time, no secret: a store may answer later. */
export interface FormatStore {
  readAll(): Iterable<StoredFormat>;
  write(format: StoredFormat): void;
}

export type Expanded =
  | { readonly is: "full"; readonly data: Uint8Array; readonly trust: Trust }
  | { readonly is: "refused"; readonly verdict: RefusalCode };

export class FormatCache {
  readonly #formats = new Map<string, StoredFormat>();
  /** The list of records that a kind of meter sent last. */
  readonly #last = new Map<number, { readonly list: RecordList; readonly trust: Trust }>();
  readonly #store: FormatStore | undefined;
  readonly #maxFormats: number;

  /** @param options.maxFormats  4096 unless told; then the one learnt first makes room, if its trust is no higher. */
  constructor(options: { readonly store?: FormatStore; readonly maxFormats?: number } = {}) {
    this.#store = options.store;
    this.#maxFormats = options.maxFormats ?? 4096;
    for (const format of options.store?.readAll() ?? []) this.#keep(format);
  }

  get size(): number {
    return this.#formats.size;
  }

  /**
   * Learns the format of a full frame. What does not divide into records has none.
   *
   * @param list  The same content, read: with it, a meter that sends the same headers as its kind did before costs nothing.
   */
  learn(meter: MeterAddress, content: Uint8Array, trust: Trust, list?: RecordList): void {
    if (list !== undefined && this.#isAsBefore(meter, list, trust)) return;
    const headers = headersOf(content);
    if (headers === undefined || headers.length === 0) return;
    this.#learn(formatKey(meter, signatureOf(headers)), headers, trust);
  }

  /** Learns from a format frame (CI 69, 6A, 6B). */
  learnFormat(meter: MeterAddress, content: Uint8Array, trust: Trust): "learnt" | RefusalCode {
    const frame = parseFormatFrame(content);
    if (frame === undefined) return "truncated";
    if (!frame.holds) return "bad-signature";
    this.#learn(formatKey(meter, frame.signature), frame.headers, trust);
    return "learnt";
  }

  /** The full frame of a compact one (CI 79, 73, 7B): both checksums hold. */
  expand(meter: MeterAddress, content: Uint8Array, trust: Trust): Expanded {
    const frame = parseCompactFrame(content);
    if (frame === undefined) return { is: "refused", verdict: "truncated" };
    const format = this.#formats.get(formatKey(meter, frame.signature)) ?? knownFormat(meter, frame.signature);
    if (format === undefined) return { is: "refused", verdict: "unknown-signature" };
    const expanded = expandCompactFrame(frame, format.headers);
    if (expanded.kind === "wrong-length") return { is: "refused", verdict: "bad-signature" };
    if (expanded.kind === "wrong-crc") return { is: "refused", verdict: "bad-frame-crc" };
    return { is: "full", data: expanded.data, trust: lower(format.trust, trust) };
  }

  /** All formats as text, one a line; `importText` takes it back. */
  exportText(): string {
    return Array.from(this.#formats.values(), ({ key, trust, headers }) => `${key} ${trust} ${toHex(headers)}\n`).join(
      "",
    );
  }

  /**
   * Takes formats of another gateway's. Nobody vouches for a text, so they are worth clear text unless told.
   *
   * @returns How many lines were taken; others are no formats, or their signature is not that of their headers.
   */
  importText(text: string, trust: Trust = "clear"): number {
    let count = 0;
    for (const line of text.split("\n")) {
      const [, key, , hex] = formatLine.exec(line.trim()) ?? [];
      if (key === undefined || hex === undefined) continue;
      const headers = fromHex(hex);
      if (!key.endsWith(`/${signatureText(signatureOf(headers))}`)) continue;
      this.#learn(key, headers, trust);
      count++;
    }
    return count;
  }

  /** Headers are shared objects, so the same headers are the same objects. */
  #isAsBefore(meter: MeterAddress, list: RecordList, trust: Trust): boolean {
    const kind = meter.manufacturer * 0x1_0000 + meter.version * 0x100 + meter.deviceType;
    const last = this.#last.get(kind);
    const isSame =
      last !== undefined &&
      last.trust === trust &&
      last.list.records.length === list.records.length &&
      (last.list.manufacturerData === undefined) === (list.manufacturerData === undefined) &&
      last.list.moreFollows === list.moreFollows &&
      list.skipped.length === 0 &&
      list.records.every(({ header }, index) => header === last.list.records[index]!.header);
    if (isSame) return true;
    if (this.#last.size >= this.#maxFormats) this.#last.clear();
    this.#last.set(kind, { list, trust });
    return false;
  }

  #learn(key: string, headers: Uint8Array, trust: Trust): void {
    const known = this.#formats.get(key);
    if (known !== undefined && rank(known.trust) >= rank(trust)) return;
    const format: StoredFormat = { key, headers: new Uint8Array(headers), trust };
    if (!this.#keep(format)) return;
    this.#store?.write(format);
  }

  #keep(format: StoredFormat): boolean {
    const [oldest] = this.#formats.values();
    if (!this.#formats.has(format.key) && this.#formats.size >= this.#maxFormats && oldest !== undefined) {
      if (rank(oldest.trust) > rank(format.trust)) return false;
      this.#formats.delete(oldest.key);
    }
    this.#formats.set(format.key, format);
    return true;
  }
}

function formatKey({ manufacturer, version, deviceType }: MeterAddress, signature: number): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
  return `${hex(manufacturer, 4)}${hex(version, 2)}${hex(deviceType, 2)}/${signatureText(signature)}`;
}

function signatureText(signature: number): string {
  return signature.toString(16).padStart(4, "0");
}

function rank(trust: Trust): number {
  return trustLevels.indexOf(trust);
}

function lower(a: Trust, b: Trust): Trust {
  return rank(a) < rank(b) ? a : b;
}

const formatLine = /^([0-9a-f]{8}\/[0-9a-f]{4}) (clear|encrypted|authenticated|signed) ((?:[0-9a-f]{2})+)$/;
