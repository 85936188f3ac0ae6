import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "@siegel/crypto";
import { MeterSigningKey } from "@siegel/crypto/testing";
import { CertificationRequest, certificationRequest, fromPem, toPem } from "@siegel/pki";
import { RequestFile } from "@siegel/sml";
import { fromHex, toHex } from "@siegel/wire";
import { afterEach, beforeEach, expect, test } from "vitest";

import { type Config, readConfig } from "../src/config.ts";
import { type RunningGateway, startGateway } from "../src/gateway.ts";
import { CertifyingParent, Lab, moduleInMemory, now, Receiver } from "./lab.ts";
import { importTotal, power } from "./profiles.ts";
import { meter } from "./telegrams.ts";
import { entry, pushFile, TestMeter, totalEntries } from "./test-meter.ts";

let lab: Lab;
let receiver: Receiver;
let testMeter: TestMeter;
let moduleState: { octets?: Uint8Array };
let log: string[];
const running: RunningGateway[] = [];

beforeEach(async () => {
  lab = await Lab.create();
  receiver = await Receiver.start(lab);
  testMeter = await TestMeter.start();
  moduleState = {};
  log = [];
});

afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.close();
  await testMeter.close();
  await receiver.close();
  lab.remove();
});

test("the history of a meter is delivered at once, sealed for the receiver, and freed by its receipt", async () => {
  // A consumer would wait for a quarter hour in front of an empty page, or the receiver would get what it cannot open.
  const parent = await start();
  await receiver.until(() => receiver.opened.length > 0);
  const [delivery] = receiver.opened;
  expect(delivery?.gatewayName).toBe("ESGL0000000001.SMGW");
  expect(delivery?.header).toMatchObject({ number: 1n, profile: "TAF-7", kind: "measured" });
  const slots = [...receiver.values.keys()].filter((key) => key.includes(importTotal));
  expect(slots.length).toBeGreaterThanOrEqual(95);
  expect(receiver.doubled).toEqual([]);
  await until(() => parent.delivered.length > 0);
  expect(parent.told.slice(0, 2)).toEqual(["requests", "ready"]);
  expect(running[0]?.unsettledCount).toBe(0);
});

test("a momentary value is delivered right after it was heard, over the connection that is there", async () => {
  // The page would show an old power, and each delivery would cost a handshake.
  await start();
  await receiver.until(() => receiver.opened.length > 0);
  await testMeter.untilConnected();
  for (let wanted = 1; wanted <= 3; wanted++) {
    await pushUntil(() => receiver.opened.filter(({ header }) => header.profile === "TAF-14").length >= wanted);
  }
  expect(receiver.doubled).toEqual([]);
  expect(receiver.connections).toBeLessThan(receiver.opened.length);
});

test.each(["no-receipt", "other-number", "other-signer", "refuses"] as const)(
  "values stay until a receipt holds; the receiver %s",
  async (manner) => {
    // Values would be forgotten though nobody vouches for having them.
    receiver.manner = manner;
    await start();
    await receiver.until(() => receiver.requests > 0);
    await until(() => log.some((line) => line.startsWith("alarm refused")));
    expect(running[0]?.unsettledCount).toBe(1);
    await restart();
    receiver.manner = "receipts";
    await receiver.until(() => receiver.opened.length > 0);
    expect(receiver.opened[0]?.header.number).toBe(1n);
    await until(() => running[0]?.unsettledCount === 0);
    expect(receiver.doubled).toEqual([]);
  },
);

test.each(["hangs-up", "busy"] as const)("the same bytes come again after a receiver that %s", async (manner) => {
  // A lost answer would double a day, or lose it.
  receiver.manner = manner;
  await start();
  await receiver.until(() => receiver.requests > 0);
  receiver.manner = "receipts";
  await until(() => running[0]?.unsettledCount === 0 && receiver.opened.length > 0);
  expect(receiver.opened.map(({ header }) => header.number)).toEqual([1n]);
  expect(receiver.doubled).toEqual([]);
});

test("nothing is sealed for a receiver whose certificate is revoked, and no number is used up", async () => {
  // Values would go to a key that somebody else may hold.
  lab.pki.revoke({ certificate: receiver.enc, at: now() });
  await lab.publishLists();
  await start();
  await until(() => log.some((line) => line.startsWith("alarm not-sealed")));
  expect(log.join()).toContain('"code":"revoked"');
  expect(receiver.requests).toBe(0);
  expect(await moduleInMemory(moduleState).currentNumber("delivery")).toBe(0n);
});

test("a list that comes while the gateway runs counts from the next delivery on", async () => {
  // A key that was reported stolen would get values until the next restart.
  await start();
  await testMeter.untilConnected();
  await pushUntil(() => receiver.opened.some(({ header }) => header.profile === "TAF-14"));
  await until(() => running[0]?.unsettledCount === 0);
  lab.pki.revoke({ certificate: receiver.enc, at: now() });
  await lab.publishLists();
  const { requests } = receiver;
  await pushUntil(() => log.some((line) => line.startsWith("alarm not-sealed")));
  expect(receiver.requests).toBe(requests);
});

test("a receipt by a key that is revoked frees nothing, whatever date stands in it", async () => {
  // Whoever stole the key could make the gateway forget what nobody has.
  receiver.manner = "backdated";
  lab.pki.revoke({ certificate: receiver.sig, at: now() });
  await lab.publishLists();
  await start();
  await until(() => log.some((line) => line.startsWith("alarm refused")));
  expect(log.join()).toContain('"code":"receipt:path-revoked"');
  expect(running[0]?.unsettledCount).toBe(1);
});

test("a connection that is kept is given up when a list came: the other side is judged anew", async () => {
  // A receiver whose key was revoked would go on over the connection that it has.
  await start();
  await testMeter.untilConnected();
  await pushUntil(() => receiver.opened.some(({ header }) => header.profile === "TAF-14"));
  lab.pki.revoke({ certificate: receiver.tls, at: now() });
  await lab.publishLists();
  await pushUntil(() => log.some((line) => line.startsWith("info not-reached")));
  expect(log.join()).toContain('"code":"revoked"');
});

test("nothing is sealed on lists of revoked certificates that are too old", async () => {
  // Whoever keeps the lists away could make a revoked certificate good again.
  rmSync(lab.at("crls"), { recursive: true });
  mkdirSync(lab.at("crls"));
  await lab.publishLists({ epochMs: Date.now() - 2 * 3_600_000 }, 3_600_000);
  await start();
  await until(() => log.some((line) => line.startsWith("alarm not-sealed")));
  expect(log.join()).toContain('"code":"stale-revocation-list"');
  expect(receiver.requests).toBe(0);
});

test("nothing is sealed for a certificate of another name than the configured receiver's", async () => {
  // A file that is exchanged would turn the stream of values to another market participant.
  await start({ receiver: { url: receiver.url, name: "Other-Lab.EMT", encCertificate: "receiver-enc.pem" } });
  await until(() => log.some((line) => line.startsWith("alarm not-sealed")));
  expect(log.join()).toContain('"code":"no-trust"');
  expect(receiver.requests).toBe(0);
});

test("nothing is sent to a server with another name than the configured receiver's", async () => {
  // Whoever takes over the address and has any certificate of the PKI would learn when and how much is delivered.
  const other = await Receiver.start(lab, "Third-Party");
  writeFileSync(lab.at("receiver-enc.pem"), toPem("CERTIFICATE", receiver.enc.der));
  await start({ receiver: { url: other.url, name: "Siegel-Lab.EMT", encCertificate: "receiver-enc.pem" } });
  await until(() => log.some((line) => line.startsWith("info not-reached")));
  expect(log.join()).toContain('"code":"wrong-name"');
  expect(other.requests).toBe(0);
  await other.close();
});

test("a meter that the configuration does not know is refused and told", async () => {
  // A neighbour's meter on the line would be billed as this one.
  await start({ meters: [{ source: testMeter.source, protocol: "sml", id: "0a0153474c0005600000" }] });
  await testMeter.untilConnected();
  await pushUntil(() => log.some((line) => line.includes("line-faults")));
  expect(log.join()).toContain('"unknown-meter":');
  expect(receiver.requests).toBe(0);
});

test("a meter without an id in the configuration is the first one heard, and no other after it", async () => {
  // Whoever exchanges the meter behind the line would be billed on.
  await start({ meters: [{ source: testMeter.source, protocol: "sml" }] });
  await receiver.until(() => receiver.opened.length > 0);
  testMeter.write(pushFile(fromHex("0a0153474c0005600000"), totalEntries(Date.now())));
  await until(() => log.some((line) => line.includes('"unknown-meter":1')));
  expect([...receiver.values.keys()].every((key) => key.includes(meter))).toBe(true);
});

test.each(["list-only", "nothing", "refuses"] as const)(
  "a meter that answers %s is read all the same",
  async (answers) => {
    // A gateway would be of use with one kind of meter only.
    testMeter.answers = answers;
    await start();
    await testMeter.untilConnected();
    await pushUntil(() => receiver.opened.some(({ header }) => header.profile === "TAF-14"));
  },
);

test("garbage, cut files and questions of others on the line of a meter leave the gateway running", async () => {
  // One bad line would stop the readings of all meters.
  await start();
  await testMeter.untilConnected();
  const whole = pushFile(fromHex(meter), totalEntries(Date.now()));
  for (let length = 0; length < whole.length; length += 7) testMeter.write(whole.subarray(0, length));
  testMeter.write(randomBytes(5_000));
  testMeter.write(new RequestFile({ clientId: Uint8Array.of(1), reqFileId: Uint8Array.of(2) }).getList().toBytes());
  await pushUntil(() => receiver.opened.some(({ header }) => header.profile === "TAF-14"));
  expect(log.some((line) => line.includes("reader-failed"))).toBe(false);
});

test("after its line was lost, a meter is read and asked again", async () => {
  // A cable that was pulled once would end the readings.
  await start();
  await receiver.until(() => receiver.opened.length > 0);
  testMeter.drop();
  await until(() => log.some((line) => line.startsWith("warn line-lost")));
  await testMeter.untilConnected();
  await pushUntil(() => receiver.opened.some(({ header }) => header.profile === "TAF-14"));
  expect(receiver.doubled).toEqual([]);
});

test("a capture file is read once", async () => {
  // Its values would be taken again and again, each time with a new date.
  writeFileSync(lab.at("capture.bin"), pushFile(fromHex(meter), [entry(power, 27, -1, 12_345)]));
  await start({ meters: [{ source: "capture.bin", protocol: "sml", id: meter }] });
  await until(() => log.some((line) => line.startsWith("warn line-lost")));
  expect(log.filter((line) => line.startsWith("info line-open"))).toHaveLength(1);
});

test("of two gateways on one data folder the second one is refused", async () => {
  // Both would draw numbers and seal the same values.
  await start();
  await expect(startGateway(config(), ports(undefined))).rejects.toMatchObject({ code: "data-in-use" });
});

test("a store beside a security module that counts from another place is refused", async () => {
  // A number would be given a second time: the head-end would take it for a forgery, rightly.
  await start();
  await receiver.until(() => receiver.opened.length > 0);
  await running.splice(0)[0]?.close();
  moduleState = {};
  await expect(startGateway(config(), ports(new CertifyingParent(lab)))).rejects.toMatchObject({
    code: "not-our-data",
  });
});

test("a gateway without a parent is personalised through files", async () => {
  // A gateway that nobody started from a program of ours could never deliver.
  await expect(startGateway(config(), ports(undefined))).rejects.toMatchObject({ code: "not-personalised" });
  const request = (name: string) => fromPem(readFileSync(lab.at("data", "requests", `${name}.csr`), "latin1"))[0]!;
  const issued = await lab.certify("ESGL0000000001", { TLS: request("tls"), SIG: request("sig"), ENC: request("enc") });
  mkdirSync(lab.at("data", "certificates"));
  for (const purpose of ["TLS", "SIG", "ENC"] as const) {
    writeFileSync(
      lab.at("data", "certificates", `${purpose.toLowerCase()}.pem`),
      toPem("CERTIFICATE", issued[purpose]),
    );
  }
  running.push(await startGateway(config(), ports(undefined)));
  await receiver.until(() => receiver.opened.length > 0);
});

test("certificates of another gateway or of another key are refused", async () => {
  // Values would be signed in somebody else's name.
  await expect(startGateway(config(), ports(undefined))).rejects.toMatchObject({ code: "not-personalised" });
  const request = (name: string) => fromPem(readFileSync(lab.at("data", "requests", `${name}.csr`), "latin1"))[0]!;
  const requests = { TLS: request("tls"), SIG: request("sig"), ENC: request("enc") };
  const { subject } = lab.pki.root;
  const stranger = moduleInMemory();
  const foreign = async (purpose: "TLS" | "SIG" | "ENC"): Promise<Uint8Array> => {
    const { publicKey } = await stranger.generate({ slot: purpose, purpose, curve: "brainpoolP256r1" });
    const { organization, country } = subject;
    return certificationRequest({
      subject: { commonName: "ESGL0000000001.SMGW", organization, country, serialNumber: "1" },
      publicKey,
      sign: (hash, message) => stranger.signRequest({ slot: purpose, hash, message }),
    });
  };
  const issued = await lab.certify("ESGL0000000001", { ...requests, SIG: await foreign("SIG") });
  mkdirSync(lab.at("data", "certificates"));
  const put = (purpose: "TLS" | "SIG" | "ENC", der: Uint8Array): void =>
    writeFileSync(lab.at("data", "certificates", `${purpose.toLowerCase()}.pem`), toPem("CERTIFICATE", der));
  for (const purpose of ["TLS", "SIG", "ENC"] as const) put(purpose, issued[purpose]);
  await expect(startGateway(config(), ports(undefined))).rejects.toMatchObject({ code: "bad-certificates" });
  const { publicKey } = CertificationRequest.parse(requests.SIG);
  const ask = { role: "SMGW", name: "ESGL0000000001", purpose: "SIG", now: now(), publicKey } as const;
  put("SIG", (await lab.pki.issue({ ...ask, name: "ESGL0000000002" })).der);
  await expect(startGateway(config(), ports(undefined))).rejects.toMatchObject({ code: "bad-certificates" });
  put("SIG", (await lab.pki.issue({ ...ask, purpose: "ENC" })).der);
  await expect(startGateway(config(), ports(undefined))).rejects.toMatchObject({ code: "bad-certificates" });
});

test("personalisation that was cut off between two slots goes on with the certificates that came", async () => {
  // A slot that has its certificate signs no request any more: the gateway could never be personalised.
  const cutting = moduleInMemory(moduleState);
  const certify = cutting.certify.bind(cutting);
  cutting.certify = async (a) => {
    if (a.slot === "sig") throw new TypeError("power cut");
    return certify(a);
  };
  const parent = new CertifyingParent(lab);
  const cut = startGateway(config(), { ...ports(parent), module: async () => cutting });
  await expect(cut).rejects.toThrow("power cut");
  running.push(await startGateway(config(), ports(undefined)));
  await receiver.until(() => receiver.opened.length > 0);
});

test("with a public key only values that this key has signed are taken, and no memory", async () => {
  // Whoever reaches the line could add a register; a key in the configuration would only look like protection.
  const key = MeterSigningKey.fromSeed({ curve: "P-256", seed: new Uint8Array(32) });
  await start({
    meters: [{ source: testMeter.source, protocol: "sml", id: meter, publicKey: toHex(key.publicKey.toRaw()) }],
  });
  await testMeter.untilConnected();
  await pushUntil(() => log.some((line) => line.includes('"not-signed":')));
  expect(receiver.requests).toBe(0);
  expect(testMeter.questions).toBe(0);
});

/** Starts a gateway with a parent that certifies it. */
async function start(more: Partial<Config> = {}): Promise<CertifyingParent> {
  const parent = new CertifyingParent(lab);
  running.push(await startGateway(config(more), ports(parent)));
  return parent;
}

function ports(parent: CertifyingParent | undefined) {
  return {
    clock: { wallMs: () => Date.now(), monoMs: () => performance.now() },
    random: { next: () => 0.5 },
    timers: {
      after: (ms: number, run: () => void) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    log: (level: string, event: string, fields = {}) => void log.push(`${level} ${event} ${JSON.stringify(fields)}`),
    module: async () => moduleInMemory(moduleState),
    parent,
  };
}

function config(more: Partial<Config> = {}): Config {
  const text = JSON.stringify({
    version: 1,
    id: "ESGL0000000001",
    data: "data",
    zone: "Europe/Berlin",
    meters: [{ source: testMeter.source, protocol: "sml", id: meter }],
    profiles: [
      {
        name: "TAF-7",
        registers: ["1-0:1.8.0", "1-0:2.8.0"],
        kind: "total",
        periodMs: 900_000,
        deliverEveryMs: 900_000,
        historyDays: 1,
      },
      {
        name: "TAF-14",
        registers: ["1-0:16.7.0"],
        kind: "sample",
        periodMs: 1_000,
        toleranceMs: 999,
        deliverEveryMs: 1_000,
      },
    ],
    receiver: { url: receiver.url, name: "Siegel-Lab.EMT", encCertificate: "receiver-enc.pem" },
    trust: { root: "root.pem", chain: ["sub-ca.pem"], crls: "crls" },
    ...more,
  });
  return readConfig(text, lab.folder);
}

/** The same gateway once more, as after a power cut: it closes, which is the kinder end. */
async function restart(): Promise<void> {
  await running.splice(0)[0]?.close();
  running.push(await startGateway(config(), ports(undefined)));
}

/** The meter pushes as meters do, a little faster, until it is so. */
async function pushUntil(holds: () => boolean): Promise<void> {
  while (!holds()) {
    testMeter.push();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits for a state that sockets bring about. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
