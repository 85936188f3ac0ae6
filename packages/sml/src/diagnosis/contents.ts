/** Telegrams that decode, and yet do not give what the person wants: echo, refusal, reduced data set. */

import { attentionOf } from "../messages/attention.ts";
import type { ListEntry } from "../messages/entries.ts";
import type { MessageBody } from "../messages/message.ts";
import type { Finding } from "./causes.ts";
import { latin1Of, type Sample } from "./sample.ts";

export function contents(sample: Sample): Finding[] {
  const bodies = sample.files.flatMap((file) => file.messages.map((message) => message.body));
  return [...echo(sample, bodies), ...refusal(bodies), ...reducedDataSet(bodies)];
}

/** The sign-on request of IEC 62056-21 and nothing else: sent by us, not answered, and heard by ourselves. */
export function ownRequest({ bytes }: Sample): Finding[] {
  const isRequest = bytes.length <= 128 && /^\0*\/\?[ -~]{0,32}!\r?\n?$/.test(latin1Of(bytes));
  return isRequest ? [{ code: "echo", certainty: "certain", offset: 0 }] : [];
}

/** Requests in a stream that ought to come from the meter. */
function echo({ fromLine }: Sample, bodies: readonly MessageBody[]): Finding[] {
  const requests = bodies.filter((body) => body.kind.endsWith("Request"));
  if (requests.length === 0) return [];
  const onlyRequests = requests.length === bodies.length;
  const certainty = onlyRequests ? (fromLine ? "certain" : "likely") : fromLine ? "likely" : "possible";
  return [{ code: "echo", certainty, figures: `${requests.length} of ${bodies.length} messages` }];
}

function refusal(bodies: readonly MessageBody[]): Finding[] {
  const refused = bodies.filter(
    (body) => body.kind === "AttentionResponse" && !attentionOf(body.value.attentionNo).granted,
  );
  return refused.length === 0
    ? []
    : [{ code: "meter-refused", certainty: "certain", figures: `refusals: ${refused.length}` }];
}

/** Energy in whole kilowatt hours and nothing else measured: what the meter gives before its PIN is entered. */
function reducedDataSet(bodies: readonly MessageBody[]): Finding[] {
  const lists = bodies.filter((body) => body.kind === "GetListResponse");
  const last = lists.at(-1); // the state now: the PIN may have been entered, or have lapsed, on the way
  if (last === undefined) return [];
  const measured = last.value.valList.filter((entry) => entry.unit !== undefined && entry.unit !== noUnit);
  if (measured.length === 0 || !measured.every(isCoarse)) return [];
  return [{ code: "reduced-data-set", certainty: "likely" }];
}

const isCoarse = (entry: ListEntry): boolean => entry.unit === wattHour && (entry.scaler ?? 0) >= kilo;

/** DLMS unit codes (DLMS UA 1000-1, unit). */
const wattHour = 30;
const noUnit = 255;
const kilo = 3;
