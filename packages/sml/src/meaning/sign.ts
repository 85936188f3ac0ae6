/**
 * Power with the wrong sign: meters that send 16 unsigned bits under a signed type.
 *
 * The status word says which way power flows. A signed power of one to three bytes that is negative while its status
 * bit says import is reread as unsigned; with the bit set it stays. The rule needs no list of models: ranges of serial
 * numbers, which others use, turned the sign the wrong way on newer meters and never covered the phases.
 * Source: public captures of DZG meters and reports on them (facts in docs/decisions/0008).
 */

import type { ObisCode } from "@siegel/readings";
import type { SmlInteger } from "../messages/value.ts";
import type { MeterStatus } from "./status.ts";

/** The number meant, where the status word shows that the sign on the wire is wrong; else `undefined`. */
export function repairedSign(obis: ObisCode, integer: SmlInteger, status: MeterStatus | undefined): number | undefined {
  if (integer.type !== "signed" || integer.byteLength > 3 || integer.value >= 0) return undefined;
  if (status?.family !== "FNN" || exporting(obis, status) !== false) return undefined;
  return Number(integer.value) + 2 ** (8 * integer.byteLength);
}

/** Whether the status word says that this power flows out; `undefined` for what is no signed power. */
function exporting(obis: ObisCode, status: MeterStatus): boolean | undefined {
  if (obis.a !== 1 || obis.d !== 7) return undefined;
  if (obis.c === totalPower) return status.exporting;
  const phase = phasePowers.indexOf(obis.c);
  return phase < 0 ? undefined : status.exportingByPhase?.[phase];
}

/** Group C of signed active power: in total, and on L1, L2, L3. */
const totalPower = 16;
const phasePowers = [36, 56, 76];
