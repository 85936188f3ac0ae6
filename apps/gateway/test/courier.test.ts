import { expect, test } from "vitest";

import { GatewayStore } from "../src/adapters/store.ts";
import { Courier } from "../src/core/courier.ts";
import type { Answer } from "../src/core/ports.ts";
import type { Profile } from "../src/core/profile.ts";
import { importTotal, power, quarterMs, taf14, taf7 } from "./profiles.ts";
import { meter } from "./telegrams.ts";

const noon = Date.UTC(2026, 10, 22, 11);
const other = "0a0153474c0005600000";

/** A courier with a real store and everything else in the test's hand. */
class Bench {
  readonly store = GatewayStore.open(":memory:");
  readonly sealed: { number: bigint; blocks: number }[] = [];
  readonly log: string[] = [];
  failure: unknown;
  wallMs = noon;
  monoMs = 0;
  answer: Answer | "nobody" = { kind: "receipt", bytes: Uint8Array.of(1) };
  sealFails = false;
  courier: Courier;
  #number = 0n;
  readonly #profiles: readonly Profile[];

  constructor(profiles: readonly Profile[] = [taf7(), taf14()]) {
    this.#profiles = profiles;
    this.courier = this.restart();
  }

  restart(): Courier {
    return (this.courier = new Courier(this.#profiles, {
      store: this.store,
      clock: { wallMs: () => this.wallMs, monoMs: () => this.monoMs },
      random: { next: () => 0 },
      log: (level, event) => void this.log.push(`${level} ${event}`),
      failed: (error) => (this.failure = error),
      sealer: {
        seal: async ({ blocks }) => {
          if (this.sealFails) throw new TypeError("no certificate");
          const number = ++this.#number;
          this.sealed.push({ number, blocks: blocks.length });
          return { number, der: Uint8Array.of(Number(number)), hash: new Uint8Array(32) };
        },
      },
      link: {
        send: async () => {
          if (this.answer === "nobody") throw new TypeError("nobody");
          return this.answer;
        },
      },
      checker: { check: async () => ({ committedMs: this.wallMs }) },
    }));
  }

  pass(ms: number): void {
    this.wallMs += ms;
    this.monoMs += ms;
  }

  async value(profile: Profile, slotMs = profile.slots.atOrBefore(this.wallMs), of = meter): Promise<void> {
    const form = { raw: 1, scaler: 0, unit: "Wh", status: undefined, quality: "valid", trust: "clear" } as const;
    const obis = profile.kind === "total" ? importTotal : power;
    this.store.keep([{ profile: profile.name, meter: of, obis, slotMs, capturedMs: slotMs, ...form }]);
    this.courier.kept(profile.name, of);
    await this.courier.idle();
  }

  async wakeWhenDue(): Promise<void> {
    const atMs = this.courier.nextWakeMs();
    if (atMs === undefined) throw new TypeError("nothing to wake for");
    this.pass(Math.max(0, atMs - this.monoMs));
    this.courier.wake();
    await this.courier.idle();
  }
}

test("the first value goes at once, later ones when their delivery is due", async () => {
  // The page would be empty for a quarter hour, or each second cost a delivery.
  const hourly = taf7({ deliverEveryMs: 4 * quarterMs });
  const bench = new Bench([hourly]);
  await bench.value(hourly);
  expect(bench.sealed).toHaveLength(1);
  for (let quarter = 1; quarter <= 3; quarter++) {
    bench.pass(quarterMs);
    await bench.value(hourly);
  }
  expect(bench.sealed).toHaveLength(1);
  bench.pass(quarterMs);
  await bench.value(hourly);
  expect(bench.sealed).toHaveLength(2);
  expect(bench.store.unsealed()).toEqual([]);
});

test("what is due goes even when the value that would bring it does not come", async () => {
  // A meter that fell silent would take its last values with it.
  const hourly = taf7({ deliverEveryMs: 4 * quarterMs });
  const bench = new Bench([hourly]);
  await bench.value(hourly);
  bench.pass(quarterMs);
  await bench.value(hourly);
  expect(bench.sealed).toHaveLength(1);
  await bench.wakeWhenDue();
  expect(bench.sealed).toHaveLength(2);
  expect(bench.wallMs - noon).toBe(4 * quarterMs + 28_000);
});

test("a wall clock that goes back does not keep deliveries waiting", async () => {
  // Values would lie in the house for as long as the clock was set back.
  const bench = new Bench();
  await bench.value(taf7());
  bench.pass(60_000);
  bench.store.keep([]);
  bench.wallMs -= 86_400_000;
  await bench.value(taf7(), noon + quarterMs);
  await bench.wakeWhenDue();
  expect(bench.sealed).toHaveLength(2);
  expect(bench.monoMs).toBeLessThan(2 * quarterMs);
});

test("a receiver that is away gets few large deliveries, not one for every five seconds", async () => {
  // An hour without a line would be seven hundred deliveries, and each a signature to check.
  const bench = new Bench();
  bench.answer = "nobody";
  for (let sample = 0; sample < 720; sample++) {
    await bench.value(taf14());
    bench.pass(5_000);
  }
  expect(bench.sealed).toHaveLength(4);
  bench.answer = { kind: "receipt", bytes: Uint8Array.of(1) };
  while (bench.courier.unsettledCount > 0 || bench.store.unsealed().length > 0) await bench.wakeWhenDue();
  expect(bench.sealed).toHaveLength(5);
  expect(bench.log.filter((line) => line === "warn receiver-unreached")).toHaveLength(1);
});

test("a meter whose deliveries are refused keeps no other from being delivered", async () => {
  // One meter that the receiver does not know would stop the whole house.
  const bench = new Bench();
  bench.answer = { kind: "refused", code: "http-400" };
  await bench.value(taf7());
  bench.answer = { kind: "receipt", bytes: Uint8Array.of(1) };
  await bench.value(taf7(), noon, other);
  expect(bench.store.deliveries().map(({ meter: of, refusals }) => [of, refusals])).toEqual([[meter, 1]]);
  await bench.wakeWhenDue();
  expect(bench.store.deliveries()).toEqual([]);
  expect(bench.monoMs).toBeGreaterThanOrEqual(30_000);
});

test("while nothing can be sealed values wait, and are tried again", async () => {
  // A list of revoked certificates that is a minute late would cost values, or a loop without a pause.
  const bench = new Bench();
  bench.sealFails = true;
  await bench.value(taf7());
  expect(bench.courier.nextWakeMs()).toBe(30_000);
  bench.sealFails = false;
  await bench.wakeWhenDue();
  expect(bench.store.unsealed()).toEqual([]);
  expect(bench.log).toContain("alarm not-sealed");
});

test("values of a profile that is no longer in the configuration stay, and stop nothing", async () => {
  // A changed configuration would lose values, or the gateway would not start any more.
  const bench = new Bench();
  bench.answer = "nobody";
  await bench.value(taf14());
  const changed = new Bench([taf7()]);
  changed.store.keep(bench.store.unsealedValues({ profile: "TAF-14", meter }, 10));
  changed.restart();
  await changed.value(taf7());
  expect(changed.failure).toBeUndefined();
  expect(changed.sealed).toHaveLength(1);
});

test("a store that fails ends the courier, and is told", async () => {
  // Deliveries would go out that nobody remembers.
  const bench = new Bench();
  bench.store.addDelivery = () => {
    throw new TypeError("disk full");
  };
  await bench.value(taf7());
  expect(bench.failure).toBeInstanceOf(TypeError);
  expect(bench.courier.unsettledCount).toBe(0);
  await bench.courier.stop();
});
