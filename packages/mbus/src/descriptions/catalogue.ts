/**
 * Which description a meter has.
 *
 * In: maker, version, device type, and what CI its data came under.  Out: a description, or none.
 * Why a map by maker: the cost of a look-up does not grow with the number of descriptions, only with those of one maker. What a
 * telegram's sender claims to be decides nothing but names: a description never lifts trust.
 */

import { numberOfMaker } from "@siegel/readings";
import type { MeterAddress } from "../framing/wireless/address.ts";
import type { MeterDescription, MeterMatch, NumberOrRange } from "./description.ts";

export interface DescribedMeter {
  readonly manufacturer: number;
  readonly version: number;
  readonly deviceType: number;
  /** Needed for makers that write version and type first. */
  readonly identification?: number | undefined;
}

/** A description, and the meter's address as the maker means it. */
export interface Described {
  readonly description: MeterDescription;
  readonly address: MeterAddress;
}

export class Catalogue {
  readonly #byMaker = new Map<number, readonly { match: MeterMatch; description: MeterDescription }[]>();

  /** @param descriptions  The first that fits is taken: what a person adds stands before what is built in. */
  constructor(descriptions: readonly MeterDescription[]) {
    for (const description of descriptions) {
      for (const match of description.match) {
        for (const maker of match.makers) {
          const number = numberOfMaker(maker);
          this.#byMaker.set(number, [...(this.#byMaker.get(number) ?? []), { match, description }]);
        }
      }
    }
  }

  /**
   * @param ci     Of the application data; a match that asks for one fits no telegram without.
   * @param hides  Whether one is wanted that reads what nothing of the standard opens. The others are not for that.
   */
  find(meter: DescribedMeter, ci?: number, hides = false): Described | undefined {
    const entries = this.#byMaker.get(meter.manufacturer & 0x7fff);
    if (entries === undefined) return undefined;
    for (const { match, description } of entries) {
      if ((description.hides === true) !== hides) continue;
      const address = addressIn(match, meter, ci);
      if (address !== undefined) return { description, address };
    }
    return undefined;
  }

  /** Keys, in hex, that meters of this kind leave the factory with: of all descriptions that fit. */
  factoryKeys(meter: DescribedMeter): readonly string[] {
    const entries = this.#byMaker.get(meter.manufacturer & 0x7fff) ?? [];
    return entries.flatMap(({ match, description: { factoryKeys = [] } }) =>
      factoryKeys.length > 0 && addressIn(match, meter, undefined) !== undefined ? factoryKeys : [],
    );
  }
}

/** The meter's address as the match reads it; `undefined` when it does not fit. */
function addressIn(match: MeterMatch, meter: DescribedMeter, ci: number | undefined): MeterAddress | undefined {
  if (match.ci !== undefined && (ci === undefined || !fits(match.ci, ci))) return undefined;
  const address = match.address === "version-first" ? turned(meter) : plain(meter);
  if (match.versions !== undefined && !fits(match.versions, address.version)) return undefined;
  if (match.types !== undefined && !fits(match.types, address.deviceType)) return undefined;
  return address;
}

function fits(ranges: readonly NumberOrRange[], value: number): boolean {
  return ranges.some((range) => inRange(range, value));
}

export function inRange(range: NumberOrRange, value: number): boolean {
  return typeof range === "number" ? range === value : range[0] <= value && value <= range[1];
}

function plain({ manufacturer, version, deviceType, identification = 0 }: DescribedMeter): MeterAddress {
  return { manufacturer, identification, version, deviceType };
}

/** `M2 V T ID4` where the standard has `M2 ID4 V T`. */
function turned({ manufacturer, version, deviceType, identification = 0 }: DescribedMeter): MeterAddress {
  return {
    manufacturer,
    version: identification & 0xff,
    deviceType: (identification >>> 8) & 0xff,
    identification: ((identification >>> 16) | (version << 16) | (deviceType << 24)) >>> 0,
  };
}
