/**
 * A virtual household meter behind an optical port of IEC 62056-21: what it shows, and what it lets be read and written.
 *
 * In: a `VirtualMeter` that somebody advances, a seed.  Out: registers as data sets, as `D0Device` of the protocol's room.
 * Not here: the dialogue (`MeterSession` of iec62056-21), sockets (./serve).
 * Ids are the reduced ones that meters of the field send; end values of quarter hours are read as `P.01` in programming mode.
 * Source: IEC 62056-21; objects as public read-outs show them.
 */

import {
  type D0Device,
  type DataSet,
  encodeData,
  identificationLineOf,
  type Identification,
  parseIdentification,
  type Register,
} from "@siegel/iec62056-21";
import { concatBytes } from "@siegel/wire";
import { phases, totalMilliwatts } from "../household/load.ts";
import { utcOffset } from "../local-time.ts";
import { Random } from "../random.ts";
import { asciiOctets } from "../sml/entries.ts";
import { identityOf, labMaker } from "../sml/identity.ts";
import type { RegisterName } from "../registers.ts";
import type { VirtualMeter } from "../virtual-meter.ts";

/** How the meter speaks: A at 300 baud, B and C with a change of speed, D by itself, E as C with an offer of HDLC. */
export type D0Mode = "A" | "B" | "C" | "D" | "E";

export interface D0MeterOptions {
  readonly meter: VirtualMeter;
  readonly seed: number | string;
  readonly mode: D0Mode;
  /** Opens programming; eight digits from the seed unless told. */
  readonly password?: string | undefined;
  readonly tariffs: 1 | 2;
}

export class D0Meter implements D0Device {
  readonly identification: Identification;
  /** Device number: what follows the maker on the label. */
  readonly address: string;
  readonly label: string;
  readonly password: string;
  readonly #options: D0MeterOptions;
  /** Written in programming mode: a text that the consumer's display shows. */
  #ownText = "";

  constructor(options: D0MeterOptions) {
    const { seed, mode } = options;
    const { label } = identityOf(seed);
    this.#options = options;
    this.label = label;
    this.address = label.slice(-8);
    this.password =
      options.password ?? String(Random.of(seed).fork("d0 password").whole(0, 99_999_999)).padStart(8, "0");
    // A small third letter says that the meter answers within 20 ms.
    this.identification = parseIdentification(`/${fastMaker}${headers[mode]}`)!;
  }

  readOut(): readonly (readonly Pick<DataSet, "id" | "groups">[])[] {
    return this.#dataSets().map((dataSet) => [dataSet]);
  }

  read({ id }: Register): readonly Pick<DataSet, "id" | "groups">[] | undefined {
    if (id === "P.01") return this.#profile();
    const found = this.#dataSets().filter((dataSet) => dataSet.id === id);
    return found.length === 0 ? undefined : found;
  }

  write({ id, argument }: Register): boolean {
    if (id !== ownTextId || argument.length > 32) return false;
    this.#ownText = argument;
    return true;
  }

  /** Nothing that a consumer's meter lets be executed. */
  execute(): boolean {
    return false;
  }

  seed(): string {
    return this.#options.meter.second.toString(16).toUpperCase().padStart(8, "0");
  }

  /** Plain only (P1): what P2 makes of the seed is each maker's own. */
  isPassword(text: string, digit: string): boolean {
    return digit === "1" && text === this.password;
  }

  /** What a meter of mode D sends by itself: introduction and data, without a block around them. */
  push(): Uint8Array {
    return concatBytes(asciiOctets(`${identificationLineOf(this.identification)}\r\n\r\n`), encodeData(this.readOut()));
  }

  #dataSets(): readonly Pick<DataSet, "id" | "groups">[] {
    const { meter, tariffs } = this.#options;
    const { state } = meter;
    const local = new Date((meter.clock + utcOffset(meter.clock)) * 1_000).toISOString();
    const energy = (name: RegisterName) => `${fixed(meter.registers.reading(name, -1), 4, 6)}*kWh`;
    const [total] = [totalMilliwatts(state)];
    return [
      { id: "F.F", groups: ["00000000"] },
      { id: "0.0.0", groups: [this.address] },
      { id: "C.1.0", groups: [this.label] },
      { id: "0.9.1", groups: [local.slice(11, 19)] },
      { id: "0.9.2", groups: [local.slice(2, 10)] },
      { id: "1.8.0", groups: [energy("import")] },
      ...(tariffs === 2
        ? [
            { id: "1.8.1", groups: [energy("importT1")] },
            { id: "1.8.2", groups: [energy("importT2")] },
          ]
        : []),
      { id: "2.8.0", groups: [energy("export")] },
      { id: "1.7.0", groups: [`${fixed(BigInt(Math.round(Math.max(0, total) / 1_000)), 3, 3)}*kW`] },
      { id: "2.7.0", groups: [`${fixed(BigInt(Math.round(Math.max(0, -total) / 1_000)), 3, 3)}*kW`] },
      ...phases.map((phase) => ({
        id: `${32 + 20 * phase}.7.0`,
        groups: [`${fixed(BigInt(Math.round(state.voltageMillivolts[phase] / 100)), 1, 3)}*V`],
      })),
      ...phases.map((phase) => ({
        id: `${31 + 20 * phase}.7.0`,
        groups: [`${fixed(BigInt(Math.round(state.currentMilliamperes[phase] / 10)), 2, 3)}*A`],
      })),
      { id: "14.7.0", groups: [`${fixed(BigInt(Math.round(state.frequencyMillihertz / 10)), 2, 2)}*Hz`] },
      { id: "0.2.0", groups: [meter.firmware] },
      ...(this.#ownText === "" ? [] : [{ id: ownTextId, groups: [this.#ownText] }]),
    ];
  }

  /** Newest last, a day of them: local time, kWh at the end of the quarter hour. */
  #profile(): readonly Pick<DataSet, "id" | "groups">[] {
    const entries = this.#options.meter.profile.all().slice(-profileRows);
    return entries.map((entry) => {
      const local = new Date((entry.at + utcOffset(entry.at)) * 1_000).toISOString().replaceAll(/[-:T]/g, "");
      return { id: "P.01", groups: [local.slice(2, 14), `${fixed(entry.import / 360_000n, 4, 6)}*kWh`] };
    });
  }
}

/** `000285.4`-like: an integer with its point put in, and leading zeros as meters show them. */
function fixed(value: bigint, decimals: number, whole: number): string {
  const digits = value.toString().padStart(decimals + whole, "0");
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

const headers: Readonly<Record<D0Mode, string>> = {
  A: ".VIRTUAL-A",
  B: "EVIRTUAL-B",
  C: "5VIRTUAL-C",
  D: ".VIRTUAL-D",
  E: "5\\2VIRTUAL-E",
};
const fastMaker = labMaker.slice(0, 2) + labMaker.slice(2).toLowerCase();
const ownTextId = "0.4.128";
const profileRows = 96;
