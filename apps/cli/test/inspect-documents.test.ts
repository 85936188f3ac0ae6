import { encodeProofBundle, makeReceipt, sealDelivery, type Sender } from "@siegel/cms";
import { toPem, validatePath } from "@siegel/pki";
import { type LabIdentity, makeLab } from "@siegel/pki/testing";
import { encodeDayBlock, Instant, LocalDay, MeterId, ObisCode, unitOfSymbol } from "@siegel/readings";
import { fromHex, toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { fileOf, lines, siegel } from "./support.ts";

const lab = await makeLab();
const at = { epochMs: lab.now.epochMs + 3_600_000 };
const day = LocalDay.of("2026-01-01", "Europe/Berlin");
const block = encodeDayBlock({
  meter: MeterId.of(fromHex("0a01445a4700039e2055")),
  obis: ObisCode.parse("1-0:1.8.0*255"),
  kind: "total",
  unit: unitOfSymbol("Wh"),
  scaler: -1,
  trust: "clear",
  revision: 0,
  day,
  firstAt: Instant.ofEpochMs(day.start.epochMs + 900_000),
  periodMs: 900_000,
  values: Float64Array.of(23_536_569, Number.NaN),
  qualities: [
    { value: "valid", count: 1 },
    { value: "missing", count: 1 },
  ],
  statuses: [
    { value: 0x1c0004, count: 1 },
    { value: undefined, count: 1 },
  ],
});
const salt = new Uint8Array(32).fill(7);
const senderOf = ({ certificate, key }: LabIdentity): Sender => ({
  module: { sign: ({ hash, message }) => key.sign({ hash, message }) },
  slot: "SIG",
  certificate,
  others: lab.others,
});
const receiver = await validatePath({
  leaf: lab.emt.ENC.certificate,
  others: lab.others,
  anchors: lab.anchors,
  revocation: lab.crls,
  at,
  role: "EMT",
  purpose: "ENC",
});
const delivery = await sealDelivery({
  profile: "TAF-7",
  kind: "measured",
  number: 42n,
  messageId: new Uint8Array(16).fill(1),
  blocks: [{ salt, block }],
  sender: senderOf(lab.gateway.SIG),
  receiver,
  cipher: "gcm",
});
const receipt = await makeReceipt({
  delivery: {
    gatewayKey: lab.gateway.SIG.certificate.keyId,
    gatewayName: lab.gateway.SIG.certificate.name,
    number: 42n,
    deliveryHash: delivery.hash,
  },
  committedAt: at,
  sender: senderOf(lab.emt.SIG),
});
const bundle = encodeProofBundle({
  version: 1,
  delivery: delivery.der,
  receipt,
  blocks: [{ index: 0, salt, block }],
  certificates: [lab.subCa.der],
  crls: lab.crls.map(({ der }) => der),
});

const documents: readonly (readonly [kind: string, bytes: Uint8Array, shows: readonly string[]])[] = [
  ["certificate", lab.gateway.SIG.certificate.der, ["ESGL0000000001.SMGW", "SMGW, SIG", "tbsCertificate", "keyUsage"]],
  ["certificate revocation list", lab.crls[0]!.der, ["SM-Root.CA", "nextUpdate"]],
  ["delivery (encrypted, then signed)", delivery.der, ["TAF-7, measured", "commitment 0", "eContentType", "mac"]],
  ["receipt (signed by the receiver)", receipt, ["ESGL0000000001.SMGW", "42", toHex(delivery.hash), "committedAt"]],
  ["proof bundle", bundle, ["1DZG0060694613", "signerInfos", "tbsCertList"]],
];

test.each(documents)(
  "a %s: named in the standard's words, every byte in exactly one line",
  async (kind, bytes, shows) => {
    // Whoever compares a document with the standard would be sent astray.
    const { code, out } = await siegel(["inspect", await fileOf(bytes), "--json"]);
    expect(code).toBe(0);
    const [summary, ...dump] = lines(out);
    expect(summary.kind).toBe(kind);
    expect(dump.map((line) => line.bytes).join("")).toBe(toHex(bytes));
    const plain = (await siegel(["inspect", await fileOf(bytes)])).out;
    for (const text of shows) expect(plain).toContain(text);
  },
);

test("PEM, several in one file, as openssl writes them with text around", async () => {
  // A chain file would look like noise.
  const pem = [lab.root, lab.subCa]
    .map(({ der }) => `Certificate:\n    Data:\n${toPem("CERTIFICATE", der)}`)
    .join("\n");
  const { code, out } = await siegel(["inspect", await fileOf(pem, "chain.pem")]);
  expect(code).toBe(0);
  expect(out.match(/^certificate, /gm)).toHaveLength(2);
});

test("a day block: its values with instant, quality and status", async () => {
  // The block that a proof is about could not be read by a person.
  const { code, out } = await siegel(["inspect", toHex(block)]);
  expect(code).toBe(0);
  expect(out).toContain("2353656.9 Wh  valid  status 0x1c0004");
  expect(out).toContain("–");
  expect(out).toContain("missing");
});

test.each([
  ["PEM", toPem("PRIVATE KEY", lab.emt.SIG.key.toPkcs8())],
  ["DER", lab.emt.SIG.key.toPkcs8()],
])("a private key in %s is shown to nobody", async (_, key) => {
  // Dumps are pasted into reports.
  const { code, out, err } = await siegel(["inspect", await fileOf(key, "key")]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toBe("siegel: this is a private key: it is shown to nobody\n");
});

test("damaged PEM is told in one line", async () => {
  // A stack of ours says nothing to a person.
  const pem = toPem("CERTIFICATE", lab.root.der).replace("-----END", "=\n-----END");
  const { code, err } = await siegel(["inspect", await fileOf(pem, "a.pem")]);
  expect(code).toBe(1);
  expect(err).toMatch(/^siegel: the PEM text is damaged: \S.*\n$/);
});

test("any prefix and any flipped bit of a delivery ends in a dump or in one line", async () => {
  // Inspecting is for what is broken.
  for (let at = 1; at < delivery.der.length; at += 23) {
    const flipped = delivery.der.slice();
    flipped[at]! ^= 1 << (at % 8);
    for (const input of [delivery.der.subarray(0, at), flipped]) {
      const { code, err } = await siegel(["inspect", toHex(input)]);
      expect([0, 1, 2]).toContain(code);
      expect(err).not.toMatch(/\n {4}at /);
    }
  }
});
