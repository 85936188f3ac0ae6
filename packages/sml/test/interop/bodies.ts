/**
 * One message for each body and each alternative in it, with every optional field given; and each once with none.
 * Contents are invented; lengths pass the places where the TL field grows, times are of all kinds.
 */

import { fromHex } from "@siegel/wire";
import type { BodyKind } from "../../src/messages/bodies.ts";
import type { ListEntry, ProcParValue, SmlTree, TupelEntry } from "../../src/messages/entries.ts";
import type { MessageBody } from "../../src/messages/message.ts";
import type { SmlTime } from "../../src/messages/time.ts";
import type { SmlValue } from "../../src/messages/value.ts";
import { attentionCodes, attentionNumber } from "../../src/messages/attention.ts";
import { entry, serverId } from "../build.ts";

export interface NamedBody {
  readonly name: string;
  readonly body: MessageBody;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Octets without two equal neighbours, so that a shifted one shows. */
export function octets(length: number, first = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + first) & 0xff);
}

const seconds: SmlTime = { kind: "secIndex", value: 0x0012_d687 };
const utc: SmlTime = { kind: "timestamp", value: 1_700_000_000 };
export const local: SmlTime = {
  kind: "localTimestamp",
  value: { timestamp: 1_700_000_100, localOffset: 60, seasonTimeOffset: -60 },
};

/** Every alternative of SML_Value that is no list: integers of all widths at both edges, octets, booleans. */
const simpleValues: readonly SmlValue[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((byteLength): SmlValue[] => {
    const bits = BigInt(8 * byteLength);
    return [
      { type: "unsigned", byteLength, value: 2n ** bits - 1n },
      { type: "unsigned", byteLength, value: 1 },
      { type: "signed", byteLength, value: -(2n ** (bits - 1n)) },
      { type: "signed", byteLength, value: -2 },
      { type: "signed", byteLength, value: 2n ** (bits - 1n) - 1n },
    ];
  }),
  ...[1, 14, 15, 48, 253, 254, 600].map((length): SmlValue => ({ type: "octets", value: octets(length) })),
  { type: "boolean", value: true },
  { type: "boolean", value: false },
];

const listValues: readonly SmlValue[] = [
  { type: "list", value: { kind: "smlTime", value: seconds } },
  { type: "list", value: { kind: "smlTime", value: utc } },
  { type: "list", value: { kind: "smlTime", value: local } },
  {
    type: "list",
    value: {
      kind: "timestampedValue",
      value: {
        timestamp: utc,
        status: { byteLength: 2, bits: 0x0104 },
        simpleValue: { type: "unsigned", byteLength: 4, value: 77 },
      },
    },
  },
  {
    type: "list",
    value: { kind: "cosemValue", value: { kind: "scalerUnit", value: { scaler: -1, unit: 30 } } },
  },
];

const value: SmlValue = { type: "unsigned", byteLength: 4, value: 0x0102_0304 };
const status = { byteLength: 4, bits: 0x0002_0104 };
const fullEntry = entry("0100010800ff", {
  status,
  valTime: utc,
  unit: 30,
  scaler: -1,
  value,
  valueSignature: octets(66, 9),
});
const periodEntry = { objName: fromHex("0100020800ff"), unit: 30, scaler: -2, value, valueSignature: octets(48, 3) };
const tupel: TupelEntry = {
  serverId,
  secIndex: seconds,
  status: { byteLength: 8, bits: 0x0102_0304_0506_0708n },
  unitPA: 30,
  scalerPA: -1,
  valuePA: 1000,
  unitR1: 32,
  scalerR1: 0,
  valueR1: 2n ** 62n,
  unitR4: 32,
  scalerR4: 3,
  valueR4: 44,
  signaturePAR1R4: octets(48, 5),
  unitMA: 31,
  scalerMA: -2,
  valueMA: -1,
  unitR2: 33,
  scalerR2: 1,
  valueR2: 22,
  unitR3: 34,
  scalerR3: 2,
  valueR3: -(2n ** 63n),
  signatureMAR2R3: octets(48, 6),
};

const branch = (name: string, parameterValue?: ProcParValue, childList?: readonly SmlTree[]): SmlTree => ({
  parameterName: fromHex(name),
  parameterValue,
  childList,
});

/** Five levels, every kind of parameter value, a node with nothing. */
const tree: SmlTree = branch("8181c78a83ff", undefined, [
  branch("8181c78a8301", { kind: "smlValue", value }, [
    branch("8181c78a8302", { kind: "periodEntry", value: periodEntry }, [
      branch("8181c78a8303", { kind: "smlTime", value: utc }, [branch("8181c78a8304")]),
    ]),
  ]),
  branch("8181c78a8305", { kind: "tupelEntry", value: tupel }),
  branch("8181c78a8306", { kind: "smlTime", value: seconds }),
  branch("8181c78a8307", { kind: "listEntry", value: fullEntry }),
  branch("8181c78a8308", { kind: "smlValue", value: { type: "octets", value: ascii("name of a parameter") } }),
]);

/** A tree that no dissector has reason to stop in. */
const plainTree: SmlTree = branch("8181c78a83ff", undefined, [
  branch("8181c78a8301", { kind: "smlValue", value }, [branch("8181c78a8304")]),
  branch("8181c78a8302", { kind: "periodEntry", value: periodEntry }),
  branch("8181c78a8303", { kind: "smlTime", value: utc }),
  branch("8181c78a8305", { kind: "smlValue", value: { type: "signed", byteLength: 2, value: -2 } }),
]);

const asker = { serverId, username: ascii("operator"), password: ascii("a secret of twenty") };
const path = [fromHex("8181c78a83ff"), fromHex("0100010800ff")];
const profileQuestion = {
  ...asker,
  withRawdata: true,
  beginTime: utc,
  endTime: seconds,
  parameterTreePath: path,
  objectList: [fromHex("0100010800ff"), fromHex("0100020800ff")],
};

const listOf = (valList: readonly ListEntry[]): MessageBody => ({
  kind: "GetListResponse",
  value: { serverId, valList },
});
const withValue = (one: SmlValue): ListEntry => entry("0100010800ff", { value: one });

/** Every field given. By kind, so that a body that is added without one does not compile. */
const full: { readonly [K in BodyKind]: Extract<MessageBody, { kind: K }>["value"] } = {
  PublicOpenRequest: {
    ...asker,
    codepage: ascii("ISO 8859-15"),
    clientId: octets(6),
    reqFileId: octets(4),
    smlVersion: 1,
  },
  PublicOpenResponse: {
    codepage: ascii("ISO 8859-15"),
    clientId: octets(6),
    reqFileId: octets(4),
    serverId,
    refTime: utc,
    smlVersion: 1,
  },
  PublicCloseRequest: { globalSignature: octets(66) },
  PublicCloseResponse: { globalSignature: octets(48) },
  GetProfilePackRequest: { ...profileQuestion, dasDetails: plainTree },
  GetProfilePackResponse: {
    serverId,
    actTime: utc,
    regPeriod: 900,
    parameterTreePath: path,
    headerList: [
      { objName: fromHex("0100010800ff"), unit: 30, scaler: -1 },
      { objName: fromHex("0100020800ff"), unit: 30, scaler: 3 },
    ],
    periodList: [
      {
        valTime: utc,
        status,
        valueList: [{ value, valueSignature: octets(48) }, { value: { type: "unsigned", byteLength: 8, value: 5 } }],
        periodSignature: octets(66),
      },
      { valTime: seconds, status: { byteLength: 1, bits: 2 }, valueList: [{ value }, { value }] },
    ],
    rawdata: octets(300),
    profileSignature: octets(66, 2),
  },
  GetProfileListRequest: { ...profileQuestion, dasDetails: plainTree },
  GetProfileListResponse: {
    serverId,
    actTime: utc,
    regPeriod: 900,
    parameterTreePath: path,
    valTime: seconds,
    status,
    periodList: [periodEntry, { ...periodEntry, valueSignature: undefined }],
    rawdata: octets(20),
    periodSignature: octets(66),
  },
  GetProcParameterRequest: { ...asker, parameterTreePath: path, attribute: ascii("attribute") },
  GetProcParameterResponse: { serverId, parameterTreePath: path, parameterTree: plainTree },
  SetProcParameterRequest: { ...asker, parameterTreePath: path, parameterTree: plainTree },
  GetListRequest: { ...asker, clientId: octets(6), listName: fromHex("0100620affff") },
  GetListResponse: {
    clientId: octets(6),
    serverId,
    listName: fromHex("0100620affff"),
    actSensorTime: seconds,
    valList: [fullEntry, entry("0100100700ff", { value })],
    listSignature: octets(50),
    actGatewayTime: utc,
  },
  GetCosemRequest: { type: "list", value: [{ type: "octets", value: serverId }] },
  GetCosemResponse: { type: "list", value: [{ type: "octets", value: serverId }] },
  SetCosemRequest: { type: "list", value: [{ type: "octets", value: serverId }] },
  SetCosemResponse: { type: "list", value: [{ type: "octets", value: serverId }] },
  ActionCosemRequest: { type: "list", value: [{ type: "octets", value: serverId }] },
  ActionCosemResponse: { type: "list", value: [{ type: "octets", value: serverId }] },
  AttentionResponse: {
    serverId,
    attentionNo: attentionNumber("ok"),
    attentionMsg: ascii("done as asked"),
    attentionDetails: plainTree,
  },
};

/** Only what must be there. */
const bare: readonly MessageBody[] = [
  { kind: "PublicOpenRequest", value: { clientId: octets(6), reqFileId: octets(4) } },
  { kind: "PublicOpenResponse", value: { reqFileId: octets(4), serverId } },
  { kind: "PublicCloseRequest", value: {} },
  { kind: "PublicCloseResponse", value: {} },
  { kind: "GetProfilePackRequest", value: { parameterTreePath: path } },
  {
    kind: "GetProfilePackResponse",
    value: { serverId, actTime: utc, regPeriod: 900, parameterTreePath: path, headerList: [], periodList: [] },
  },
  { kind: "GetProfileListRequest", value: { parameterTreePath: path } },
  {
    kind: "GetProfileListResponse",
    value: { serverId, actTime: utc, regPeriod: 900, parameterTreePath: path, valTime: utc, status, periodList: [] },
  },
  { kind: "GetProcParameterRequest", value: { parameterTreePath: path } },
  {
    kind: "GetProcParameterResponse",
    value: { serverId, parameterTreePath: path, parameterTree: branch("8181c78a83ff") },
  },
  { kind: "SetProcParameterRequest", value: { parameterTreePath: path, parameterTree: branch("8181c78a83ff") } },
  { kind: "GetListRequest", value: { clientId: octets(6) } },
  { kind: "GetListResponse", value: { serverId, valList: [] } },
  { kind: "AttentionResponse", value: { serverId, attentionNo: attentionNumber("busy") } },
];

const parameters = (parameterTree: SmlTree): MessageBody => ({
  kind: "GetProcParameterResponse",
  value: { serverId, parameterTreePath: path, parameterTree },
});

export const fullBodies: readonly NamedBody[] = Object.entries(full).map(([kind, content]) => ({
  name: `${kind}, every field`,
  body: { kind, value: content } as MessageBody, // paired by the type of `full`
}));

export const bareBodies: readonly NamedBody[] = bare.map((body) => ({ name: `${body.kind}, no optional field`, body }));

export const specialBodies: readonly NamedBody[] = [
  { name: "values of every type and width", body: listOf(simpleValues.map(withValue)) },
  { name: "sixteen entries", body: listOf(simpleValues.slice(0, 16).map(withValue)) },
  {
    name: "three hundred entries",
    body: listOf(
      Array.from({ length: 300 }, (_, at) =>
        entry("0100010800ff", { value: { type: "unsigned", byteLength: 2, value: at } }),
      ),
    ),
  },
  { name: "list values", body: listOf(listValues.map(withValue)) },
  {
    name: "status of every width",
    body: listOf(
      [1, 2, 3, 4, 5, 6, 7, 8].map((byteLength) =>
        entry("0100010800ff", { status: { byteLength, bits: 2n ** BigInt(8 * byteLength - 4) }, value }),
      ),
    ),
  },
  {
    name: "times of an entry",
    body: listOf([seconds, utc, local].map((valTime) => entry("0100010800ff", { valTime, value }))),
  },
  {
    name: "bare time",
    body: listOf([entry("0100010800ff", { valTime: { kind: "secIndex", value: 99, bare: true }, value })]),
  },
  { name: "absent value", body: listOf([entry("0100010800ff", { unit: 30 }), entry("0100020800ff", { value })]) },
  { name: "parameter tree of every kind", body: parameters(tree) },
  { name: "tupel entry", body: parameters(branch("8181c78a83ff", { kind: "tupelEntry", value: tupel })) },
  {
    name: "list entry as parameter",
    body: parameters(branch("8181c78a83ff", { kind: "listEntry", value: fullEntry })),
  },
  {
    name: "runs of 1b",
    body: listOf([
      withValue({ type: "octets", value: fromHex("1b1b1b1b 1b1b1b1b 1b1b1b") }),
      withValue({ type: "unsigned", byteLength: 4, value: 0x1b1b_1b1b }),
    ]),
  },
  ...Object.entries(attentionCodes).map(([, { code }]): NamedBody => ({
    name: `attention ${code}`,
    body: {
      kind: "AttentionResponse",
      value: { serverId, attentionNo: attentionNumber(code), attentionMsg: ascii(code) },
    },
  })),
];
