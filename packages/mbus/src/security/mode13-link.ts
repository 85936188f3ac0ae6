/**
 * Mode 13, the link: TLS records carried through the radio and back. TLS itself is not here.
 *
 * In: octets as a TLS implementation writes them.  Out: messages for link frames, in fragments where a record is longer; and
 * octets for the TLS implementation, in order.
 * Why record by record: a datagram has some 240 octets, a TLS record up to 16 KiB. A record that fits is one message; a
 * longer one goes through AFL fragments. Whoever sets TLS up keeps records small (fragment size of some 200 octets).
 * Nothing here is authenticated: a changed octet ends the TLS session, which is TLS's own judgement.
 * Source: BSI TR-03109-1, OMS mode 13, from memory; a record as content behind a short or long header is ours.
 */

import type { Instant } from "@siegel/readings";
import { concatBytes, DecodeError } from "@siegel/wire";
import type { MeterAddress } from "../framing/wireless/address.ts";
import { aflAt, aflCi } from "../messages/afl.ts";
import { Reassembly, type ReassemblyLimits } from "../messages/reassembly.ts";
import { encodeTpl, tplAt } from "../messages/tpl.ts";
import { fragmentsOf } from "./seal.ts";

export interface Mode13Options {
  /** The meter, whichever side we are. */
  readonly meter: MeterAddress;
  /** The side that we are. */
  readonly side: "gateway" | "meter";
  /** Longest message behind the link header; 240 octets unless told. */
  readonly maxBytes?: number;
  readonly reassembly?: ReassemblyLimits;
}

export class Mode13Link {
  readonly #options: Mode13Options;
  readonly #reassembly: Reassembly;
  /** A record whose end was not written yet. */
  #unsent: Uint8Array = new Uint8Array();
  #access = 0;

  constructor(options: Mode13Options) {
    this.#options = options;
    this.#reassembly = new Reassembly({
      maxBytes: maxRecord + 32,
      maxFragments: 255,
      maxSenders: 1,
      ...options.reassembly,
    });
  }

  /** Octets of a record whose end is still to come. */
  get pendingBytes(): number {
    return this.#unsent.length + this.#reassembly.pendingBytes;
  }

  /**
   * What the TLS implementation wrote, cut anywhere → messages, each for one link frame.
   *
   * @throws {DecodeError} "too-long" for octets that are no TLS records: their length is above 16 KiB and a bit.
   */
  send(octets: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = [];
    let left = concatBytes(this.#unsent, octets);
    while (left.length >= recordHeader) {
      const length = recordHeader + ((left[3]! << 8) | left[4]!);
      if (length > maxRecord) throw new DecodeError("too-long", { path: "TLSPlaintext.length", offset: 3 });
      if (left.length < length) break;
      messages.push(...this.#messages(left.subarray(0, length)));
      left = left.subarray(length);
    }
    this.#unsent = left.slice();
    return messages;
  }

  /**
   * A message from the other side → octets for the TLS implementation: a whole record, or none yet.
   *
   * @throws {DecodeError} for what is no message of this link: another direction, another mode, a fragment out of order.
   */
  receive(message: Uint8Array, now: Instant): Uint8Array | undefined {
    let octets = message;
    if (message[0] === aflCi) {
      const afl = aflAt(message, 0);
      octets = message.subarray(afl.byteLength);
      if (afl.fragment !== 0) {
        const taken = this.#reassembly.take(this.#options.meter, afl, octets, now);
        if (taken.is === "pending") return undefined;
        if (taken.is === "refused") throw new DecodeError("bad-framing", { path: `AFL (${taken.why})`, offset: 2 });
        octets = taken.octets;
      } else if (afl.messageLength !== undefined && afl.messageLength !== octets.length) {
        throw new DecodeError("wrong-length", { path: "AFL.ML", offset: 2 });
      }
    }
    const tpl = tplAt(octets, 0);
    const isFromOther = tpl.toMeter === (this.#options.side === "meter");
    if (!isFromOther || tpl.configuration?.mode !== 13) throw new DecodeError("wrong-type", { path: "TPL", offset: 0 });
    return octets.slice(tpl.byteLength);
  }

  #messages(record: Uint8Array): Uint8Array[] {
    const { meter, side, maxBytes = 240 } = this.#options;
    this.#access = (this.#access + 1) & 0xff;
    const tpl = encodeTpl({
      ci: side === "gateway" ? 0x5b : 0x72,
      address: meter,
      access: this.#access,
      configuration: { mode: 13, encryptedBytes: Math.min(record.length, 0xff), protocol: tlsRecords },
    });
    const whole = concatBytes(tpl, record);
    const afl = {
      moreFragments: false,
      fragment: 0,
      messageControl: 0x40,
      keyInformation: undefined,
      counter: undefined,
      mac: undefined,
      messageLength: whole.length,
    };
    return fragmentsOf(afl, whole, maxBytes);
  }
}

/** Type, version, length. */
const recordHeader = 5;
/** 2^14 and what a cipher may add. */
const maxRecord = recordHeader + 16_384 + 2048;
const tlsRecords = 0;
