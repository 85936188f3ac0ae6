/** The objects that the virtual SML meter knows: six octets A-B:C.D.E*F each. */

import { ObisCode } from "@siegel/readings";
import { registerObis } from "../registers.ts";

const octetsOf = (text: string): Uint8Array => {
  const { a, b, c, d, e, f } = ObisCode.parse(text);
  return Uint8Array.of(a, b, c, d, e, f);
};

/** Source: IEC 62056-6-1 (OBIS) for measured values; the rest is what German household meters are seen to send. */
export const objects = {
  maker: octetsOf("1-0:96.50.1*1"),
  serverId: octetsOf("1-0:96.1.0*255"),
  import: octetsOf(registerObis.import),
  importT1: octetsOf(registerObis.importT1),
  importT2: octetsOf(registerObis.importT2),
  export: octetsOf(registerObis.export),
  power: octetsOf("1-0:16.7.0*255"),
  powerOfPhase: [octetsOf("1-0:36.7.0*255"), octetsOf("1-0:56.7.0*255"), octetsOf("1-0:76.7.0*255")],
  voltage: [octetsOf("1-0:32.7.0*255"), octetsOf("1-0:52.7.0*255"), octetsOf("1-0:72.7.0*255")],
  current: [octetsOf("1-0:31.7.0*255"), octetsOf("1-0:51.7.0*255"), octetsOf("1-0:71.7.0*255")],
  /** U L2 and U L3 against U L1. */
  voltageAngle: [octetsOf("1-0:81.7.1*255"), octetsOf("1-0:81.7.2*255")],
  /** I against U of the same phase. */
  currentAngle: [octetsOf("1-0:81.7.4*255"), octetsOf("1-0:81.7.15*255"), octetsOf("1-0:81.7.26*255")],
  frequency: octetsOf("1-0:14.7.0*255"),
  firmware: octetsOf("1-0:0.2.0*0"),
  firmwareChecksum: octetsOf("1-0:96.90.2*1"),
  publicKey: octetsOf("129-129:199.130.5*255"),

  /** Names of lists. The signed ones are those of the meter families whose layout is used. */
  currentValues: octetsOf("1-0:98.10.255*255"),
  signedList: {
    EDL40: octetsOf("1-0:1.17.0*255"),
    eMoC: octetsOf("129-128:129.115.3*255"),
    "ISA-EDL-40P": octetsOf("129-128:129.98.2*255"),
  },

  /** What signed lists are made of. Source: public test files of the three families. */
  deliveredTotal: octetsOf("1-0:1.17.0*255"),
  deliveredBefore: octetsOf("1-0:1.17.0*100"),
  deliveredCompensated: octetsOf("1-0:1.17.0*200"),
  startOfImport: octetsOf("1-0:1.8.0*128"),
  secondsIndex: octetsOf("129-0:96.8.0*1"),
  pagination: octetsOf("129-128:129.113.1*255"),
  paginationOfIsa: octetsOf("129-128:199.240.64*255"),
  contractId: octetsOf("129-130:129.84.1*255"),
  sessionHash: octetsOf("129-128:129.97.1*255"),
  lineResistance: octetsOf("0-175:108.108.114*255"),
  stopwatch: octetsOf("0-175:100.117.114*255"),
  price: octetsOf("0-175:112.114.99*255"),

  /** Memories, read as profiles. Source: IEC 62056-6-1, group C = 99 (profiles) and 96.11 (event codes). */
  loadProfile: octetsOf("1-0:99.1.0*255"),
  eventLog: octetsOf("1-0:99.98.0*255"),
  eventCode: octetsOf("0-0:96.11.0*255"),
  eventPhase: octetsOf("1-0:96.128.2*255"), // ours: 96.11.1 would be the code of another log

  /** Parameters. The last two are ours: values from 128 in group D are left to the maker. */
  clock: octetsOf("0-0:1.0.0*255"),
  statusWord: octetsOf("1-0:96.5.0*255"),
  deviceData: octetsOf("1-0:96.128.0*255"),
  pinEntered: octetsOf("1-0:96.128.1*255"),
} as const;

/** Unit codes of DLMS. */
export const unit = {
  second: 7,
  degree: 8,
  count: 255,
  watt: 27,
  wattHour: 30,
  ampere: 33,
  volt: 35,
  ohm: 38,
  hertz: 44,
} as const;

/** Currency per unit, as the eMoC sends its price. */
export const currencyUnit = 10;
