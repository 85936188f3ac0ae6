/**
 * A gateway from its parts: store, security module, meters, line to the receiver. Composition only.
 *
 * In: a checked configuration and what the machine gives.  Out: a running gateway.
 * Not here: the process around it (./main), decisions (./core), the things themselves (./adapters).
 * Order at start: the store, since its lock says that we are alone; the meters, whose history is fetched while the module starts and
 * certificates are waited for; then the line to the receiver, and what was left over goes first.
 */

import { join } from "node:path";
import { CertificateFile, type openSource, slotOf } from "@siegel/channel";
import type { SecurityModule } from "@siegel/crypto";

import { identityOf } from "./adapters/identity.ts";
import { TlsLink } from "./adapters/link.ts";
import { linesOf, MeterLine } from "./adapters/meter-line.ts";
import type { Parent } from "./adapters/parent.ts";
import { radioStreamOf } from "./adapters/radio.ts";
import { RadioLine } from "./adapters/radio-line.ts";
import { CmsReceipts } from "./adapters/receipts.ts";
import { CmsSealer, deliveryCounter } from "./adapters/sealer.ts";
import { GatewayStore, storePathIn } from "./adapters/store.ts";
import { trustFilesOf } from "./adapters/trust.ts";
import { type Config, type MeterConfig, profilesOf } from "./config.ts";
import { Collector, type Kept } from "./core/collector.ts";
import { Courier } from "./core/courier.ts";
import type { Clock, Random } from "./core/ports.ts";
import { codeOf, GatewayError, type GatewayErrorCode } from "./errors.ts";
import type { Log } from "./log.ts";

export interface GatewayPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly log: Log;
  /** Starts the security module in a folder. */
  readonly module: (directory: string) => Promise<StartedModule>;
  readonly parent?: Parent | undefined;
  /** `openSource` of channel unless told. */
  readonly open?: typeof openSource;
}

/** A module in this process, or one in a process of its own that may end. */
export type StartedModule = SecurityModule & { close?(): Promise<void>; readonly exited?: Promise<number> };

export interface Timers {
  /** Runs once, later; the result cancels it. */
  after(ms: number, run: () => void): () => void;
}

export interface RunningGateway {
  /** Deliveries without a receipt. */
  readonly unsettledCount: number;
  /** Ends meters, sending, module and store; nothing that was taken is lost. Twice is once. */
  close(): Promise<void>;
  /** Rejects when the gateway cannot go on: its store or its module failed. */
  readonly failed: Promise<never>;
}

/**
 * Starts a gateway; it delivers when the promise resolves.
 *
 * @throws {GatewayError} "data-in-use", "data-of-another-version", "no-trust", "not-personalised", "bad-certificates" …
 */
export async function startGateway(config: Config, ports: GatewayPorts): Promise<RunningGateway> {
  const gateway = new Gateway(config, ports);
  try {
    await gateway.start();
    return gateway;
  } catch (error) {
    await gateway.close();
    throw error;
  }
}

class Gateway implements RunningGateway {
  readonly #config: Config;
  readonly #ports: GatewayPorts;
  readonly #failure = Promise.withResolvers<never>();
  readonly #ending = new AbortController();
  readonly #profiles;
  readonly #cancels: (() => void)[] = [];
  #store: GatewayStore | undefined;
  #module: StartedModule | undefined;
  #lines: Promise<unknown> = Promise.resolve();
  #courier: Courier | undefined;
  #link: TlsLink | undefined;
  #cancelWake: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(config: Config, ports: GatewayPorts) {
    this.#config = config;
    this.#ports = ports;
    this.#profiles = profilesOf(config);
    this.#failure.promise.catch(() => {}); // told to whoever listens
  }

  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  get unsettledCount(): number {
    return this.#courier?.unsettledCount ?? 0;
  }

  async start(): Promise<void> {
    const { parent, log } = this.#ports;
    const store = (this.#store = GatewayStore.open(storePathIn(this.#config.data)));
    const trust = trustFilesOf(this.#config, log);
    const starting = this.#startModule();
    this.#listen(store);
    const module = await starting;
    const identity = await identityOf(this.#config, { module, trust, parent });
    if (this.#closing !== undefined) return;
    await this.#checkCounter(store, module);
    const { clock } = this.#ports;
    const { receiver, cipher = "gcm" } = this.#config;
    const common = { identity, trust, receiverName: receiver.name, clock };
    const tls = {
      certificate: identity.TLS.der,
      chain: identity.issuers.map(({ der }) => der),
      privateKey: await module.exportTlsKey(slotOf.TLS),
    };
    this.#link = new TlsLink({ url: receiver.url, peerName: receiver.name, identity: tls, trust, clock });
    const encCertificate = new CertificateFile(receiver.encCertificate, "receiver.encCertificate");
    this.#courier = new Courier(this.#profiles, {
      store,
      clock,
      log,
      random: this.#ports.random,
      link: this.#link,
      sealer: new CmsSealer({ ...common, module, receiver: encCertificate, cipher }),
      checker: new CmsReceipts(common),
      delivered: (number) => parent?.tell({ type: "delivered", number }),
      changed: () => this.#wakeLater(),
      failed: (error) => this.#fail(error),
    });
    this.#every(pruneEveryMs, () => this.#prune(store));
    this.#wake();
    log("info", "ready", { id: this.#config.id, unsettled: this.#courier.unsettledCount });
    parent?.tell({ type: "ready" });
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    this.#cancelWake?.();
    this.#ending.abort();
    await this.#lines;
    // What is on its way gets a moment: its receipt spares sending it again.
    const patience = Promise.withResolvers<void>();
    const cancel = this.#ports.timers.after(closeMs, patience.resolve);
    await Promise.race([this.#courier?.stop(), patience.promise]);
    cancel();
    this.#link?.close();
    await this.#courier?.stop();
    await this.#module?.close?.();
    this.#store?.close();
  }

  async #startModule(): Promise<StartedModule> {
    try {
      const module = (this.#module = await this.#ports.module(join(this.#config.data, "module")));
      void module.exited?.then((code) => {
        if (this.#closing === undefined)
          this.#fail(new GatewayError("module-failed", `the security module ended (${code})`));
      });
      return module;
    } catch (cause) {
      const [code, cure] = refusalsOfModule[codeOf(cause)] ?? ["module-failed", undefined];
      const what = `data: the security module does not start (${codeOf(cause)})`;
      const folder = join(this.#config.data, "module");
      throw new GatewayError(code, cure === undefined ? what : `${what}; ${folder} ${cure}`, { cause });
    }
  }

  #listen(store: GatewayStore): void {
    const { clock, log, open } = this.#ports;
    const collector = new Collector(this.#profiles, { store, clock, log });
    const clientId = new TextEncoder().encode(this.#config.id);
    const begun = new Set<string>();
    const kept = (meter: string, profiles: Kept, origin: "live" | "memory"): void => {
      for (const profile of profiles.keys()) {
        const key = `${profile} ${meter}`;
        // The first values of a run go at once: whoever looks sees that the meter is heard.
        this.#courier?.kept(profile, meter, { atOnce: origin === "memory" || !begun.has(key) });
        begun.add(key);
      }
      if (profiles.size > 0) this.#wakeLater();
    };
    const ports = { collector, kept, clock, log, ...(open === undefined ? {} : { open }) };
    const { meters } = this.#config;
    const stream = meters.some(isRadio) ? radioStreamOf(this.#config, store) : undefined;
    const lines = linesOf(meters).map((together) =>
      stream !== undefined && together.some(isRadio)
        ? new RadioLine(together, { ...ports, stream })
        : new MeterLine(together, { ...ports, clientId }),
    );
    this.#lines = Promise.all(
      lines.map((line) => line.run(this.#ending.signal).catch((error: unknown) => this.#fail(error))),
    );
  }

  /** A module that counts from another place than this store would give numbers a second time. */
  async #checkCounter(store: GatewayStore, module: SecurityModule): Promise<void> {
    const newest = store.newestDelivery();
    if (newest !== undefined && (await module.currentNumber(deliveryCounter)) < newest) {
      throw new GatewayError(
        "not-our-data",
        "data: store and security module do not belong together: the store knows later numbers",
      );
    }
  }

  #wake(): void {
    if (this.#closing !== undefined) return;
    this.#courier?.wake();
    this.#wakeLater();
  }

  #wakeLater(): void {
    this.#cancelWake?.();
    if (this.#closing !== undefined) return;
    const atMs = this.#courier?.nextWakeMs();
    if (atMs === undefined) return;
    const { clock, timers } = this.#ports;
    const inMs = Math.min(Math.max(atMs - clock.monoMs(), 0), longestWaitMs);
    this.#cancelWake = timers.after(inMs, () => this.#guarded(() => this.#wake()));
  }

  #prune(store: GatewayStore): void {
    const nowMs = this.#ports.clock.wallMs();
    for (const { name: profile, kind } of this.#profiles) {
      const pruned = store.prune({ profile, keepMs: keepMs[kind], nowMs });
      if (pruned > 0) this.#ports.log("info", "pruned", { profile, values: pruned });
    }
  }

  #every(ms: number, run: () => void): void {
    let cancel = this.#ports.timers.after(ms, again);
    this.#cancels.push(() => cancel());
    const guarded = (): void => this.#guarded(run);
    const later = (): void => void (cancel = this.#ports.timers.after(ms, again));
    function again(): void {
      guarded();
      later();
    }
  }

  #guarded(run: () => void): void {
    try {
      if (this.#closing === undefined) run();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#closing === undefined) this.#failure.reject(error);
  }
}

/** Meters on one source speak one protocol. */
function isRadio({ protocol }: MeterConfig): boolean {
  return protocol === "wmbus";
}

/** What the next start would meet again, so that it is not tried: each with what to do about the folder. */
const refusalsOfModule: Readonly<Record<string, [GatewayErrorCode, cure: string]>> = {
  "damaged-state": ["not-our-data", "is damaged: move all of data away, and have the gateway personalised anew"],
  "unsupported-version": ["data-of-another-version", "is of another version: use the release that wrote it"],
  "not-private": [
    "data-not-writable",
    "holds keys that others can read: chmod -R go= it, and consider to replace them",
  ],
  "permission-denied": ["data-not-writable", "may not be read and written by this user"],
  "not-a-folder": ["data-not-writable", "is no folder, or none can be made there"],
};

/**
 * For a consumer's display, which is not there yet: of totals a month and the days that a bill takes, of samples what "now" needs.
 * A receipt is kept as long as its values; every few seconds one comes, of two kilobytes.
 */
const keepMs = { total: 40 * 86_400_000, sample: 6 * 3_600_000 } as const;
const pruneEveryMs = 600_000;
const closeMs = 2_000;
/** Timers of Node hold 24 days. */
const longestWaitMs = 3_600_000;
