/**
 * The list of current values that a modern German household meter pushes every second.
 *
 * In: a virtual meter at its second.  Out: the entries, the full set or what is left of it before the PIN is entered.
 * Without PIN a stranger at the optical interface learns whole kilowatt-hours only: power would tell who is at home.
 * The sign of each power agrees with bits 11 to 14 of the status word, because both are made from the same state.
 * Source: objects, order, widths and scalers as public captures of such meters show them; the FNN Lastenheft
 * Basiszähler, which they follow, was not at hand.
 */

import type { ListEntry } from "@siegel/sml";
import { crc16X25 } from "@siegel/wire";
import { phases, totalMilliwatts } from "../household/load.ts";
import type { VirtualMeter } from "../virtual-meter.ts";
import { asciiOctets, octetsEntry, signedEntry, unsignedEntry, type Widths } from "./entries.ts";
import { labMaker } from "./identity.ts";
import { objects, unit } from "./objects.ts";

export interface CurrentValuesOptions {
  readonly serverId: Uint8Array;
  /** x‖y, when the meter signs. */
  readonly publicKey: Uint8Array | undefined;
  readonly tariffs: 1 | 2;
  readonly widths: Widths;
}

/** Everything: the PIN was entered. Energies in 0.1 Wh, power in 0.01 W. */
export function fullList(meter: VirtualMeter, options: CurrentValuesOptions): ListEntry[] {
  const { widths, publicKey } = options;
  return [
    ...nameplate(options),
    ...counters(meter, options, -1),
    ...measured(meter, widths),
    octetsEntry(objects.firmware, asciiOctets(meter.firmware)),
    octetsEntry(objects.firmwareChecksum, checksumOf(meter.firmware)),
    ...(publicKey === undefined ? [] : [octetsEntry(objects.publicKey, publicKey)]),
  ];
}

/** Before the PIN is entered: the counters in whole kWh. The status word stays, as in real meters. */
export function reducedList(meter: VirtualMeter, options: CurrentValuesOptions): ListEntry[] {
  return [...nameplate(options), ...counters(meter, options, 3)];
}

/** In units of 10^scaler Wh. */
function counters(meter: VirtualMeter, { tariffs, widths }: CurrentValuesOptions, scaler: number): ListEntry[] {
  const energy = (name: "import" | "importT1" | "importT2" | "export") => {
    const raw = meter.registers.reading(name, scaler);
    return unsignedEntry({ objName: objects[name], raw, unit: unit.wattHour, scaler }, energyBytes, widths);
  };
  return [
    { ...energy("import"), status: statusOf(meter) },
    ...(tariffs === 2 ? [energy("importT1"), energy("importT2")] : []),
    energy("export"),
  ];
}

export function statusOf(meter: VirtualMeter, byteLength = 3): { byteLength: number; bits: number } {
  return { byteLength, bits: meter.status };
}

function nameplate({ serverId }: CurrentValuesOptions): ListEntry[] {
  return [octetsEntry(objects.maker, asciiOctets(labMaker)), octetsEntry(objects.serverId, serverId)];
}

/** Power, voltages, currents, angles, frequency at this second. */
function measured(meter: VirtualMeter, widths: Widths): ListEntry[] {
  const { state } = meter;
  const power = (objName: Uint8Array, milliwatts: number) =>
    signedEntry({ objName, raw: rounded(milliwatts, 10), unit: unit.watt, scaler: -2 }, powerBytes, widths);
  const other = (objName: Uint8Array, raw: number, code: number, scaler: number) =>
    unsignedEntry({ objName, raw, unit: code, scaler }, otherBytes, widths);
  const degrees = (objName: Uint8Array, millidegrees: number) =>
    other(objName, rounded(millidegrees, 1000) % 360, unit.degree, 0);
  const [, angleL2, angleL3] = state.voltageAngleMillidegrees;
  return [
    power(objects.power, totalMilliwatts(state)),
    ...phases.map((phase) => power(objects.powerOfPhase[phase], state.activeMilliwatts[phase])),
    ...phases.map((phase) =>
      other(objects.voltage[phase], rounded(state.voltageMillivolts[phase], 100), unit.volt, -1),
    ),
    ...phases.map((phase) =>
      other(objects.current[phase], rounded(state.currentMilliamperes[phase], 10), unit.ampere, -2),
    ),
    degrees(objects.voltageAngle[0], angleL2),
    degrees(objects.voltageAngle[1], angleL3),
    ...phases.map((phase) => degrees(objects.currentAngle[phase], state.phaseAngleMillidegrees[phase])),
    other(objects.frequency, rounded(state.frequencyMillihertz, 100), unit.hertz, -1),
  ];
}

/** To the nearest whole, and never to a negative zero. */
function rounded(thousandths: number, divisor: number): number {
  return Math.round(thousandths / divisor) + 0;
}

/** Stands for the checksum over the program that a calibrated meter shows. */
function checksumOf(version: string): Uint8Array {
  const crc = crc16X25.of(asciiOctets(version));
  return Uint8Array.of(crc >> 8, crc & 0xff);
}

const energyBytes = 5;
const powerBytes = 4;
const otherBytes = 2;
