/**
 * The program openssl as a second opinion: it checks our seals, opens our envelopes, and makes one for us to open.
 *
 * It does not know the BSI's name of the key agreement; the function is the same as that of dhSinglePass-stdDH-sha256kdf, so
 * the name is swapped on the way. It knows no CBC-CMAC. Times are those of the lab, not of today.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeDer, encodeDer, toPem } from "@siegel/pki";
import { equalBytes, indexOfBytes } from "@siegel/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AuthEnvelopedData } from "../src/asn1/auth-enveloped-data.ts";
import { DeliveryContent } from "../src/asn1/delivery.ts";
import { SignedContentInfo } from "../src/asn1/signed-data.ts";
import { oidDer, tag, tlv } from "../src/asn1/tlv.ts";
import { decrypt } from "../src/encrypted/decrypt.ts";
import { readEnvelope } from "../src/encrypted/envelope.ts";
import { makeReceipt, sealContent } from "../src/index.ts";
import { oids } from "../src/oids.ts";
import { letter, makeWorld, type World } from "./world.ts";

const has = spawnSync("openssl", ["cms", "-help"]).status === 0;
let world: World;
let folder: string;
beforeAll(async () => {
  world = await makeWorld();
  folder = mkdtempSync(join(tmpdir(), "siegel-cms-openssl-"));
  const { lab } = world;
  writeFileSync(join(folder, "root.pem"), toPem("CERTIFICATE", lab.root.der));
  writeFileSync(join(folder, "enc.pem"), toPem("CERTIFICATE", lab.emt.ENC.certificate.der));
  writeFileSync(join(folder, "enc.key"), toPem("PRIVATE KEY", lab.emt.ENC.key.toPkcs8()));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content?: Uint8Array): string {
  const path = join(folder, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

/** What `openssl cms` extracts from signed data, after checking signature and chain as of the lab's time. */
function verifiedByOpenssl(der: Uint8Array): Uint8Array {
  const when = String(Math.floor(world.at.epochMs / 1000));
  const options = ["-inform", "DER", "-in", file("signed.der", der), "-CAfile", file("root.pem"), "-binary"];
  execFileSync("openssl", ["cms", "-verify", ...options, "-attime", when, "-out", file("content")], { stdio: "pipe" });
  return Uint8Array.from(readFileSync(file("content")));
}

function decryptedByOpenssl(envelope: Uint8Array): Uint8Array {
  const info = tlv(tag.sequence, oidDer.authEnvelopedData, tlv(tag.constructed(0), envelope)).toBytes();
  const options = ["-inform", "DER", "-in", file("envelope.der", info), "-inkey", file("enc.key"), "-binary"];
  return Uint8Array.from(
    execFileSync("openssl", ["cms", "-decrypt", ...options, "-recip", file("enc.pem")], { stdio: "pipe" }),
  );
}

/** The envelope with the key agreement under the other name. */
function renamed(envelope: Uint8Array, algorithm: string): Uint8Array {
  const read = decodeDer(AuthEnvelopedData, envelope);
  return encodeDer(AuthEnvelopedData, {
    ...read,
    recipientInfos: read.recipientInfos.map((info) => ({
      ...info,
      keyEncryptionAlgorithm: { ...info.keyEncryptionAlgorithm, algorithm },
    })),
  });
}

const stdDh = "1.3.132.1.11.1";

test.skipIf(!has)("openssl accepts the seal of a delivery and of a receipt, and gives the same content", async () => {
  // Nobody but us could check what we sign, and a mistake of ours would look right to us.
  for (const cipher of ["gcm", "cbc-cmac"] as const) {
    const { der } = await world.seal({ cipher });
    const envelope = decodeDer(SignedContentInfo, der).content.encapContentInfo.eContent;
    expect(equalBytes(verifiedByOpenssl(der), envelope)).toBe(true);
  }
  const delivery = await world.opener.open({ der: (await world.seal()).der, trust: world.trust, at: world.at });
  const receipt = await makeReceipt({ delivery, committedAt: world.at, sender: world.receiptSender });
  const content = decodeDer(SignedContentInfo, receipt).content.encapContentInfo.eContent;
  expect(equalBytes(verifiedByOpenssl(receipt), content)).toBe(true);
});

test.skipIf(!has)("openssl refuses what was changed", async () => {
  // The test above would pass with a program that accepts anything.
  const { der } = await world.seal();
  const changed = der.slice();
  changed[indexOfBytes(der, oidDer.aes128Gcm) + 20]! ^= 1;
  expect(() => verifiedByOpenssl(changed)).toThrow();
});

test.skipIf(!has)("openssl opens the envelope of a delivery and finds the blocks", async () => {
  // A receiver with other software could not read what our gateway sends.
  const { der } = await world.seal();
  const plaintext = decryptedByOpenssl(renamed(verifiedByOpenssl(der), stdDh));
  expect(decodeDer(DeliveryContent, plaintext).blocks).toEqual(letter(1n).blocks);
});

test.skipIf(!has)("openssl opens a sealed content, whose sender is part of the key derivation", async () => {
  // As above, for files.
  const content = new TextEncoder().encode("any octets");
  const { sender, lab } = world;
  const der = await sealContent({ content, sender, receiver: lab.emt.ENC.certificate, cipher: "gcm" });
  expect(decryptedByOpenssl(renamed(verifiedByOpenssl(der), stdDh))).toEqual(content);
});

test.skipIf(!has).each([["-keyid"], []] as const)("what openssl encrypts (%s) is opened here", async (...how) => {
  // A gateway with other software could not deliver to us.
  const content = new TextEncoder().encode("made by openssl");
  const options = ["-in", file("plain", content), "-binary", "-aes-128-gcm", "-recip", file("enc.pem"), ...how];
  const agreement = ["-keyopt", "ecdh_kdf_md:sha256", "-aes128-wrap"];
  execFileSync("openssl", ["cms", "-encrypt", ...options, ...agreement, "-outform", "DER", "-out", file("theirs.der")]);
  const info = Uint8Array.from(readFileSync(file("theirs.der")));
  const start = info.length - envelopeLength(info);
  const envelope = renamed(info.subarray(start), oids.eckaEgX963KdfSha256);
  expect(await decrypt(readEnvelope(envelope, [world.receiver]))).toEqual(content);
});

/** Octets of the AuthEnvelopedData within its ContentInfo: what stands behind the [0] around it. */
function envelopeLength(info: Uint8Array): number {
  const at = indexOfBytes(info, oidDer.authEnvelopedData) + oidDer.authEnvelopedData.length;
  const header = info[at + 1]! < 0x80 ? 2 : 2 + (info[at + 1]! & 0x7f);
  return info.length - at - header;
}
