/** A PKI, a receiver behind real TLS and a folder of trust files: what a gateway needs around it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTlsHttpServer, type TlsHttpServer } from "@siegel/channel";
import { makeReceipt, openDelivery, type Sender, type VerifiedDelivery } from "@siegel/cms";
import { ingest, type IssuedCertificates } from "@siegel/contract";
import { FileKey, type KeyPurpose, randomBytes, SoftwareModule } from "@siegel/crypto";
import { type Certificate, CertificationRequest, LabPki, toPem } from "@siegel/pki";
import { decodeDayBlock, seriesOf } from "@siegel/readings";
import { toHex } from "@siegel/wire";

import type { Parent } from "../src/adapters/parent.ts";

export const now = (): { epochMs: number } => ({ epochMs: Date.now() });

export class Lab {
  readonly pki: LabPki;
  readonly folder: string;

  private constructor(pki: LabPki, folder: string) {
    this.pki = pki;
    this.folder = folder;
  }

  static async create(): Promise<Lab> {
    const signers = {
      root: signerOf(await FileKey.generate("brainpoolP512r1")),
      sub: signerOf(await FileKey.generate("brainpoolP384r1")),
    };
    const lab = new Lab(
      await LabPki.create({ signers, now: now(), random: randomBytes }),
      mkdtempSync(join(tmpdir(), "siegel-gateway-")),
    );
    writeFileSync(lab.at("root.pem"), toPem("CERTIFICATE", lab.pki.root.der));
    writeFileSync(lab.at("sub-ca.pem"), toPem("CERTIFICATE", lab.pki.subCa.der));
    mkdirSync(lab.at("crls"));
    await lab.publishLists();
    return lab;
  }

  at(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Lists of this instant, valid for thirty days, or as told. */
  async publishLists(at = now(), validForMs?: number): Promise<void> {
    const [root, sub] = await this.pki.crls(at, validForMs);
    writeFileSync(this.at("crls", "root.der"), root?.der ?? "");
    writeFileSync(this.at("crls", "sub.der"), sub?.der ?? "");
  }

  /** Certificates for requests, as the authority of `siegel up` gives them. */
  async certify(name: string, requests: Readonly<Record<KeyPurpose, Uint8Array>>): Promise<IssuedCertificates> {
    const issue = async (purpose: KeyPurpose): Promise<Uint8Array> => {
      const request = await CertificationRequest.parse(requests[purpose]).verify();
      return (await this.pki.issue({ role: "SMGW", name, purpose, now: now(), request })).der;
    };
    const [TLS, SIG, ENC] = [await issue("TLS"), await issue("SIG"), await issue("ENC")];
    return { type: "certificates", TLS, SIG, ENC, chain: [this.pki.subCa.der] };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A parent that certifies what it is asked for, and remembers what it was told. */
export class CertifyingParent implements Parent {
  readonly told: string[] = [];
  readonly delivered: bigint[] = [];
  readonly #lab: Lab;
  #certified: ((issued: IssuedCertificates) => void) | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  tell(message: Parameters<Parent["tell"]>[0]): void {
    this.told.push(message.type);
    if (message.type === "delivered") this.delivered.push(message.number);
    if (message.type !== "requests") return;
    const name = message.name.replace(/\.SMGW$/, "");
    void this.#lab.certify(name, message.requests).then((issued) => this.#certified?.(issued));
  }

  onCertificates(run: (issued: IssuedCertificates) => void): void {
    this.#certified = run;
  }

  onGone(): void {}
}

export type Manner =
  | "receipts"
  /** Takes it, and hangs up instead of an answer. */
  | "hangs-up"
  | "busy"
  | "refuses"
  /** Octets that are no receipt. */
  | "no-receipt"
  /** Receipt for another number. */
  | "other-number"
  /** Receipt by another market participant of the same PKI. */
  | "other-signer"
  /** Receipt whose date is half a minute old. */
  | "backdated";

/** A head-end as far as a gateway sees it: idempotent by number and hash. */
export class Receiver {
  readonly name: string;
  readonly enc: Certificate;
  readonly tls: Certificate;
  readonly sig: Certificate;
  manner: Manner = "receipts";
  readonly opened: VerifiedDelivery[] = [];
  /** By profile, meter, register and instant. */
  readonly values = new Map<string, string>();
  readonly doubled: string[] = [];
  requests = 0;
  connections = 0;
  readonly #server: TlsHttpServer;
  readonly #open: (der: Uint8Array) => Promise<VerifiedDelivery>;
  readonly #senders: { readonly own: Sender; readonly other: Sender };
  readonly #receipts = new Map<string, { readonly hash: string; readonly receipt: Uint8Array }>();
  #whenChanged: () => void = () => {};

  static async start(lab: Lab, name = "Siegel-Lab"): Promise<Receiver> {
    const own = await participant(lab, name);
    const other = await participant(lab, "Somebody-Else");
    writeFileSync(lab.at("receiver-enc.pem"), toPem("CERTIFICATE", own.ENC.der));
    const receiver = new Receiver(lab, own, other);
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  private constructor(lab: Lab, own: Participant, other: Participant) {
    this.name = own.ENC.name;
    this.enc = own.ENC;
    this.tls = own.TLS;
    this.sig = own.sender.certificate;
    this.#senders = { own: own.sender, other: other.sender };
    const trust = { anchors: lab.pki.anchors, others: lab.pki.others };
    this.#open = async (der) =>
      openDelivery({
        der,
        receiver: { module: own.module, slot: "ENC", certificate: own.ENC },
        trust: { ...trust, revocation: await lab.pki.crls(now()) },
        at: now(),
      });
    let lists: Awaited<ReturnType<LabPki["crls"]>> = [];
    void lab.pki.crls(now()).then((made) => (lists = made));
    this.#server = createTlsHttpServer({
      identity: own.tls,
      trust: { ...trust, revocation: () => lists, now },
      peerRoles: ["SMGW"],
      onRefused: () => {},
      handler: (request, response) => {
        const pieces: Buffer[] = [];
        request.on("data", (piece: Buffer) => pieces.push(piece));
        request.on("end", () => {
          void this.#answer(new Uint8Array(Buffer.concat(pieces))).then(({ status, type, body, headers = {} }) => {
            if (status === 0) request.socket.destroy();
            else {
              response.writeHead(status, { "content-type": type, "content-length": body.length, ...headers });
              response.end(body);
            }
            this.#whenChanged();
          });
        });
      },
    });
    this.#server.on("connection", () => this.connections++);
  }

  get url(): string {
    // A port that listens has an address with a number.
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}${ingest.path}`;
  }

  /** Resolves when the condition holds; asked after each request. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.#whenChanged = resolve));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(
    der: Uint8Array,
  ): Promise<{ status: number; type: string; body: Uint8Array; headers?: Record<string, string> }> {
    this.requests++;
    const nothing = { type: "application/problem+json", body: new TextEncoder().encode("{}") };
    if (this.manner === "busy") return { status: 503, ...nothing, headers: { "retry-after": "1" } };
    if (this.manner === "refuses") return { status: 400, ...nothing };
    const receipt = await this.#receipt(der);
    if (this.manner === "hangs-up") return { status: 0, ...nothing };
    return { status: 200, type: ingest.receiptType, body: receipt };
  }

  async #receipt(der: Uint8Array): Promise<Uint8Array> {
    const delivery = await this.#open(der);
    const { own, other } = this.#senders;
    const { header, gatewayName, hash } = delivery;
    const stored = { gatewayKey: header.sender, gatewayName, number: header.number, deliveryHash: hash };
    switch (this.manner) {
      case "no-receipt":
        return Uint8Array.of(0x30, 0);
      case "other-number":
        return makeReceipt({ delivery: { ...stored, number: stored.number + 1n }, committedAt: now(), sender: own });
      case "other-signer":
        return makeReceipt({ delivery, committedAt: now(), sender: other });
      case "backdated":
        return makeReceipt({ delivery, committedAt: { epochMs: Date.now() - 30_000 }, sender: own });
      default:
    }
    const number = String(header.number);
    const known = this.#receipts.get(number);
    if (known !== undefined) {
      if (known.hash !== toHex(hash)) throw new TypeError("one number, two contents");
      return known.receipt;
    }
    this.opened.push(delivery);
    for (const { block } of delivery.blocks) this.#keep(header.profile, block);
    const receipt = await makeReceipt({ delivery, committedAt: now(), sender: own });
    this.#receipts.set(number, { hash: toHex(hash), receipt });
    return receipt;
  }

  #keep(profile: string, bytes: Uint8Array): void {
    const block = decodeDayBlock(bytes);
    for (const { at, value } of seriesOf(block).readings) {
      const key = `${profile} ${block.meter.id} ${String(block.obis)} ${new Date(at.epochMs).toISOString()}`;
      if (this.values.has(key)) this.doubled.push(key);
      this.values.set(key, String(value));
    }
  }
}

interface Participant {
  readonly module: SoftwareModule;
  readonly ENC: Certificate;
  readonly TLS: Certificate;
  readonly sender: Sender;
  readonly tls: { certificate: Uint8Array; chain: Uint8Array[]; privateKey: Uint8Array };
}

async function participant(lab: Lab, name: string): Promise<Participant> {
  const module = moduleInMemory();
  const issue = async (purpose: KeyPurpose): Promise<Certificate> => {
    const { publicKey } = await module.generate({ slot: purpose, purpose, curve: "brainpoolP256r1" });
    const certificate = await lab.pki.issue({ role: "EMT", name, purpose, now: now(), publicKey });
    await module.certify({ slot: purpose, certificate: certificate.der });
    await module.activate(purpose);
    return certificate;
  };
  const [TLS, SIG, ENC] = [await issue("TLS"), await issue("SIG"), await issue("ENC")];
  return {
    module,
    ENC,
    TLS,
    sender: { module, slot: "SIG", certificate: SIG, others: lab.pki.others },
    tls: {
      certificate: TLS.der,
      chain: lab.pki.others.map(({ der }) => der),
      privateKey: await module.exportTlsKey("TLS"),
    },
  };
}

/** A software module that forgets all when it is dropped, or keeps its state where the caller can take it. */
export function moduleInMemory(state: { octets?: Uint8Array } = {}): SoftwareModule {
  const load = (): Uint8Array | undefined => state.octets;
  const save = (octets: Uint8Array): void => void (state.octets = Uint8Array.from(octets));
  return SoftwareModule.open({ load, save }, { nowMs: () => Date.now() });
}

function signerOf(key: FileKey) {
  return {
    publicKey: key.publicKey,
    sign: (hash: Parameters<FileKey["sign"]>[0]["hash"], message: Uint8Array) => key.sign({ hash, message }),
  };
}
