/** Parts that several message bodies share. Source: SML 1.04. */

import type { Infer } from "@siegel/wire";
import { choice, listOf, nested, octets, optional, sequence, signed, type SmlCodec, unsigned } from "../tlv/blocks.ts";
import type { SmlReader } from "../tlv/reader.ts";
import type { SmlWriter } from "../tlv/writer.ts";
import type { OptionalCodec } from "@siegel/wire";
import { SmlTime } from "./time.ts";
import { SmlStatus, SmlValue } from "./value.ts";

/** Six octets A-B:C.D.E*F. */
export const ObisOctets = octets({ min: 6, max: 6 });

/** Meter's or gateway's identification; its layouts: `MeterId` in readings. */
export const ServerId = octets({ max: 64 });

/** r‖s and, by meter family, a log index of two bytes. */
export const Signature = octets({ max: 512 });

/**
 * The value of an entry. The standard wants one; EMH meters leave it out where they have none, which must not cost the
 * whole list.
 */
const FieldValue: OptionalCodec<SmlValue, SmlReader, SmlWriter> = {
  name: SmlValue.name,
  optional: true,
  read(reader) {
    const start = reader.at;
    if (!reader.skipAbsent()) return SmlValue.read(reader);
    reader.deviation("absent-value", start);
    return undefined;
  },
  write: (writer, value) => (value === undefined ? writer.absent() : SmlValue.write(writer, value)),
};

/** One line of a meter's answer. Physical value = value · 10^scaler. Source: SML 1.04, `SML_ListEntry`. */
export const ListEntry = sequence("SML_ListEntry", {
  objName: ObisOctets, //                     OBIS code A-B:C.D.E*F
  status: optional(SmlStatus), //             manufacturer's bits: kept, not judged here
  valTime: optional(SmlTime),
  unit: optional(unsigned(8)), //             DLMS unit code, 30 = Wh
  scaler: optional(signed(8)), //             absent = 0
  value: FieldValue,
  valueSignature: optional(Signature),
});
export type ListEntry = Infer<typeof ListEntry>;

/** One register of a load profile's period. Source: SML 1.04, `SML_PeriodEntry`. */
export const PeriodEntry = sequence("SML_PeriodEntry", {
  objName: ObisOctets,
  unit: unsigned(8),
  scaler: signed(8),
  value: FieldValue,
  valueSignature: optional(Signature),
});
export type PeriodEntry = Infer<typeof PeriodEntry>;

/** Head of a column of a packed profile. Source: SML 1.04, `SML_ProfObjHeaderEntry`. */
export const ProfileHeader = sequence("SML_ProfObjHeaderEntry", {
  objName: ObisOctets,
  unit: unsigned(8),
  scaler: signed(8),
});
export type ProfileHeader = Infer<typeof ProfileHeader>;

/** A cell of a packed profile. Source: SML 1.04, `SML_ValueEntry`. */
export const ValueEntry = sequence("SML_ValueEntry", { value: FieldValue, valueSignature: optional(Signature) });
export type ValueEntry = Infer<typeof ValueEntry>;

/** A row of a packed profile. Source: SML 1.04, `SML_ProfObjPeriodEntry`. */
export const ProfilePeriod = sequence("SML_ProfObjPeriodEntry", {
  valTime: SmlTime,
  status: SmlStatus,
  valueList: listOf(ValueEntry),
  periodSignature: optional(Signature),
});
export type ProfilePeriod = Infer<typeof ProfilePeriod>;

/** Both directions and all four quadrants of a SyM² meter, import and export signed apart. Source: `SML_TupelEntry`. */
export const TupelEntry = sequence("SML_TupelEntry", {
  serverId: ServerId,
  secIndex: SmlTime,
  status: SmlStatus,
  unitPA: unsigned(8), //        +A, active import
  scalerPA: signed(8),
  valuePA: signed(64),
  unitR1: unsigned(8),
  scalerR1: signed(8),
  valueR1: signed(64),
  unitR4: unsigned(8),
  scalerR4: signed(8),
  valueR4: signed(64),
  signaturePAR1R4: Signature,
  unitMA: unsigned(8), //        −A, active export
  scalerMA: signed(8),
  valueMA: signed(64),
  unitR2: unsigned(8),
  scalerR2: signed(8),
  valueR2: signed(64),
  unitR3: unsigned(8),
  scalerR3: signed(8),
  valueR3: signed(64),
  signatureMAR2R3: Signature,
});
export type TupelEntry = Infer<typeof TupelEntry>;

/** What a node of a parameter tree holds. Source: SML 1.04, `SML_ProcParValue`; the list entry since 1.05. */
export const ProcParValue = choice("SML_ProcParValue", {
  smlValue: [1, SmlValue],
  periodEntry: [2, PeriodEntry],
  tupelEntry: [3, TupelEntry],
  smlTime: [4, SmlTime],
  listEntry: [5, ListEntry],
});
export type ProcParValue = Infer<typeof ProcParValue>;

/** A parameter with its value or with its children. Source: SML 1.04, `SML_Tree`. */
export interface SmlTree {
  parameterName: Uint8Array;
  parameterValue?: ProcParValue | undefined;
  childList?: readonly SmlTree[] | undefined;
}

export const SmlTree: SmlCodec<SmlTree> = sequence("SML_Tree", {
  parameterName: octets(),
  parameterValue: optional(ProcParValue),
  childList: optional(listOf(nested("SML_Tree", () => SmlTree))),
});

/** Names from the root of the parameter tree down. Source: SML 1.04, `SML_TreePath`. */
export const TreePath = listOf(octets(), { max: 16 });
export type TreePath = Infer<typeof TreePath>;
