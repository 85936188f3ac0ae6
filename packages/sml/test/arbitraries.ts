/** Any SML message: each body with each of its fields present and absent, integers of every width and at every edge. */

import fc from "fast-check";
import {
  type AttentionResponse,
  type BodyKind,
  type GetListRequest,
  type GetListResponse,
  type GetProcParameterRequest,
  type GetProcParameterResponse,
  type GetProfileListResponse,
  type GetProfilePackResponse,
  type GetProfileRequest,
  type PublicClose,
  type PublicOpenRequest,
  type PublicOpenResponse,
  type SetProcParameterRequest,
} from "../src/messages/bodies.ts";
import {
  type ListEntry,
  type PeriodEntry,
  type ProcParValue,
  type ProfileHeader,
  type ProfilePeriod,
  type SmlTree,
  type TupelEntry,
  type ValueEntry,
} from "../src/messages/entries.ts";
import { type MessageBody, type SmlMessage } from "../src/messages/message.ts";
import { type SmlTime } from "../src/messages/time.ts";
import { type SmlInteger, type SmlSimpleValue, type SmlStatus, type SmlValue } from "../src/messages/value.ts";
import { type Tlv } from "../src/tlv/generic.ts";
import { type EncodingStyle } from "../src/tlv/reader.ts";

const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const few = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 3 });

/** Lengths at which the TL field grows come often enough to be met. */
function octets(min: number, max: number): fc.Arbitrary<Uint8Array> {
  const edges = [13, 14, 15, 16, 253, 254, 255, 256].filter((length) => length >= min && length <= max);
  const short = fc.uint8Array({ minLength: min, maxLength: Math.min(max, 12) });
  if (edges.length === 0) return short;
  const edge = fc.tuple(fc.constantFrom(...edges), fc.nat(255)).map(([length, seed]) => {
    return Uint8Array.from({ length }, (_, at) => (at + seed) & 0xff);
  });
  return fc.oneof({ arbitrary: short, weight: 6 }, { arbitrary: edge, weight: 1 });
}
/** Where a field is optional an empty octet string would be read as absent. */
const octetsOrAbsent = (max: number) => optional(octets(1, max));

const unsigned = (bits: 8 | 16 | 32) =>
  fc.oneof(fc.integer({ min: 0, max: 2 ** bits - 1 }), fc.constantFrom(0, 1, 255, 2 ** bits - 1));
const signed = (bits: 8 | 16 | 32) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });

/** As decoding gives it: number where exact. */
const exact = (value: bigint): number | bigint => {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
};

/** Around the edges of each width, and around 2^53, where numbers end. */
function integer(min: bigint, max: bigint): fc.Arbitrary<number | bigint> {
  const edges = [
    min,
    min + 1n,
    -1n,
    0n,
    1n,
    2n ** 32n,
    2n ** 53n - 1n,
    2n ** 53n,
    -(2n ** 53n),
    -(2n ** 53n) - 1n,
    max,
  ];
  const inside = edges.filter((edge) => edge >= min && edge <= max);
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(...inside)).map(exact);
}

const smlInteger: fc.Arbitrary<SmlInteger> = fc
  .tuple(fc.constantFrom("signed" as const, "unsigned" as const), fc.integer({ min: 1, max: 8 }))
  .chain(([type, byteLength]) => {
    const bits = BigInt(8 * byteLength);
    const range =
      type === "signed" ? ([-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] as const) : ([0n, 2n ** bits - 1n] as const);
    return integer(...range).map((value) => ({ type, byteLength, value }));
  });

const status: fc.Arbitrary<SmlStatus> = smlInteger
  .filter(({ type }) => type === "unsigned")
  .map(({ byteLength, value }) => ({ byteLength, bits: value }));

const time: fc.Arbitrary<SmlTime> = fc.oneof(
  unsigned(32).map((value): SmlTime => ({ kind: "secIndex", value })),
  unsigned(32).map((value): SmlTime => ({ kind: "secIndex", value, bare: true })),
  unsigned(32).map((value): SmlTime => ({ kind: "timestamp", value })),
  fc
    .record({ timestamp: unsigned(32), localOffset: signed(16), seasonTimeOffset: signed(16) })
    .map((value): SmlTime => ({ kind: "localTimestamp", value })),
);

const simpleValue: fc.Arbitrary<SmlSimpleValue> = fc.oneof(
  { arbitrary: smlInteger, weight: 4 },
  { arbitrary: octets(1, 8192).map((value): SmlSimpleValue => ({ type: "octets", value })), weight: 2 },
  { arbitrary: fc.boolean().map((value): SmlSimpleValue => ({ type: "boolean", value })), weight: 1 },
);

const value: fc.Arbitrary<SmlValue> = fc.oneof(
  { arbitrary: simpleValue, weight: 5 },
  {
    arbitrary: fc.oneof(
      time.map((content): SmlValue => ({ type: "list", value: { kind: "smlTime", value: content } })),
      fc
        .record({ timestamp: time, status, simpleValue })
        .map((content): SmlValue => ({ type: "list", value: { kind: "timestampedValue", value: content } })),
      fc.record({ scaler: signed(8), unit: unsigned(8) }).map((content): SmlValue => ({
        type: "list",
        value: { kind: "cosemValue", value: { kind: "scalerUnit", value: content } },
      })),
    ),
    weight: 1,
  },
);

const object = octets(6, 6);
const signature = octetsOrAbsent(512);
const serverId = octets(0, 64);
const path = few(octets(0, 255));

const listEntry: fc.Arbitrary<ListEntry> = fc.record({
  objName: object,
  status: optional(status),
  valTime: optional(time),
  unit: optional(unsigned(8)),
  scaler: optional(signed(8)),
  value: optional(value),
  valueSignature: signature,
});

const periodEntry: fc.Arbitrary<PeriodEntry> = fc.record({
  objName: object,
  unit: unsigned(8),
  scaler: signed(8),
  value: optional(value),
  valueSignature: signature,
});
const header: fc.Arbitrary<ProfileHeader> = fc.record({ objName: object, unit: unsigned(8), scaler: signed(8) });
const valueEntry: fc.Arbitrary<ValueEntry> = fc.record({ value: optional(value), valueSignature: signature });
const period: fc.Arbitrary<ProfilePeriod> = fc.record({
  valTime: time,
  status,
  valueList: few(valueEntry),
  periodSignature: signature,
});

const wide = integer(-(2n ** 63n), 2n ** 63n - 1n);
const tupelEntry: fc.Arbitrary<TupelEntry> = fc.record({
  serverId,
  secIndex: time,
  status,
  unitPA: unsigned(8),
  scalerPA: signed(8),
  valuePA: wide,
  unitR1: unsigned(8),
  scalerR1: signed(8),
  valueR1: wide,
  unitR4: unsigned(8),
  scalerR4: signed(8),
  valueR4: wide,
  signaturePAR1R4: octets(0, 512),
  unitMA: unsigned(8),
  scalerMA: signed(8),
  valueMA: wide,
  unitR2: unsigned(8),
  scalerR2: signed(8),
  valueR2: wide,
  unitR3: unsigned(8),
  scalerR3: signed(8),
  valueR3: wide,
  signatureMAR2R3: octets(0, 512),
});

const parameterValue: fc.Arbitrary<ProcParValue> = fc.oneof(
  value.map((content): ProcParValue => ({ kind: "smlValue", value: content })),
  periodEntry.map((content): ProcParValue => ({ kind: "periodEntry", value: content })),
  tupelEntry.map((content): ProcParValue => ({ kind: "tupelEntry", value: content })),
  time.map((content): ProcParValue => ({ kind: "smlTime", value: content })),
  listEntry.map((content): ProcParValue => ({ kind: "listEntry", value: content })),
);

const tree: fc.Arbitrary<SmlTree> = fc.letrec<{ tree: SmlTree }>((tie) => ({
  tree: fc.record({
    parameterName: octets(0, 255),
    parameterValue: optional(parameterValue),
    childList: fc.option(fc.array(tie("tree"), { maxLength: 2 }), {
      nil: undefined,
      maxDepth: 5,
      depthIdentifier: "tree",
    }),
  }),
})).tree;

const tlv: fc.Arbitrary<Tlv> = fc.letrec<{ tlv: Tlv }>((tie) => ({
  tlv: fc.oneof(
    { maxDepth: 4, depthIdentifier: "tlv" },
    octets(0, 300).map((content): Tlv => ({ type: "octets", value: content })),
    fc.boolean().map((content): Tlv => ({ type: "boolean", value: content })),
    smlInteger,
    fc.array(tie("tlv"), { maxLength: 20 }).map((content): Tlv => ({ type: "list", value: content })),
  ),
})).tlv;

const name = octetsOrAbsent(64);
const asker = { serverId: optional(octets(1, 64)), username: name, password: name };

const profileRequest: fc.Arbitrary<GetProfileRequest> = fc.record({
  ...asker,
  withRawdata: optional(fc.boolean()),
  beginTime: optional(time),
  endTime: optional(time),
  parameterTreePath: path,
  objectList: optional(few(octets(0, 255))),
  dasDetails: optional(tree),
});

const getListResponse: fc.Arbitrary<GetListResponse> = fc.record({
  clientId: octetsOrAbsent(255),
  serverId,
  listName: octetsOrAbsent(255),
  actSensorTime: optional(time),
  valList: fc.oneof(
    { arbitrary: few(listEntry), weight: 4 },
    { arbitrary: fc.array(listEntry, { minLength: 14, maxLength: 18 }), weight: 1 },
  ),
  listSignature: signature,
  actGatewayTime: optional(time),
});

const attention: fc.Arbitrary<AttentionResponse> = fc.record({
  serverId,
  attentionNo: octets(6, 6),
  attentionMsg: octetsOrAbsent(255),
  attentionDetails: optional(tree),
});
const openRequest: fc.Arbitrary<PublicOpenRequest> = fc.record({
  ...asker,
  codepage: octetsOrAbsent(255),
  clientId: octets(0, 255),
  reqFileId: octets(0, 255),
  smlVersion: optional(unsigned(8)),
});
const openResponse: fc.Arbitrary<PublicOpenResponse> = fc.record({
  codepage: octetsOrAbsent(255),
  clientId: octetsOrAbsent(255),
  reqFileId: octets(0, 255),
  serverId,
  refTime: optional(time),
  smlVersion: optional(unsigned(8)),
});
const closing: fc.Arbitrary<PublicClose> = fc.record({ globalSignature: signature });
const profilePack: fc.Arbitrary<GetProfilePackResponse> = fc.record({
  serverId,
  actTime: time,
  regPeriod: unsigned(32),
  parameterTreePath: path,
  headerList: few(header),
  periodList: few(period),
  rawdata: octetsOrAbsent(65_535),
  profileSignature: signature,
});
const profileList: fc.Arbitrary<GetProfileListResponse> = fc.record({
  serverId,
  actTime: time,
  regPeriod: unsigned(32),
  parameterTreePath: path,
  valTime: time,
  status,
  periodList: few(periodEntry),
  rawdata: octetsOrAbsent(65_535),
  periodSignature: signature,
});
const getParameter: fc.Arbitrary<GetProcParameterRequest> = fc.record({
  ...asker,
  parameterTreePath: path,
  attribute: octetsOrAbsent(255),
});
const parameter: fc.Arbitrary<GetProcParameterResponse> = fc.record({
  serverId,
  parameterTreePath: path,
  parameterTree: tree,
});
const setParameter: fc.Arbitrary<SetProcParameterRequest> = fc.record({
  ...asker,
  parameterTreePath: path,
  parameterTree: tree,
});
const getList: fc.Arbitrary<GetListRequest> = fc.record({
  ...asker,
  clientId: octets(0, 255),
  listName: octetsOrAbsent(255),
});

/** By kind, so that a kind that is added without an arbitrary does not compile. */
const values: { readonly [K in BodyKind]: fc.Arbitrary<Extract<MessageBody, { kind: K }>["value"]> } = {
  PublicOpenRequest: openRequest,
  PublicOpenResponse: openResponse,
  PublicCloseRequest: closing,
  PublicCloseResponse: closing,
  GetProfilePackRequest: profileRequest,
  GetProfilePackResponse: profilePack,
  GetProfileListRequest: profileRequest,
  GetProfileListResponse: profileList,
  GetProcParameterRequest: getParameter,
  GetProcParameterResponse: parameter,
  SetProcParameterRequest: setParameter,
  GetListRequest: getList,
  GetListResponse: getListResponse,
  GetCosemRequest: tlv,
  GetCosemResponse: tlv,
  SetCosemRequest: tlv,
  SetCosemResponse: tlv,
  ActionCosemRequest: tlv,
  ActionCosemResponse: tlv,
  AttentionResponse: attention,
};

export const bodyKinds = Object.keys(values) as BodyKind[]; // its own keys

export function bodyOf(kind: BodyKind): fc.Arbitrary<MessageBody> {
  const content: fc.Arbitrary<unknown> = values[kind];
  return content.map((of) => ({ kind, value: of }) as MessageBody); // paired by the type of `values`
}

const unknownBody: fc.Arbitrary<MessageBody> = fc.record({
  kind: fc.constant("UnknownBody" as const),
  tag: fc.constantFrom(0, 0x0601, 0x0702, 0xffff, 0x1_0000, 0xffff_ffff),
  value: tlv,
});

export function messageOf(body: fc.Arbitrary<MessageBody>): fc.Arbitrary<SmlMessage> {
  return fc.record({ transactionId: octets(0, 255), groupNo: unsigned(8), abortOnError: unsigned(8), body });
}

export const anyMessage: fc.Arbitrary<SmlMessage> = messageOf(fc.oneof(...bodyKinds.map(bodyOf), unknownBody));

export const style: fc.Arbitrary<EncodingStyle> = fc.record({
  bodyTagBytes: fc.constantFrom(2 as const, 4 as const),
  shortChecksum: fc.boolean(),
  integers: fc.constantFrom("declared" as const, "minimal" as const),
});
