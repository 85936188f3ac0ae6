/**
 * The control octet of a wired frame: who speaks, what for, and the two pairs of link bits.
 *
 * In: the octet.  Out: its function by name, FCB and FCV of a master, ACD and DFC of a slave.  Not here: which frame may
 * carry it (./frame), when FCB toggles (../../session).
 * Source: EN 13757-2, 5.7.5, which takes it from IEC 60870-5-2: bit 6 set from master to slave; facts §4.1.
 */

/** What a control octet asks for or answers. */
export type WiredFunction = "SND_NKE" | "SND_UD" | "REQ_UD1" | "REQ_UD2" | "RSP_UD";

export interface ControlField {
  readonly function: WiredFunction;
  /** Frame count bit of a master's frame; absent where FCV is not set. */
  readonly frameCount?: boolean;
  /** A slave has class 1 data (an alarm) waiting. */
  readonly accessDemand?: boolean;
  /** A slave cannot take further data now. */
  readonly dataFlowControl?: boolean;
}

/** What this octet says, or undefined when the table does not know it. */
export function controlOf(c: number): ControlField | undefined {
  return table.get(c);
}

/** The octet of a master's frame. `frameCount` belongs to SND_UD, REQ_UD1 and REQ_UD2 and does nothing for SND_NKE. */
export function controlOctet(named: Exclude<WiredFunction, "RSP_UD">, frameCount = false): number {
  return named === "SND_NKE" ? sndNke : frameCount ? bases[named] | frameCountBit : bases[named];
}

/** The octet of a slave's answer. */
export function responseOctet({ accessDemand = false, dataFlowControl = false } = {}): number {
  return 0x08 | (accessDemand ? 0x20 : 0) | (dataFlowControl ? 0x10 : 0);
}

/** Does a master speak in this frame? A slave's answer never has this bit, so that an echo is known by it. */
export function fromMaster(c: number): boolean {
  return (c & 0x40) !== 0;
}

const sndNke = 0x40;
const frameCountBit = 0x20;
const bases = { SND_UD: 0x53, REQ_UD1: 0x5a, REQ_UD2: 0x5b } as const;

const table: ReadonlyMap<number, ControlField> = new Map([
  [sndNke, { function: "SND_NKE" }],
  ...(["SND_UD", "REQ_UD1", "REQ_UD2"] as const).flatMap((named): [number, ControlField][] => [
    [bases[named], { function: named, frameCount: false }],
    [bases[named] | frameCountBit, { function: named, frameCount: true }],
  ]),
  ...[false, true].flatMap((accessDemand) =>
    [false, true].map((dataFlowControl): [number, ControlField] => [
      responseOctet({ accessDemand, dataFlowControl }),
      { function: "RSP_UD", accessDemand, dataFlowControl },
    ]),
  ),
]);
