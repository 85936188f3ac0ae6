/**
 * What a CI octet says: the layer or the kind of message that follows it, and which header stands before its content.
 *
 * In: CI, and whether the line is wired or radio (73 is a fixed structure on the wire and a compact frame on the radio).
 * Source: EN 13757-7 (CI), EN 13757-3, OMS. The header of 52 to 55, 5F, 6C, 6D, 66 to 68 and 82 to 89 is from memory.
 */

/** What stands between CI and content: nothing, ACC ST CF2, or ID4 M2 V T ACC ST CF2. */
export type TplHeader = "none" | "short" | "long";

export type CiKind =
  | "records"
  | "compact"
  | "format"
  | "fixed"
  | "command"
  | "application-reset"
  | "application-select"
  | "selection"
  | "clock-absolute"
  | "clock-relative"
  | "application-error"
  | "alarm"
  | "transport"
  | "dlms"
  | "obis"
  | "specific"
  | "network-management"
  | "image-transfer"
  | "security-transfer"
  | "baud-rate"
  | "sync"
  | "ell"
  | "nwl"
  | "afl"
  | "manufacturer";

export interface CiMeaning {
  readonly kind: CiKind;
  readonly header: TplHeader;
  /** For a person. */
  readonly name: string;
  readonly toMeter: boolean;
}

/** Absent for a CI that no table at hand defines. */
export function ciMeaning(ci: number, link: "wired" | "wireless"): CiMeaning | undefined {
  return (link === "wired" ? wired[ci] : undefined) ?? common[ci];
}

function up(kind: CiKind, header: TplHeader, name: string): CiMeaning {
  return { kind, header, name, toMeter: false };
}

function down(kind: CiKind, header: TplHeader, name: string): CiMeaning {
  return { kind, header, name, toMeter: true };
}

const common: (CiMeaning | undefined)[] = Array.from({ length: 256 });
const defined: Readonly<Record<number, CiMeaning>> = {
  0x50: down("application-reset", "none", "application reset or select"),
  0x51: down("command", "none", "command to the meter, no header"),
  0x52: down("selection", "none", "selection by secondary address"),
  0x53: down("application-reset", "long", "application reset or select, long header"),
  0x54: down("application-select", "none", "request of the selected application"),
  0x55: down("application-select", "long", "request of the selected application, long header"),
  0x5a: down("command", "short", "command to the meter, short header"),
  0x5b: down("command", "long", "command to the meter, long header"),
  0x5f: down("specific", "long", "specific use"),
  0x60: down("dlms", "long", "DLMS to the meter, long header"),
  0x61: down("dlms", "short", "DLMS to the meter, short header"),
  0x64: down("obis", "long", "OBIS to the meter, long header"),
  0x65: down("obis", "short", "OBIS to the meter, short header"),
  0x66: up("application-select", "none", "answer with the selected application"),
  0x67: up("application-select", "short", "answer with the selected application, short header"),
  0x68: up("application-select", "long", "answer with the selected application, long header"),
  0x69: up("format", "none", "format frame, no header"),
  0x6a: up("format", "short", "format frame, short header"),
  0x6b: up("format", "long", "format frame, long header"),
  0x6c: down("clock-absolute", "long", "set the clock"),
  0x6d: down("clock-relative", "long", "shift the clock"),
  0x6e: up("application-error", "short", "application error, short header"),
  0x6f: up("application-error", "long", "application error, long header"),
  0x70: up("application-error", "none", "application error, no header"),
  0x71: up("alarm", "none", "alarm, no header"),
  0x72: up("records", "long", "data, long header"),
  0x73: up("compact", "long", "compact frame, long header"),
  0x74: up("alarm", "short", "alarm, short header"),
  0x75: up("alarm", "long", "alarm, long header"),
  0x78: up("records", "none", "data, no header"),
  0x79: up("compact", "none", "compact frame, no header"),
  0x7a: up("records", "short", "data, short header"),
  0x7b: up("compact", "short", "compact frame, short header"),
  0x7c: up("dlms", "long", "DLMS from the meter, long header"),
  0x7d: up("dlms", "short", "DLMS from the meter, short header"),
  0x7e: up("obis", "long", "OBIS from the meter, long header"),
  0x7f: up("obis", "short", "OBIS from the meter, short header"),
  0x80: down("transport", "long", "transport header alone, to the meter"),
  0x81: up("nwl", "none", "network layer"),
  0x82: down("network-management", "long", "network management, long header"),
  0x83: down("network-management", "none", "network management, no header"),
  0x86: up("ell", "none", "extended link layer of variable length"),
  0x87: up("network-management", "short", "network management from the node, short header"),
  0x88: up("network-management", "long", "network management from the node, long header"),
  0x89: up("network-management", "none", "network management from the node, no header"),
  0x8a: up("transport", "short", "transport header alone, short"),
  0x8b: up("transport", "long", "transport header alone, long"),
  0x8c: up("ell", "none", "extended link layer I"),
  0x8d: up("ell", "none", "extended link layer II"),
  0x8e: up("ell", "none", "extended link layer III"),
  0x8f: up("ell", "none", "extended link layer IV"),
  0x90: up("afl", "none", "authentication and fragmentation layer"),
  0xc0: down("image-transfer", "long", "image transfer, to the meter"),
  0xc1: up("image-transfer", "short", "image transfer, short header"),
  0xc2: up("image-transfer", "long", "image transfer, long header"),
  0xc3: down("security-transfer", "long", "security information, to the meter"),
  0xc4: up("security-transfer", "short", "security information, short header"),
  0xc5: up("security-transfer", "long", "security information, long header"),
};
for (const [ci, meaning] of Object.entries(defined)) common[Number(ci)] = meaning;
for (let ci = 0xa0; ci <= 0xb7; ci++) common[ci] = up("manufacturer", "none", "as the maker likes");

/** Where the wire differs. */
const wired: Readonly<Record<number, CiMeaning>> = {
  0x54: down("sync", "none", "synchronise"),
  0x72: up("records", "long", "data, long header"),
  0x73: up("fixed", "none", "fixed data structure"),
  0x76: up("records", "long", "data, long header, most significant octet first"),
  0x77: up("fixed", "none", "fixed data structure, most significant octet first"),
};
for (const [index, baud] of [300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400].entries()) {
  common[0xb8 + index] = down("baud-rate", "none", `switch to ${baud} baud`);
}
