/**
 * The meter's side of a D0 dialogue as a table: state, what happens, next state, what is done.
 *
 * Not here: how bytes become what happens, and what the actions do (./meter.ts).
 * Source: IEC 62056-21 §6.4, §6.5, annex A, as in ../session/table.ts.
 */

export type MeterState = "idle" | "introducing" | "introduced" | "read-out" | "locked" | "unlocked" | "leaving";

export type MeterHappening =
  | "bytes"
  | "sent"
  | "timeout"
  | "request:A"
  | "request:B"
  | "request:C"
  | "option:read-out"
  | "option:programming"
  | "option:refused"
  | "ack"
  | "ack:more"
  | "nak"
  | "password:right"
  | "password:wrong"
  | "password:wrong:last"
  | "read"
  | "write"
  | "execute"
  | "sign-off"
  | "damaged";

export type MeterAction =
  | "introduce"
  | "changeSpeed"
  | "startAtInitialSpeed"
  | "sendReadOut"
  | "sendSeed"
  | "sendNextPart"
  | "resend"
  | "acknowledge"
  | "repeatPlease"
  | "answerRead"
  | "doWrite"
  | "doExecute"
  | "refuse"
  | "countWrongPassword"
  | "sendBreak"
  | "waitForOption"
  | "waitForCommand"
  | "waitForRepeat"
  | "stopWaiting";

export type MeterRow = readonly [
  from: MeterState,
  on: MeterHappening,
  to: MeterState,
  ...actions: readonly MeterAction[],
];

/** What a meter does in either state of programming mode. */
const programming = (state: "locked" | "unlocked"): MeterRow[] => [
  [state, "read", state, "answerRead", "waitForCommand"],
  [state, "ack:more", state, "sendNextPart", "waitForCommand"],
  [state, "nak", state, "resend", "waitForCommand"],
  [state, "damaged", state, "repeatPlease", "waitForCommand"],
  [state, "sign-off", "idle", "stopWaiting", "startAtInitialSpeed"],
  // Nobody speaks for long: the meter leaves programming mode, so that nobody finds it open.
  [state, "timeout", "leaving", "sendBreak"],
];

/** A request is answered in every state: the reader begins anew. */
const requests = (state: MeterState): MeterRow[] => [
  [state, "request:A", "introducing", "introduce"],
  [state, "request:B", "introducing", "introduce"],
  [state, "request:C", "introduced", "introduce", "waitForOption"],
];

export const meterTable: readonly MeterRow[] = [
  ...requests("idle"),
  // Modes A and B: the data follow the identification.
  ["introducing", "sent", "read-out", "changeSpeed", "sendReadOut", "waitForRepeat"],

  // Mode C: the reader says what it wants; if it says nothing, the data come at the speed of the opening.
  ...requests("introduced"),
  ["introduced", "option:read-out", "read-out", "changeSpeed", "sendReadOut", "waitForRepeat"],
  ["introduced", "option:programming", "locked", "changeSpeed", "sendSeed", "waitForCommand"],
  ["introduced", "option:refused", "idle", "stopWaiting", "startAtInitialSpeed"],
  ["introduced", "timeout", "read-out", "sendReadOut", "waitForRepeat"],

  ...requests("read-out"),
  ["read-out", "nak", "read-out", "resend", "waitForRepeat"],
  ["read-out", "ack:more", "read-out", "sendNextPart", "waitForRepeat"],
  ["read-out", "ack", "idle", "stopWaiting", "startAtInitialSpeed"],
  ["read-out", "sign-off", "idle", "stopWaiting", "startAtInitialSpeed"],
  ["read-out", "timeout", "idle", "startAtInitialSpeed"],

  ...requests("locked"),
  ["locked", "password:right", "unlocked", "acknowledge", "waitForCommand"],
  ["locked", "password:wrong", "locked", "countWrongPassword", "refuse", "waitForCommand"],
  ["locked", "password:wrong:last", "leaving", "sendBreak"],
  ["locked", "write", "locked", "refuse", "waitForCommand"],
  ["locked", "execute", "locked", "refuse", "waitForCommand"],
  ...programming("locked"),

  ...requests("unlocked"),
  ["unlocked", "password:right", "unlocked", "acknowledge", "waitForCommand"],
  ["unlocked", "password:wrong", "locked", "countWrongPassword", "refuse", "waitForCommand"],
  ["unlocked", "password:wrong:last", "leaving", "sendBreak"],
  ["unlocked", "write", "unlocked", "doWrite", "waitForCommand"],
  ["unlocked", "execute", "unlocked", "doExecute", "waitForCommand"],
  ...programming("unlocked"),

  ["leaving", "sent", "idle", "stopWaiting", "startAtInitialSpeed"],
];
