/**
 * One synthetic capture for each quirk that electricity meters in the field are known for.
 * In: nothing.  Out: a file on the line with its name, and the deviations that reading it must note.
 */

import { concatBytes, fromHex } from "@siegel/wire";
import { wrapFile } from "../src/framing/wrap.ts";
import { encodeFile } from "../src/messages/file.ts";
import { type DeviationCode } from "../src/tlv/reader.ts";
import {
  close,
  encodedMessages,
  energy,
  entry,
  list,
  message,
  open,
  power,
  push,
  pushed,
  reframed,
  replaced,
  resealed,
  serverId,
} from "./build.ts";

export interface Quirk {
  readonly name: string;
  /** One file on the line. */
  readonly file: Uint8Array;
  /** What a lenient reader notes, in order; a strict one refuses the file at the first of them. */
  readonly deviations: readonly DeviationCode[];
}

const quirk = (name: string, file: Uint8Array, ...deviations: DeviationCode[]): Quirk => ({ name, file, deviations });

export function quirks(): readonly Quirk[] {
  return [
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((width) =>
      quirk(`integers of ${width} bytes`, pushed(list([energy(width * 11, width), power(-width, width)]))),
    ),
    quirk("16-bit power below zero, status says import", pushed(list([energy(5), power(-14_836, 2, importing)]))),
    quirk("absolute power with the sign in the status", pushed(list([exported]))),
    quirk("ASCII server id", pushed(list([energy(7)], { serverId: ascii("1001234") }))),
    quirk("M-Bus server id", pushed(list([energy(7)], { serverId: fromHex("01 e6 1e 11 22 33 44 01 02") }))),
    quirk("absent value", pushed(list([energy(7), entry("01001f0700ff", { unit: 33 })])), "absent-value"),
    quirk("scaler -4 with u64", pushed(list([energy(2n ** 63n + 1n, 8, { scaler: -4 })]))),
    quirk("scaler +3 without PIN", pushed(list([energy(4711, 4, { scaler: 3 })]))),
    quirk("bare time", pushed(list([energy(7)], { actSensorTime: { kind: "secIndex", value: 99, bare: true } })), bare),
    quirk("body tag as u32", pushed(list([energy(7)]), { bodyTagBytes: 4 })),
    quirk("integers shortened", pushed(list([energy(7)]), { integers: "minimal" })),
    quirk("checksum of one byte", wrapFile(shortChecksum())),
    quirk("Kermit in the messages", wrapFile(concatBytes(...sealed("kermit"))), kermit, kermit, kermit),
    quirk("Kermit in the transport", reframed(pushed(list([energy(7)])), "kermit")),
    quirk("local time", pushed(list([energy(7)], { actSensorTime: local }))),
    quirk("local time under another tag", wrapFile(localUnderOtherTag()), "local-time-tag"),
    quirk("body of the maker", wrapFile(encodeFile([open, unknownBody, close])), "unknown-body"),
    quirk("zeros between messages", wrapFile(strayZeros()), "stray-zeros"),
    quirk("no open message", wrapFile(encodeFile(push(list([energy(7)])).slice(1))), "missing-open"),
    quirk("no close message", wrapFile(encodeFile(push(list([energy(7)])).slice(0, 2))), "missing-close"),
    quirk("public key as value", pushed(list([energy(7), publicKey]))),
    quirk("more than fifteen entries", pushed(list(Array.from({ length: 21 }, (_, index) => energy(index))))),
    quirk("signature and gateway time", pushed(list([energy(7)], { listSignature: fill(50, 3), actGatewayTime: utc }))),
    quirk("escaped payload", pushed(list([energy(0x1b1b_1b1b), entry("0100600100ff", { value: escapes })]))),
    quirk("time as value", pushed(list([entry("810060080001", { value: listValue })]))),
  ];
}

const bare = "bare-time";
const kermit = "kermit-checksum";
const importing = { status: { byteLength: 3, bits: 0x04_0104 } };
const exported = entry("01000f0700ff", {
  status: { byteLength: 1, bits: 0xa2 },
  unit: 27,
  scaler: -1,
  value: { type: "signed", byteLength: 4, value: 1234 },
});
const utc = { kind: "timestamp", value: 1_700_000_000 } as const;
const local = {
  kind: "localTimestamp",
  value: { timestamp: 1_700_000_000, localOffset: 60, seasonTimeOffset: 0 },
} as const;
const publicKey = entry("8181c78205ff", { value: { type: "octets", value: fill(48, 7) } });
const escapes = { type: "octets", value: fromHex("1b1b1b1b 1b1b1b1b 1b1b1b") } as const;
const listValue = { type: "list", value: { kind: "smlTime", value: { kind: "secIndex", value: 8_000 } } } as const;
const unknownBody = message({
  kind: "UnknownBody",
  tag: 0x0601,
  value: { type: "list", value: [{ type: "octets", value: serverId }] },
});

function sealed(kind: "x25" | "kermit"): Uint8Array[] {
  return encodedMessages(push(list([energy(7)]))).map((encoded) => resealed(encoded, kind));
}

/** Transaction ids are counted up until the checksum's first byte is zero, as happens to a meter once in 256 times. */
function shortChecksum(): Uint8Array {
  for (let id = 0; ; id++) {
    const one = message({ kind: "GetListResponse", value: list([energy(7)]) }, id.toString(16).padStart(8, "0"));
    const encoded = encodeFile([one], { shortChecksum: true });
    if (encoded.length < encodeFile([one]).length) return concatBytes(encodeFile([open]), encoded, encodeFile([close]));
  }
}

function localUnderOtherTag(): Uint8Array {
  const [first, second, third] = encodedMessages(push(list([energy(7)], { actSensorTime: local })));
  return concatBytes(first!, resealed(replaced(second!, "72 62 03 73", "72 62 02 73")), third!);
}

function strayZeros(): Uint8Array {
  const [first, second, third] = encodedMessages(push(list([energy(7)])));
  return concatBytes(first!, second!, Uint8Array.of(0, 0), third!);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function fill(length: number, step: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * step + 1) & 0xff);
}
