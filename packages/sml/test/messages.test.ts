import { concatBytes, DecodeError, EncodeError, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SmlFramer } from "../src/framing/framer.ts";
import { type SmlTree } from "../src/messages/entries.ts";
import { decodeFile, encodeFile } from "../src/messages/file.ts";
import { type SmlMessage } from "../src/messages/message.ts";
import { anyMessage, bodyKinds, bodyOf, messageOf, style } from "./arbitraries.ts";
import {
  close,
  encodedMessages,
  energy,
  entry,
  list,
  message,
  open,
  push,
  replaced,
  resealed,
  serverId,
} from "./build.ts";
import { plain } from "./plain.ts";
import { quirks } from "./quirks.ts";

describe.each(bodyKinds)("%s", (kind) => {
  test("written and read is the same, in every encoding style", () => {
    // What the gateway sends would not be what it means, or what a meter means would not be what we read.
    fc.assert(
      fc.property(messageOf(bodyOf(kind)), style, (one, encoding) => {
        const bytes = encodeFile([one], encoding);
        const file = decodeFile(bytes);
        expect(file.errors).toEqual([]);
        expect(plain(file.messages)).toBe(plain([one]));
        expect(toHex(encodeFile(file.messages, file.style))).toBe(toHex(bytes));
      }),
      { numRuns: 150 },
    );
  });
});

test("whole files are written and read in the style that reading them told", () => {
  // A simulator could not send what a real meter sent.
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 5 }), style, (messages, encoding) => {
      const bytes = encodeFile(messages, encoding);
      const file = decodeFile(bytes);
      expect(file.errors).toEqual([]);
      expect(plain(file.messages)).toBe(plain(messages));
      expect(toHex(encodeFile(file.messages, file.style))).toBe(toHex(bytes));
    }),
    { numRuns: 300 },
  );
});

test("what reads without a deviation reads the same in strict mode", () => {
  // A gateway would refuse a meter that keeps to the standard.
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 3 }), style, (messages, encoding) => {
      const bytes = encodeFile([open, ...messages, close], encoding);
      const lenient = decodeFile(bytes);
      if (lenient.deviations.length === 0) expect(plain(decodeFile(bytes, { strict: true }))).toBe(plain(lenient));
      else expect(() => decodeFile(bytes, { strict: true })).toThrow(DecodeError);
    }),
    { numRuns: 300 },
  );
});

describe("quirks of meters in the field", () => {
  test.each(quirks())("$name", ({ file, deviations }) => {
    // A meter that people have at home could not be read, or a departure from the standard would go unnoticed.
    const [event] = new SmlFramer().push(file);
    if (event?.kind !== "file") throw new Error("no file was found");
    const decoded = decodeFile(event.payload);
    expect(decoded.errors).toEqual([]);
    expect(decoded.deviations.map(({ code }) => code)).toEqual(deviations);
    const [first] = deviations;
    if (first === undefined) expect(plain(decodeFile(event.payload, { strict: true }))).toBe(plain(decoded));
    else expect(errorOf(() => decodeFile(event.payload, { strict: true })).code).toBe("deviation");
    const changedByWriting = ["kermit-checksum", "local-time-tag", "stray-zeros"];
    if (deviations.some((code) => changedByWriting.includes(code))) return;
    expect(toHex(encodeFile(decoded.messages, decoded.style))).toBe(toHex(event.payload));
  });

  test.each([
    ["absent value", "messages[1].GetListResponse.valList[1].value.absent-value"],
    ["bare time", "messages[1].GetListResponse.actSensorTime.bare-time"],
    ["local time under another tag", "messages[1].GetListResponse.actSensorTime.local-time-tag"],
    ["Kermit in the messages", "messages[0].crc16.kermit-checksum"],
    ["body of the maker", "messages[1].messageBody.unknown-body"],
    ["zeros between messages", "stray-zeros"],
    ["no open message", "missing-open"],
    ["no close message", "missing-close"],
  ])("strict mode names the place: %s", (name, path) => {
    // A person who asks his meter's maker for a fix could not say what is wrong.
    const file = quirks().find((quirk) => quirk.name === name)!.file;
    const [event] = new SmlFramer().push(file);
    if (event?.kind !== "file") throw new Error("no file was found");
    expect(errorOf(() => decodeFile(event.payload, { strict: true })).where.path).toBe(path);
  });
});

test.each([
  ["a second Open", [0, 0, 1, 2], "messages[1].misplaced-message"],
  ["a message behind the Close", [0, 2, 1, 2], "messages[2].misplaced-message"],
  ["two files in one", [0, 1, 2, 0, 1, 2], "messages[3].misplaced-message"],
])("%s is told, and refused in strict mode", (_, order, path) => {
  // Others stop at the first Close and show the first list: one file would mean two things.
  const payload = concatBytes(...order.map((index) => [openBytes, listBytes, closeBytes][index]!));
  const { messages, deviations } = decodeFile(payload);
  expect(messages.length).toBe(order.length);
  expect([...new Set(deviations.map(({ code }) => code))]).toEqual(["misplaced-message"]);
  expect(errorOf(() => decodeFile(payload, { strict: true })).where.path).toBe(path);
});

const [openBytes, listBytes, closeBytes] = encodedMessages(
  push(list([energy(1), energy(2), energy(3), energy(4)])),
) as [Uint8Array, Uint8Array, Uint8Array];

interface Fault {
  readonly what: string;
  /** The message with it. */
  readonly faulty: Uint8Array;
  readonly code: string;
  /** Behind `messages[1].`. */
  readonly path: string;
  /** Bytes at whose beginning the error is told. */
  readonly at: string;
  /** Its end cannot be told from its grammar, so what follows is lost with it. */
  readonly endless?: true;
}

const faults: readonly Fault[] = [
  {
    what: "a unit that is signed",
    faulty: changed("621e52ff660000000004", "521e52ff660000000004"),
    code: "wrong-type",
    path: "GetListResponse.valList[3].unit",
    at: "521e52ff660000000004",
  },
  {
    what: "a unit of two bytes",
    faulty: changed("621e", "63001e"),
    code: "wrong-length",
    path: "GetListResponse.valList[0].unit",
    at: "63001e",
  },
  {
    what: "a name of five octets",
    faulty: changed("070100010800ff", "060100010800"),
    code: "wrong-length",
    path: "GetListResponse.valList[0].objName",
    at: "060100010800",
  },
  {
    what: "a time with an unknown tag",
    faulty: changed("72620165", "72620465"),
    code: "unknown-tag",
    path: "GetListResponse.actSensorTime",
    at: "620465",
  },
  {
    what: "a line of eight fields",
    faulty: changed("7707", "780107"),
    code: "wrong-length",
    path: "GetListResponse.valList[0]",
    at: "780107",
  },
  {
    what: "a list that ends too soon",
    faulty: changed("7477", "7377"),
    code: "wrong-type",
    path: "GetListResponse.listSignature",
    at: "77070100010800ff641c010401621e52ff660000000004",
    endless: true,
  },
  {
    what: "a body of eight fields",
    faulty: changed("726307017701", "72630701780101"),
    code: "wrong-length",
    path: "GetListResponse",
    at: "780101",
  },
  {
    what: "a body under the tag of another",
    faulty: changed("7263070177", "7263070077"),
    code: "wrong-length",
    path: "GetListRequest",
    at: "77010b",
  },
  {
    what: "a body tag of five bytes",
    faulty: changed("7263070177", "7266000000070177"),
    code: "wrong-length",
    path: "messageBody",
    at: "66000000",
  },
  {
    what: "a body without its tag",
    faulty: changed("7263070177", "7177"),
    code: "wrong-length",
    path: "messageBody",
    at: "7177",
  },
  {
    what: "a group number of two bytes",
    faulty: changed("02a16200", "02a1630000"),
    code: "wrong-length",
    path: "groupNo",
    at: "630000",
  },
  {
    what: "a checksum of three bytes",
    faulty: unsealed("6400000000"),
    code: "wrong-length",
    path: "crc16",
    at: "6400000000",
  },
  { what: "a wrong checksum", faulty: unsealed("63000000"), code: "bad-checksum", path: "crc16", at: "63000000" },
  { what: "no end mark", faulty: unsealed("01"), code: "wrong-type", path: "crc16", at: "01", endless: true },
];

test.each(faults)("$what is told with its place, and the other messages are kept", (fault) => {
  // A meter with one odd line would give no value at all, and nobody could find out why.
  const payload = concatBytes(openBytes, fault.faulty, closeBytes);
  const file = decodeFile(payload);
  expect(file.errors.map((error) => [error.code, error.where.path])).toEqual([
    [fault.code, `messages[1].${fault.path}`],
  ]);
  expect(toHex(payload.subarray(file.errors[0]!.where.offset)).slice(0, fault.at.length)).toBe(fault.at);
  expect(file.messages).toHaveLength(fault.endless ? 1 : 2);
  expect(errorOf(() => decodeFile(payload, { strict: true })).where).toEqual(file.errors[0]!.where);
});

test("a broken tree does not make the next one unreadable", () => {
  // One message of a stranger would switch off the parameter trees of a whole file.
  const tree = encodeFile([parameterMessage(treeOfDepth(16))]);
  const broken = resealed(replaced(tree, "7302000101", "7362000101"));
  const file = decodeFile(concatBytes(broken, broken, tree, encodeFile([close])));
  expect(file.errors.map(({ code }) => code)).toEqual(["wrong-type", "wrong-type"]);
  expect(file.messages.map(({ body }) => body.kind)).toEqual(["GetProcParameterResponse", "PublicCloseResponse"]);
});

test("a tree of sixteen levels below its root reads, one more does not", () => {
  // Real parameter trees would be refused, or a stranger's would overflow the stack.
  const allowed = encodeFile([parameterMessage(treeOfDepth(16))]);
  expect(decodeFile(allowed).errors).toEqual([]);
  const refused = encodeFile([parameterMessage(treeOfDepth(17)), close]);
  const file = decodeFile(refused);
  expect(file.errors.map(({ code }) => code)).toEqual(["nested-too-deep"]);
  expect(file.errors[0]!.where.path).toBe(
    `messages[0].GetProcParameterResponse.parameterTree${".childList[0]".repeat(17)}`,
  );
});

test.each([
  ["a list of lists", "76 02a1 6200 6200 72 630701 77 01 01 01 01 ff8f8f8f8f0f", "truncated"],
  ["octets without end", "76 8f8f8f8f8f8f8f0f", "too-long"],
  ["4097 lines", `76 02a1 6200 6200 72 630701 77 01 01 01 01 f1808001 ${"01".repeat(4100)}`, "too-long"],
])("a claim of many elements is refused before anything is set aside: %s", (_, line, code) => {
  // A few bytes of a stranger would fill the memory.
  expect(decodeFile(fromHex(line)).errors.map((error) => error.code)).toEqual([code]);
});

test("octets above the limit of their field are refused with their place", () => {
  // A name of any length would go on to whoever prints or stores it.
  const bytes = resealed(replaced(listBytes, "0b0a0158595a0000001001", `8403${"00".repeat(65)}`));
  const error = decodeFile(bytes).errors[0]!;
  expect([error.code, error.where.path]).toEqual(["too-long", "messages[0].GetListResponse.serverId"]);
});

test("only a list of six is skipped as a message", () => {
  // What follows rubbish would be read from a place that nobody can be sure of.
  const file = decodeFile(concatBytes(fromHex("71 01 01 01 01 01 00"), closeBytes));
  expect([file.errors.length, file.messages.length]).toEqual([1, 0]);
});

test("bytes that only look like messages end the file at the first of them", () => {
  // Every two bytes of rubbish would make one error each: a stranger could make us spend our time on errors.
  const file = decodeFile(new Uint8Array(20_000).map((_, at) => (at % 2 === 0 ? 0x70 : 0x00)));
  expect(file.errors.map(({ code }) => code)).toEqual(["wrong-length"]);
});

test("what cannot be written is the caller's fault, with its path", () => {
  // A simulator's author would search in the wrong place.
  const wrong = push(list([energy(1), entry("0100010800ff", { unit: 256 })]));
  const error = errorOf(() => encodeFile(wrong), EncodeError);
  expect([error.code, error.blame, error.path]).toEqual(["out-of-range", "caller", "GetListResponse.valList[1].unit"]);
});

function parameterMessage(parameterTree: SmlTree): SmlMessage {
  return message({ kind: "GetProcParameterResponse", value: { serverId, parameterTreePath: [], parameterTree } });
}

function treeOfDepth(depth: number): SmlTree {
  const parameterName = Uint8Array.of(depth);
  return depth === 0 ? { parameterName } : { parameterName, childList: [treeOfDepth(depth - 1)] };
}

function changed(wanted: string, by: string): Uint8Array {
  return resealed(replaced(encodedMessages(push(list([energy(1), energy(2), energy(3), energy(4)])))[1]!, wanted, by));
}

/** The list's message with other bytes in place of checksum and end mark. */
function unsealed(tail: string): Uint8Array {
  return concatBytes(listBytes.subarray(0, -4), fromHex(tail));
}

function errorOf<E extends Error = DecodeError>(act: () => unknown, kind?: new (...args: never[]) => E): E {
  try {
    act();
  } catch (error) {
    if (error instanceof (kind ?? DecodeError)) return error as E; // DecodeError unless told
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a path in the parameter tree has at most sixteen names", () => {
  // Twin of the limits of lists: a stranger's list would be as long as its bytes allow.
  const pathOf = (names: number): SmlMessage =>
    message({
      kind: "GetProcParameterRequest",
      value: { parameterTreePath: Array.from({ length: names }, () => Uint8Array.of(1)) },
    });
  const sixteen = encodeFile([open, pathOf(16), close], { integers: "declared" });
  expect(decodeFile(sixteen, { strict: true }).messages.length).toBe(3);
  expect(() => encodeFile([pathOf(17)])).toThrow(expect.objectContaining({ code: "too-long" }));
  const body = [
    ...Array.from({ length: 3 }, () => 0x01),
    0xf1,
    0x01,
    ...Array.from({ length: 17 }, () => [2, 1]).flat(),
    1,
  ];
  const longer = resealed(
    Uint8Array.of(0x76, 0x02, 1, 0x62, 0, 0x62, 0, 0x72, 0x63, 5, 0, 0x75, ...body, 0x63, 0, 0, 0),
  );
  expect(errorOf(() => decodeFile(longer, { strict: true })).code).toBe("too-long");
});
