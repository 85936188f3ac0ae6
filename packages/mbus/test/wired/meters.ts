/** Slaves for tests: who they are decides what they answer. */

import { concatBytes, fromHex } from "@siegel/wire";
import type { SlaveDevice, SlaveTelegram } from "../../src/server/slave.ts";
import { WiredSlave } from "../../src/server/wired-slave.ts";
import { encodeSecondaryAddress, type SelectionMask } from "../../src/session/address.ts";

export interface TestMeter extends Partial<SelectionMask> {
  readonly primaryAddress?: number;
  /** Telegrams of one readout; 1 unless told. */
  readonly pages?: number;
  /** Readouts before the first one. */
  readonly access?: number;
  readonly bauds?: readonly number[];
  readonly alarm?: SlaveTelegram;
  readonly received?: Uint8Array[];
}

export function identityOf(meter: TestMeter): SelectionMask {
  const { id = "12345678", manufacturer = 0x2c2d, version = 1, deviceType = 7, fabrication } = meter;
  return { id, manufacturer, version, deviceType, ...(fabrication === undefined ? {} : { fabrication }) };
}

/** Each readout counts the access number; each page has its number as a volume. */
export function slaveOf(meter: TestMeter): WiredSlave {
  const identity = identityOf(meter);
  const { pages = 1, access: readouts = 0, bauds = [2_400], alarm, received } = meter;
  let access = readouts;
  const device: SlaveDevice = {
    identity,
    bauds,
    telegrams: (application) => {
      access++;
      return Array.from({ length: pages }, (_, page) => ({
        ci: 0x72,
        data: concatBytes(
          encodeSecondaryAddress(identity),
          Uint8Array.of(access & 0xff, 0, 0, 0),
          Uint8Array.of(0x0c, 0x13, page, application ?? 0x99, access & 0xff, 0x00),
          fromHex(page + 1 < pages ? "1f" : pages > 1 ? "0f" : ""),
        ),
      }));
    },
    ...(alarm === undefined ? {} : { alarm: () => alarm }),
    ...(received === undefined
      ? {}
      : {
          receive: (_ci: number, data: Uint8Array) => {
            received.push(data.slice());
            return undefined;
          },
        }),
  };
  return new WiredSlave(device, { primaryAddress: meter.primaryAddress ?? 0 });
}
