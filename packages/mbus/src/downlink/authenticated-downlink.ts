/**
 * A telegram to a meter that proves who sent it. There is no other kind: what an actuator obeys is made here or not at all.
 *
 * In: meter, its key, a fresh counter, what to say.  Out: a link frame, and the counter that the meter will have seen.
 * Modes 7 and 10 only, with at least 8 octets of MAC. A `#` field keeps objects of the same shape from passing for one.
 * Source: OMS volume 2; the keys towards the meter are ours until a public telegram proves them: docs/limits.md.
 */

import type { ShortKey } from "@siegel/crypto";
import type { MeterAddress } from "../framing/wireless/address.ts";
import { control, linkFrame, withFrameCount } from "../framing/wireless/link.ts";
import { sealMessage, withEll } from "../security/seal.ts";
import type { FreshCounters } from "./fresh-counter.ts";

export interface DownlinkKey {
  readonly key: ShortKey;
  readonly version: number;
  readonly mode: 7 | 10;
}

export interface DownlinkFields {
  readonly meter: MeterAddress;
  readonly with: DownlinkKey;
  /** With a long header: 5B, 6C, 6D, C3 and so on. */
  readonly ci: number;
  readonly content: Uint8Array;
  readonly access: number;
  /** FCB of this exchange. */
  readonly frameCount: boolean;
  /** 8, 12 or 16; 8 unless told. */
  readonly macBytes?: 8 | 12 | 16;
}

export class AuthenticatedDownlink {
  readonly #frame: Uint8Array;
  readonly meter: MeterAddress;
  readonly counter: number;
  readonly access: number;

  private constructor(frame: Uint8Array, meter: MeterAddress, counter: number, access: number) {
    this.#frame = frame;
    this.meter = meter;
    this.counter = counter;
    this.access = access;
  }

  /** The plain link frame, `L C M2 A6 …`; a copy. A repetition is the same octets: the meter answers it again. */
  get frame(): Uint8Array {
    return this.#frame.slice();
  }

  /** @throws {DownlinkError} "counter-exhausted"; {EncodeError} when it does not fit one frame. */
  static seal(fields: DownlinkFields, counters: FreshCounters): AuthenticatedDownlink {
    const { meter, ci, content, access, macBytes = 8 } = fields;
    const { key, version, mode } = fields.with;
    const counter = counters.take({ meter, keyVersion: version, direction: "to-meter" });
    const protect =
      mode === 7
        ? { mode, key, counter, macBytes, keyVersion: version }
        : { mode, key, counter, tagBytes: macBytes, keyVersion: version };
    const message = sealMessage({ ci, meter, access, protect, content });
    const behind = withEll({ link: meter, communicationControl: bidirectional, access }, message);
    const c = withFrameCount(control.sndUd, fields.frameCount);
    return new AuthenticatedDownlink(linkFrame({ control: c, address: meter }, behind), meter, counter, access);
  }
}

const bidirectional = 0x80;
