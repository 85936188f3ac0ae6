/**
 * The head-end as a whole: store, trust, keys, the gateways' door, the API, and what happens by the clock.
 *
 * In: a configuration and the ports that differ between program and test.  Out: ports it listens on, links, an orderly end.
 */

import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createTlsHttpServer, type ModuleIdentity, peerOf, slotOf, type TrustFiles } from "@siegel/channel";
import type { HeadendRequest, IssuedCertificates } from "@siegel/contract";
import type { SecurityModule } from "@siegel/crypto";
import { toHex } from "@siegel/wire";
import type { FastifyInstance } from "fastify";

import { identityOf } from "./adapters/identity.ts";
import { answerGateway } from "./adapters/ingest-door.ts";
import type { Parent } from "./adapters/parent.ts";
import { deliveryPorts, proofViews } from "./adapters/proofs.ts";
import { every } from "./adapters/real-time.ts";
import { trustFilesOf } from "./adapters/trust.ts";
import { buildApi } from "./api/app.ts";
import { inviteOf } from "./api/session.ts";
import type { Config } from "./config.ts";
import { ByteBudget } from "./core/byte-budget.ts";
import { ClockWatch } from "./core/clock-watch.ts";
import { type Committed, Ingest } from "./core/ingest.ts";
import { LiveHub } from "./core/live.ts";
import { liveReadings } from "./core/live-readings.ts";
import { Registry } from "./core/registry.ts";
import { erasuresDue } from "./core/retention.ts";
import { isSessionAlive } from "./core/sessions.ts";
import type { Clock, Timers } from "./core/timers.ts";
import { codeOf, HeadendError, type HeadendErrorCode } from "./errors.ts";
import { logFew } from "./log-few.ts";
import type { Log } from "./log.ts";
import { openSqlite, sqlitePathIn } from "./store/sqlite.ts";
import { openStore, type Store } from "./store/store.ts";

/** A security module, and how it ends when it is a process. */
export type OwnedModule = SecurityModule & { close?(): Promise<void>; readonly exited?: Promise<number> };

export interface HeadendPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: (byteLength: number) => Uint8Array;
  readonly log: Log;
  readonly parent: Parent | undefined;
  module(): Promise<OwnedModule>;
}

export interface RunningHeadend {
  readonly ingestPort: number;
  readonly portalPort: number;
  /** DER of the ENC certificate, for which gateways seal. */
  readonly receiverEnc: Uint8Array;
  /** A token that signs this person in once; undefined when the configuration has nobody of that id. */
  invite(person: string): Promise<string | undefined>;
  /** Resolves when the head-end cannot go on. */
  readonly failed: Promise<HeadendError>;
  /** Takes nothing new, finishes what was taken, closes everything. Twice is once. */
  close(): Promise<void>;
}

/** @throws {HeadendError} with one line that says what to do. Whatever was opened is closed again then. */
export async function startHeadend(config: Config, ports: HeadendPorts): Promise<RunningHeadend> {
  const closers: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    return await started(config, ports, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function started(
  config: Config,
  ports: HeadendPorts,
  closers: (() => Promise<void> | void)[],
  closeAll: () => Promise<void>,
): Promise<RunningHeadend> {
  const { clock, log, parent } = ports;
  const store = await openStore(openSqlite(sqlitePathIn(config.data)));
  closers.push(() => store.close());
  const trust = trustFilesOf(config, log);
  const module = await moduleOf(ports, config.data);
  closers.push(() => module.close?.());
  const identity = await identityOf(config, { module, trust, parent, received: () => certificatesFrom(parent) });

  const registry = new Registry({ ...config, operators: config.operators ?? [] });
  const live = new LiveHub(toHex(ports.random(8)));
  const telling = tellingParent(parent, clock);
  const ingest = new Ingest({
    ...deliveryPorts({ module, identity, trust, clock }),
    store: store.ingest,
    registry,
    clock,
    timers: ports.timers,
    log: logFew(log, clock, kindOfGateway),
    onCommitted: (committed) => {
      telling(committed);
      for (const [meter, readings] of liveReadings(committed.stored)) live.publish(meter, readings);
    },
  });

  const apiPorts = { store, registry, live, clock, random: ports.random, log, zone: config.zone };
  let origins: readonly string[] = [];
  const settings = {
    origins: () => origins,
    secureCookie: config.portal.origin !== undefined,
    files: config.portal.files,
  };
  const app = await buildApi({ ...apiPorts, ...proofViews(trust.root) }, settings);
  closers.push(
    () => app.close(),
    () => live.close(),
  );
  const portalPort = await listen(app, config);
  origins = originsOf(config, portalPort);

  const door = await openDoor(config, ports, { ingest, trust, module, identity });
  closers.push(() => door.close());
  closers.push(...chores({ config, ports, store, trust, live }));

  const invite = (person: string): Promise<string | undefined> =>
    inviteOf(apiPorts, person, (config.linkMinutes ?? defaultLinkMinutes) * 60_000);
  parent?.onRequest((request) => void answerParent(parent, request, invite, log));
  const receiverEnc = identity.ENC.der;
  const { port: ingestPort } = door;
  log("info", "ready", { ingestPort, portalPort });
  parent?.tell({ type: "ready", ingestPort, portalPort, receiverEnc });

  let closing: Promise<void> | undefined;
  const gone = module.exited?.then(() => {
    if (closing === undefined) return new HeadendError("module-failed", "the security module ended");
    return new Promise<never>(() => undefined); // we ended it
  });
  return {
    ingestPort,
    portalPort,
    receiverEnc,
    invite,
    failed: gone ?? new Promise<never>(() => undefined),
    close: () => (closing ??= closeAll()),
  };
}

async function moduleOf(ports: HeadendPorts, folder: string): Promise<OwnedModule> {
  try {
    return await ports.module();
  } catch (cause) {
    const [code, cure] = refusalsOfModule[codeOf(cause)] ?? ["module-failed", undefined];
    const what = `the security module does not open its folder (${codeOf(cause)})`;
    throw new HeadendError(code, cure === undefined ? what : `${what}; ${join(folder, "module")} ${cure}`, { cause });
  }
}

/** What the next start would meet again, so that it is not tried: each with what to do about the folder. */
const refusalsOfModule: Readonly<Record<string, [HeadendErrorCode, cure: string]>> = {
  "damaged-state": ["not-our-data", "is damaged: bring back a copy, or move it away and have new certificates issued"],
  "unsupported-version": ["data-of-another-version", "is of another version: use the release that wrote it"],
  "not-private": [
    "data-not-writable",
    "holds keys that others can read: chmod -R go= it, and consider to replace them",
  ],
  "permission-denied": ["data-not-writable", "may not be read and written by this user"],
  "not-a-folder": ["data-not-writable", "is no folder, or none can be made there"],
};

interface Door {
  readonly port: number;
  /** Lets answers that are under way go out; then every connection ends. */
  close(): Promise<void>;
}

async function openDoor(
  { ingest: { host, port } }: Config,
  { clock, log }: HeadendPorts,
  own: { ingest: Ingest; trust: TrustFiles; module: SecurityModule; identity: ModuleIdentity },
): Promise<Door> {
  const { ingest, trust, module, identity } = own;
  let isClosing = false;
  const logRefused = logFew(log, clock, (fields) => String(fields?.["code"]));
  const doorPorts = {
    ingest,
    log: logFew(log, clock, kindOfGateway),
    memory: new ByteBudget(),
    peerName: ({ socket }: IncomingMessage) => peerOf(socket)?.name,
  };
  try {
    const server = createTlsHttpServer({
      identity: {
        certificate: identity.TLS.der,
        chain: trust.others.map(({ der }) => der),
        privateKey: await module.exportTlsKey(slotOf.TLS),
      },
      trust: {
        anchors: trust.anchors,
        others: trust.others,
        revocation: () => trust.revocation(),
        now: () => ({ epochMs: clock.nowMs() }),
      },
      peerRoles: ["SMGW"],
      onRefused: ({ code, at: step }) => logRefused("warn", "connection-refused", { code, step }),
      handler: (request, response) => void answerGateway(doorPorts, request, response, () => !isClosing),
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, resolve);
    });
    server.on("error", (error) => log("alarm", "door-failed", { code: codeOf(error) }));
    return {
      port: (server.address() as AddressInfo).port, // it listens on TCP
      close: () => {
        isClosing = true;
        return closeServer(server);
      },
    };
  } catch (error) {
    throw portError(error, "ingest", host, port);
  }
}

/** What a gateway causes, by the name in its certificate: one that floods us drowns neither the others nor the disk. */
function kindOfGateway(fields: Parameters<Log>[2]): string {
  return `${String(fields?.["code"])} ${String(fields?.["gateway"])}`;
}

/** Who does not take his answer in time is cut off. */
function closeServer(server: Server): Promise<void> {
  return new Promise((done) => {
    const late = setTimeout(() => server.closeAllConnections(), longestEndMs);
    server.close(() => {
      clearTimeout(late);
      done();
    });
  });
}

async function listen(app: FastifyInstance, { portal: { host, port } }: Config): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw portError(error, "portal", host, port);
  }
  return (app.server.address() as AddressInfo).port; // it listens on TCP
}

function portError(error: unknown, which: string, host: string, port: number): unknown {
  const code = codeOf(error);
  if (code === "EADDRINUSE" || code === "address-in-use") {
    return new HeadendError("port-in-use", `${which}: port ${port} of ${host} is in use; name another one`, {
      cause: error,
    });
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "cannot-listen") {
    return new HeadendError("port-not-allowed", `${which}: cannot listen on port ${port} of ${host} (${code})`, {
      cause: error,
    });
  }
  return error;
}

/** Names by which the portal may be asked for: those of this machine, or that of the proxy in front, and not both. */
function originsOf({ portal: { origin } }: Config, port: number): readonly string[] {
  return origin === undefined ? ["127.0.0.1", "localhost", "[::1]"].map((host) => `http://${host}:${port}`) : [origin];
}

/** What happens by the clock. Each gives back how it is stopped. */
function chores(of: { config: Config; ports: HeadendPorts; store: Store; trust: TrustFiles; live: LiveHub }) {
  const { config, ports, store, trust, live } = of;
  const { clock, log } = ports;
  const failed = (error: unknown): void => log("alarm", "chore-failed", { code: codeOf(error) });
  const watch = new ClockWatch({ wallMs: () => clock.nowMs(), monoMs: () => performance.now() });
  const look = (): void => {
    const stepMs = watch.look();
    if (stepMs !== 0) log("alarm", "clock-stepped", { stepMs: Math.round(stepMs) });
  };
  const erase = async (): Promise<void> => {
    look();
    if (watch.hasRested) await eraseDue(config, store, clock, log);
  };
  return [
    every(lookEveryMs, look, failed),
    every(trustEveryMs, () => trust.refresh(), failed),
    every(sweepEveryMs, () => store.sessions.sweep(clock.nowMs()), failed),
    every(eraseEveryMs, erase, failed),
    every(
      heartbeatEveryMs,
      async () => {
        await endDeadStreams(live, store, clock);
        live.heartbeat();
      },
      failed,
    ),
  ];
}

/** Erases what is due, part by part, so that deliveries come in between. */
export async function eraseDue(
  config: Pick<Config, "retention">,
  store: Pick<Store, "retention" | "tidy">,
  clock: Clock,
  log: Log,
): Promise<void> {
  let erased = 0;
  for (const { profile, beforeMs } of erasuresDue(config.retention ?? {}, clock.nowMs())) {
    for (let part = -1; part !== 0; erased += part) part = await store.retention.erase(profile, beforeMs);
  }
  if (erased === 0) return;
  store.tidy();
  log("info", "erased", { count: erased });
}

async function endDeadStreams(live: LiveHub, { sessions }: Store, clock: Clock): Promise<void> {
  const dead = new Set<string>();
  for (const session of live.sessions()) {
    const record = await sessions.session(new Uint8Array(Buffer.from(session, "hex")));
    if (record === undefined || !isSessionAlive(record, clock.nowMs())) dead.add(session);
  }
  live.endSessions((session) => dead.has(session));
}

function tellingParent(parent: Parent | undefined, clock: Clock): (committed: Committed) => void {
  let isFirst = true;
  return ({ stored, quarantined }) => {
    if (isFirst) parent?.tell({ type: "first-verified", atMs: clock.nowMs() });
    isFirst = false;
    parent?.tell({ type: "committed", deliveries: 1, blocks: stored.length, quarantined: quarantined.length });
  };
}

function certificatesFrom(parent: Parent | undefined): Promise<IssuedCertificates> {
  return new Promise((done) => parent?.onRequest((request) => void (request.type === "certificates" && done(request))));
}

async function answerParent(
  parent: Parent,
  request: HeadendRequest,
  invite: RunningHeadend["invite"],
  log: Log,
): Promise<void> {
  if (request.type !== "invite") return;
  const { consumer } = request;
  try {
    const token = await invite(consumer);
    parent.tell(token === undefined ? { type: "no-link", consumer } : { type: "link", consumer, token });
  } catch (error) {
    log("alarm", "invite-failed", { code: codeOf(error) });
    parent.tell({ type: "no-link", consumer });
  }
}

const defaultLinkMinutes = 10;
const longestEndMs = 2000;
const trustEveryMs = 30_000;
const heartbeatEveryMs = 15_000;
const lookEveryMs = 10_000;
const eraseEveryMs = 600_000;
const sweepEveryMs = 600_000;
