/**
 * A meter on a wired bus: the answers of a gas, water or heat meter.
 *
 * In: the meter at its second.  Out: what `WiredSlave` of @siegel/mbus needs.
 * A heat meter answers in two telegrams, as many do: current values, then those of the last due date.
 */

import { encodeRecords, encodeSecondaryAddress, type SlaveDevice, type SlaveTelegram } from "@siegel/mbus";
import { concatBytes } from "@siegel/wire";
import type { UtilityMeter } from "../utility/utility-meter.ts";
import type { MbusIdentity } from "./identity.ts";
import { currentRecords, dueRecords } from "./records.ts";

export function wiredMeter(meter: UtilityMeter, identity: MbusIdentity): SlaveDevice {
  let access = 0;
  return {
    identity,
    bauds: [300, 2_400, 9_600],
    telegrams() {
      access = (access + 1) & 0xff;
      const header = concatBytes(encodeSecondaryAddress(identity), Uint8Array.of(access, meter.status, 0, 0));
      const telegram = (records: Uint8Array): SlaveTelegram => ({
        ci: variableData,
        data: concatBytes(header, records),
      });
      const due = dueRecords(meter);
      if (meter.kind !== "heat" || due.length === 0)
        return [telegram(encodeRecords([...currentRecords(meter), ...due]))];
      return [telegram(encodeRecords(currentRecords(meter), { moreFollows: true })), telegram(encodeRecords(due))];
    },
    // Nothing can be set but the bus address, which the slave does by itself. A real meter takes the clock (01 6C …), too.
    receive: (ci) => (ci === dataSend || ci === synchronise ? undefined : "unknown-ci"),
  };
}

const variableData = 0x72;
const dataSend = 0x51;
const synchronise = 0x54;
