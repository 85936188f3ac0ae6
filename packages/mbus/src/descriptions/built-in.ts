/** The descriptions that come with Siegel, and the look-up in them. */

import { Catalogue, type DescribedMeter } from "./catalogue.ts";
import { builtInDescriptions } from "./data/index.ts";
import type { MeterDescription } from "./description.ts";

export const builtInCatalogue: Catalogue = new Catalogue(builtInDescriptions);

/** What is known of this kind of meter. @param ci  Of the application data, for kinds that send several forms. */
export function describe(meter: DescribedMeter, ci?: number): MeterDescription | undefined {
  return builtInCatalogue.find(meter, ci)?.description;
}

/** What is built in, with more before it: a description of the same meters takes precedence. */
export function catalogueWith(more: readonly MeterDescription[]): Catalogue {
  return new Catalogue([...more, ...builtInDescriptions]);
}
