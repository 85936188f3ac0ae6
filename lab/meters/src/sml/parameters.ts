/**
 * Parameters of the meter: what can be asked for one by one, and the clock, which can be set.
 *
 * In: a path, or a path and a tree.  Out: a tree, or an attention code.
 * Source: SML 1.04, `SML_GetProcParameter`, `SML_SetProcParameter`: a set is answered by an attention message.
 */

import type { ProcParValue, Refusal, SmlTime, SmlTree, TreePath } from "@siegel/sml";
import { equalBytes } from "@siegel/wire";
import type { VirtualMeter } from "../virtual-meter.ts";
import { asciiOctets } from "./entries.ts";
import { labMaker } from "./identity.ts";
import { objects } from "./objects.ts";

export interface ParameterSource {
  readonly meter: VirtualMeter;
  readonly serverId: Uint8Array;
  readonly publicKey: Uint8Array | undefined;
  readonly pinEntered: boolean;
  readonly secondsIndex: number;
  /** The meter's clock as it says it. */
  readonly clock: SmlTime;
}

export function parameterOf(source: ParameterSource, path: TreePath): SmlTree | Refusal {
  const root = treeOf(source);
  const [first, ...rest] = path;
  if (first === undefined) return "unknown-designation";
  const all = [root, ...(root.childList ?? [])];
  let tree = all.find(({ parameterName }) => equalBytes(parameterName, first));
  for (const name of rest) tree = tree?.childList?.find(({ parameterName }) => equalBytes(parameterName, name));
  return tree ?? "unknown-designation";
}

/**
 * Sets the clock; nothing else can be written.
 *
 * @returns "ok" when it was done. A second index is no time that a clock could be set to.
 */
export function setParameter(source: ParameterSource, path: TreePath, tree: SmlTree): Refusal {
  const known = parameterOf(source, path);
  if (typeof known === "string") return known;
  if (!equalBytes(known.parameterName, tree.parameterName)) return "unexpected-message";
  if (!equalBytes(known.parameterName, objects.clock)) return "attribute-not-writable";
  if (tree.parameterValue?.kind !== "smlTime") return "datatype-not-supported";
  const time = tree.parameterValue.value;
  if (time.kind === "secIndex") return "datatype-not-supported";
  const wanted = time.kind === "timestamp" ? time.value : time.value.timestamp;
  if (wanted < year2000 || wanted >= year2100) return "value-out-of-range";
  const { meter } = source;
  if (wanted !== meter.clock) {
    meter.raise({ kind: "clock-set", at: meter.second, bySeconds: wanted - meter.clock });
  }
  return "ok";
}

/** The device data as one tree; each of its children can be asked for alone, too. */
function treeOf(source: ParameterSource): SmlTree {
  const { meter, publicKey, pinEntered } = source;
  const octets = (parameterName: Uint8Array, value: Uint8Array) => leaf(parameterName, { type: "octets", value });
  const time = (parameterName: Uint8Array, value: SmlTime): SmlTree => ({
    parameterName,
    parameterValue: { kind: "smlTime", value },
  });
  const childList = [
    octets(objects.maker, asciiOctets(labMaker)),
    octets(objects.serverId, source.serverId),
    octets(objects.firmware, asciiOctets(meter.firmware)),
    leaf(objects.statusWord, { type: "unsigned", byteLength: 4, value: meter.status }),
    leaf(objects.pinEntered, { type: "boolean", value: pinEntered }),
    time(objects.clock, source.clock),
    time(objects.secondsIndex, { kind: "secIndex", value: source.secondsIndex }),
    ...(publicKey === undefined ? [] : [octets(objects.publicKey, publicKey)]),
  ];
  return { parameterName: objects.deviceData, childList };
}

function leaf(parameterName: Uint8Array, value: Extract<ProcParValue, { kind: "smlValue" }>["value"]): SmlTree {
  return { parameterName, parameterValue: { kind: "smlValue", value } };
}

/** Unix seconds of 2000-01-01T00:00:00Z: what is older comes from a clock that was never set. */
const year2000 = 946_684_800;
/** Well below the end of the 32 bits that a time has. */
const year2100 = 4_102_444_800;
