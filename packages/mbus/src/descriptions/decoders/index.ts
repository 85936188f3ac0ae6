/** The decoders that descriptions name. */

import type { Decoder } from "../decoder.ts";
import { apator08, apator162, apator172, apatorNa1 } from "./apator.ts";
import { bfw240, hydrodigit, rfmTx1 } from "./bmeters.ts";
import { prios } from "./prios.ts";
import { qundisWalkBy } from "./qundis.ts";
import { realData } from "./real-data.ts";
import { techemAllocator, techemHeat, techemHeatJoule, techemSmoke, techemWater } from "./techem.ts";

export const decoders: Readonly<Record<string, Decoder>> = {
  "apator-08": apator08,
  "apator-16-2": apator162,
  "apator-17-2": apator172,
  "apator-na-1": apatorNa1,
  "bfw-240": bfw240,
  hydrodigit,
  prios,
  "qundis-walk-by": qundisWalkBy,
  "real-data": realData,
  "rfm-tx1": rfmTx1,
  "techem-allocator": techemAllocator,
  "techem-heat": techemHeat,
  "techem-heat-joule": techemHeatJoule,
  "techem-smoke": techemSmoke,
  "techem-water": techemWater,
};
