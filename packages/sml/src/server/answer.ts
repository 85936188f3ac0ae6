/**
 * The answering side: a request file in, a response file out. For virtual meters, and for whatever speaks SML as one.
 *
 * In: a decoded request, and the device behind it.  Out: the messages to send back.
 * Not here: the device's values and its clock (the caller's `SmlDevice`), framing.
 * Groups: messages of one number may be executed in any order, here in the order sent; `abortOnError` is honoured.
 * Source: SML 1.04, `SML_File`, `SML_Message` and the bodies' descriptions.
 */

import { equalBytes } from "@siegel/wire";
import { attention, type attentionCodes, attentionNumber } from "../messages/attention.ts";
import type { GetListResponse, GetProfileListResponse, GetProfilePackResponse } from "../messages/bodies.ts";
import type { SmlTree, TreePath } from "../messages/entries.ts";
import type { SmlFile } from "../messages/file.ts";
import { abortOnError, type MessageBody, type SmlMessage } from "../messages/message.ts";
import type { SmlTime } from "../messages/time.ts";
import type { ProfileQuestion } from "../session/requests.ts";

/** Why a device does not answer, or that it did what was asked: an attention code. */
export type Refusal = (typeof attentionCodes)[keyof typeof attentionCodes]["code"];

export type Credentials = { readonly username?: Uint8Array | undefined; readonly password?: Uint8Array | undefined };

/** What a device must be able to say. A refusal is sent as an attention message. */
export interface SmlDevice {
  readonly serverId: Uint8Array;
  /** The device's own time, for its open message. */
  now(): SmlTime;
  /** Whether these credentials may do this. Compares passwords in constant time. */
  mayAsk(kind: MessageBody["kind"], credentials: Credentials): boolean;
  list(listName: Uint8Array | undefined): GetListResponse | Refusal;
  /** One entry for each period asked for, oldest first. */
  profileList(question: ProfileQuestion): readonly GetProfileListResponse[] | Refusal;
  profilePack(question: ProfileQuestion): GetProfilePackResponse | Refusal;
  parameter(path: TreePath, attribute: Uint8Array | undefined): SmlTree | Refusal;
  setParameter(path: TreePath, tree: SmlTree): Refusal;
}

/**
 * The response file to a request file.
 *
 * @returns No messages at all when the file has no open message: nobody could tell what the answer belongs to.
 */
export function answerFile(request: SmlFile, device: SmlDevice): readonly SmlMessage[] {
  const [open, ...rest] = request.messages;
  if (open?.body.kind !== "PublicOpenRequest") return [];
  const { clientId, reqFileId } = open.body.value;
  const refTime = device.now();
  const opened: MessageBody = {
    kind: "PublicOpenResponse",
    value: { clientId, reqFileId, serverId: device.serverId, refTime },
  };
  const answers = [reply(open, opened)];
  const close = rest.at(-1)?.body.kind === "PublicCloseRequest" ? rest.pop() : undefined;
  let stop: { afterGroup: number } | undefined;
  let skip: { group: number } | undefined;
  for (const asked of rest) {
    if (stop !== undefined && asked.groupNo !== stop.afterGroup) break;
    if (skip !== undefined && asked.groupNo === skip.group) continue;
    const bodies = answerOne(asked, device);
    answers.push(...bodies.map((body) => reply(asked, body)));
    if (!bodies.some(isRefusal)) continue;
    if (asked.abortOnError === abortOnError.stop) break;
    if (asked.abortOnError === abortOnError.skipToNextGroup) skip = { group: asked.groupNo };
    if (asked.abortOnError === abortOnError.finishGroup) stop = { afterGroup: asked.groupNo };
  }
  if (close === undefined) return [...answers, reply(open, refuse(device, "file-without-close")), closing(open)];
  return [...answers, closing(close)];
}

function answerOne(asked: SmlMessage, device: SmlDevice): readonly MessageBody[] {
  const { body } = asked;
  switch (body.kind) {
    case "GetListRequest":
    case "GetProfileListRequest":
    case "GetProfilePackRequest":
    case "GetProcParameterRequest":
    case "SetProcParameterRequest": {
      const { serverId } = body.value;
      if (serverId !== undefined && !equalBytes(serverId, device.serverId)) {
        return [refuse(device, "server-id-not-available")];
      }
      if (!device.mayAsk(body.kind, body.value)) return [refuse(device, "wrong-user-or-password")];
      return granted(body, device);
    }
    case "UnknownBody":
      return [refuse(device, "unknown-designation")];
    default:
      return [refuse(device, "unexpected-message")];
  }
}

type Answerable = Extract<
  MessageBody,
  {
    kind:
      | "GetListRequest"
      | "GetProfileListRequest"
      | "GetProfilePackRequest"
      | "GetProcParameterRequest"
      | "SetProcParameterRequest";
  }
>;

function granted(body: Answerable, device: SmlDevice): readonly MessageBody[] {
  switch (body.kind) {
    case "GetListRequest": {
      const list = device.list(body.value.listName);
      if (typeof list === "string") return [refuse(device, list)];
      return [{ kind: "GetListResponse", value: { ...list, clientId: body.value.clientId } }];
    }
    case "GetProfileListRequest": {
      const periods = device.profileList(question(body.value));
      if (typeof periods === "string") return [refuse(device, periods)];
      return periods.map((value) => ({ kind: "GetProfileListResponse", value }));
    }
    case "GetProfilePackRequest": {
      const pack = device.profilePack(question(body.value));
      if (typeof pack === "string") return [refuse(device, pack)];
      return [{ kind: "GetProfilePackResponse", value: pack }];
    }
    case "GetProcParameterRequest": {
      const { parameterTreePath, attribute } = body.value;
      const parameterTree = device.parameter(parameterTreePath, attribute);
      if (typeof parameterTree === "string") return [refuse(device, parameterTree)];
      const { serverId } = device;
      return [{ kind: "GetProcParameterResponse", value: { serverId, parameterTreePath, parameterTree } }];
    }
    case "SetProcParameterRequest":
      return [refuse(device, device.setParameter(body.value.parameterTreePath, body.value.parameterTree))];
  }
}

function question(asked: Extract<Answerable, { kind: "GetProfileListRequest" }>["value"]): ProfileQuestion {
  const { parameterTreePath: path, beginTime: from, endTime: to, objectList: objects, withRawdata } = asked;
  return { path, from, to, objects, withRawdata };
}

/** Also carries what is no refusal: `ok` and `accepted`. */
function refuse(device: SmlDevice, code: Refusal): MessageBody {
  return { kind: "AttentionResponse", value: attention(device.serverId, code) };
}

function isRefusal(body: MessageBody): boolean {
  if (body.kind !== "AttentionResponse") return false;
  const number = body.value.attentionNo;
  return !equalBytes(number, attentionNumber("ok")) && !equalBytes(number, attentionNumber("accepted"));
}

function reply(asked: SmlMessage, body: MessageBody): SmlMessage {
  const { transactionId, groupNo } = asked;
  return { transactionId, groupNo, abortOnError: abortOnError.goOn, body };
}

function closing(asked: SmlMessage): SmlMessage {
  return reply(asked, { kind: "PublicCloseResponse", value: {} });
}
