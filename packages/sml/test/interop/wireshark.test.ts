// If these failed, what we send would mean one thing to us and another to everybody who looks at it with Wireshark.

import fc from "fast-check";
import { expect } from "vitest";
import { isInstalled, needs } from "../../../../scripts/testing/needs.ts";
import { wrapFile } from "../../src/framing/wrap.ts";
import { encodeFile } from "../../src/messages/file.ts";
import type { SmlMessage } from "../../src/messages/message.ts";
import type { EncodingStyle } from "../../src/tlv/reader.ts";
import { bodyKinds, bodyOf, messageOf } from "../arbitraries.ts";
import { close, energy, list, message, power, push } from "../build.ts";
import { plain } from "../plain.ts";
import { bareBodies, fullBodies, specialBodies } from "./bodies.ts";
import { knownToWireshark } from "./known-to-wireshark.ts";
import { meant } from "./meant.ts";
import { type Dissection, dissect, tsharkVersion } from "./wireshark.ts";

/** Where the dissector leaves the way that we mean, and what it says of it. */
interface Difference {
  /** The field that we mean and it does not see; it agrees on all before. */
  readonly from: string;
  readonly complaints: readonly string[];
}

/**
 * Every difference there is with Wireshark 4.0, in the messages of ./bodies.
 *
 * | what                        | the dissector                         | who is right                                     |
 * | --------------------------- | ------------------------------------- | ------------------------------------------------ |
 * | COSEM bodies                | stops at the tag                      | open: no program known to us reads their fields  |
 * | list of no element          | an error                              | we: SEQUENCE OF may be empty; open-sml reads it  |
 * | value that is a list        | reads the list's head as an integer   | we: SML 1.04; EDL40 meters sign files with it    |
 * | local time                  | expects an integer under tag 3        | we: SML 1.04; eMoC and ISA meters send it        |
 * | time without its choice     | reads past it                         | it: Holley's deviation, written only when asked  |
 * | list entry as a parameter   | unknown choice                        | we: SML 1.05                                     |
 * | 1b1b1b1b in the payload     | takes the escape for content          | we: transport v1 doubles it, the checksum holds  |
 * | checksum of one byte        | calls it wrong                        | both: ISKRA's habit, written only when asked     |
 */
const differences: Readonly<Record<string, Difference>> = {
  ...Object.fromEntries(
    ["GetCosem", "SetCosem", "ActionCosem"].flatMap((service) =>
      ["Request", "Response"].map((side) => [
        `${service}${side}, every field`,
        { from: "crc correct", complaints: ["sml.messagetype.unknown"] },
      ]),
    ),
  ),
  "GetProfilePackResponse, no optional field": {
    from: "rawdata absent",
    complaints: ["sml.invalid_count", "sml.messagebody.error"],
  },
  "GetProfileListResponse, no optional field": {
    from: "rawdata absent",
    complaints: ["sml.invalid_count", "sml.messagebody.error"],
  },
  "GetListResponse, no optional field": {
    from: "listsignature absent",
    complaints: ["sml.invalid_count", "sml.messagebody.error"],
  },
  "list values": {
    from: "value list smlTime",
    complaints: ["_ws.type_length.mismatch", "_ws.malformed.expert"],
  },
  "times of an entry": { from: "valtime list", complaints: ["_ws.malformed.expert"] },
  "bare time": { from: "timetype unsigned 01", complaints: ["_ws.malformed.expert"] },
  "parameter tree of every kind": {
    from: "objname octets(6) 0100010800ff",
    complaints: ["sml.procparvalue.invalid", "sml.invalid_count", "sml.invalid_count", "sml.crc.length_error"],
  },
  "list entry as parameter": {
    from: "objname octets(6) 0100010800ff",
    complaints: ["sml.procparvalue.invalid", "sml.invalid_count", "sml.crc.length_error"],
  },
  "runs of 1b": { from: "valuesignature absent", complaints: ["_ws.malformed.expert"] },
};

/** The same time in one byte goes wrong otherwise. */
const shortBareTime: Difference = {
  from: "valtime unsigned 63",
  complaints: ["_ws.type_length.mismatch", "_ws.malformed.expert"],
};

const bodies = [...fullBodies, ...bareBodies, ...specialBodies];
const onTheLine = (messages: readonly SmlMessage[], style?: Partial<EncodingStyle>) =>
  wrapFile(encodeFile(messages, style));
const isReference = isInstalled("tshark") && tsharkVersion() === "4.0";

needs("tshark")("Wireshark sees each field of each body in each style, and differs only where listed", () => {
  const styles: readonly Partial<EncodingStyle>[] = [{}, { bodyTagBytes: 4 }, { integers: "minimal" }];
  const cases = styles.flatMap((style) => bodies.map(({ name, body }) => ({ name, style, messages: [message(body)] })));
  const dissections = dissect(cases.map(({ messages, style }) => onTheLine(messages, style)));
  const seen = cases.flatMap(({ name, messages, style }, index) => {
    const found = difference(meant(messages, style.integers === "minimal"), dissections[index]!);
    return found === undefined ? [] : [[`${name} ${JSON.stringify(style)}`, found] as const];
  });
  const listed = styles.flatMap((style) =>
    Object.entries(differences).map(([name, known]) => {
      const found = style.integers === "minimal" && name === "bare time" ? shortBareTime : known;
      return [`${name} ${JSON.stringify(style)}`, found] as const;
    }),
  );
  // A later version may know more than 4.0, but may not differ anywhere else.
  if (isReference) expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(listed));
  else expect(Object.fromEntries(listed)).toMatchObject(Object.fromEntries(seen));
});

needs("tshark")("Wireshark sees all messages of one file, their groups, and what to do on errors", () => {
  const several = push(list([energy(7), power(-5, 3)])).map((one, index) => ({
    ...one,
    transactionId: Uint8Array.from({ length: 1 + 20 * index }, (_, at) => at + 1),
    groupNo: 100 * index,
    abortOnError: [0x01, 0x02, 0xff][index] ?? 0,
  }));
  const short = manyIds().find((one) => encodeFile([one], { shortChecksum: true }).length < encodeFile([one]).length)!;
  const files = [onTheLine(several), onTheLine([short]), onTheLine([short], { shortChecksum: true })];
  const [together, twoBytes, oneByte] = dissect(files);
  expect(difference(meant(several), together!)).toBeUndefined();
  expect(difference(meant([short]), twoBytes!)).toBeUndefined();
  // The last row of the table above.
  if (isReference) expect(oneByte!.complaints).toEqual(["sml.crc.error"]);
});

needs("tshark")("Wireshark and we agree on any message of what both know", () => {
  // One fixed seed: whoever sees a failure can repeat it.
  const messages = bodyKinds
    .flatMap((kind) => fc.sample(messageOf(bodyOf(kind)), { numRuns: 60, seed: 7 }))
    .map(knownToWireshark)
    .filter((one) => one !== undefined);
  expect(new Set(messages.map(({ body }) => body.kind)).size).toBe(14);
  expect(messages.length).toBeGreaterThan(600);
  const dissections = dissect(messages.map((one) => onTheLine([one])));
  const disputed = messages.flatMap((one, index) => {
    const found = difference(meant([one]), dissections[index]!);
    return found === undefined ? [] : [{ message: plain(one), ...found }];
  });
  expect(disputed).toEqual([]);
});

/** Nothing where the two agree field by field, to both checksums. */
function difference(expected: readonly string[], { fields, complaints }: Dissection): Difference | undefined {
  const at = expected.findIndex((field, index) => field !== fields[index]);
  if (at < 0 && complaints.length === 0 && fields.length === expected.length) return undefined;
  return { from: expected[at] ?? "behind the end", complaints };
}

function manyIds(): readonly SmlMessage[] {
  return Array.from({ length: 2000 }, (_, id) => ({ ...close, transactionId: Uint8Array.of(id >> 8, id & 0xff) }));
}
