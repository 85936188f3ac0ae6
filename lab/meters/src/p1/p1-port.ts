/**
 * The P1 port of a virtual household meter: a DSMR 5 telegram for each second, with the gas and water meter behind it.
 *
 * In: a `VirtualMeter`, gas and water meters that somebody advances, a seed.  Out: telegrams, plain or encrypted.
 * Everything is a function of seed and second. The frame counter is the number of seconds since 2020: it rises with the
 * meter's clock, so that key and counter never meet twice as long as that clock is not set back.
 * Source: DSMR P1 companion standard 5.0.2 §6.12 (objects, their order and digits); Luxembourg's for the encryption.
 */

import { encodeP1, localTextOf, type P1Key, sealTelegram } from "@siegel/iec62056-21";
import { SecretKey } from "@siegel/crypto";
import { Instant } from "@siegel/readings";
import { toHex } from "@siegel/wire";
import { phases, totalMilliwatts } from "../household/load.ts";
import { Random } from "../random.ts";
import type { RegisterName } from "../registers.ts";
import { asciiOctets } from "../sml/entries.ts";
import { identityOf, labMaker } from "../sml/identity.ts";
import type { UtilityMeter } from "../utility/utility-meter.ts";
import type { VirtualMeter } from "../virtual-meter.ts";

export interface P1PortOptions {
  readonly meter: VirtualMeter;
  readonly gas: UtilityMeter;
  readonly water: UtilityMeter;
  readonly seed: number | string;
  /** Encrypts as meters of Luxembourg do, with the key of the seed. */
  readonly encrypted: boolean;
}

export class P1Port {
  readonly label: string;
  /** 16 octets; everybody who knows the seed has them. */
  readonly keyOctets: Uint8Array;
  readonly systemTitle: Uint8Array;
  readonly #options: P1PortOptions;
  readonly #key: P1Key;
  /** What the sub-meters showed at the last full five minutes. */
  #shown: { readonly at: number; readonly gas: number; readonly water: number };

  constructor(options: P1PortOptions) {
    const { seed } = options;
    const random = Random.of(seed).fork("p1 key");
    this.#options = options;
    this.label = identityOf(seed).label;
    this.keyOctets = Uint8Array.from({ length: 16 }, () => random.whole(0, 255));
    this.#key = { encryption: SecretKey.fromBytes(this.keyOctets) };
    const serial = Number(this.label.slice(-8));
    this.systemTitle = Uint8Array.from([
      ...asciiOctets(labMaker),
      0,
      ...[24, 16, 8, 0].map((shift) => (serial >>> shift) & 0xff),
    ]);
    this.#shown = this.#subMeters();
  }

  /** The telegram of the meter's second, as it goes on the line. */
  push(): Uint8Array {
    if (this.#options.meter.second - this.#shown.at >= subMeterSeconds) this.#shown = this.#subMeters();
    const telegram = this.#telegram();
    if (!this.#options.encrypted) return telegram;
    const counter = this.#options.meter.second - counterStart;
    return sealTelegram(telegram, { key: this.#key, systemTitle: this.systemTitle, counter });
  }

  #subMeters(): { at: number; gas: number; water: number } {
    const { meter, gas, water } = this.#options;
    return {
      at: meter.second - (meter.second % subMeterSeconds),
      gas: gas.counters.microlitres,
      water: water.counters.microlitres,
    };
  }

  #telegram(): Uint8Array {
    const { meter } = this.#options;
    const { state } = meter;
    const energy = (name: RegisterName) => `${fixed(Number(meter.registers.reading(name, 0)), 3, 6)}*kWh`;
    const kilowatts = (milliwatts: number) => `${fixed(Math.round(Math.max(0, milliwatts) / 1_000), 3, 2)}*kW`;
    const total = totalMilliwatts(state);
    const clock = Instant.ofEpochSeconds(meter.clock);
    const captured = localTextOf(Instant.ofEpochSeconds(this.#shown.at));
    const hex = (text: string) => toHex(asciiOctets(text)).toUpperCase();
    const volume = (microlitres: number) => `${fixed(Math.floor(microlitres / 1e6), 3, 5)}*m3`;
    const perPhase = (first: number, show: (phase: (typeof phases)[number]) => string) =>
      phases.map((phase) => object(`1-0:${first + 20 * phase}.7.0`, show(phase)));
    const lines = [
      object("1-3:0.2.8", "50"),
      object("0-0:1.0.0", localTextOf(clock)),
      object("0-0:96.1.1", hex(this.label)),
      object("1-0:1.8.1", energy("importT1")),
      object("1-0:1.8.2", energy("importT2")),
      object("1-0:2.8.1", energy("exportT1")),
      object("1-0:2.8.2", energy("exportT2")),
      object("0-0:96.14.0", "0002"),
      object("1-0:1.7.0", kilowatts(total)),
      object("1-0:2.7.0", kilowatts(-total)),
      object("0-0:96.7.21", "00000"),
      object("0-0:96.7.9", "00000"),
      object("1-0:99.97.0", "0", "0-0:96.7.19"),
      object("0-0:96.13.0", ""),
      ...perPhase(32, (phase) => `${fixed(Math.round(state.voltageMillivolts[phase] / 100), 1, 3)}*V`),
      ...perPhase(31, (phase) => `${String(Math.round(state.currentMilliamperes[phase] / 1_000)).padStart(3, "0")}*A`),
      ...perPhase(21, (phase) => kilowatts(state.activeMilliwatts[phase])),
      ...perPhase(22, (phase) => kilowatts(-state.activeMilliwatts[phase])),
      object("0-1:24.1.0", "003"),
      object("0-1:96.1.0", hex(`G${this.label.slice(1)}`)),
      object("0-1:24.2.1", captured, volume(this.#shown.gas)),
      object("0-2:24.1.0", "007"),
      object("0-2:96.1.0", hex(`W${this.label.slice(1)}`)),
      object("0-2:24.2.1", captured, volume(this.#shown.water)),
    ];
    return encodeP1({ header: `/${labMaker}5\\2VIRTUAL-P1`, lines });
  }
}

function object(
  id: string,
  ...groups: string[]
): readonly { readonly id: string; readonly groups: readonly string[] }[] {
  return [{ id, groups }];
}

function fixed(value: number, decimals: number, whole: number): string {
  const digits = String(value).padStart(decimals + whole, "0");
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Sub-meters of DSMR 5 are read every five minutes. */
const subMeterSeconds = 300;
const counterStart = Date.UTC(2020, 0, 1) / 1_000;
