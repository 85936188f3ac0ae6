// If these failed, gateways and home automation that read meters with open-sml would not read ours, or not what we mean.

import { fromHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { SmlFramer } from "../../src/framing/framer.ts";
import { wrapFile } from "../../src/framing/wrap.ts";
import { encodeFile } from "../../src/messages/file.ts";
import { close, energy, entry, list, message, serverId } from "../build.ts";
import { plain } from "../plain.ts";
import { bareBodies, fullBodies, specialBodies } from "./bodies.ts";
import { type Capture, captures, readByUs } from "./captures.ts";
import { inTermsOfOpenSml, openSml, readByOpenSml } from "./open-sml.ts";

/** What open-sml 1.0.4 cannot read, by what its source lacks. Everything else it reads as we mean it. */
const limits: readonly (readonly [lack: string, captures: RegExp])[] = [
  ["skips no integer of five to seven bytes, but for a signed one of five", /^unsigned of [567]|^signed of [67]/],
  ["widths", /^values of every type|^status of every width/],
  ["local time of SML 1.04", /^local time|^times of an entry/],
  ["list values of SML 1.04", /^time as value|^list values/],
  ["list entries as parameter", /^list entry as parameter|^parameter tree of every kind/],
  ["tupel entries: names a class that it does not load", /^tupel entry/],
  ["packed profiles: the same", /^GetProfilePack/],
  [
    "requests with a password: does not call the reading of it",
    /^(GetProfileList|GetProcParameter|SetProcParameter)Request/,
  ],
  ["attention without details: takes the tree for required", /^AttentionResponse, no|^attention/],
  ["bodies of makers and of COSEM", /^body of the maker|^(Get|Set|Action)Cosem/],
  ["escapes: does not remove them", /^escaped payload|^runs of 1b/],
  ["zeros between messages", /^zeros between messages/],
  ["files without Close: looks at no checksum", /^no close message/],
];

const closing = /^PublicClose/;
const bodies = [...fullBodies, ...bareBodies, ...specialBodies].map(({ name, body }): Capture => {
  const one = message(body, "abcd");
  return { name, file: wrapFile(encodeFile(closing.test(body.kind) ? [one] : [one, close])) };
});

test.each([...captures(), ...bodies])("open-sml reads what we mean, or has a known limit: $name", ({ name, file }) => {
  const theirs = readByOpenSml(file);
  const limit = limits.find(([, names]) => names.test(name))?.[0];
  if (limit !== undefined) return expect(theirs, limit).toBeTypeOf("string");
  expect(theirs).toEqual(readByUs(file).messages.map(({ body }) => inTermsOfOpenSml(body.value)));
});

/** Its transport checksum stands high byte first, which the standard and every meter do the other way round. */
test("what open-sml writes we read without a deviation, once its transport checksum is turned round", () => {
  const { Constants } = openSml;
  const time = set(new openSml.SmlTime(), { SecIndex: 4711 });
  const lines = new openSml.SmlList();
  const add = (fields: Readonly<Record<string, unknown>>) =>
    lines.addListEntry(set(new openSml.SmlListEntry(), fields));
  add({
    ObjName: Buffer.from("0100010800ff", "hex"),
    Status: 0x1c0104,
    StatusType: Constants["UINT32"],
    ValTime: time,
    Unit: 30,
    Scaler: -1,
    Value: 23_536_569,
    ValueType: Constants["UINT64"],
    ValueSignature: Buffer.alloc(48, 5),
  });
  add({ ObjName: Buffer.from("0100100700ff", "hex"), Unit: 27, Value: -300, ValueType: Constants["INT16"] });
  add({ ObjName: Buffer.from("010000000001", "hex"), Value: true, ValueType: Constants["BOOLEAN"] });
  const ids = { ReqFileId: Buffer.from("0001", "hex"), ServerId: Buffer.from(serverId) };
  const opened = set(new openSml.SmlPublicOpenResponse(), ids);
  const answer = {
    ServerId: Buffer.from(serverId),
    ActSensorTime: time,
    ValList: lines,
    ActGatewayTime: new openSml.SmlTime(),
  };
  const file = new openSml.SmlFile();
  file.addMessage(theirMessage(Constants["PUBLIC_OPEN_RESPONSE"], opened));
  file.addMessage(theirMessage(Constants["GET_LIST_RESPONSE"], set(new openSml.SmlGetListResponse(), answer)));
  file.addMessage(theirMessage(Constants["PUBLIC_CLOSE_RESPONSE"], new openSml.SmlPublicCloseResponse()));

  const written = Uint8Array.from(file.write().buffer);
  expect(new SmlFramer().push(written)).toMatchObject([{ kind: "damaged", error: { code: "bad-checksum" } }]);
  const turned = Uint8Array.of(...written.subarray(0, -2), ...written.subarray(-2).toReversed());

  const { messages, errors, deviations, style } = readByUs(turned);

  expect({ errors, deviations, tagBytes: style.bodyTagBytes }).toEqual({ errors: [], deviations: [], tagBytes: 4 });
  const valTime = { kind: "secIndex", value: 4711 } as const;
  const status = { byteLength: 4, bits: 0x1c0104 };
  const valueSignature = new Uint8Array(48).fill(5);
  const expected = list(
    [
      energy(23_536_569, 8, { status, valTime, valueSignature }),
      entry("0100100700ff", { unit: 27, value: { type: "signed", byteLength: 2, value: -300 } }),
      entry("010000000001", { value: { type: "boolean", value: true } }),
    ],
    { listName: undefined, actSensorTime: valTime },
  );
  expect(messages.map(({ body }) => plain(body.value))).toEqual([
    plain({ reqFileId: fromHex("0001"), serverId, smlVersion: 1 }),
    plain(expected),
    plain({}),
  ]);
});

function theirMessage(tag: number | undefined, body: unknown) {
  const fields = { TransactionId: Buffer.from("abcd", "hex"), MessageTag: tag, MessageBody: body };
  return set(new openSml.SmlMessage(), fields);
}

function set<T extends InstanceType<typeof openSml.SmlTime>>(of: T, fields: Readonly<Record<string, unknown>>): T {
  for (const [name, value] of Object.entries(fields)) of[`set${name}`]!(value);
  return of;
}
