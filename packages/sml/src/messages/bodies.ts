/**
 * The message bodies, in the order of their tags. Source: SML 1.04, `SML_MessageBody`.
 *
 * Seen on real captures: PublicOpen, PublicClose and GetList responses. The others follow three independent open
 * implementations that agree; the six COSEM bodies are kept as elements, since no open source confirms their fields.
 */

import type { Infer } from "@siegel/wire";
import { boolean, listOf, octets, optional, sequence, type SmlCodec, unsigned } from "../tlv/blocks.ts";
import { anyElement } from "../tlv/generic.ts";
import {
  ListEntry,
  PeriodEntry,
  ProfileHeader,
  ProfilePeriod,
  ServerId,
  Signature,
  SmlTree,
  TreePath,
} from "./entries.ts";
import { SmlTime } from "./time.ts";
import { SmlStatus } from "./value.ts";

const Name = octets({ max: 64 });

export const PublicOpenRequest = sequence("SML_PublicOpen.Req", {
  codepage: optional(octets()),
  clientId: octets(),
  reqFileId: octets(),
  serverId: optional(ServerId),
  username: optional(Name),
  password: optional(Name),
  smlVersion: optional(unsigned(8)), // absent = 1
});
export type PublicOpenRequest = Infer<typeof PublicOpenRequest>;

export const PublicOpenResponse = sequence("SML_PublicOpen.Res", {
  codepage: optional(octets()),
  clientId: optional(octets()),
  reqFileId: octets(),
  serverId: ServerId,
  refTime: optional(SmlTime),
  smlVersion: optional(unsigned(8)),
});
export type PublicOpenResponse = Infer<typeof PublicOpenResponse>;

export const PublicCloseRequest = sequence("SML_PublicClose.Req", { globalSignature: optional(Signature) });
export const PublicCloseResponse = sequence("SML_PublicClose.Res", { globalSignature: optional(Signature) });
export type PublicClose = Infer<typeof PublicCloseRequest>;

const profileRequest = {
  serverId: optional(ServerId),
  username: optional(Name),
  password: optional(Name),
  withRawdata: optional(boolean),
  beginTime: optional(SmlTime),
  endTime: optional(SmlTime),
  parameterTreePath: TreePath,
  objectList: optional(listOf(octets())),
  dasDetails: optional(SmlTree),
};
export const GetProfilePackRequest = sequence("SML_GetProfilePack.Req", profileRequest);
export const GetProfileListRequest = sequence("SML_GetProfileList.Req", profileRequest);
export type GetProfileRequest = Infer<typeof GetProfilePackRequest>;

export const GetProfilePackResponse = sequence("SML_GetProfilePack.Res", {
  serverId: ServerId,
  actTime: SmlTime,
  regPeriod: unsigned(32), // seconds
  parameterTreePath: TreePath,
  headerList: listOf(ProfileHeader),
  periodList: listOf(ProfilePeriod),
  rawdata: optional(octets({ max: 65_535 })),
  profileSignature: optional(Signature),
});
export type GetProfilePackResponse = Infer<typeof GetProfilePackResponse>;

export const GetProfileListResponse = sequence("SML_GetProfileList.Res", {
  serverId: ServerId,
  actTime: SmlTime,
  regPeriod: unsigned(32), // seconds
  parameterTreePath: TreePath,
  valTime: SmlTime,
  status: SmlStatus,
  periodList: listOf(PeriodEntry),
  rawdata: optional(octets({ max: 65_535 })),
  periodSignature: optional(Signature),
});
export type GetProfileListResponse = Infer<typeof GetProfileListResponse>;

export const GetProcParameterRequest = sequence("SML_GetProcParameter.Req", {
  serverId: optional(ServerId),
  username: optional(Name),
  password: optional(Name),
  parameterTreePath: TreePath,
  attribute: optional(octets()),
});
export type GetProcParameterRequest = Infer<typeof GetProcParameterRequest>;

export const GetProcParameterResponse = sequence("SML_GetProcParameter.Res", {
  serverId: ServerId,
  parameterTreePath: TreePath,
  parameterTree: SmlTree,
});
export type GetProcParameterResponse = Infer<typeof GetProcParameterResponse>;

export const SetProcParameterRequest = sequence("SML_SetProcParameter.Req", {
  serverId: optional(ServerId),
  username: optional(Name),
  password: optional(Name),
  parameterTreePath: TreePath,
  parameterTree: SmlTree,
});
export type SetProcParameterRequest = Infer<typeof SetProcParameterRequest>;

export const GetListRequest = sequence("SML_GetList.Req", {
  clientId: octets(),
  serverId: optional(ServerId),
  username: optional(Name),
  password: optional(Name),
  listName: optional(octets()),
});
export type GetListRequest = Infer<typeof GetListRequest>;

/** What a meter pushes every second. */
export const GetListResponse = sequence("SML_GetList.Res", {
  clientId: optional(octets()),
  serverId: ServerId,
  listName: optional(octets()),
  actSensorTime: optional(SmlTime),
  valList: listOf(ListEntry),
  listSignature: optional(Signature),
  actGatewayTime: optional(SmlTime),
});
export type GetListResponse = Infer<typeof GetListResponse>;

/** An error or an acknowledgement; the codes: ./attention. */
export const AttentionResponse = sequence("SML_Attention.Res", {
  serverId: ServerId,
  attentionNo: octets({ min: 6, max: 6 }),
  attentionMsg: optional(octets()),
  attentionDetails: optional(SmlTree),
});
export type AttentionResponse = Infer<typeof AttentionResponse>;

/** Body by kind: tag and codec. */
export const messageBodies = {
  PublicOpenRequest: [0x0100, PublicOpenRequest],
  PublicOpenResponse: [0x0101, PublicOpenResponse],
  PublicCloseRequest: [0x0200, PublicCloseRequest],
  PublicCloseResponse: [0x0201, PublicCloseResponse],
  GetProfilePackRequest: [0x0300, GetProfilePackRequest],
  GetProfilePackResponse: [0x0301, GetProfilePackResponse],
  GetProfileListRequest: [0x0400, GetProfileListRequest],
  GetProfileListResponse: [0x0401, GetProfileListResponse],
  GetProcParameterRequest: [0x0500, GetProcParameterRequest],
  GetProcParameterResponse: [0x0501, GetProcParameterResponse],
  SetProcParameterRequest: [0x0600, SetProcParameterRequest],
  GetListRequest: [0x0700, GetListRequest],
  GetListResponse: [0x0701, GetListResponse],
  GetCosemRequest: [0x0800, anyElement],
  GetCosemResponse: [0x0801, anyElement],
  SetCosemRequest: [0x0900, anyElement],
  SetCosemResponse: [0x0901, anyElement],
  ActionCosemRequest: [0x0a00, anyElement],
  ActionCosemResponse: [0x0a01, anyElement],
  AttentionResponse: [0xff01, AttentionResponse],
} as const satisfies Readonly<Record<string, readonly [tag: number, codec: SmlCodec<any>]>>; // any: open record

export type BodyKind = keyof typeof messageBodies;
