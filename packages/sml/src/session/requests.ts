/**
 * The asking side: builds the file of one dialogue, and tells from the answer what became of each request.
 *
 * In: who asks, whom, what.  Out: messages to encode and send; later, one outcome for each request.
 * Not here: the line, time-outs, repeating (the caller's), what the values mean (../meaning).
 * Source: SML 1.04: a response carries the transactionId of its request, `reqFileId` ties the two files together.
 */

import { equalBytes, toHex } from "@siegel/wire";
import { type Attention, attentionOf } from "../messages/attention.ts";
import type { GetProfileRequest } from "../messages/bodies.ts";
import type { SmlTree, TreePath } from "../messages/entries.ts";
import { encodeFile, type SmlFile } from "../messages/file.ts";
import { abortOnError, type MessageBody, type SmlMessage } from "../messages/message.ts";
import type { SmlTime } from "../messages/time.ts";
import type { EncodingStyle } from "../tlv/reader.ts";
import { wrapFile } from "../framing/wrap.ts";

/** Who asks and whom. User name and password are octets, so that they never become text of ours. */
export interface Asker {
  readonly clientId: Uint8Array;
  /** Names this file; must differ from the last one, so that a late answer is not taken for a new one. */
  readonly reqFileId: Uint8Array;
  /** Absent: whoever is at the other end of the line. */
  readonly serverId?: Uint8Array | undefined;
  readonly username?: Uint8Array | undefined;
  readonly password?: Uint8Array | undefined;
}

/** Which part of a load profile. */
export interface ProfileQuestion {
  readonly path: TreePath;
  readonly from?: SmlTime | undefined;
  readonly to?: SmlTime | undefined;
  /** Only these objects; absent: all. */
  readonly objects?: readonly Uint8Array[] | undefined;
  readonly withRawdata?: boolean | undefined;
}

/** One request file under construction: Open, the requests in the order asked, Close. */
export class RequestFile {
  readonly #asker: Asker;
  readonly #requests: SmlMessage[] = [];

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /** Current values; `listName` absent: the list that the device chooses. */
  getList(listName?: Uint8Array): this {
    const { clientId } = this.#asker;
    return this.#add({ kind: "GetListRequest", value: { clientId, ...this.#addressee(), listName } });
  }

  /** A load profile, one message for each period. */
  getProfileList(question: ProfileQuestion): this {
    return this.#add({ kind: "GetProfileListRequest", value: this.#profile(question) });
  }

  /** A load profile, packed as a table into one message. */
  getProfilePack(question: ProfileQuestion): this {
    return this.#add({ kind: "GetProfilePackRequest", value: this.#profile(question) });
  }

  getProcParameter(parameterTreePath: TreePath, attribute?: Uint8Array): this {
    return this.#add({
      kind: "GetProcParameterRequest",
      value: { ...this.#addressee(), parameterTreePath, attribute },
    });
  }

  setProcParameter(parameterTreePath: TreePath, parameterTree: SmlTree): this {
    return this.#add({
      kind: "SetProcParameterRequest",
      value: { ...this.#addressee(), parameterTreePath, parameterTree },
    });
  }

  /** The whole file. */
  messages(): readonly SmlMessage[] {
    const { clientId, reqFileId } = this.#asker;
    return [
      message(0, { kind: "PublicOpenRequest", value: { clientId, reqFileId, ...this.#addressee() } }),
      ...this.#requests,
      message(this.#requests.length + 1, { kind: "PublicCloseRequest", value: {} }),
    ];
  }

  /** The bytes on the line. */
  toBytes(style?: Partial<EncodingStyle>): Uint8Array {
    return wrapFile(encodeFile(this.messages(), style));
  }

  #add(body: MessageBody): this {
    this.#requests.push(message(this.#requests.length + 1, body));
    return this;
  }

  #addressee(): Pick<Asker, "serverId" | "username" | "password"> {
    const { serverId, username, password } = this.#asker;
    return { serverId, username, password };
  }

  #profile(question: ProfileQuestion): GetProfileRequest {
    return {
      ...this.#addressee(),
      withRawdata: question.withRawdata,
      beginTime: question.from,
      endTime: question.to,
      parameterTreePath: question.path,
      objectList: question.objects,
    };
  }
}

/** What became of one request. A load profile as a list is answered by several messages. */
export type Outcome =
  | { readonly request: SmlMessage; readonly result: "answered"; readonly answers: readonly MessageBody[] }
  | { readonly request: SmlMessage; readonly result: "acknowledged" | "refused"; readonly attention: Attention }
  | { readonly request: SmlMessage; readonly result: "unanswered" };

/**
 * One outcome for each request but Open and Close, in the order asked.
 *
 * @param asked   The messages that were sent.
 * @param answer  The file that came back; one that answers another `reqFileId` leaves everything unanswered.
 */
export function outcomesOf(asked: readonly SmlMessage[], answer: SmlFile): readonly Outcome[] {
  const byTransaction = new Map<string, MessageBody[]>();
  if (answersFile(asked, answer)) {
    for (const { transactionId, body } of answer.messages) {
      const key = toHex(transactionId);
      byTransaction.set(key, [...(byTransaction.get(key) ?? []), body]);
    }
  }
  return asked
    .filter(({ body }) => body.kind !== "PublicOpenRequest" && body.kind !== "PublicCloseRequest")
    .map((request) => outcome(request, byTransaction.get(toHex(request.transactionId)) ?? []));
}

function outcome(request: SmlMessage, bodies: readonly MessageBody[]): Outcome {
  const said = bodies.find((body) => body.kind === "AttentionResponse");
  if (said !== undefined) {
    const attention = attentionOf(said.value.attentionNo);
    return { request, result: attention.granted ? "acknowledged" : "refused", attention };
  }
  const answers = bodies.filter((body) => body.kind === responseTo[request.body.kind]);
  return answers.length === 0 ? { request, result: "unanswered" } : { request, result: "answered", answers };
}

function answersFile(asked: readonly SmlMessage[], answer: SmlFile): boolean {
  const open = asked[0]?.body;
  const opened = answer.messages[0]?.body;
  if (open?.kind !== "PublicOpenRequest" || opened?.kind !== "PublicOpenResponse") return false;
  return equalBytes(open.value.reqFileId, opened.value.reqFileId);
}

const responseTo: Readonly<Partial<Record<MessageBody["kind"], MessageBody["kind"]>>> = {
  GetListRequest: "GetListResponse",
  GetProfileListRequest: "GetProfileListResponse",
  GetProfilePackRequest: "GetProfilePackResponse",
  GetProcParameterRequest: "GetProcParameterResponse",
};

/** Each request in a group of its own, so that they are executed in the order asked. */
function message(number: number, body: MessageBody): SmlMessage {
  const transactionId = Uint8Array.of(number >> 8, number & 0xff);
  return { transactionId, groupNo: number & 0xff, abortOnError: abortOnError.goOn, body };
}
