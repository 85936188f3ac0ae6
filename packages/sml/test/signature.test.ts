import { MeterSigningKey } from "@siegel/crypto/testing";
import { concatBytes, EncodeError, fromHex, toHex } from "@siegel/wire";
import { describe, expect, test } from "vitest";
import { type GetListResponse } from "../src/messages/bodies.ts";
import { type ListEntry } from "../src/messages/entries.ts";
import { decodeFile, encodeFile } from "../src/messages/file.ts";
import { type LocalTimestamp } from "../src/messages/time.ts";
import { SignatureError } from "../src/signature/errors.ts";
import { curveOf, type LayoutName } from "../src/signature/layouts.ts";
import { signList } from "../src/signature/sign.ts";
import { signedBuffer } from "../src/signature/signed-buffer.ts";
import { SignedByMeter } from "../src/signature/verify.ts";
import { energy, push } from "./build.ts";
import { signable } from "./signed-lists.ts";

const layouts = Object.keys(signable) as LayoutName[]; // its own keys
const keys = {
  "P-192": MeterSigningKey.fromSeed({ curve: "P-192", seed: new Uint8Array(32).fill(1) }),
  "P-256": MeterSigningKey.fromSeed({ curve: "P-256", seed: new Uint8Array(32).fill(1) }),
};
const keyOf = (layout: LayoutName) => keys[curveOf[layout]];
const signed = Object.fromEntries(
  layouts.map((layout) => [layout, signList(signable[layout], keyOf(layout), 0x0600)]),
) as Record<LayoutName, GetListResponse>; // one for each layout

/** Bytes of the buffer by offset, as the families' definitions list them; the rest is zero. Computed by hand. */
const buffers: Readonly<Record<LayoutName, Readonly<Record<number, string>>>> = {
  EDL40: {
    0: "0a0158595a0000001001",
    10: "605e0f00", //              1,000,000 + 120 minutes
    14: "04",
    15: "04030201",
    19: "21000000",
    23: "0100011100ff",
    29: "1e ff",
    31: "cb0c000000000000",
    39: "0600",
    41: "3632343837383837",
    169: "ec050000",
  },
  eMoC: {
    0: "0a0158595a0000001001",
    10: "605e0f00",
    14: "98", //                    bits 31, 16 and 8
    15: "04030201",
    19: "21000000",
    23: "0100011100ff",
    29: "1e ff",
    31: "cb0c000000000000",
    39: "0600",
    41: "3632343837383837",
    169: "ec050000",
    173: "7cee020000000000",
    181: "7dee020000000000",
    189: "e803",
    191: "05000000",
    195: "0201",
  },
  "ISA-EDL-40P": {
    0: "0a0158595a0000001001",
    10: "60b1335f",
    14: "08",
    15: "0100010800ff",
    21: "1e fe",
    23: "0605040302010000",
    31: "0600",
    33: "aa".repeat(66),
    99: "3632343837383837",
    227: "57b1335f",
    231: "808182838485868788898a8b8c8d8e8f90919293",
    251: "18",
    252: "010001080080",
    258: "1e ff",
    260: "feffffffffffffff",
    268: "8180816201ff",
    274: "11000000",
  },
};

/** Without these nothing can have been signed; the others stand as zero in the buffer. */
const whenMissing: Readonly<Record<string, string>> = {
  "0100011100ff": "unknown-layout",
  "0100010800ff": "unknown-layout",
  "010001080080": "unknown-layout",
  "810060080001": "incomplete-list",
  "8180817101ff": "incomplete-list",
  "8180c7f040ff": "incomplete-list",
};

describe.each(layouts)("%s", (layout) => {
  const genuine = signed[layout];
  const key = keyOf(layout).publicKey;

  test("the buffer is the one that the family defines", () => {
    // No real meter's signature would verify, while ours would.
    const expected = new Uint8Array(320);
    for (const [offset, hex] of Object.entries(buffers[layout])) expected.set(fromHex(hex), Number(offset));
    expect(toHex(signedBuffer(genuine).bytes)).toBe(toHex(expected));
  });

  test("what was signed verifies, also after its way over the line, and every signed entry is covered", () => {
    // Genuine readings would count as unproven.
    const evidence = SignedByMeter.verify(genuine, key);
    expect([evidence.layout, evidence.response]).toEqual([layout, genuine]);
    expect(genuine.valList.map((line) => evidence.covers(line))).toEqual(genuine.valList.map(() => true));
    const { body } = decodeFile(encodeFile(push(genuine))).messages[1]!;
    if (body.kind !== "GetListResponse") throw new Error("a list was written");
    expect(SignedByMeter.verify(body.value, key).layout).toBe(layout);
  });

  test("another meter's key does not verify", () => {
    // Twin of the check itself: without it, any list with a signature in it would be proof.
    const other = MeterSigningKey.fromSeed({ curve: curveOf[layout], seed: new Uint8Array(32).fill(2) });
    expect(refusal(() => SignedByMeter.verify(genuine, other.publicKey))).toBe("signature-mismatch");
  });

  test("a signature from another list of the same meter does not verify", () => {
    // Twin of the check itself: an old signature would prove a new reading.
    const changedId = { ...lineOf(genuine, "8182815401ff"), value: { type: "octets", value: fromHex("11") } } as const;
    const other = signList(replace(genuine, "8182815401ff", changedId), keyOf(layout), 0x0600);
    const moved = { ...genuine, listSignature: other.listSignature };
    expect(refusal(() => SignedByMeter.verify(moved, key))).toBe("signature-mismatch");
  });

  test("r and s in the other order, zeros, and every flipped bit of the slot do not verify", () => {
    // Twin of the check itself: it must be over all of r, s and log index.
    const slot = genuine.listSignature!;
    const half = (slot.length - 2) / 2;
    const swapped = concatBytes(slot.subarray(half, 2 * half), slot.subarray(0, half), slot.subarray(2 * half));
    const slots = [swapped, concatBytes(new Uint8Array(2 * half), slot.subarray(2 * half))];
    for (let at = 0; at < slot.length; at++) {
      slots.push(slot.map((byte, index) => (index === at ? byte ^ (1 << (at % 8)) : byte)));
    }
    for (const listSignature of slots) {
      expect(refusal(() => SignedByMeter.verify({ ...genuine, listSignature }, key))).toBe("signature-mismatch");
    }
  });

  test.each([0, 1, 2])("a slot that is %i bytes short or long is no signature", (bytes) => {
    // Twin of the check of the slot's length: r‖s would be read from the wrong place.
    const slot = genuine.listSignature!;
    const short = slot.subarray(0, slot.length - 1 - bytes);
    const long = concatBytes(slot, new Uint8Array(1 + bytes));
    for (const listSignature of [short, long]) {
      expect(refusal(() => SignedByMeter.verify({ ...genuine, listSignature }, key))).toBe("unknown-layout");
    }
  });

  test("a list without signature is not signed", () => {
    // Twin of the check of the slot: an absent signature would be taken for an empty one.
    expect(refusal(() => SignedByMeter.verify(signable[layout], key))).toBe("not-signed");
  });

  test("a key of another curve is refused by name", () => {
    // Twin of the check of the curve: the person would search for a forged reading, not for the wrong key.
    const other = curveOf[layout] === "P-192" ? keys["P-256"] : keys["P-192"];
    expect(refusal(() => SignedByMeter.verify(genuine, other.publicKey))).toBe("wrong-curve");
  });

  test("an object that is signed and occurs twice is refused, whichever comes first", () => {
    // Twin of the check of duplicates: one of the two would be proven, and the other one shown.
    for (const line of genuine.valList) {
      const forged = { ...line, value: { type: "unsigned", byteLength: 4, value: 99 } } as const;
      for (const valList of [
        [...genuine.valList, forged],
        [forged, ...genuine.valList],
        [line, ...genuine.valList],
      ]) {
        expect(refusal(() => SignedByMeter.verify({ ...genuine, valList }, key))).toBe("ambiguous-object");
      }
    }
  });

  test("an object that is signed and missing is noticed", () => {
    // Twin of the checks of presence: leaving something out would go unseen.
    for (const line of genuine.valList) {
      const valList = genuine.valList.filter((other) => other !== line);
      const code = whenMissing[toHex(line.objName)] ?? "signature-mismatch";
      expect(refusal(() => SignedByMeter.verify({ ...genuine, valList }, key))).toBe(code);
    }
  });

  test("an entry that was added is not covered", () => {
    // A stranger's line would be shown under the meter's seal.
    const added = energy(99, 4, { objName: fromHex("0100020800ff") });
    const evidence = SignedByMeter.verify({ ...genuine, valList: [...genuine.valList, added] }, key);
    expect(evidence.covers(added)).toBe(false);
  });

  test("every signed field of every entry is under the signature", () => {
    // Twin of the check itself: the changed field would be shown as proven.
    const changes = genuine.valList.flatMap((line) =>
      changesOf(line).map((changed) => replace(genuine, toHex(line.objName), changed)),
    );
    changes.push({ ...genuine, serverId: fromHex("0a0158595a0000001002") });
    if (layout === "ISA-EDL-40P") changes.push({ ...genuine, listName: fromHex("8180816202ff") });
    for (const changed of changes) expect(refusal(() => SignedByMeter.verify(changed, key))).toBe("signature-mismatch");
  });

  test("of a time the local wall clock is signed, not its offset to UTC", () => {
    // A reader that trusts the UTC instant would accept a shifted one: the documentation of `covers` says so.
    const line = genuine.valList.find(({ valTime }) => valTime?.kind === "localTimestamp")!;
    const time = line.valTime!;
    if (time.kind !== "localTimestamp") throw new Error("just found");
    const { timestamp, localOffset } = time.value;
    const shifted = { ...time.value, timestamp: timestamp - 3600, localOffset: localOffset + 60 };
    const valTime = { kind: "localTimestamp", value: shifted } as const;
    const changed = replace(genuine, toHex(line.objName), { ...line, valTime });
    expect(SignedByMeter.verify(changed, key).layout).toBe(layout);
  });
});

test.each([
  ["EDL40", "0100011100ff", [8, 9, 17, 31]],
  ["eMoC", "0100011100ff", [0, 7, 10, 12, 18, 30]],
  ["ISA-EDL-40P", "0100010800ff", [8, 16, 31]],
] as const)("%s: bits of the status that are not in the buffer can be changed", (layout, object, bits) => {
  // The documentation of `covers` would promise too little, or a changed bit would be taken for proven.
  const line = lineOf(signed[layout], object);
  for (const bit of bits) {
    const status = { byteLength: 4, bits: Number(line.status!.bits) ^ (bit === 31 ? -(2 ** 31) : 1 << bit) };
    const changed = { ...line, status: { ...status, bits: status.bits >>> 0 } };
    expect(SignedByMeter.verify(replace(signed[layout], object, changed), keyOf(layout).publicKey).layout).toBe(layout);
  }
});

test("of the status of an eMoC each of the six bits is signed", () => {
  // Twin of the bit map: a bit that is left out could be changed by a stranger.
  const line = lineOf(signed.eMoC, "0100011100ff");
  for (const bit of [8, 9, 11, 16, 17, 31]) {
    const bits = (BigInt(line.status!.bits) ^ (1n << BigInt(bit))) & 0xffff_ffffn;
    const changed = replace(signed.eMoC, "0100011100ff", { ...line, status: { byteLength: 4, bits: Number(bits) } });
    expect(refusal(() => SignedByMeter.verify(changed, keys["P-256"].publicKey))).toBe("signature-mismatch");
  }
});

test.each([
  ["its scaler", { scaler: 3 }],
  ["its unit", { unit: 27 }],
  ["a status", { status: { byteLength: 1, bits: 1 } }],
  ["a time", { valTime: { kind: "timestamp", value: 1_700_000_000 } }],
] as const)("a companion with %s changed verifies, and is not covered", (_, change) => {
  // Twin of the check in `#cover`: a stranger would move the point, or date an old value anew, under the meter's seal.
  for (const object of ["010001110064", "0100011100c8", "00af6c6c72ff", "8180817101ff", "810060080001"]) {
    const changed = { ...lineOf(signed.eMoC, object), ...change };
    const evidence = SignedByMeter.verify(replace(signed.eMoC, object, changed), keys["P-256"].publicKey);
    expect(evidence.covers(changed)).toBe(false);
    expect(evidence.covers(lineOf(signed.eMoC, "0100011100ff"))).toBe(true);
  }
});

test("a seconds index is signed as a seconds index only", () => {
  // A stranger would write it as a local time whose offsets show another number, and the four signed bytes stay.
  const line = lineOf(signed.EDL40, "810060080001");
  const local = { timestamp: 0x0102_0304 - 60 * 60, localOffset: 60, seasonTimeOffset: 0 };
  for (const time of [
    { kind: "localTimestamp", value: local },
    { kind: "timestamp", value: 0x0102_0304 },
  ] as const) {
    const changed = { ...line, value: { type: "list", value: { kind: "smlTime", value: time } } } as const;
    const forged = replace(signed.EDL40, "810060080001", changed);
    expect(refusal(() => SignedByMeter.verify(forged, keys["P-192"].publicKey))).toBe("incomplete-list");
  }
});

test.each([
  ["EDL40", "0100011100ff"],
  ["EDL40", "8182815401ff"],
  ["eMoC", "0100011100ff"],
  ["ISA-EDL-40P", "0100010800ff"],
  ["ISA-EDL-40P", "010001080080"],
] as const)("%s: the date of %s cannot be taken for a second index", (layout, object) => {
  // The signed seconds would stay and say nothing; the value would get whatever date the list carries.
  const line = lineOf(signed[layout], object);
  const time = line.valTime!;
  const seconds = time.kind === "localTimestamp" ? time.value.timestamp + offsetsOf(time.value) : time.value;
  const changed = { ...line, valTime: { kind: "secIndex", value: seconds } } as const;
  const forged = replace(signed[layout], object, changed);
  expect(refusal(() => SignedByMeter.verify(forged, keyOf(layout).publicKey))).toBe("incomplete-list");
});

test("offsets to UTC that no place has are refused", () => {
  // Only the local wall clock is signed: 2 · 32,767 minutes of offset would move a signed value by six weeks.
  const line = lineOf(signed.EDL40, "0100011100ff");
  const shifted = (localOffset: number, seasonTimeOffset: number) => {
    const value = { timestamp: 1_000_000 + (120 - localOffset - seasonTimeOffset) * 60, localOffset, seasonTimeOffset };
    const forged = replace(signed.EDL40, "0100011100ff", { ...line, valTime: { kind: "localTimestamp", value } });
    return refusal(() => SignedByMeter.verify(forged, keys["P-192"].publicKey));
  };
  for (const [offset, season] of [
    [841, 0],
    [-721, 0],
    [0, 121],
    [0, -61],
    [-32_000, 0],
  ] as const) {
    expect(shifted(offset, season)).toBe("implausible-offset");
  }
  for (const [offset, season] of [
    [840, 120],
    [-720, -60],
    [60, 0],
  ] as const)
    expect(shifted(offset, season)).toBe("accepted");
});

test("coverage is of the entry itself, not of one that looks like it", () => {
  // An entry of another list would be shown as proven.
  const evidence = SignedByMeter.verify(signed.EDL40, keys["P-192"].publicKey);
  expect(evidence.covers({ ...signed.EDL40.valList[0]! })).toBe(false);
});

test("two paginations are refused", () => {
  // Twin of the check: one of the two would be proven, and the other one shown.
  const second = { ...lineOf(signed.EDL40, "8180817101ff"), objName: fromHex("8180c7f040ff") };
  const changed = { ...signed.EDL40, valList: [...signed.EDL40.valList, second] };
  expect(refusal(() => SignedByMeter.verify(changed, keys["P-192"].publicKey))).toBe("ambiguous-object");
});

test("a pagination of zero that is left out is missed", () => {
  // Twin of the check of presence: the buffer is the same with and without it.
  const zero = {
    ...lineOf(signable.EDL40, "8180817101ff"),
    value: { type: "unsigned", byteLength: 1, value: 0 },
  } as const;
  const { valList, ...rest } = signList(replace(signable.EDL40, "8180817101ff", zero), keys["P-192"], 1);
  const without = { ...rest, valList: valList.filter((line) => line !== zero) };
  expect(refusal(() => SignedByMeter.verify(without, keys["P-192"].publicKey))).toBe("incomplete-list");
});

const octets = (byteLength: number) => ({ type: "octets", value: new Uint8Array(byteLength).fill(0x41) }) as const;
const unfit: readonly (readonly [string, LayoutName, string, Partial<ListEntry>])[] = [
  ["a value that is no integer", "EDL40", "0100011100ff", { value: octets(4) }],
  ["a value that is absent", "EDL40", "0100011100ff", { value: undefined }],
  ["a value above 63 bits", "EDL40", "0100011100ff", { value: { type: "unsigned", byteLength: 8, value: 2n ** 63n } }],
  ["a seconds index that is no time", "EDL40", "810060080001", { value: octets(4) }],
  ["a contract id that is no octets", "EDL40", "8182815401ff", { value: { type: "boolean", value: true } }],
  ["a contract id above 128 octets", "EDL40", "8182815401ff", { value: octets(129) }],
  ["a pagination below zero", "EDL40", "8180817101ff", { value: { type: "signed", byteLength: 4, value: -1 } }],
  [
    "a pagination above 32 bits",
    "EDL40",
    "8180817101ff",
    { value: { type: "unsigned", byteLength: 5, value: 2 ** 32 } },
  ],
  ["a price above 16 bits", "eMoC", "00af707263ff", { value: { type: "unsigned", byteLength: 4, value: 65_536 } }],
  ["a value signature of 65 bytes", "ISA-EDL-40P", "0100010800ff", { valueSignature: new Uint8Array(65) }],
  ["a session hash of 21 bytes", "ISA-EDL-40P", "8180816101ff", { value: octets(21) }],
];

test.each(unfit)("%s cannot have been signed", (_, layout, object, change) => {
  // Twin of the checks of type and width: what does not fit would be cut, and another value proven than is shown.
  const changed = replace(signed[layout], object, { ...lineOf(signed[layout], object), ...change });
  expect(refusal(() => SignedByMeter.verify(changed, keyOf(layout).publicKey))).toBe("incomplete-list");
});

test("a server id of another length cannot have been signed", () => {
  // Twin of the check of its length: it would run into the time behind it.
  for (const serverId of [new Uint8Array(9), new Uint8Array(11)]) {
    const changed = { ...signed.EDL40, serverId };
    expect(refusal(() => SignedByMeter.verify(changed, keys["P-192"].publicKey))).toBe("incomplete-list");
  }
});

test("a log index that two bytes cannot hold is not signed", () => {
  // A virtual meter would refer to another entry of its log book than meant.
  for (const logIndex of [-1, 65_536, 0.5]) {
    expect(() => signList(signable.EDL40, keys["P-192"], logIndex)).toThrow(EncodeError);
  }
});

test("evidence cannot be made by hand", () => {
  // Twin of the private constructor and its fields: any part of the program could declare a list signed.
  const { response, layout } = SignedByMeter.verify(signed.EDL40, keys["P-192"].publicKey);
  const forged = { response, layout, covers: () => true };
  // @ts-expect-error  An object of the same shape is no evidence.
  const evidence: SignedByMeter = forged;
  expect(evidence instanceof SignedByMeter).toBe(false);
});

function offsetsOf({ localOffset, seasonTimeOffset }: LocalTimestamp): number {
  return (localOffset + seasonTimeOffset) * 60;
}

/** The entry with each of its signed fields changed, one at a time. */
function changesOf(line: ListEntry): ListEntry[] {
  const changes: ListEntry[] = [];
  const { value, valTime, valueSignature } = line;
  const isValue = line.status !== undefined;
  if (isValue) {
    changes.push({ ...line, unit: 27 }, { ...line, scaler: line.scaler! + 1 }, { ...line, unit: undefined });
    changes.push({ ...line, scaler: undefined });
    if (toHex(line.objName) !== "0100011100ff") changes.push({ ...line, status: { byteLength: 4, bits: 1 } });
  }
  if (valueSignature !== undefined) changes.push({ ...line, valueSignature: new Uint8Array(66) });
  if (value?.type === "signed" || value?.type === "unsigned") {
    changes.push({ ...line, value: { ...value, value: Number(value.value) + 1 } });
    changes.push({ ...line, value: { ...value, value: 0 } });
  }
  if (value?.type === "octets") changes.push({ ...line, value: { type: "octets", value: value.value.toReversed() } });
  if (value?.type === "list") {
    changes.push({
      ...line,
      value: { type: "list", value: { kind: "smlTime", value: { kind: "secIndex", value: 1 } } },
    });
  }
  if (isValue && valTime !== undefined) changes.push({ ...line, valTime: { kind: "timestamp", value: 1 } });
  return changes;
}

function lineOf(response: GetListResponse, object: string): ListEntry {
  return response.valList.find(({ objName }) => toHex(objName) === object)!;
}

function replace(response: GetListResponse, object: string, by: ListEntry): GetListResponse {
  return { ...response, valList: response.valList.map((line) => (toHex(line.objName) === object ? by : line)) };
}

function refusal(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    if (error instanceof SignatureError) return error.code;
    throw error;
  }
  return "accepted";
}
