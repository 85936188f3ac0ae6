/**
 * The whole system on this machine: certificate authority, meters, head-end with portal, gateway, each a process of its own.
 *
 * In: a data folder, a street, ports.  Out: programs that run until `stop`, and word of what happens.
 * Started together as far as one does not need the other: head-end and gateway wait for the authority, which is their trust.
 * At the first start the gateway makes its keys and asks its meters for their past meanwhile, and gets its certificates when
 * the head-end stands, whose certificate it needs; later it is started then. So its first delivery finds somebody.
 * Both are personalised through here: their requests go to the authority, and only for the name and role that each was
 * configured with.
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeWhole } from "@siegel/channel";
import type { GatewayMessage, HeadendMessage, IssuedCertificates } from "@siegel/contract";
import { toPem } from "@siegel/pki";
import { CommandError, exitCode } from "../exit.ts";
import type { IssueQuestion, PkiMessage } from "../pki/messages.ts";
import { BoundedLog } from "./bounded-log.ts";
import {
  gatewayConfig,
  gatewayId,
  headendConfig,
  headendName,
  type KnownMeter,
  radioKeys,
  type TrustPaths,
} from "./configs.ts";
import type { DataFolder } from "./data-folder.ts";
import type { LinkAnswer } from "./control.ts";
import type { LabMeter, Street } from "./household-list.ts";
import { type Death, Program } from "./program.ts";

export interface LabOptions {
  readonly folder: DataFolder;
  readonly street: Street;
  readonly meters: readonly RunnableMeter[];
  readonly ingestPort: number;
  readonly portalPort: number;
  readonly on: LabEvents;
}

/** A meter of the street with what is known before it runs. */
export interface RunnableMeter {
  readonly meter: LabMeter;
  readonly port: number;
  /** The meters that speak on this port. */
  readonly speakers: readonly Pick<KnownMeter, "id" | "radio">[];
}

export interface LabEvents {
  /** Something stands. */
  progress(what: string): void;
  /** A program died. */
  death(death: Death): void;
  committed(counts: { readonly deliveries: number; readonly quarantined: number }): void;
}

export class Lab {
  readonly #options: LabOptions;
  readonly #programs: Program[] = [];
  readonly #pki: Program;
  readonly #headend: Program;
  readonly #gateway: Program;
  readonly #meters: readonly Program[];
  readonly #known: readonly KnownMeter[];
  readonly #trust: TrustPaths;
  /** Questions to the authority that are not answered yet; asked again when it was started again. */
  readonly #questions = new Map<number, { question: IssueQuestion; asker: Program }>();
  readonly #invitations: { person: string; answer: (answer: LinkAnswer) => void }[] = [];
  readonly #fingerprint = Promise.withResolvers<string>();
  readonly #firstVerified = Promise.withResolvers<number>();
  readonly #givenUp = Promise.withResolvers<never>();
  readonly #encCertificate: string;
  #lastQuestion = 0;
  #isGatewayStarted = false;
  #isHeadendReady = false;
  /** Of the gateway, until the head-end stands. */
  #held: IssuedCertificates | undefined;

  constructor(options: LabOptions) {
    const { folder, meters } = options;
    this.#options = options;
    const pki = (name: string) => folder.at("pki", name);
    this.#trust = { root: pki("root.pem"), chain: [pki("sub-ca.pem")], crls: pki("crls") };
    this.#encCertificate = folder.at("receiver-enc.pem");
    this.#known = meters.flatMap(({ meter, port, speakers }) =>
      speakers.map((speaker) => ({ ...speaker, person: meter.person, source: `tcp://127.0.0.1:${port}` })),
    );
    this.#pki = this.#program("pki", siegelScript, ["pki", "serve", folder.at("pki")], {
      onMessage: (message) => this.#pkiSaid(message as PkiMessage), // a program of ours: its word is typed in pki/messages
    });
    this.#meters = meters.map((one) => this.#meterProgram(one));
    this.#headend = this.#program("head-end", headendScript, ["--config", folder.at("headend.json")], {
      onMessage: (message) => this.#headendSaid(message as HeadendMessage), // typed in the contract
    });
    this.#gateway = this.#program("gateway", gatewayScript, ["--config", folder.at("gateway.json")], {
      onMessage: (message) => this.#gatewaySaid(message as GatewayMessage), // typed in the contract
    });
    for (const { promise } of [this.#fingerprint, this.#firstVerified, this.#givenUp]) {
      promise.catch(() => {}); // told to whoever waits for it; nobody may
    }
  }

  /** SHA-256 of the root certificate, hex, once the authority stands. */
  get fingerprint(): Promise<string> {
    return this.#fingerprint.promise;
  }

  /** When the head-end had verified and stored the first delivery of this run: milliseconds since 1970 UTC. */
  get firstVerified(): Promise<number> {
    return this.#firstVerified.promise;
  }

  /** Rejects when a program is given up. */
  get givenUp(): Promise<never> {
    return this.#givenUp.promise;
  }

  /** @param page  Folder of the built page, when it is there. */
  start(page: Promise<string>): void {
    this.#pki.start();
    for (const [index, meter] of this.#meters.entries()) {
      if (isHurried(this.#options.meters[index]!)) meter.start(); // a program for each meter
      else void Promise.race([this.firstVerified, waited(patienceMs)]).then(() => meter.start());
    }
    const standing = this.fingerprint.then(() => {
      if (!existsSync(this.#encCertificate)) this.#startGateway();
    });
    Promise.all([page, standing])
      .then(([files]) => this.#startHeadend(files))
      .catch((error: unknown) => this.#givenUp.reject(error));
  }

  /** A fresh one-time link to the portal for a person of the street. */
  async link(person = this.#options.street.consumers[0]!.id): Promise<LinkAnswer> {
    const { street, portalPort } = this.#options;
    const people = [...street.consumers, ...street.operators].map(({ id }) => id);
    if (!people.includes(person)) return { problem: `nobody here is called that; there are ${people.join(", ")}` };
    const { promise, resolve } = Promise.withResolvers<LinkAnswer>();
    const invitation = { person, answer: resolve };
    const late = setTimeout(() => {
      // It is not waited for any more: the next answer is for the next one who asks.
      this.#invitations.splice(this.#invitations.indexOf(invitation), 1);
      resolve({ problem: "the head-end does not answer; try again" });
    }, answerMs);
    this.#invitations.push(invitation);
    this.#headend.send({ type: "invite", consumer: person });
    const answer = await promise;
    clearTimeout(late);
    return "url" in answer ? { url: `http://127.0.0.1:${portalPort}/${answer.url}` } : answer;
  }

  /** Ends all programs: first who sends, then who receives, then who is asked. */
  async stop(): Promise<void> {
    await this.#gateway.stop();
    await Promise.all([this.#headend.stop(), ...this.#meters.map((meter) => meter.stop())]);
    await this.#pki.stop();
  }

  #program(
    name: string,
    script: string,
    args: readonly string[],
    on: Pick<ConstructorParameters<typeof Program>[0], "onMessage" | "onLine">,
  ): Program {
    const log = new BoundedLog(this.#options.folder.at("logs", `${name}.log`));
    const onDeath = (death: Death) => {
      this.#options.on.death(death);
      if (death.againInMs !== undefined) return;
      const reason = death.lastLine === "" ? "" : `: ${death.lastLine}`;
      this.#givenUp.reject(
        new CommandError(exitCode.failed, `the ${name} does not start (${death.how})${reason}; see ${log.path}`),
      );
    };
    const program = new Program({ name, script, args, env: { NODE_COMPILE_CACHE: cacheFolder }, log, onDeath, ...on });
    this.#programs.push(program);
    return program;
  }

  #meterProgram({ meter, port }: RunnableMeter): Program {
    const { kind, name } = meter;
    const memory = this.#options.folder.at("meters", `${name}.json`);
    const args =
      "replay" in kind
        ? ["replay", kind.replay]
        : "radioSeed" in kind
          ? ["wmbus", "--seed", `${kind.radioSeed}`, "--interval", `${radioIntervalSeconds}`, "--no-keys"]
          : ["sml", "--seed", `${kind.seed}`, ...(kind.roof ? ["--pv"] : []), "--memory", memory];
    return this.#program(`meter-${name}`, siegelScript, ["meter", "serve", ...args, "--port", `${port}`, "--json"], {
      onLine: (_, program) => program.markReady(),
    });
  }

  #pkiSaid(message: PkiMessage): void {
    switch (message.type) {
      case "ready":
        this.#pki.markReady();
        this.#fingerprint.resolve(message.fingerprint);
        for (const { question } of this.#questions.values()) this.#pki.send(question);
        return;
      case "issued": {
        const asked = this.#questions.get(message.id);
        this.#questions.delete(message.id);
        if (asked?.asker === this.#gateway && !this.#isHeadendReady) this.#held = message.certificates;
        else asked?.asker.send(message.certificates);
        return;
      }
      case "refused":
        this.#questions.delete(message.id);
        this.#givenUp.reject(new CommandError(exitCode.failed, `the authority refuses a request: ${message.code}`));
    }
  }

  #headendSaid(message: HeadendMessage): void {
    switch (message.type) {
      case "requests":
        return this.#ask(message, this.#headend, { role: "EMT", name: headendName });
      case "ready":
        this.#headend.markReady();
        return this.#headendStands(message.receiverEnc);
      case "link":
        return this.#invited(message.consumer, { url: `#token=${message.token}` });
      case "no-link":
        return this.#invited(message.consumer, { problem: "the head-end knows nobody of that name" });
      case "first-verified":
        return this.#firstVerified.resolve(message.atMs);
      case "committed":
        return this.#options.on.committed(message);
    }
  }

  #gatewaySaid(message: GatewayMessage): void {
    if (message.type === "requests") {
      this.#ask(message, this.#gateway, { role: "SMGW", name: `${gatewayId}.SMGW` });
    } else if (message.type === "ready") {
      this.#gateway.markReady();
      this.#options.on.progress("gateway");
    }
  }

  /** Nobody gets a certificate for another name than the one that he was started with. */
  #ask(
    { name, role, requests }: Omit<IssueQuestion, "type" | "id">,
    asker: Program,
    allowed: { role: string; name: string },
  ): void {
    if (name !== allowed.name || role !== allowed.role) {
      return this.#givenUp.reject(
        new CommandError(exitCode.failed, `the ${asker.name} asks for a name that is not its own`),
      );
    }
    const question = { type: "issue", id: ++this.#lastQuestion, name, role, requests } as const;
    this.#questions.set(question.id, { question, asker });
    this.#pki.send(question);
  }

  #startHeadend(files: string): void {
    const { folder, street, ingestPort, portalPort } = this.#options;
    const place = { data: folder.at("headend"), trust: this.#trust, ingestPort, portalPort, files };
    writeConfig(folder.at("headend.json"), headendConfig(street, this.#known, place));
    this.#headend.start();
  }

  #headendStands(receiverEnc: Uint8Array): void {
    // Who asked while it was away is not to ask again.
    for (const { person } of this.#invitations) this.#headend.send({ type: "invite", consumer: person });
    if (this.#isHeadendReady) return; // it was started again, with the same keys
    try {
      writeWhole(this.#encCertificate, toPem("CERTIFICATE", receiverEnc));
      this.#startGateway();
    } catch (error) {
      return this.#givenUp.reject(error); // a full disk
    }
    this.#isHeadendReady = true;
    this.#options.on.progress("head-end");
    if (this.#held !== undefined) this.#gateway.send(this.#held);
    this.#held = undefined;
  }

  #startGateway(): void {
    if (this.#isGatewayStarted) return;
    this.#isGatewayStarted = true;
    const { folder, ingestPort } = this.#options;
    const place = {
      data: folder.at("gateway"),
      trust: this.#trust,
      ingestPort,
      encCertificate: this.#encCertificate,
      radioKeys: folder.at("radio-keys.json"),
    };
    writeConfig(place.radioKeys, radioKeys(this.#known));
    writeConfig(folder.at("gateway.json"), gatewayConfig(this.#known, place));
    this.#gateway.start();
  }

  #invited(person: string, answer: LinkAnswer): void {
    const at = this.#invitations.findIndex((one) => one.person === person);
    if (at >= 0) this.#invitations.splice(at, 1)[0]?.answer(answer);
  }
}

/** The first reading does not come by radio: who waits for it should not wait for those meters to be simulated, too. */
function isHurried({ meter }: RunnableMeter): boolean {
  return !("radioSeed" in meter.kind);
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function writeConfig(path: string, config: object): void {
  writeWhole(path, `${JSON.stringify(config, undefined, 2)}\n`);
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const siegelScript = here("../../bin/siegel.mjs");
const gatewayScript = here("../../../gateway/src/main.ts");
const headendScript = here("../../../headend/src/main.ts");
const cacheFolder = here("../../../../node_modules/.cache/siegel");
const answerMs = 5_000;
const patienceMs = 4_000;
const radioIntervalSeconds = 10;
