import { createServer, type AddressInfo } from "node:net";
import { connectTls } from "@siegel/channel";
import { checkProof, decodeProofBundle } from "@siegel/cms";
import { ingest as door, problemType, type Series } from "@siegel/contract";
import { Certificate, validatePath } from "@siegel/pki";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { meterA, noon, totals } from "./blocks.ts";
import { HeadendWorld } from "./headend-world.ts";

let world: HeadendWorld;
beforeEach(async () => {
  world = await HeadendWorld.make();
});
afterEach(() => world.close());

const seriesPath = `/v1/meters/${meterA}/series?obis=1.8.0&from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z`;

/** Sealed for this head-end's own ENC key, which it made at its first start. */
async function seal(number: bigint, values: readonly number[], from = noon) {
  const { seals } = world;
  const certificate = Certificate.parse(world.running.receiverEnc);
  const receiver = { ...seals.lab.emt, ENC: { ...seals.lab.emt.ENC, certificate } };
  return seals.seal({ number, receiver, blocks: [totals(meterA, from, values)] });
}

test("from a gateway's connection to a proof that holds", async () => {
  // The whole of it would not work, whatever the parts do.
  await world.start();
  const sealed = await seal(1n, [10, 11]);
  const answer = await world.deliver(world.client(), sealed.der);
  expect([answer.status, answer.headers["content-type"]]).toEqual([200, door.receiptType]);
  await world.seals.verified({ is: "receipt", receipt: answer.body }, sealed);

  const cookie = await world.signIn("anna");
  const series: Series = JSON.parse(await (await world.portal(seriesPath, cookie)).text());
  expect(series.values.map(({ value }) => value)).toEqual(["1.0", "1.1"]);
  const proof = await world.portal(`/v1/blocks/${series.segments[0]?.blockId}/proof`, cookie);
  const bundle = new Uint8Array(await proof.arrayBuffer());
  const checked = await checkProof({ bundle, anchors: world.seals.lab.anchors });
  expect(checked.steps.map(({ name, state }) => `${name} ${state}`)).toEqual(
    checked.steps.map(({ name }) => `${name} passed`),
  );
  expect(checked.passed).toBe(true);
  expect(decodeProofBundle(bundle).certificates.length).toBeGreaterThan(0);
  expect(world.told.map(({ type }) => type)).toEqual(["requests", "ready", "first-verified", "committed"]);
});

test("the receiver's certificate that the parent is told is good for sealing", async () => {
  // Gateways would seal for a key that nobody vouches for.
  const { receiverEnc } = await world.start();
  const { lab } = world.seals;
  const path = await validatePath({
    leaf: Certificate.parse(receiverEnc),
    others: lab.others,
    anchors: lab.anchors,
    revocation: lab.crls,
    at: noon,
    role: "EMT",
    purpose: "ENC",
  });
  expect(path.leaf.name).toBe("Siegel-Lab.EMT");
});

test("a restart resumes with the same keys, numbers, values and sessions", async () => {
  // After an update gateways could not deliver, and everybody would have to sign in again.
  await world.start();
  const first = await seal(1n, [10]);
  const before = await world.deliver(world.client(), first.der);
  const cookie = await world.signIn("anna");
  await world.running.close();

  await world.start();
  expect((await world.portal("/v1/me", cookie)).status).toBe(200);
  const again = await world.deliver(world.client(), first.der);
  expect(again.body).toEqual(before.body);
  const second = await seal(2n, [11], noon.plus(900_000));
  expect((await world.deliver(world.client(), second.der)).status).toBe(200);
  const series: Series = JSON.parse(await (await world.portal(seriesPath, cookie)).text());
  expect(series.values.map(({ value }) => value)).toEqual(["1.0", "1.1"]);
  expect(world.told.filter(({ type }) => type === "requests")).toHaveLength(1);
});

test("who is no gateway does not get through the door", async () => {
  // A market participant, or anybody, could fill the store.
  await world.start();
  const { der } = await seal(1n, [10]);
  for (const triple of [world.seals.lab.emt, world.seals.lab.gwa]) {
    await expect(world.deliver(world.client(triple), der)).rejects.toMatchObject({ name: "TlsChannelError" });
  }
  const refused = world.logged.map((line) => JSON.parse(line)).find(({ event }) => event === "connection-refused");
  expect(refused).toMatchObject({ code: "wrong-role", step: expect.any(String) });
  expect(refused).not.toHaveProperty("at"); // that is the line's instant, which the step of the handshake once took away
  expect((await world.deliver(world.client(), der)).status).toBe(200);
});

test("another gateway's connection, garbage and another seal look the same outside", async () => {
  // A stranger would learn from the answer what he has to change.
  await world.start();
  const { der } = await seal(1n, [10]);
  const foreign = await world.seals.seal({ number: 2n, blocks: [totals(meterA, noon, [10])] }); // for another key
  const answers = [
    await world.deliver(world.client(world.seals.other), der),
    await world.deliver(world.client(), new Uint8Array(300)),
    await world.deliver(world.client(), new Uint8Array(0)),
    await world.deliver(world.client(), foreign.der),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toBe(problemType);
    expect(answer.body).toEqual(answers[0]?.body);
    expect(JSON.parse(new TextDecoder().decode(answer.body))).toMatchObject({ code: "delivery-refused" });
  }
  const codes = world.logged.filter((line) => line.includes("delivery-refused")).map((line) => JSON.parse(line).code);
  expect(new Set(codes).size).toBeGreaterThan(1); // the log knows which is which
});

test("a body that is too long, of another type, or for another place is refused as what it is", async () => {
  // The head-end would take any amount of memory, or take a web form for a delivery.
  await world.start();
  const { der } = await seal(1n, [10]);
  const client = world.client();
  expect((await world.deliver(client, der, { "content-type": "application/json" })).status).toBe(415);
  expect((await client.request({ method: "GET", path: door.path })).status).toBe(404);
  expect((await client.request({ method: "POST", path: "/v1/session", body: der })).status).toBe(404);
  const long = await world.deliver(world.client(), new Uint8Array(door.maxBytes + 1)).catch((error: unknown) => error);
  // It may see the answer, or that nobody reads on.
  expect(long).toSatisfy(
    (seen: { status?: number; name?: string }) => seen.status === 413 || seen.name === "TlsChannelError",
  );
  expect(world.logged.join()).toContain('"code":"too-large"');
  expect((await world.deliver(world.client(), der)).status).toBe(200);
});

test("a gateway that sends many bodies and ends none has its share of memory, and costs nobody else", async () => {
  // One stolen key, a thousand connections with four megabytes each: the head-end of a city dies of it.
  await world.start();
  const { TLS } = world.seals.lab.gateway;
  const { lab, clock } = world.seals;
  const hostile = await Promise.all(
    Array.from({ length: 12 }, () =>
      connectTls({
        host: "127.0.0.1",
        port: world.running.ingestPort,
        identity: {
          certificate: TLS.certificate.der,
          chain: lab.others.map(({ der }) => der),
          privateKey: TLS.key.toPkcs8(),
        },
        trust: {
          anchors: lab.anchors,
          others: lab.others,
          revocation: () => lab.crls,
          now: () => ({ epochMs: clock.ms }),
        },
        peerRole: "EMT",
        peerName: "Siegel-Lab.EMT",
      }),
    ),
  );
  const head = `POST ${door.path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${door.contentType}\r\ncontent-length: ${door.maxBytes}\r\n\r\n`;
  const answers = hostile.map(({ socket }) => {
    socket.write(head);
    socket.write(new Uint8Array(door.maxBytes - 1));
    let said = "";
    return new Promise<string>((resolve) => {
      socket.on("data", (chunk: Buffer) => (said += chunk.toString("latin1")).includes("\r\n\r\n") && resolve(said));
      socket.on("close", () => resolve(said));
    });
  });
  const first = await Promise.race(answers); // those that found no room
  expect(first === "" || first.startsWith("HTTP/1.1 503 ")).toBe(true);
  expect(world.logged.join()).toContain('"event":"ingest-memory-full"');
  const sealed = await seal(1n, [10]);
  const answer = await world.deliver(world.client(world.seals.other), sealed.der);
  expect(answer.status).toBe(400); // another's delivery: judged, not turned away
  for (const { socket } of hostile) socket.destroy();
  await vi.waitFor(async () => expect((await world.deliver(world.client(), sealed.der)).status).toBe(200));
});

test("a gateway that floods us with nonsense writes few lines, and counts them", async () => {
  // What else happened would drown, and the log of yesterday be gone.
  await world.start();
  const client = world.client();
  for (let count = 0; count < 40; count++) {
    expect((await world.deliver(client, Uint8Array.of(0x30, count))).status).toBe(400);
  }
  expect(world.logged.filter((line) => line.includes("delivery-refused"))).toHaveLength(10);
  await world.deliver(world.client(world.seals.other), Uint8Array.of(0x30));
  expect(world.logged.filter((line) => line.includes("delivery-refused"))).toHaveLength(11);
});

test("the parent gets links for people who are there", async () => {
  // The command could not show an address to open.
  await world.start();
  const answered = (type: string): Promise<void> =>
    new Promise((done) => {
      const look = (): void => (world.told.some((one) => one.type === type) ? done() : void setImmediate(look));
      look();
    });
  world.ask({ type: "invite", consumer: "anna" });
  await answered("link");
  world.ask({ type: "invite", consumer: "nobody" });
  await answered("no-link");
  const link = world.told.find((one) => one.type === "link");
  expect(link).toMatchObject({ consumer: "anna", token: expect.stringMatching(/^[\w-]{43}$/) });
  expect(world.logged.join()).not.toContain(link?.type === "link" ? link.token : "");
});

test.each(["ingest", "portal"] as const)("a port in use is one line: %s", async (which) => {
  // A stack trace, or a head-end with half of its doors.
  const blocker = createServer();
  await new Promise<void>((done) => blocker.listen(0, "127.0.0.1", done));
  const { port } = blocker.address() as AddressInfo;
  const config = world.config();
  const error = await world
    .start({ [which]: { ...config[which], port } })
    .then(() => undefined)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "port-in-use", message: expect.stringContaining(String(port)) });
  await new Promise((done) => blocker.close(done));
  await world.start(); // everything was closed again: the store is free
});

test("closing lets a delivery that was taken have its receipt, and takes no other", async () => {
  // An update at the wrong moment would cost every gateway a timeout and a second delivery.
  await world.start();
  const [sealed, later] = [await seal(1n, [10]), await seal(2n, [11], noon.plus(900_000))];
  const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  world.beforeSigning = () => {
    reached.resolve();
    return go.promise;
  };
  const delivered = world.deliver(world.client(), sealed.der);
  await reached.promise;
  const closed = world.running.close();
  await expect(world.deliver(world.client(), later.der)).rejects.toMatchObject({ name: "TlsChannelError" });
  go.resolve();
  const answer = await delivered;
  await world.seals.verified({ is: "receipt", receipt: answer.body }, sealed);
  await closed;
});

test("nothing that a person may read is in the log", async () => {
  // Logs go to more people than readings may.
  await world.start();
  await world.deliver(world.client(), (await seal(1n, [7_654_321])).der);
  const cookie = await world.signIn("anna");
  await world.portal(seriesPath, cookie);
  expect(world.logged.length).toBeGreaterThan(0);
  for (const line of world.logged) {
    expect(line).not.toMatch(/765432/);
    expect(line).not.toContain(cookie.split("=")[1]);
  }
});
