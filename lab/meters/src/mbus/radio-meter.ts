/**
 * A meter that broadcasts by wireless M-Bus: gas, water or heat, in one of the ways in which meters protect themselves.
 *
 * In: the meter at its second, its key, its profile.  Out: link frames `L C M2 A6 …` and when the next one is due.
 * Not here: the air (./radio), checksums of the radio's frame formats (`wrapFrame` of @siegel/mbus), a clock.
 *
 * | profile   | protection                                  | sent every | as                                            |
 * | --------- | ------------------------------------------- | ---------- | --------------------------------------------- |
 * | `walk-by` | none                                        | 16 s       | drive-by readers: the counter alone           |
 * | `A`       | mode 5, AES-CBC                             | 15 min     | OMS profile A                                 |
 * | `B`       | mode 7, AES-CBC and CMAC, message counter   | 15 min     | OMS profile B                                 |
 * | `D`       | mode 10, AES-CCM, message counter           | 15 min     | OMS profile D                                 |
 * | `compact` | AES-CTR of the extended link layer          | 16 s       | Kamstrup: compact frames, each eighth is full |
 *
 * The interval is that of a synchronous meter: it moves with the access number, so that two meters do not meet for ever.
 * Source: EN 13757-4 (interval of synchronous transmission, from memory), facts §4 and §5.
 */

import {
  compactFrameOf,
  encodeRecords,
  linkFrame,
  type MeterAddress,
  type Protect,
  sealMessage,
  wirelessControl,
  withEll,
} from "@siegel/mbus";
import { ShortKey } from "@siegel/crypto";
import { concatBytes } from "@siegel/wire";
import type { UtilityMeter } from "../utility/utility-meter.ts";
import type { MbusIdentity } from "./identity.ts";
import { currentRecords, dueRecords } from "./records.ts";

export const radioProfiles = ["walk-by", "A", "B", "D", "compact"] as const;
export type RadioProfile = (typeof radioProfiles)[number];

export interface RadioMeterOptions {
  readonly meter: UtilityMeter;
  readonly identity: MbusIdentity;
  /** 16 octets. */
  readonly key: Uint8Array;
  readonly profile: RadioProfile;
  /** Seconds between telegrams; as the table says unless told. */
  readonly intervalSeconds?: number | undefined;
  /** Message counter of the first telegram; a meter that was switched off remembers it. 1 unless told. */
  readonly counter?: number | undefined;
}

export class RadioMeter {
  readonly meter: UtilityMeter;
  readonly address: MeterAddress;
  readonly profile: RadioProfile;
  readonly #key: ShortKey;
  readonly #intervalSeconds: number;
  #counter: number;
  #dueAt: number;

  constructor(options: RadioMeterOptions) {
    const { meter, identity, profile } = options;
    this.meter = meter;
    this.address = radioAddressOf(identity);
    this.profile = profile;
    this.#key = ShortKey.fromBytes(options.key);
    this.#intervalSeconds = options.intervalSeconds ?? intervals[profile];
    this.#counter = options.counter ?? 1;
    // Where in its interval a meter begins hangs on its number alone.
    this.#dueAt = meter.second + (this.address.identification % Math.max(1, Math.round(this.#intervalSeconds)));
  }

  /** Counter of the next telegram: whoever switches the meter off and on keeps it. */
  get counter(): number {
    return this.#counter;
  }

  /** Second, with a fraction, at which the next telegram leaves. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** The telegram of now. The next one is due after this. @throws {EncodeError} when the counter is at its end. */
  send(): Uint8Array {
    const counter = this.#counter;
    this.skip();
    const message = this.#message(counter, counter & 0xff);
    return linkFrame({ control: wirelessControl.sndNr, address: this.address }, message);
  }

  /** The telegram that is due is sent where nobody hears it. */
  skip(): void {
    const access = this.#counter++ & 0xff;
    this.#dueAt += this.#intervalSeconds * (1 + (Math.abs(access - 128) - 64) / 2_048);
  }

  #message(counter: number, access: number): Uint8Array {
    const key = this.#key;
    switch (this.profile) {
      case "walk-by":
        return this.#sealed({ mode: 0 }, access, encodeRecords(currentRecords(this.meter).slice(0, 1)));
      case "A":
        return this.#sealed({ mode: 5, key }, access);
      case "B":
        return this.#sealed({ mode: 7, key, counter }, access);
      case "D":
        return this.#sealed({ mode: 10, key, counter }, access);
      case "compact":
        return this.#compact(counter, access);
    }
  }

  #sealed(protect: Protect, access: number, content: Uint8Array = this.#records()): Uint8Array {
    const { status } = this.meter;
    return sealMessage({ ci: shortHeader, meter: this.address, access, status, protect, content });
  }

  #compact(counter: number, access: number): Uint8Array {
    const full = this.#records();
    const compact = counter % 8 === 1 ? undefined : compactFrameOf(full);
    const message = compact === undefined ? withCi(recordsOnly, full) : withCi(compactOnly, compact);
    const link = this.address;
    return withEll({ link, communicationControl: synchronous, access, session: counter << 4, key: this.#key }, message);
  }

  #records(): Uint8Array {
    return encodeRecords([...currentRecords(this.meter), ...dueRecords(this.meter)]);
  }
}

/** The address of the link layer: BCD digits of the number as they are printed. */
export function radioAddressOf({ id, manufacturer, version, deviceType }: MbusIdentity): MeterAddress {
  return { manufacturer, identification: Number.parseInt(id, 16), version, deviceType };
}

function withCi(ci: number, content: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(ci), content);
}

const intervals: Readonly<Record<RadioProfile, number>> = { "walk-by": 16, A: 900, B: 900, D: 900, compact: 16 };
const shortHeader = 0x7a;
const recordsOnly = 0x78;
const compactOnly = 0x79;
/** S of the communication control. */
const synchronous = 0x20;
