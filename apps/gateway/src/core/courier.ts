/**
 * Values on their way out: from decided slots to receipts.
 *
 * In: that values were kept, and that time passes.  Out: sealed deliveries in the store and on the line, receipts in the store.
 * Not here: cryptography and sockets (adapters), when a delivery is sent (./outbox).
 *
 * One delivery holds one profile of one meter: a meter that the receiver does not want keeps no other from being delivered.
 *
 * Why a power cut loses and doubles nothing, wherever it comes:
 * 1. before the values are stored: they were never taken; the meter's memory has them (./collector).
 * 2. values stored, no delivery: they have no delivery number, and the next start seals them.
 * 3. number given, delivery not stored: the number is never used; no receiver has seen bytes under it.
 * 4. delivery stored, which in the same transaction binds its values: never sealed again, since a bound value is in no
 *    other delivery. It is sent at the next start.
 * 5. sent, no receipt stored: the same bytes are sent again under the same number. The receiver answers the same number and
 *    hash with the same receipt and stores nothing twice.
 * 6. receipt stored, which in the same transaction frees the values: the receiver has signed it after its own commit.
 * Values are bound by the slots that are read before sealing; in between nothing changes them, since decided slots never
 * change and deliveries are sealed one after the other.
 */

import { codeOf } from "../errors.ts";
import type { Log } from "../log.ts";
import { batchOf } from "./blocks.ts";
import {
  emptyOutbox,
  nextTickMs,
  type Outbox,
  type OutboxInput,
  type OutboxPolicy,
  outboxPolicy,
  step,
} from "./outbox.ts";
import type { Clock, DeliveryStore, Link, Random, Sealer } from "./ports.ts";
import type { Profile } from "./profile.ts";
import { AcceptedReceipt, type ReceiptChecker } from "./receipt.ts";
import type { SlotValue } from "./slot-value.ts";

export interface CourierPorts {
  readonly store: DeliveryStore;
  readonly sealer: Sealer;
  readonly link: Link;
  readonly checker: ReceiptChecker;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told after a receipt is stored. */
  readonly delivered?: (number: bigint) => void;
  /** Told when `nextWakeMs` may be another one. */
  readonly changed?: () => void;
  /** What no retry heals: the store failed. Nothing more is done afterwards. */
  readonly failed: (error: unknown) => void;
  readonly policy?: OutboxPolicy;
}

/** One profile of one meter: what a delivery holds. */
interface Sender {
  readonly profile: Profile;
  readonly meter: string;
  /** Wall clock; a multiple of the delivery period. */
  dueMs: number;
  /** Monotonic: due then at the latest, whatever the wall clock does. */
  latestMs: number;
}

export class Courier {
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #ports: CourierPorts;
  readonly #senders = new Map<string, Sender>();
  /** Deliveries that are not receipted, by sender. */
  readonly #unsettled = new Map<bigint, string>();
  #outbox: Outbox = emptyOutbox;
  #sealing: Promise<void> | undefined;
  #sealAgain = false;
  /** Monotonic; no sealing before it: the receiver's certificate did not hold. */
  #sealNotBeforeMs = -Infinity;
  readonly #underWay = new Set<Promise<void>>();
  #stopped = false;

  constructor(profiles: readonly Profile[], ports: CourierPorts) {
    this.#profiles = new Map(profiles.map((profile) => [profile.name, profile]));
    this.#ports = ports;
    for (const { number, profile, meter, refusals } of ports.store.deliveries()) {
      this.#unsettled.set(number, keyOf(profile, meter));
      this.#step({ on: "sealed", number, refusals });
    }
    for (const { profile, meter } of ports.store.unsealed()) this.#sender(profile, meter);
  }

  /** Values of a profile were kept. `atOnce`: out of the meter's memory, which are late already. */
  kept(profile: string, meter: string, { atOnce = false } = {}): void {
    const sender = this.#sender(profile, meter);
    if (sender !== undefined && atOnce) sender.dueMs = -Infinity;
    this.wake();
  }

  /** Seals what is due and sends what may be sent. */
  wake(): void {
    if (this.#stopped) return;
    this.#step({ on: "tick" });
    this.#seal();
  }

  /** When to wake at the latest, monotonic. */
  nextWakeMs(): number | undefined {
    const waits: number[] = [];
    const tick = nextTickMs(this.#outbox);
    if (tick !== undefined) waits.push(tick);
    if (this.#sealing !== undefined) return tick; // what is due is being sealed; `changed` is told at its end
    for (const { profile, meter } of this.#ports.store.unsealed()) {
      const sender = this.#sender(profile, meter);
      if (sender !== undefined && this.#mayHaveMore(sender))
        waits.push(Math.max(sender.latestMs, this.#sealNotBeforeMs));
    }
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** Deliveries without a receipt. */
  get unsettledCount(): number {
    return this.#unsettled.size;
  }

  /** No more is begun; resolves when what was under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.idle();
  }

  /** When nothing is under way. */
  async idle(): Promise<void> {
    while (this.#sealing !== undefined || this.#underWay.size > 0) {
      await Promise.allSettled([this.#sealing, ...this.#underWay]);
    }
  }

  #seal(): void {
    if (this.#sealing !== undefined) {
      this.#sealAgain = true;
      return;
    }
    this.#sealAgain = false;
    this.#sealing = this.#sealDue()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#sealing = undefined;
        if (this.#stopped) return;
        if (this.#sealAgain) this.#seal();
        this.#ports.changed?.();
      });
  }

  async #sealDue(): Promise<void> {
    const { store, clock } = this.#ports;
    for (const { profile, meter } of store.unsealed()) {
      const sender = this.#sender(profile, meter);
      if (sender === undefined) continue;
      while (!this.#stopped && this.#mayHaveMore(sender) && this.#isDue(sender)) {
        if (clock.monoMs() < this.#sealNotBeforeMs) return;
        const values = store.unsealedValues({ profile, meter }, maxValues);
        if (values.length === 0) break;
        if (!(await this.#sealOne(sender, values))) return;
        if (values.length < maxValues && store.unsealedValues({ profile, meter }, 1).length === 0) this.#setDue(sender);
      }
    }
  }

  /** @returns Whether it worked. */
  async #sealOne({ profile, meter }: Sender, available: readonly SlotValue[]): Promise<boolean> {
    const { store, sealer, clock, log } = this.#ports;
    const { blocks, values } = batchOf(profile, available);
    let sealed;
    try {
      sealed = await sealer.seal({ profile: profile.name, blocks });
    } catch (error) {
      this.#sealNotBeforeMs = clock.monoMs() + sealAgainMs;
      log("alarm", "not-sealed", { profile: profile.name, meter, code: codeOf(error) });
      return false;
    }
    if (this.#stopped) return false;
    const { number, der, hash } = sealed;
    store.addDelivery({ number, der, hash, profile: profile.name, meter }, values);
    log("info", "sealed", {
      number: String(number),
      profile: profile.name,
      meter,
      values: values.length,
      blocks: blocks.length,
      bytes: der.length,
    });
    this.#unsettled.set(number, keyOf(profile.name, meter));
    this.#step({ on: "sealed", number });
    return true;
  }

  #isDue(sender: Sender): boolean {
    const { clock } = this.#ports;
    return clock.wallMs() >= sender.dueMs || clock.monoMs() >= sender.latestMs;
  }

  #setDue(sender: Sender): void {
    const { clock } = this.#ports;
    const { deliverEveryMs, toleranceMs } = sender.profile;
    const wallMs = clock.wallMs();
    sender.dueMs = (Math.floor(wallMs / deliverEveryMs) + 1) * deliverEveryMs;
    // A value that is there when it is due is in; the timer is for those whose successor does not come.
    sender.latestMs = clock.monoMs() + (sender.dueMs - wallMs) + toleranceMs + 1_000;
  }

  /** A receiver that does not answer gets few large deliveries later, not many small ones. */
  #mayHaveMore({ profile, meter }: Sender): boolean {
    const key = keyOf(profile.name, meter);
    let count = 0;
    for (const owner of this.#unsettled.values()) if (owner === key) count++;
    return count < maxUnsettled;
  }

  #sender(name: string, meter: string): Sender | undefined {
    const profile = this.#profiles.get(name);
    if (profile === undefined) return undefined; // of an earlier configuration: its values stay where they are
    const key = keyOf(name, meter);
    let sender = this.#senders.get(key);
    if (sender === undefined) {
      sender = { profile, meter, dueMs: -Infinity, latestMs: -Infinity };
      this.#senders.set(key, sender);
    }
    return sender;
  }

  #step(input: OutboxInput): void {
    const { clock, random, policy = outboxPolicy } = this.#ports;
    const before = this.#outbox.line;
    const { next, send } = step(this.#outbox, input, { monoMs: clock.monoMs(), fraction: random.next(), policy });
    this.#outbox = next;
    if (before.at === "open" && next.line.at === "failing") this.#ports.log("warn", "receiver-unreached");
    if (before.at !== "open" && next.line.at === "open") this.#ports.log("info", "receiver-reached");
    for (const number of send) this.#send(number);
  }

  #send(number: bigint): void {
    const work = this.#deliver(number)
      .then((input) => {
        if (!this.#stopped) this.#step(input);
      })
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#underWay.delete(work);
        if (this.#stopped) return;
        this.#seal(); // a place may be free, the receiver may be back
        this.#ports.changed?.();
      });
    this.#underWay.add(work);
  }

  async #deliver(number: bigint): Promise<OutboxInput> {
    const { store, link, checker, log, delivered } = this.#ports;
    const { der, hash } = store.bytesOf(number);
    let answer;
    try {
      answer = await link.send(der);
    } catch (error) {
      log("info", "not-reached", { number: String(number), code: codeOf(error) });
      return { on: "unreached", number };
    }
    if (answer.kind === "busy") return { on: "unreached", number, retryAfterMs: answer.retryAfterMs };
    if (answer.kind === "refused") return this.#refused(number, answer.code);
    let receipt;
    try {
      receipt = await AcceptedReceipt.check(checker, { bytes: answer.bytes, number, hash });
    } catch (error) {
      return this.#refused(number, `receipt:${codeOf(error)}`);
    }
    store.settle(receipt);
    this.#unsettled.delete(number);
    log("info", "delivered", { number: String(number) });
    delivered?.(number);
    return { on: "receipted", number };
  }

  #refused(number: bigint, code: string): OutboxInput {
    this.#ports.store.refused(number, code);
    this.#ports.log("alarm", "refused", { number: String(number), code });
    return { on: "refused", number };
  }

  #fail(error: unknown): void {
    this.#stopped = true;
    this.#ports.failed(error);
  }
}

function keyOf(profile: string, meter: string): string {
  return `${profile} ${meter}`;
}

/** Values of one delivery: well below what a receiver takes. */
const maxValues = 40_000;
/** Deliveries of one profile and meter without receipt, after which values wait unsealed. */
const maxUnsettled = 4;
/** After a certificate of the receiver did not hold: a revocation list or a new certificate may have come. */
const sealAgainMs = 30_000;
