/** A whole head-end in this process: real TLS, real HTTP, files in a folder of its own; only keys and clock are the test's. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TlsHttpClient } from "@siegel/channel";
import { type HeadendMessage, type HeadendRequest, ingest as door, sessionCookie } from "@siegel/contract";
import { type KeyPurpose, randomBytes, SoftwareModule } from "@siegel/crypto";
import { CertificationRequest, toPem } from "@siegel/pki";
import type { LabTriple } from "@siegel/pki/testing";

import type { Parent } from "../src/adapters/parent.ts";
import { machineTimers } from "../src/adapters/real-time.ts";
import type { Config } from "../src/config.ts";
import { type HeadendPorts, type RunningHeadend, startHeadend } from "../src/headend.ts";
import { gatewayA, gatewayB, meterA, meterB } from "./blocks.ts";
import { type IngestWorld, ingestWorld } from "./ingest-world.ts";

export class HeadendWorld {
  readonly seals: IngestWorld;
  readonly folder: string;
  readonly logged: string[] = [];
  readonly told: HeadendMessage[] = [];
  /** Waits before each signature of the head-end: a test can look what happens meanwhile. */
  beforeSigning: (() => Promise<void>) | undefined;
  readonly #clients: TlsHttpClient[] = [];
  readonly #askers: ((request: HeadendRequest) => void)[] = [];
  #module: Uint8Array | undefined;
  #running: RunningHeadend | undefined;

  private constructor(seals: IngestWorld, folder: string) {
    this.seals = seals;
    this.folder = folder;
  }

  /** @param nowMs  Where the world begins; a process of its own has the machine's clock. */
  static async make(nowMs?: number): Promise<HeadendWorld> {
    const seals = await ingestWorld(nowMs === undefined ? {} : { nowMs });
    const folder = mkdtempSync(join(tmpdir(), "siegel-headend-"));
    mkdirSync(join(folder, "crls"));
    const { root, subCa, crls } = seals.lab;
    writeFileSync(join(folder, "root.pem"), toPem("CERTIFICATE", root.der));
    writeFileSync(join(folder, "sub.pem"), toPem("CERTIFICATE", subCa.der));
    writeFileSync(join(folder, "crls/all.pem"), crls.map((list) => toPem("X509 CRL", list.der)).join(""));
    return new HeadendWorld(seals, folder);
  }

  config(changes: Partial<Config> = {}): Config {
    const { folder } = this;
    return {
      version: 1,
      name: "Siegel-Lab.EMT",
      data: join(folder, "data"),
      zone: "Europe/Berlin",
      ingest: { host: "127.0.0.1", port: 0 },
      portal: { host: "127.0.0.1", port: 0, files: null },
      trust: { root: join(folder, "root.pem"), chain: [join(folder, "sub.pem")], crls: join(folder, "crls") },
      gateways: [
        { name: gatewayA, meters: [meterA] },
        { name: gatewayB, meters: [meterB] },
      ],
      consumers: [
        { id: "anna", name: "Anna", meters: [meterA] },
        { id: "berta", name: "Berta", meters: [meterB] },
      ],
      ...changes,
    };
  }

  get running(): RunningHeadend {
    if (this.#running === undefined) throw new Error("start it first");
    return this.#running;
  }

  async start(changes: Partial<Config> = {}, ports: Partial<HeadendPorts> = {}): Promise<RunningHeadend> {
    const clock = { nowMs: () => this.seals.clock.ms };
    this.#running = await startHeadend(this.config(changes), {
      clock,
      timers: machineTimers,
      random: randomBytes,
      log: (level, event, fields) => void this.logged.push(JSON.stringify({ level, event, ...fields })),
      parent: this.#parent(),
      module: () => Promise.resolve(this.#slowed(SoftwareModule.open(this.#memory(), clock))),
      ...ports,
    });
    return this.#running;
  }

  /** As the parent process would say it. */
  ask(request: HeadendRequest): void {
    for (const ask of this.#askers) ask(request);
  }

  /** A connection of a gateway, or of who pretends to be one. */
  client(triple: LabTriple = this.seals.lab.gateway): TlsHttpClient {
    const { lab, clock } = this.seals;
    const client = new TlsHttpClient({
      host: "127.0.0.1",
      port: this.running.ingestPort,
      identity: {
        certificate: triple.TLS.certificate.der,
        chain: lab.others.map(({ der }) => der),
        privateKey: triple.TLS.key.toPkcs8(),
      },
      trust: {
        anchors: lab.anchors,
        others: lab.others,
        revocation: () => lab.crls,
        now: () => ({ epochMs: clock.ms }),
      },
      peerRole: "EMT",
      peerName: "Siegel-Lab.EMT",
    });
    this.#clients.push(client);
    return client;
  }

  deliver(client: TlsHttpClient, body: Uint8Array, headers: Record<string, string> = {}) {
    return client.request({
      method: door.method,
      path: door.path,
      headers: { "content-type": door.contentType, ...headers },
      body,
    });
  }

  /** A request to the portal's port, as the browser of that person sends it. */
  async portal(path: string, cookie = ""): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.running.portalPort}${path}`, { headers: { cookie } });
  }

  async signIn(person: string): Promise<string> {
    const origin = `http://127.0.0.1:${this.running.portalPort}`;
    const token = await this.running.invite(person);
    const answer = await fetch(`${origin}/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify({ token }),
    });
    const [cookie = ""] = answer.headers.getSetCookie();
    return cookie.slice(0, cookie.indexOf(";")) || `${sessionCookie}=`;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.close();
    await this.#running?.close();
    await this.seals.store.close();
    rmSync(this.folder, { recursive: true });
  }

  #memory() {
    return { load: () => this.#module, save: (state: Uint8Array) => void (this.#module = state.slice()) };
  }

  #slowed(module: SoftwareModule): SoftwareModule {
    const sign = module.sign.bind(module);
    module.sign = async (ask) => {
      await this.beforeSigning?.();
      return sign(ask);
    };
    return module;
  }

  #parent(): Parent {
    return {
      tell: (message) => {
        this.told.push(message);
        if (message.type === "requests") void this.#certify(message.requests).then((issued) => this.ask(issued));
      },
      onRequest: (run) => void this.#askers.push(run),
      onGone: () => undefined,
    };
  }

  async #certify(requests: Record<KeyPurpose, Uint8Array>): Promise<HeadendRequest> {
    const { pki, now } = this.seals.lab;
    const issue = async (purpose: KeyPurpose): Promise<Uint8Array> => {
      const request = await CertificationRequest.parse(requests[purpose]).verify();
      return (await pki.issue({ role: "EMT", name: "Siegel-Lab", purpose, now, request })).der;
    };
    const chain = [this.seals.lab.subCa.der];
    return { type: "certificates", TLS: await issue("TLS"), SIG: await issue("SIG"), ENC: await issue("ENC"), chain };
  }
}
