/** All descriptions that are built in, by maker. */

import type { MeterDescription } from "../description.ts";
import { apator } from "./apator.ts";
import { diehl } from "./diehl.ts";
import { electricity } from "./electricity.ts";
import { kamstrup } from "./kamstrup.ts";
import { others } from "./others.ts";
import { states } from "./states.ts";
import { techem } from "./techem.ts";

export const builtInDescriptions: readonly MeterDescription[] = [
  ...apator,
  ...diehl,
  ...electricity,
  ...kamstrup,
  ...others,
  ...states,
  ...techem,
];
