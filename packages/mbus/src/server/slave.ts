/**
 * A meter's side of the wired bus, step by step.
 *
 * In: the frames of a master, and that no good one came.  Out: the next state, and the answer if there is one.
 * Not here: bytes (./wired-slave), what is measured (whoever makes the telegrams).
 * Silence is an answer, too: to damage, to other addresses, to the broadcast, to a selection of somebody else.
 * A frame that is repeated to the octet (so with the same FCB) is answered as before and not obeyed a second time.
 * Source: EN 13757-2, 5.7; EN 13757-3 (CI 50 to 54, B8 to BF, 70, 71); EN 13757-7 (selection); facts §4.1.
 */

import { equalBytes } from "@siegel/wire";
import { type ApplicationError, applicationErrors } from "../framing/wired/application-errors.ts";
import { controlOf, responseOctet } from "../framing/wired/c-field.ts";
import {
  encodeWiredFrame,
  type LongFrame,
  longFrame,
  primaryAddresses,
  type WiredFrame,
} from "../framing/wired/frame.ts";
import { decodeSelection, type SelectionMask, selects } from "../session/address.ts";
import { baudOfCi } from "../session/baud.ts";

/** One answer: its CI, and the octets after it, header included. */
export interface SlaveTelegram {
  readonly ci: number;
  /** 0 to 252 octets. */
  readonly data: Uint8Array;
}

/** What the meter behind the link does. */
export interface SlaveDevice {
  /** Who it is; with a fabrication number it can be selected by it. */
  readonly identity: SelectionMask;
  /** Speeds that it can change to. */
  readonly bauds: readonly number[];
  /**
   * A readout begins: its telegrams in order, each but the last with DIF 1F at its end. None: the meter has no data now.
   *
   * @param application  What a master selected with CI 50, reset otherwise.
   */
  telegrams(application: number | undefined): readonly SlaveTelegram[];
  /** Class 1 data that waits. */
  alarm?(): SlaveTelegram | undefined;
  /** Data for the meter (CI 51 and others). Undefined: taken. The error is told with the next answer. */
  receive?(ci: number, data: Uint8Array): ApplicationError | undefined;
}

interface Exchanged {
  readonly question: Uint8Array;
  readonly answer: Uint8Array | undefined;
}

export interface Slave {
  /** Selected by its secondary address: it listens to 253, too. */
  readonly at: "listening" | "selected";
  readonly primaryAddress: number;
  readonly baud: number;
  /** The speed before a change that no good frame has confirmed yet. */
  readonly baudBefore?: number | undefined;
  readonly application?: number | undefined;
  /** Telegrams of the readout that are still to come. */
  readonly pending: readonly SlaveTelegram[];
  readonly error?: ApplicationError | undefined;
  /** The last question with FCB, by the way in which it was addressed. */
  readonly last: { readonly own?: Exchanged | undefined; readonly selected?: Exchanged | undefined };
}

export type SlaveInput =
  | { readonly on: "frame"; readonly frame: WiredFrame }
  /** So long without a good frame that a new speed counts as refused: a minute or two. */
  | { readonly on: "quiet" };

export interface SlaveStep {
  readonly next: Slave;
  /** At the speed that held before the step. */
  readonly answer?: Uint8Array | undefined;
}

export function newSlave(options: { readonly primaryAddress: number; readonly baud: number }): Slave {
  return { at: "listening", pending: [], last: {}, ...options };
}

export function slaveStep(now: Slave, input: SlaveInput, device: SlaveDevice): SlaveStep {
  if (input.on === "quiet") {
    return { next: now.baudBefore === undefined ? now : { ...now, baud: now.baudBefore, baudBefore: undefined } };
  }
  const { frame } = input;
  const confirmed = now.baudBefore === undefined ? now : { ...now, baudBefore: undefined };
  if (frame.kind === "acknowledge") return { next: now };
  const control = controlOf(frame.c);
  if (control === undefined || control.function === "RSP_UD") return { next: now };
  if (control.function === "SND_UD" && frame.kind !== "short" && isSelection(frame)) {
    return afterSelection(confirmed, frame, device);
  }
  const way = wayOf(now, frame.a);
  if (way === undefined) return { next: confirmed };
  if (control.function === "SND_NKE") return frame.kind === "short" ? afterReset(confirmed, way) : { next: now };
  if ((control.function === "SND_UD") === (frame.kind === "short")) return { next: now };
  return once(confirmed, { frame, way, device });
}

/** How the meter was addressed; undefined: not at all. */
type Way = "own" | "selected" | "broadcast";

function wayOf(now: Slave, address: number): Way | undefined {
  if (address === primaryAddresses.broadcast) return "broadcast";
  if (address === primaryAddresses.selected) return now.at === "selected" ? "selected" : undefined;
  return address === now.primaryAddress || address === primaryAddresses.testAll ? "own" : undefined;
}

function isSelection({ a, ci }: LongFrame): boolean {
  return a === primaryAddresses.selected && ci === select;
}

/** Whoever is not meant is no longer selected. FCB begins anew. */
function afterSelection(now: Slave, frame: LongFrame, device: SlaveDevice): SlaveStep {
  const mask = decodeSelection(frame.data);
  const last = { ...now.last, selected: undefined };
  const next: Slave = { ...now, at: "listening", pending: [], last };
  if (mask === undefined || !selects(mask, device.identity)) return { next };
  return { next: { ...next, at: "selected" }, answer: acknowledge };
}

function afterReset(now: Slave, way: Way): SlaveStep {
  const next: Slave = { ...now, pending: [], at: way === "selected" ? "listening" : now.at, last: {} };
  return { next, answer: way === "broadcast" ? undefined : acknowledge };
}

interface Asked {
  readonly frame: Exclude<WiredFrame, { kind: "acknowledge" }>;
  readonly way: Way;
  readonly device: SlaveDevice;
}

/** Answers a question of the count that is due, and repeats the answer to one that came before. */
function once(now: Slave, asked: Asked): SlaveStep {
  const { way, frame } = asked;
  if (way === "broadcast") {
    const { next } = obey(now, asked);
    return { next };
  }
  const question = encodeWiredFrame(frame);
  const before = now.last[way];
  if (before !== undefined && equalBytes(before.question, question)) return { next: now, answer: before.answer };
  const { next, answer } = obey(now, asked);
  return { next: { ...next, last: { ...next.last, [way]: { question, answer } } }, answer };
}

function obey(now: Slave, { frame, device }: Asked): SlaveStep {
  if (frame.kind !== "short") return afterData(now, frame, device);
  return controlOf(frame.c)?.function === "REQ_UD1" ? alarm(now, device) : readout(now, device);
}

function alarm(now: Slave, device: SlaveDevice): SlaveStep {
  const waiting = device.alarm?.();
  return { next: now, answer: waiting === undefined ? acknowledge : response(now, waiting, device) };
}

function readout(now: Slave, device: SlaveDevice): SlaveStep {
  if (now.error !== undefined) {
    const telegram = { ci: applicationError, data: Uint8Array.of(applicationErrors[now.error]) };
    return { next: { ...now, error: undefined }, answer: response(now, telegram, device) };
  }
  const [first, ...pending] = now.pending.length > 0 ? now.pending : device.telegrams(now.application);
  if (first === undefined) return { next: now, answer: acknowledge };
  return { next: { ...now, pending }, answer: response(now, first, device) };
}

function afterData(now: Slave, { ci, data }: LongFrame, device: SlaveDevice): SlaveStep {
  const baud = baudOfCi(ci);
  if (baud !== undefined) {
    // A speed that it does not have is acknowledged and not taken, as the standard wants it.
    const changes = device.bauds.includes(baud) && baud !== now.baud;
    return { next: changes ? { ...now, baud, baudBefore: now.baud } : now, answer: acknowledge };
  }
  if (ci === applicationReset) {
    return { next: { ...now, pending: [], error: undefined, application: data[0] }, answer: acknowledge };
  }
  const address = newPrimaryAddress(ci, data);
  if (address !== undefined) return { next: { ...now, primaryAddress: address }, answer: acknowledge };
  const error = device.receive === undefined ? "unknown-ci" : device.receive(ci, data);
  return { next: { ...now, error }, answer: acknowledge };
}

/** Record `01 7A aa` alone: the bus address, as every commissioning tool writes it. */
function newPrimaryAddress(ci: number, data: Uint8Array): number | undefined {
  const [dif, vif, address] = data;
  if (ci !== dataSend || data.length !== 3 || dif !== 0x01 || vif !== 0x7a || address === undefined) return undefined;
  return address <= primaryAddresses.highest ? address : undefined;
}

function response(now: Slave, { ci, data }: SlaveTelegram, device: SlaveDevice): Uint8Array {
  const c = responseOctet({ accessDemand: device.alarm?.() !== undefined });
  return encodeWiredFrame(longFrame({ c, a: now.primaryAddress, ci, data }));
}

const acknowledge = Uint8Array.of(0xe5);
const select = 0x52;
const applicationReset = 0x50;
const dataSend = 0x51;
const applicationError = 0x70;
