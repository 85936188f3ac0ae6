/**
 * The reader's side of a D0 dialogue as a table: state, what happens, next state, what is done.
 *
 * Not here: how bytes become what happens, and what the actions do (./reader.ts).
 * What no row names changes nothing: on a half-duplex line with echoes and noise it is passed over, and the time runs.
 * Source: IEC 62056-21 §6.4 (modes A to E), §6.5 (programming mode), annex A (flow diagrams). The flows of mode C read-out
 * and of P0, P1, R1, B0 are seen in captures; the others are from memory of the standard.
 */

export type ReaderState =
  | "idle"
  | "waking"
  | "pausing"
  | "identifying"
  | "selecting-read-out"
  | "selecting-programming"
  | "selecting-binary"
  | "receiving"
  | "awaiting-seed"
  | "logging-in"
  | "ready"
  | "asking"
  | "signing-off"
  | "handed-over"
  | "done"
  | "failed";

export type ReaderHappening =
  | "start"
  | "start:asleep"
  /** Mode D: the meter speaks by itself. */
  | "start:listen"
  | "sent"
  /** Something came, whatever it is: the meter is there. */
  | "bytes"
  | "timeout"
  | "timeout:last"
  | "mode A"
  | "mode B"
  | "mode C"
  | "mode C:programming"
  | "mode E:binary"
  | "block"
  | "block:more"
  | "block:bad"
  | "block:bad:last"
  | "block:error"
  | "block:too-long"
  | "lines"
  | "seed:password"
  | "seed:no-password"
  | "ack"
  | "nak"
  | "nak:last"
  | "break"
  | "command"
  | "sign-off";

export type ReaderAction =
  | "wake"
  | "startAtInitialSpeed"
  | "request"
  | "keepIdentification"
  | "selectReadOut"
  | "selectProgramming"
  | "selectBinary"
  | "changeSpeed"
  | "acknowledge"
  | "repeatPlease"
  | "keepPart"
  | "deliver"
  | "deliverAcknowledged"
  | "deliverRefused"
  | "sendPassword"
  | "resend"
  | "sendCommand"
  | "sendBreak"
  | "tellReady"
  | "handOver"
  | "finish"
  | "waitPause"
  | "waitAnswer"
  | "waitPush"
  | "waitCharacter"
  | "stopWaiting"
  | "countRetry"
  | `fail:${"no-answer" | "answer-broke-off" | "bad-checksum" | "no-programming-mode" | "password-refused" | "broken-off" | "too-long"}`;

export type ReaderRow = readonly [
  from: ReaderState,
  on: ReaderHappening,
  to: ReaderState,
  ...actions: readonly ReaderAction[],
];

export const readerTable: readonly ReaderRow[] = [
  // Opening: §6.4.3; a battery meter is woken first, annex B.
  ["idle", "start", "identifying", "startAtInitialSpeed", "request", "waitAnswer"],
  ["idle", "start:asleep", "waking", "startAtInitialSpeed", "wake"],
  ["idle", "start:listen", "receiving", "startAtInitialSpeed", "waitPush"],
  ["waking", "sent", "pausing", "waitPause"],
  ["pausing", "timeout", "identifying", "request", "waitAnswer"],
  ["pausing", "timeout:last", "identifying", "request", "waitAnswer"],
  ["identifying", "bytes", "identifying", "waitCharacter"],
  ["identifying", "mode A", "receiving", "keepIdentification", "waitAnswer"],
  ["identifying", "mode B", "receiving", "keepIdentification", "changeSpeed", "waitAnswer"],
  ["identifying", "mode C", "selecting-read-out", "keepIdentification", "stopWaiting", "selectReadOut"],
  [
    "identifying",
    "mode C:programming",
    "selecting-programming",
    "keepIdentification",
    "stopWaiting",
    "selectProgramming",
  ],
  ["identifying", "mode E:binary", "selecting-binary", "keepIdentification", "stopWaiting", "selectBinary"],
  ["identifying", "timeout", "identifying", "countRetry", "startAtInitialSpeed", "request", "waitAnswer"],
  ["identifying", "timeout:last", "failed", "fail:no-answer"],

  // The speed changes once the acknowledgement has left the line, not before.
  ["selecting-read-out", "sent", "receiving", "changeSpeed", "waitAnswer"],
  ["selecting-programming", "sent", "awaiting-seed", "changeSpeed", "waitAnswer"],
  ["selecting-binary", "sent", "handed-over", "changeSpeed", "handOver"],

  // Read-out: §6.4.3.
  ["receiving", "bytes", "receiving", "waitCharacter"],
  ["receiving", "mode A", "receiving", "keepIdentification", "waitAnswer"], // mode D: the meter introduces itself
  ["receiving", "block", "done", "stopWaiting", "deliver", "finish"],
  ["receiving", "lines", "done", "stopWaiting", "deliver", "finish"],
  ["receiving", "block:more", "receiving", "keepPart", "acknowledge", "waitAnswer"],
  ["receiving", "block:bad", "receiving", "countRetry", "repeatPlease", "waitAnswer"],
  ["receiving", "block:bad:last", "failed", "stopWaiting", "fail:bad-checksum"],
  ["receiving", "block:too-long", "failed", "stopWaiting", "fail:too-long"],
  ["receiving", "timeout", "identifying", "countRetry", "startAtInitialSpeed", "request", "waitAnswer"],
  ["receiving", "timeout:last", "failed", "fail:answer-broke-off"],
  ["receiving", "break", "failed", "stopWaiting", "fail:broken-off"],

  // Programming mode: §6.5. A block in place of P0 is the read-out of a meter that has no programming mode.
  ["awaiting-seed", "bytes", "awaiting-seed", "waitCharacter"],
  ["awaiting-seed", "seed:password", "logging-in", "sendPassword", "waitAnswer"],
  ["awaiting-seed", "seed:no-password", "ready", "stopWaiting", "tellReady"],
  ["awaiting-seed", "block", "failed", "stopWaiting", "fail:no-programming-mode"],
  ["awaiting-seed", "lines", "failed", "stopWaiting", "fail:no-programming-mode"],
  ["awaiting-seed", "block:bad", "awaiting-seed", "countRetry", "repeatPlease", "waitAnswer"],
  ["awaiting-seed", "block:bad:last", "failed", "stopWaiting", "fail:bad-checksum"],
  ["awaiting-seed", "block:too-long", "failed", "stopWaiting", "fail:too-long"],
  ["awaiting-seed", "timeout", "identifying", "countRetry", "startAtInitialSpeed", "request", "waitAnswer"],
  ["awaiting-seed", "timeout:last", "failed", "fail:no-programming-mode"],
  ["awaiting-seed", "break", "failed", "stopWaiting", "fail:broken-off"],

  ["logging-in", "bytes", "logging-in", "waitCharacter"],
  ["logging-in", "ack", "ready", "stopWaiting", "tellReady"],
  ["logging-in", "nak", "logging-in", "countRetry", "resend", "waitAnswer"],
  ["logging-in", "nak:last", "failed", "stopWaiting", "fail:password-refused"],
  ["logging-in", "block:error", "failed", "stopWaiting", "fail:password-refused"],
  ["logging-in", "break", "failed", "stopWaiting", "fail:password-refused"],
  ["logging-in", "timeout", "logging-in", "countRetry", "resend", "waitAnswer"],
  ["logging-in", "timeout:last", "failed", "fail:password-refused"],

  ["ready", "command", "asking", "sendCommand", "waitAnswer"],
  ["ready", "sign-off", "signing-off", "sendBreak"],
  ["ready", "break", "failed", "fail:broken-off"],

  ["asking", "bytes", "asking", "waitCharacter"],
  ["asking", "block", "ready", "stopWaiting", "deliver"],
  ["asking", "block:more", "asking", "keepPart", "acknowledge", "waitAnswer"],
  ["asking", "block:bad", "asking", "countRetry", "repeatPlease", "waitAnswer"],
  ["asking", "block:bad:last", "failed", "stopWaiting", "fail:bad-checksum"],
  ["asking", "block:too-long", "failed", "stopWaiting", "fail:too-long"],
  ["asking", "block:error", "ready", "stopWaiting", "deliverRefused"],
  ["asking", "ack", "ready", "stopWaiting", "deliverAcknowledged"],
  ["asking", "nak", "asking", "countRetry", "resend", "waitAnswer"],
  ["asking", "nak:last", "ready", "stopWaiting", "deliverRefused"],
  ["asking", "timeout", "asking", "countRetry", "resend", "waitAnswer"],
  ["asking", "timeout:last", "failed", "fail:answer-broke-off"],
  ["asking", "break", "failed", "stopWaiting", "fail:broken-off"],

  ["signing-off", "sent", "done", "finish"],
];

/** The table as lines of text, for snapshots and reviews. */
export function tableText(rows: readonly (readonly [string, string, string, ...(readonly string[])])[]): string {
  return rows.map(([from, on, to, ...actions]) => `${from} -- ${on} --> ${to}: ${actions.join(", ")}`).join("\n");
}
