/** Telegrams that are whole, with checksums that are not what they should be. */

import { type Crc16, crc16Arc, crc16En13757, crc16Kermit, crc16X25, type DecodeError } from "@siegel/wire";
import { decodeFile } from "../messages/file.ts";
import type { Finding } from "./causes.ts";
import { payloadOf, type Sample } from "./sample.ts";

export function checksums(sample: Sample): Finding[] {
  const transport = transportChecksums(sample);
  return transport.length > 0 ? transport : messageChecksums(sample);
}

/** Known from early Holley meters, at the transport or in the messages. */
export function kermitFault({ good, files }: Sample): Finding[] {
  const frame = good.find((event) => event.checksum === "kermit");
  const inMessages = files.some((file) => file.deviations.some((deviation) => deviation.code === "kermit-checksum"));
  if (frame === undefined && !inMessages) return [];
  return [{ code: "checksum-kermit", certainty: "certain", ...(frame && { offset: frame.offset }) }];
}

/** Only consistent failure speaks of a kind; single ones are noise. */
function transportChecksums({ damaged, good }: Sample): Finding[] {
  const failed = damaged.filter((event) => event.error.code === "bad-checksum").slice(0, maxFrames);
  const read = failed.map((event) => ({ event, payload: payloadOf(event.bytes) }));
  const judged = read.map(({ event, payload }) => ({ event, outcome: payload && outcomeOf(payload) }));
  const whole = judged.filter(({ outcome }) => outcome !== undefined);
  const [first] = whole;
  if (first === undefined || whole.length < failed.length || good.length > 0) return [];
  const { offset } = first.event;
  const kind = kinds.find((candidate) => failed.every((event) => matches(candidate, event.bytes)));
  if (kind === crc16Kermit) return [{ code: "checksum-kermit", certainty: "certain", offset }];
  if (kind !== undefined)
    return [
      {
        code: "checksum-of-another-kind",
        certainty: "certain",
        offset,
        figures: kind === crc16X25 ? "X.25, its two bytes exchanged" : kind.name,
      },
    ];
  const outcomes = whole.map(({ outcome }) => outcome);
  if (outcomes.every((outcome) => outcome?.failed === 0)) {
    // In a single telegram the damage may have hit the checksum itself.
    return [{ code: "transport-checksum-only", certainty: whole.length > 1 ? "certain" : "likely", offset }];
  }
  const allFail = outcomes.every((outcome) => outcome?.failed === outcome?.messages);
  return allFail && whole.length > 1 ? [{ code: "checksum-of-another-kind", certainty: "likely", offset }] : [];
}

/** The frame is proved, yet message after message fails, and by nothing but its checksum. */
function messageChecksums({ files, good }: Sample): Finding[] {
  const errors = files.flatMap((file) => file.errors);
  if (errors.length === 0 || good.length === 0 || errors.some((error) => !isChecksum(error))) return [];
  return [{ code: "message-checksums", certainty: "certain", figures: `messages: ${errors.length}` }];
}

/** Messages of a payload and how many checksums fail; nothing where anything else is wrong with it. */
function outcomeOf(payload: Uint8Array): { messages: number; failed: number } | undefined {
  const { messages, errors, deviations } = decodeFile(payload);
  const isWhole = errors.every(isChecksum) && !deviations.some(({ code }) => code === "missing-close");
  const count = messages.length + errors.length;
  return isWhole && count > 1 ? { messages: count, failed: errors.length } : undefined;
}

const isChecksum = (error: DecodeError): boolean => error.code === "bad-checksum";

/** In either byte order. */
function matches(kind: Crc16, frame: Uint8Array): boolean {
  const end = frame.length - 2;
  const crc = kind.of(frame, 0, end);
  const [first, second] = [frame[end]!, frame[end + 1]!];
  return crc === (first | (second << 8)) || crc === ((first << 8) | second);
}

/** Kermit first: it has a name of its own among the causes. CCITT-FALSE has no table here and goes by the general text. */
const kinds: readonly Crc16[] = [crc16Kermit, crc16X25, crc16Arc, crc16En13757];
const maxFrames = 16;
