/**
 * The master of a wired bus: one job at a time, step by step.
 *
 * In: a job, then the reply to each question.  Out: the next state, and what to do: ask, change the speed, tell, finish.
 * Not here: bytes and waiting (./exchange), ports and timers (./driver), what the telegrams mean.
 * FCB: 1 after SND_NKE, toggled by each question that was answered, never by one that is repeated, so that a meter that
 * answered into a disturbance gives the same telegram again. One for each primary address, and one for 253, which
 * begins anew with every selection, because another meter listens then.
 * Source: EN 13757-2, 5.7; EN 13757-7 (selection); facts §4.1.
 */

import { controlOctet } from "../framing/wired/c-field.ts";
import { type LongFrame, longFrame, primaryAddresses, type WiredFrame } from "../framing/wired/frame.ts";
import { encodeSelection, type SelectionMask } from "./address.ts";
import { ciOfBaud } from "./baud.ts";
import { BusError, type BusErrorCode } from "./errors.ts";
import type { Question, Reply } from "./exchange.ts";
import { identityOf } from "./identity.ts";
import {
  beginSearch,
  canSplit,
  type FoundMeter,
  found,
  nextMask,
  type Search,
  type SearchOptions,
  split,
  unresolved,
} from "./search.ts";

export type Target =
  | { readonly by: "primary"; readonly address: number }
  | { readonly by: "secondary"; readonly mask: SelectionMask };

export type Job =
  /** All telegrams of a meter. */
  | {
      readonly do: "read";
      readonly target: Target;
      /** Sent before as application reset or select (CI 50): no octet resets, one selects. */
      readonly application?: Uint8Array | undefined;
      /** Telegrams at most; 32 unless told. */
      readonly maxTelegrams?: number | undefined;
      /** False for meters at a primary address that do not acknowledge SND_NKE. */
      readonly reset?: boolean | undefined;
    }
  /** Class 1 data. */
  | { readonly do: "readAlarm"; readonly target: Target }
  /** SND_UD. To the broadcast address nobody answers. */
  | { readonly do: "send"; readonly target: Target; readonly ci: number; readonly data: Uint8Array }
  | { readonly do: "reset"; readonly target: Target }
  | { readonly do: "switchBaud"; readonly target: Target; readonly baud: number }
  | { readonly do: "search"; readonly options: SearchOptions }
  /** Which primary addresses answer to SND_NKE, both ends included. */
  | { readonly do: "scan"; readonly from: number; readonly to: number };

export type Result =
  | { readonly outcome: "telegrams"; readonly frames: readonly LongFrame[]; readonly cut: boolean }
  | { readonly outcome: "alarm"; readonly frame: LongFrame | undefined }
  | { readonly outcome: "done" }
  | { readonly outcome: "search"; readonly found: readonly FoundMeter[]; readonly unresolved: readonly SelectionMask[] }
  | { readonly outcome: "scan"; readonly addresses: readonly number[] }
  | { readonly outcome: "failed"; readonly code: BusErrorCode; readonly frames: readonly LongFrame[] };

/** How a search or scan goes on, for a person who waits. */
export type Progress =
  | { readonly tell: "probed"; readonly mask: SelectionMask; readonly reply: Reply["on"]; readonly probes: number }
  | { readonly tell: "found"; readonly meter: FoundMeter }
  | { readonly tell: "called"; readonly address: number; readonly answered: boolean };

/** What the bus remembers between jobs. */
export interface Link {
  readonly baud: number;
  /** The FCB of the next question by primary address; 1 for who is not listed. */
  readonly frameCounts: ReadonlyMap<number, boolean>;
}

type Of<D extends Job["do"]> = Extract<Job, { do: D }>;
interface Common {
  readonly link: Link;
  /** How often the question may still be repeated. */
  readonly left: number;
}

export type Master =
  | { readonly at: "idle"; readonly link: Link }
  | ({ readonly at: "resetting"; readonly job: Exclude<Job, Of<"search"> | Of<"scan">> } & Common)
  | ({ readonly at: "selecting"; readonly job: Exclude<Job, Of<"search"> | Of<"scan">> } & Common)
  | ({ readonly at: "choosing"; readonly job: Of<"read"> } & Common)
  | ({ readonly at: "requesting"; readonly job: Of<"read">; readonly frames: readonly LongFrame[] } & Common)
  | ({ readonly at: "requestingAlarm"; readonly job: Of<"readAlarm"> } & Common)
  | ({ readonly at: "sending"; readonly job: Of<"send"> | Of<"switchBaud"> } & Common)
  | ({ readonly at: "confirmingBaud"; readonly job: Of<"switchBaud">; readonly before: number } & Common)
  | ({ readonly at: "returningBaud"; readonly job: Of<"switchBaud"> } & Common)
  | ({ readonly at: "clearing"; readonly search: Search } & Common)
  | ({ readonly at: "probing"; readonly search: Search; readonly mask: SelectionMask } & Common)
  | ({ readonly at: "identifying"; readonly search: Search; readonly mask: SelectionMask } & Common)
  | ({
      readonly at: "calling";
      readonly job: Of<"scan">;
      readonly address: number;
      readonly answered: readonly number[];
    } & Common);

export type MasterInput = { readonly on: "start"; readonly job: Job } | Reply | { readonly on: "abort" };

export type MasterEffect =
  | { readonly do: "ask"; readonly question: Question }
  | { readonly do: "setBaud"; readonly baud: number }
  | { readonly do: "tell"; readonly progress: Progress }
  | { readonly do: "finish"; readonly result: Result };

export interface MasterRules {
  /** Repeats of a question without a good answer, 0 to 3. */
  readonly retries: number;
  /** Repeats of a selection in a search that nobody acknowledged, 0 to 3: most masks select nobody. */
  readonly probeRetries: number;
  /** Does another telegram follow this one (DIF 1F)? */
  readonly moreFollows: (frame: LongFrame) => boolean;
}

export interface Step {
  readonly next: Master;
  readonly effects: readonly MasterEffect[];
}

/** A bus that nobody has spoken on yet. */
export function idleMaster(baud: number): Master {
  return { at: "idle", link: { baud, frameCounts: new Map() } };
}

/**
 * One step.
 *
 * @throws {BusError} "busy" for a job while another runs, "bad-job" for one that cannot be, "unexpected".
 */
export function step(now: Master, input: MasterInput, rules: MasterRules): Step {
  if (input.on === "start") {
    if (now.at !== "idle") throw new BusError("busy");
    return start(now.link, input.job, rules);
  }
  if (now.at === "idle") {
    if (input.on === "abort") return { next: now, effects: [] };
    throw new BusError("unexpected");
  }
  if (input.on === "abort") return fail(now, "aborted");
  switch (now.at) {
    case "resetting":
      return afterReset(now, input, rules);
    case "selecting":
      return afterSelection(now, input, rules);
    case "choosing":
      if (input.on === "acknowledged") return request(counted(now.link, now.job.target), now.job, [], rules);
      return again(now, input);
    case "requesting":
      return afterRequest(now, input, rules);
    case "requestingAlarm":
      return afterAlarmRequest(now, input);
    case "sending":
      return afterSending(now, input, rules);
    case "confirmingBaud":
      return afterConfirmation(now, input, rules);
    case "returningBaud":
      if (input.on === "acknowledged") return fail(now, "baud-refused");
      return now.left > 0 ? repeat(now) : fail(now, "baud-lost");
    case "clearing":
      return now.left > 0 ? repeat(now) : probe(now.link, now.search, rules);
    case "probing":
      return afterProbe(now, input, rules);
    case "identifying":
      return afterIdentification(now, input, rules);
    case "calling":
      return afterCall(now, input, rules);
  }
}

function start(link: Link, job: Job, rules: MasterRules): Step {
  if (job.do === "search") {
    // Whoever is selected from before listens to 253 until he is told not to. Nobody has to answer.
    return ask({ at: "clearing", link: reset(link, selected), search: beginSearch(job.options), left: 1 });
  }
  if (job.do === "scan") {
    if (!isAddress(job.from) || !isAddress(job.to) || job.from > job.to) throw new BusError("bad-job");
    return ask({ at: "calling", link, job, address: job.from, answered: [], left: rules.probeRetries });
  }
  const { target } = job;
  if (target.by === "primary" && !isAddress(target.address)) throw new BusError("bad-job");
  if (job.do === "switchBaud" && ciOfBaud(job.baud) === undefined) throw new BusError("bad-job");
  if (target.by === "secondary" && job.do !== "reset") {
    return ask({ at: "selecting", link, job, left: rules.retries });
  }
  if (isBroadcast(target)) return job.do === "reset" ? resetting(link, job, rules) : ready(link, job, rules);
  const skips = job.do === "read" && job.reset === false;
  return skips ? ready(link, job, rules) : resetting(link, job, rules);
}

function resetting(link: Link, job: Exclude<Job, Of<"search"> | Of<"scan">>, rules: MasterRules): Step {
  return ask({ at: "resetting", link: reset(link, addressOf(job.target)), job, left: rules.retries });
}

/** The meter listens: the job itself begins. */
function ready(link: Link, job: Exclude<Job, Of<"search"> | Of<"scan">>, rules: MasterRules): Step {
  const left = rules.retries;
  switch (job.do) {
    case "read":
      if (job.application !== undefined) return ask({ at: "choosing", link, job, left });
      return request(link, job, [], rules);
    case "readAlarm":
      return ask({ at: "requestingAlarm", link, job, left });
    case "send":
    case "switchBaud":
      return ask({ at: "sending", link, job, left: isBroadcast(job.target) ? 0 : left });
    case "reset":
      return finish(link, { outcome: "done" });
  }
}

function afterReset(now: Extract<Master, { at: "resetting" }>, reply: Reply, rules: MasterRules): Step {
  const { link, job } = now;
  // To 253 and 255 nobody has to answer; at 254 everybody does, and may collide.
  const address = addressOf(job.target);
  const heard = reply.on === "acknowledged" || (address === primaryAddresses.testAll && reply.on === "garbled");
  if (heard || address === selected || address === primaryAddresses.broadcast) return ready(link, job, rules);
  return again(now, reply);
}

function afterSelection(now: Extract<Master, { at: "selecting" }>, reply: Reply, rules: MasterRules): Step {
  if (reply.on === "acknowledged") return ready(reset(now.link, selected), now.job, rules);
  if (now.left > 0) return repeat(now);
  return fail(now, reply.on === "silent" ? "no-answer" : "ambiguous");
}

function request(link: Link, job: Of<"read">, frames: readonly LongFrame[], rules: MasterRules): Step {
  return ask({ at: "requesting", link, job, frames, left: rules.retries });
}

function afterRequest(now: Extract<Master, { at: "requesting" }>, reply: Reply, rules: MasterRules): Step {
  const { job, frames } = now;
  // E5 in place of data: the meter has none now.
  if (reply.on === "acknowledged") {
    return finish(counted(now.link, job.target), { outcome: "telegrams", frames, cut: false });
  }
  if (reply.on !== "answered" || !isFrom(job.target, reply.frame)) return again(now, reply);
  const link = counted(now.link, job.target);
  const all = [...frames, reply.frame];
  const more = rules.moreFollows(reply.frame);
  if (!more || all.length >= (job.maxTelegrams ?? 32)) {
    return finish(link, { outcome: "telegrams", frames: all, cut: more });
  }
  return request(link, job, all, rules);
}

function afterAlarmRequest(now: Extract<Master, { at: "requestingAlarm" }>, reply: Reply): Step {
  const { job } = now;
  const link = counted(now.link, job.target);
  if (reply.on === "acknowledged") return finish(link, { outcome: "alarm", frame: undefined });
  if (reply.on !== "answered" || !isFrom(job.target, reply.frame)) return again(now, reply);
  return finish(link, { outcome: "alarm", frame: reply.frame });
}

function afterSending(now: Extract<Master, { at: "sending" }>, reply: Reply, rules: MasterRules): Step {
  const { link, job } = now;
  const silent = isBroadcast(job.target);
  if (job.do === "send") {
    if (reply.on === "acknowledged" || silent) {
      return finish(silent ? link : counted(link, job.target), { outcome: "done" });
    }
    return again(now, reply);
  }
  if (reply.on !== "acknowledged" && now.left > 0) return repeat(now);
  // An acknowledgement that was lost leaves a meter that has changed: so it is looked for at the new speed in any case.
  const changed = { ...link, baud: job.baud };
  const effects: MasterEffect[] = [{ do: "setBaud", baud: job.baud }];
  if (silent) return { next: { at: "idle", link: changed }, effects: [...effects, done] };
  const asked = ask({ at: "confirmingBaud", link: changed, job, before: link.baud, left: rules.retries });
  return { next: asked.next, effects: [...effects, ...asked.effects] };
}

function afterConfirmation(now: Extract<Master, { at: "confirmingBaud" }>, reply: Reply, rules: MasterRules): Step {
  const { job, before } = now;
  const link = reset(now.link, addressOf(job.target));
  if (reply.on === "acknowledged") return finish(link, { outcome: "done" });
  if (now.left > 0) return repeat(now);
  const asked = ask({ at: "returningBaud", link: { ...link, baud: before }, job, left: rules.retries });
  return { next: asked.next, effects: [{ do: "setBaud", baud: before }, ...asked.effects] };
}

/** The next mask of the search is selected, or the search is over. */
function probe(link: Link, before: Search, rules: MasterRules, told: readonly MasterEffect[] = []): Step {
  const { search, mask } = nextMask(before);
  if (mask === undefined) {
    const { found: meters, unresolved: open } = search;
    const ended = finish(link, { outcome: "search", found: meters, unresolved: open });
    return { next: ended.next, effects: [...told, ...ended.effects] };
  }
  const asked = ask({ at: "probing", link, search, mask, left: rules.probeRetries });
  return { next: asked.next, effects: [...told, ...asked.effects] };
}

function afterProbe(now: Extract<Master, { at: "probing" }>, reply: Reply, rules: MasterRules): Step {
  const { search, mask } = now;
  if (reply.on === "silent" && now.left > 0) return repeat(now);
  const told: MasterEffect = { do: "tell", progress: { tell: "probed", mask, reply: reply.on, probes: search.probes } };
  if (reply.on === "silent") return probe(now.link, search, rules, [told]);
  // Acknowledgements that fell together may look like one, like several, or like nothing of the kind. The next
  // question tells: one meter answers it whole.
  const link = reset(now.link, selected);
  const asked = ask({ at: "identifying", link, search, mask, left: rules.retries });
  return { next: asked.next, effects: [told, ...asked.effects] };
}

function afterIdentification(now: Extract<Master, { at: "identifying" }>, reply: Reply, rules: MasterRules): Step {
  const { search, mask } = now;
  const address = reply.on === "answered" ? (identityOf(reply.frame) ?? mask) : undefined;
  if (reply.on === "answered" && address !== undefined) {
    const meter = { address, mask, primaryAddress: reply.frame.a };
    const found_ = found(search, meter);
    const told: MasterEffect[] = found_ === search ? [] : [{ do: "tell", progress: { tell: "found", meter } }];
    return probe(counted253(now.link), found_, rules, told);
  }
  // A mask that can be fixed further is not worth a repeat: its parts will tell.
  if (reply.on === "garbled" && canSplit(search, mask)) return probe(now.link, split(search, mask), rules);
  if (now.left > 0) return repeat(now);
  const open = canSplit(search, mask) ? split(search, mask) : unresolved(search, mask);
  return probe(now.link, open, rules);
}

function afterCall(now: Extract<Master, { at: "calling" }>, reply: Reply, rules: MasterRules): Step {
  const { job, address } = now;
  if (reply.on === "silent" && now.left > 0) return repeat(now);
  const heard = reply.on !== "silent";
  const answered = heard ? [...now.answered, address] : now.answered;
  const told: MasterEffect = { do: "tell", progress: { tell: "called", address, answered: heard } };
  const link = reset(now.link, address);
  const follow =
    address === job.to
      ? finish(link, { outcome: "scan", addresses: answered })
      : ask({ at: "calling", link, job, address: address + 1, answered, left: rules.probeRetries });
  return { next: follow.next, effects: [told, ...follow.effects] };
}

/** The same question once more, else the end of the job. */
function again(now: Exclude<Master, { at: "idle" }>, reply: Reply): Step {
  return now.left > 0 ? repeat(now) : fail(now, reply.on === "silent" ? "no-answer" : "garbled-answer");
}

function repeat(now: Exclude<Master, { at: "idle" }>): Step {
  return ask({ ...now, left: now.left - 1 });
}

function finish(link: Link, result: Result): Step {
  return { next: { at: "idle", link }, effects: [{ do: "finish", result }] };
}

function fail(now: Exclude<Master, { at: "idle" }>, code: BusErrorCode): Step {
  const frames = now.at === "requesting" ? now.frames : [];
  return finish(now.link, { outcome: "failed", code, frames });
}

function ask(next: Exclude<Master, { at: "idle" }>): Step {
  const question = { frame: questionOf(next), baud: next.link.baud, ...(lingers(next) ? { linger: true } : {}) };
  return { next, effects: [{ do: "ask", question }] };
}

/**
 * Whether several may answer, one after the other: the second one would count as the answer to the next question. Who was
 * alone under his selection is alone for the rest of the readout.
 */
function lingers(now: Exclude<Master, { at: "idle" }>): boolean {
  if (now.at === "probing" || now.at === "identifying" || now.at === "selecting") return true;
  return now.at === "requesting" && now.job.target.by === "secondary" && now.frames.length === 0;
}

/** The frame that belongs to a state: repeated unchanged as long as the state stays. */
function questionOf(now: Exclude<Master, { at: "idle" }>): WiredFrame {
  switch (now.at) {
    case "resetting":
      return sndNke(addressOf(now.job.target));
    case "selecting":
      // Only a secondary target is selected; the type of the state does not say so.
      return selection(now.job.target.by === "secondary" ? now.job.target.mask : undefined);
    case "choosing":
      return sndUd(now.link, now.job.target, applicationSelect, now.job.application ?? nothing);
    case "requesting":
      return asking("REQ_UD2", now.link, now.job.target);
    case "requestingAlarm":
      return asking("REQ_UD1", now.link, now.job.target);
    case "sending": {
      const { job } = now;
      if (job.do === "send") return sndUd(now.link, job.target, job.ci, job.data);
      return sndUd(now.link, job.target, ciOfBaud(job.baud) ?? 0, nothing);
    }
    case "confirmingBaud":
    case "returningBaud":
      return now.job.target.by === "primary" ? sndNke(now.job.target.address) : selection(now.job.target.mask);
    case "clearing":
      return sndNke(selected);
    case "probing":
      return selection(now.mask);
    case "identifying":
      return asking("REQ_UD2", now.link, { by: "primary", address: selected });
    case "calling":
      return sndNke(now.address);
  }
}

function sndNke(a: number): WiredFrame {
  return { kind: "short", c: controlOctet("SND_NKE"), a };
}

/** FCB does not matter here: a selection concerns meters that count differently. */
function selection(mask: SelectionMask | undefined): WiredFrame {
  if (mask === undefined) throw new BusError("unexpected");
  return longFrame({ c: controlOctet("SND_UD"), a: selected, ci: select, data: encodeSelection(mask) });
}

function asking(named: "REQ_UD1" | "REQ_UD2", link: Link, target: Target): WiredFrame {
  const a = addressOf(target);
  return { kind: "short", c: controlOctet(named, frameCount(link, a)), a };
}

function sndUd(link: Link, target: Target, ci: number, data: Uint8Array): WiredFrame {
  const a = addressOf(target);
  return longFrame({ c: controlOctet("SND_UD", frameCount(link, a)), a, ci, data });
}

function addressOf(target: Target): number {
  return target.by === "primary" ? target.address : selected;
}

function isAddress(address: number): boolean {
  return Number.isInteger(address) && address >= 0 && address <= 0xff;
}

function isBroadcast(target: Target): boolean {
  return target.by === "primary" && target.address === primaryAddresses.broadcast;
}

/** An answer of another meter would be read as this one's. Who is selected answers with his own address or with 253. */
function isFrom(target: Target, frame: LongFrame): boolean {
  const { address } = target.by === "primary" ? target : { address: selected };
  return address > primaryAddresses.repeater || frame.a === address;
}

function frameCount(link: Link, address: number): boolean {
  return link.frameCounts.get(address) ?? true;
}

function reset(link: Link, address: number): Link {
  return { ...link, frameCounts: new Map(link.frameCounts).set(address, true) };
}

/** The question was answered: the next one counts. */
function counted(link: Link, target: Target): Link {
  const address = addressOf(target);
  return { ...link, frameCounts: new Map(link.frameCounts).set(address, !frameCount(link, address)) };
}

function counted253(link: Link): Link {
  return counted(link, { by: "primary", address: selected });
}

const done: MasterEffect = { do: "finish", result: { outcome: "done" } };
const selected = primaryAddresses.selected;
const select = 0x52;
const applicationSelect = 0x50;
const nothing = new Uint8Array(0);
