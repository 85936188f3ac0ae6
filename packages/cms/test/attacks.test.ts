/**
 * Attacks on a sealed delivery, one test for each check that stops one. Every one of them is refused with the same word to the
 * outside, and its own code for the log. Without its check each attack here would succeed, or would be refused by another
 * code further down.
 */

import { decodeDer, encodeDer, nullValue, octetString, oid, PathCache, RevocationList } from "@siegel/pki";
import { makeLab } from "@siegel/pki/testing";
import { fromHex } from "@siegel/wire";
import { beforeAll, describe, expect, test } from "vitest";
import { AlgorithmProtection, SignedContentInfo } from "../src/asn1/signed-data.ts";
import { AuthEnvelopedData, GcmParameters } from "../src/asn1/auth-enveloped-data.ts";
import {
  DeliveryError,
  makeReceipt,
  openContent,
  openDelivery,
  Opener,
  type RefusalCode,
  sealContent,
  type ToOpen,
  type Trust,
} from "../src/index.ts";
import { oids } from "../src/oids.ts";
import { type Envelope, changed, forged, otherGateway, resigned, signedBy, withValue } from "./forge.ts";
import { letter, makeWorld, moduleOf, receiverOf, senderOf, type World } from "./world.ts";

let world: World;
let good: Uint8Array;
beforeAll(async () => {
  world = await makeWorld();
  good = (await world.seal()).der;
});

/** Refused, with this reason inside, and always the same outside. */
async function refusal(opening: Promise<unknown>): Promise<{ code: RefusalCode; outward: string; blame: string }> {
  const outcome = await opening.then(
    () => "accepted" as const,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(DeliveryError);
  const { code, outward, blame } = outcome as DeliveryError; // asserted above
  expect(outward).toBe("delivery-refused");
  return { code, outward, blame };
}

function opening(der: Uint8Array, change: Partial<ToOpen> = {}): Promise<unknown> {
  const { receiver, trust, at } = world;
  return openDelivery({ der, receiver, trust, at, ...change });
}

async function codeOf(der: Uint8Array | Promise<Uint8Array>, change: Partial<ToOpen> = {}): Promise<RefusalCode> {
  return (await refusal(opening(await der, change))).code;
}

test("the forger's own delivery, with nothing forged, is accepted", async () => {
  // Every test below would pass because the forger makes rubbish.
  for (const cipher of ["gcm", "cbc-cmac"] as const) await opening(await forged(world, { cipher }));
  await opening(await resigned(good, world.lab.gateway.SIG, (attributes) => attributes));
});

describe("stripped, and sealed anew by another gateway", () => {
  test("with the header as it was", async () => {
    // Another gateway would pass off readings that it cannot even read as its own.
    const { sender } = await otherGateway(world);
    expect(await codeOf(forged(world, { signer: sender }))).toBe("sender-mismatch");
  });

  test("with its own name in the signed header", async () => {
    // The same, one step further: what is encrypted still names the gateway that encrypted it.
    const { sender } = await otherGateway(world);
    const outside = { sender: sender.certificate.publicKey.keyId };
    expect(await codeOf(forged(world, { signer: sender, outside }))).toBe("header-mismatch");
  });

  test("a real one, whose plaintext it does not know", async () => {
    // As above with octets that were on the line, not made by the test.
    const { sender, identity } = await otherGateway(world);
    const mine = sender.certificate.publicKey.keyId;
    const own = await forged(world, { signer: sender, outside: { sender: mine }, inside: { sender: mine } });
    const stolen = decodeDer(SignedContentInfo, good).content.encapContentInfo;
    const stripped = changed(own, (message) => ({
      ...message,
      content: { ...message.content, encapContentInfo: stolen },
    }));
    const { digest } = await import("@siegel/crypto");
    const value = encodeDer(octetString(), digest("SHA-256", stolen.eContent));
    const sealedAnew = await resigned(stripped, identity, (list) => withValue(list, "messageDigest", value));
    expect(await codeOf(sealedAnew)).toBe("header-mismatch");
  });
});

describe("sent to somebody else", () => {
  test("a delivery for another receiver, by its signed header", async () => {
    // A receiver would take what was meant for another.
    const other = await world.lab.triple({ role: "EMT", name: "Other" });
    const receiver = other.ENC.certificate.publicKey.keyId;
    expect(await codeOf(forged(world, { outside: { receiver }, inside: { receiver } }))).toBe("wrong-receiver");
  });

  test("re-encrypted for us by whom it was meant for, inside still him", async () => {
    // A market participant would pass readings on as if they had been sealed for the next one.
    const other = await world.lab.triple({ role: "EMT", name: "Other" });
    const receiver = other.ENC.certificate.publicKey.keyId;
    expect(await codeOf(forged(world, { inside: { receiver } }))).toBe("header-mismatch");
  });

  test("encrypted for another key than the header says", async () => {
    // Nobody could open it, and whoever receipts it would lose it.
    const other = await world.lab.triple({ role: "EMT", name: "Other" });
    expect(await codeOf(forged(world, { recipient: other.ENC }))).toBe("not-for-us");
  });

  test("the wrong receiver opens a good delivery", async () => {
    // Everybody could read everybody's values.
    const other = await world.lab.triple({ role: "EMT", name: "Other" });
    const { trust, at } = world;
    const code = (await refusal(openDelivery({ der: good, receiver: receiverOf(other.ENC), trust, at }))).code;
    expect(code).toBe("wrong-receiver");
  });

  test.each([
    ["number", { number: 2n }],
    ["message id", { messageId: new Uint8Array(16) }],
    ["profile", { profile: "TAF-1" }],
    ["kind", { kind: "correction" }],
  ] as const)("inside and outside differ in the %s", async (_, inside) => {
    // A delivery would be filed under another number, or an ordinary value taken for a correction.
    expect(await codeOf(forged(world, { inside }))).toBe("header-mismatch");
  });
});

describe("the signer", () => {
  test.each([
    ["a market participant", () => world.lab.emt.SIG, "path-wrong-role"],
    ["an administrator", () => world.lab.gwa.SIG, "path-wrong-role"],
    ["a gateway with its TLS key", () => world.lab.gateway.TLS, "path-wrong-purpose"],
    ["a gateway with its ENC key", () => world.lab.gateway.ENC, "path-wrong-purpose"],
  ] as const)("is %s", async (_, identity, code) => {
    // Readings could be sealed by somebody who is no gateway, or with a key that is less well kept.
    expect(await codeOf(signedBy(world, identity()))).toBe(code);
  });

  test("is certified by another PKI", async () => {
    // Anybody could make himself a gateway.
    const { gateway, subCa } = await makeLab({ seed: "another" });
    const der = await forged(world, {
      signer: senderOf({ subCa }, gateway.SIG),
      outside: { sender: gateway.SIG.certificate.publicKey.keyId },
    });
    expect(await codeOf(der)).toBe("path-no-path");
  });

  test("was revoked", async () => {
    // A stolen gateway could go on.
    const { lab, at, trust } = world;
    const stolen = await lab.anotherGateway(3);
    lab.pki.revoke({ certificate: stolen.SIG.certificate, at: lab.now });
    const revocation = (await lab.pki.crls(lab.now)).map(({ der }) => RevocationList.parse(der));
    const sender = stolen.SIG.certificate.publicKey.keyId;
    const signer = senderOf(lab, stolen.SIG);
    const der = await forged(world, { signer, outside: { sender }, inside: { sender } });
    await opening(der, { trust, at }); // before the list that names it
    expect(await codeOf(der, { trust: { ...trust, revocation } })).toBe("path-revoked");
  });

  test("has run out, or is not valid yet", async () => {
    // The end of a certificate would mean nothing.
    const { notAfterMs, notBeforeMs } = world.lab.gateway.SIG.certificate;
    expect(await codeOf(good, { at: { epochMs: notAfterMs + 1 } })).toBe("path-expired");
    expect(await codeOf(good, { at: { epochMs: notBeforeMs - 1 } })).toBe("path-not-yet-valid");
  });

  test("cannot be judged because our lists are missing or late: the delivery is not to blame", async () => {
    // A gateway would be told off, and its values quarantined, for our own neglect.
    const { trust, at } = world;
    const without = await refusal(opening(good, { trust: { ...trust, revocation: [] } }));
    expect(without).toMatchObject({ code: "path-no-revocation-list", blame: "environment" });
    const late = { epochMs: Math.max(...trust.revocation.map(({ nextUpdateMs }) => nextUpdateMs)) + 1 };
    expect(late.epochMs).toBeGreaterThan(at.epochMs);
    expect(await refusal(opening(good, { at: late }))).toMatchObject({
      code: "path-stale-revocation-list",
      blame: "environment",
    });
  });

  test("is named by another key id than any embedded certificate", async () => {
    // The signature would be checked with a key of the attacker's choice.
    const der = changed(good, (message) => ({
      ...message,
      content: {
        ...message.content,
        signerInfos: message.content.signerInfos.map((info) => ({ ...info, sid: new Uint8Array(20) })),
      },
    }));
    expect(await codeOf(der)).toBe("no-signer-certificate");
  });

  test("has a key on another curve", async () => {
    // A weaker or merely other curve would come in by the back door.
    const { subCa } = world.lab; // P384r1
    const der = changed(good, (message) => ({
      ...message,
      content: {
        ...message.content,
        signerInfos: message.content.signerInfos.map((info) => ({ ...info, sid: subCa.keyId })),
      },
    }));
    expect(await codeOf(der)).toBe("wrong-algorithm");
  });

  test("is two", async () => {
    // It would be open who stands for the values.
    const { sender } = await otherGateway(world);
    const other = decodeDer(SignedContentInfo, await forged(world, { signer: sender }));
    const der = changed(good, (message) => ({
      ...message,
      content: {
        ...message.content,
        signerInfos: [...message.content.signerInfos, ...other.content.signerInfos],
      },
    }));
    expect(await codeOf(der)).toBe("not-one-signer");
  });
});

describe("what forwards a delivery", () => {
  test.each([
    ["adds the root", () => [world.lab.root.der]],
    ["adds the authority once more", () => [world.lab.subCa.der]],
    ["adds a stranger's certificate", () => [world.lab.emt.SIG.certificate.der]],
    ["adds the signer's once more", () => [world.lab.gateway.SIG.certificate.der]],
  ] as const)("%s", async (what, more) => {
    // The same delivery would have two hashes: the true one would be refused afterwards, as a number used twice.
    const der = changed(good, (message) => ({
      ...message,
      content: { ...message.content, certificates: [...message.content.certificates, ...more()] },
    }));
    expect(await codeOf(der)).toBe(what.includes("signer") ? "no-signer-certificate" : "wrong-certificates");
  });

  test("takes the authority's certificate away, which we have", async () => {
    // As above.
    const der = changed(good, (message) => ({
      ...message,
      content: { ...message.content, certificates: [world.lab.gateway.SIG.certificate.der] },
    }));
    expect(await codeOf(der)).toBe("wrong-certificates");
  });

  test("changes one octet of the authority's certificate, which we have", async () => {
    // As above; and it must not matter where.
    const { subCa } = world.lab;
    for (const at of [4, 100, subCa.der.length - 1]) {
      const other = subCa.der;
      other[at]! ^= 1;
      const der = changed(good, (message) => ({
        ...message,
        content: { ...message.content, certificates: [world.lab.gateway.SIG.certificate.der, other] },
      }));
      expect(["wrong-certificates", "malformed"]).toContain(await codeOf(der));
    }
  });

  test("turns the signature into its twin", async () => {
    // As above: (r, n − s) verifies as well.
    const order = 0xa9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7n;
    const { integer, sequence } = await import("@siegel/pki");
    const value = sequence("Ecdsa-Sig-Value", { r: integer(), s: integer() });
    const der = changed(good, (message) => ({
      ...message,
      content: {
        ...message.content,
        signerInfos: message.content.signerInfos.map((info) => {
          const { r, s } = decodeDer(value, info.signature);
          return { ...info, signature: encodeDer(value, { r, s: order - s }) };
        }),
      },
    }));
    expect(await codeOf(der)).toBe("not-canonical-signature");
  });

  test("adds attributes that no signature covers", async () => {
    // As above; and somebody might read them.
    const unsignedAttrs = fromHex("a100");
    const der = changed(good, (message) => ({
      ...message,
      content: {
        ...message.content,
        signerInfos: message.content.signerInfos.map((info) => ({ ...info, unsignedAttrs })),
      },
    }));
    expect(await codeOf(der)).toBe("unsigned-attributes");
  });

  test("adds a second digest algorithm", async () => {
    // As above.
    const der = changed(good, (message) => ({
      ...message,
      content: {
        ...message.content,
        digestAlgorithms: [...message.content.digestAlgorithms, { algorithm: "2.16.840.1.101.3.4.2.2" }],
      },
    }));
    expect(await codeOf(der)).toBe("wrong-algorithm");
  });

  test("puts another signature, another content there", async () => {
    // The seal would be worth nothing.
    const other = decodeDer(
      SignedContentInfo,
      await forged(world, { inside: { number: 9n }, outside: { number: 9n } }),
    );
    const signature = changed(good, (message) => ({
      ...message,
      content: {
        ...message.content,
        signerInfos: message.content.signerInfos.map((info) => ({
          ...info,
          signature: other.content.signerInfos[0]!.signature,
        })),
      },
    }));
    expect(await codeOf(signature)).toBe("bad-signature");
    const content = changed(good, (message) => ({
      ...message,
      content: { ...message.content, encapContentInfo: other.content.encapContentInfo },
    }));
    expect(await codeOf(content)).toBe("digest-mismatch");
  });

  test("appends octets", async () => {
    // As the root added: another hash.
    expect(await codeOf(Uint8Array.from([...good, 0]))).toBe("malformed");
  });
});

describe("other kinds and algorithms", () => {
  test("a receipt is no delivery, and plain signed data is none", async () => {
    // One kind of message would be taken for another.
    const { receiptSender, at } = world;
    const delivery = { gatewayKey: new Uint8Array(20), gatewayName: "x", number: 1n, deliveryHash: new Uint8Array(32) };
    expect(await codeOf(makeReceipt({ delivery, committedAt: at, sender: receiptSender }))).toBe("wrong-content-type");
    expect(await codeOf(changed(good, (message) => ({ ...message, contentType: oids.data })))).toBe(
      "wrong-content-type",
    );
  });

  test.each([
    ["digest", "digestAlgorithm", { algorithm: "2.16.840.1.101.3.4.2.2" }],
    ["signature", "signatureAlgorithm", { algorithm: "1.2.840.10045.4.3.3" }],
    ["digest with NULL", "digestAlgorithm", { algorithm: oids.sha256, parameters: encodeDer(nullValue(), null) }],
  ] as const)("another %s algorithm", async (_, field, algorithm) => {
    // Weaker algorithms, or one message in two encodings, would come in.
    const der = changed(good, (message) => ({
      ...message,
      content: {
        ...message.content,
        signerInfos: message.content.signerInfos.map((info) => ({ ...info, [field]: algorithm })),
      },
    }));
    expect(await codeOf(der)).toBe("wrong-algorithm");
  });

  test("the key agreement under another name, though it is the same function", async () => {
    // Whoever reads the log would not know which profile was used.
    const swap: Envelope = (envelope) => ({
      ...envelope,
      recipientInfos: envelope.recipientInfos.map((info) => ({
        ...info,
        keyEncryptionAlgorithm: { ...info.keyEncryptionAlgorithm, algorithm: "1.3.132.1.11.1" },
      })),
    });
    expect(await codeOf(forged(world, { envelope: swap }))).toBe("wrong-algorithm");
  });

  test("an ephemeral key on another curve by name", async () => {
    // The agreement would leak about the receiver's key.
    const p256 = encodeDer(oid(), "1.2.840.10045.3.1.7");
    const rename: Envelope = (envelope) => ({
      ...envelope,
      recipientInfos: envelope.recipientInfos.map((info) => ({
        ...info,
        originator: { ...info.originator, algorithm: { algorithm: oids.ecPublicKey, parameters: p256 } },
      })),
    });
    expect(await codeOf(forged(world, { envelope: rename }))).toBe("wrong-algorithm");
  });

  test.each([
    ["off the curve", (point: Uint8Array) => point.map((octet, at) => (at === 64 ? octet ^ 1 : octet))],
    ["compressed", (point: Uint8Array) => Uint8Array.from([2, ...point.subarray(1, 33)])],
    ["at infinity", () => Uint8Array.of(0)],
  ] as const)("an ephemeral point %s", async (_, change) => {
    // An invalid point makes the receiver's answer tell about his private key.
    const envelope: Envelope = (envelope) => ({
      ...envelope,
      recipientInfos: envelope.recipientInfos.map((info) => ({
        ...info,
        originator: { ...info.originator, publicKey: change(info.originator.publicKey) },
      })),
    });
    expect(await codeOf(forged(world, { envelope }))).toBe("bad-ephemeral-key");
  });

  test.each([
    ["AES-256-GCM", { algorithm: "2.16.840.1.101.3.4.1.46" }],
    [
      "CBC-CMAC with parameters",
      { algorithm: oids.aesCbcCmac128, parameters: encodeDer(octetString(), new Uint8Array(16)) },
    ],
    ["GCM without parameters", { algorithm: oids.aes128Gcm }],
  ] as const)("content under %s", async (_, contentEncryptionAlgorithm) => {
    // Content would be opened in a way that nobody agreed on.
    const envelope: Envelope = (envelope) => ({
      ...envelope,
      authEncryptedContentInfo: { ...envelope.authEncryptedContentInfo, contentEncryptionAlgorithm },
    });
    expect(await codeOf(forged(world, { envelope }))).toBe("wrong-algorithm");
  });

  test("GCM with a shorter tag", async () => {
    // A tag of 32 bits is guessed in a day.
    const parameters = encodeDer(GcmParameters, { nonce: new Uint8Array(12), icvLength: 16 });
    parameters[parameters.length - 1] = 12;
    const envelope: Envelope = (envelope) => ({
      ...envelope,
      authEncryptedContentInfo: {
        ...envelope.authEncryptedContentInfo,
        contentEncryptionAlgorithm: { algorithm: oids.aes128Gcm, parameters },
      },
    });
    expect(await codeOf(forged(world, { envelope }))).toBe("bad-envelope");
  });

  test.each(["gcm", "cbc-cmac"] as const)("content of %s under the name of the other cipher", async (cipher) => {
    // GCM's key stream read as CBC is a way to decrypt without the tag.
    const parameters = encodeDer(GcmParameters, { nonce: new Uint8Array(12), icvLength: 16 });
    const other = cipher === "gcm" ? { algorithm: oids.aesCbcCmac128 } : { algorithm: oids.aes128Gcm, parameters };
    const envelope: Envelope = (envelope) => ({
      ...envelope,
      authEncryptedContentInfo: { ...envelope.authEncryptedContentInfo, contentEncryptionAlgorithm: other },
    });
    expect(await codeOf(forged(world, { cipher, envelope }))).toBe("unwrap-failed");
  });

  test("another type of encrypted content, and envelopes with more in them", async () => {
    // What is not understood would be read over.
    const envelope: Envelope = (envelope) => ({
      ...envelope,
      authEncryptedContentInfo: { ...envelope.authEncryptedContentInfo, contentType: oids.receipt },
    });
    expect(await codeOf(forged(world, { envelope }))).toBe("bad-envelope");
    expect(await codeOf(forged(world, { ukm: new Uint8Array(20) }))).toBe("bad-envelope");
  });

  test("the envelope is no envelope", async () => {
    // A signer would make us fail in a way that we do not expect.
    const { digest } = await import("@siegel/crypto");
    const eContent = fromHex("3000");
    const value = encodeDer(octetString(), digest("SHA-256", eContent));
    const der = changed(good, (message) => ({
      ...message,
      content: { ...message.content, encapContentInfo: { ...message.content.encapContentInfo, eContent } },
    }));
    const signed = await resigned(der, world.lab.gateway.SIG, (list) => withValue(list, "messageDigest", value));
    expect(await codeOf(signed)).toBe("bad-envelope");
  });
});

describe("recipients", () => {
  const twice: Envelope = (envelope) => ({
    ...envelope,
    recipientInfos: envelope.recipientInfos.map((info) => ({
      ...info,
      recipientEncryptedKeys: [...info.recipientEncryptedKeys, ...info.recipientEncryptedKeys],
    })),
  });
  const oneMore: Envelope = (envelope) => ({
    ...envelope,
    recipientInfos: envelope.recipientInfos.map((info) => ({
      ...info,
      recipientEncryptedKeys: [
        ...info.recipientEncryptedKeys,
        {
          rid: { kind: "rKeyId" as const, value: { subjectKeyIdentifier: new Uint8Array(20) } },
          encryptedKey: new Uint8Array(24),
        },
      ],
    })),
  });

  test("us twice, or somebody beside us", async () => {
    // It would be open which key counts; or a delivery could be read by somebody whom its header does not name.
    expect(await codeOf(forged(world, { envelope: twice }))).toBe("ambiguous-recipient");
    expect(await codeOf(forged(world, { envelope: oneMore }))).toBe("ambiguous-recipient");
  });

  test("by issuer and serial number: the same receiver", async () => {
    // Other senders name the certificate that way; their deliveries would be refused.
    const { issuerOf } = await import("../src/encrypted/issuer.ts");
    const { certificate } = world.lab.emt.ENC;
    const bySerial =
      (serialNumber: bigint): Envelope =>
      (envelope) => ({
        ...envelope,
        recipientInfos: envelope.recipientInfos.map((info) => ({
          ...info,
          recipientEncryptedKeys: info.recipientEncryptedKeys.map((one) => ({
            ...one,
            rid: { kind: "issuerAndSerialNumber" as const, value: { issuer: issuerOf(certificate), serialNumber } },
          })),
        })),
      });
    await opening(await forged(world, { envelope: bySerial(certificate.serial) }));
    expect(await codeOf(forged(world, { envelope: bySerial(certificate.serial + 1n) }))).toBe("not-for-us");
  });
});

describe("signed attributes", () => {
  const signer = () => world.lab.gateway.SIG;

  test("one that nobody knows, one twice, one missing", async () => {
    // What is signed and not understood may be what matters.
    const unknown = { attrType: "1.2.840.113549.1.9.5", attrValues: [encodeDer(nullValue(), null)] };
    expect(await codeOf(resigned(good, signer(), (list) => [...list, unknown]))).toBe("bad-attributes");
    expect(await codeOf(resigned(good, signer(), (list) => [...list, list[0]!]))).toBe("bad-attributes");
    for (const type of [oids.contentType, oids.messageDigest, oids.cmsAlgorithmProtection, oids.deliveryBinding]) {
      const without = await resigned(good, signer(), (list) => list.filter(({ attrType }) => attrType !== type));
      expect(await codeOf(without)).toBe("bad-attributes");
      const instead = await resigned(good, signer(), (list) =>
        list.map((one) => (one.attrType === type ? unknown : one)),
      );
      expect(await codeOf(instead)).toBe("bad-attributes");
    }
  });

  test("that are no SET OF Attribute", async () => {
    // As above; the signature alone would have been believed.
    const message = decodeDer(SignedContentInfo, good);
    const signedAttrs = fromHex("31023000");
    const signature = await signer().key.sign({ hash: "SHA-256", message: signedAttrs });
    const { withLowS } = await import("../src/signed/low-s.ts");
    signedAttrs[0] = 0xa0;
    const infos = message.content.signerInfos.map((info) => ({ ...info, signedAttrs, signature: withLowS(signature) }));
    const der = encodeDer(SignedContentInfo, { ...message, content: { ...message.content, signerInfos: infos } });
    expect(await codeOf(der)).toBe("bad-attributes");
  });

  test("another content type, other algorithms, a binding that is none", async () => {
    // A signature made for one purpose would serve another.
    const contentType = encodeDer(oid(), oids.data);
    expect(await codeOf(resigned(good, signer(), (list) => withValue(list, "contentType", contentType)))).toBe(
      "content-type-mismatch",
    );
    for (const change of [
      { digestAlgorithm: { algorithm: "2.16.840.1.101.3.4.2.2" } },
      { signatureAlgorithm: { algorithm: "1.2.840.10045.4.3.3" } },
    ]) {
      const honest = {
        digestAlgorithm: { algorithm: oids.sha256 },
        signatureAlgorithm: { algorithm: oids.ecdsaWithSha256 },
      };
      const protection = encodeDer(AlgorithmProtection, { ...honest, ...change });
      expect(
        await codeOf(resigned(good, signer(), (list) => withValue(list, "cmsAlgorithmProtection", protection))),
      ).toBe("algorithm-mismatch");
    }
    const nothing = encodeDer(nullValue(), null);
    expect(await codeOf(resigned(good, signer(), (list) => withValue(list, "deliveryBinding", nothing)))).toBe(
      "bad-binding",
    );
  });
});

describe("content", () => {
  test.each([
    ["gcm", "mac", "tag-mismatch"],
    ["gcm", "encryptedContent", "tag-mismatch"],
    ["cbc-cmac", "mac", "tag-mismatch"],
    ["cbc-cmac", "encryptedContent", "tag-mismatch"],
    ["gcm", "encryptedKey", "unwrap-failed"],
    ["cbc-cmac", "encryptedKey", "unwrap-failed"],
  ] as const)("changed under %s in %s, and signed all the same", async (cipher, part, code) => {
    // Plaintext that nobody authenticated would be read.
    const flip = (octets: Uint8Array) => octets.map((octet, at) => (at === 3 ? octet ^ 4 : octet));
    const envelope: Envelope = (envelope) => ({
      ...envelope,
      mac: part === "mac" ? flip(envelope.mac) : envelope.mac,
      authEncryptedContentInfo: {
        ...envelope.authEncryptedContentInfo,
        ...(part === "encryptedContent" && {
          encryptedContent: flip(envelope.authEncryptedContentInfo.encryptedContent),
        }),
      },
      recipientInfos: envelope.recipientInfos.map((info) => ({
        ...info,
        recipientEncryptedKeys: info.recipientEncryptedKeys.map((one) => ({
          ...one,
          encryptedKey: part === "encryptedKey" ? flip(one.encryptedKey) : one.encryptedKey,
        })),
      })),
    });
    expect(await codeOf(forged(world, { cipher, envelope }))).toBe(code);
  });

  test("a wrapped key of another length", async () => {
    // A cipher would be run with half a key.
    const envelope: Envelope = (envelope) => ({
      ...envelope,
      recipientInfos: envelope.recipientInfos.map((info) => ({
        ...info,
        recipientEncryptedKeys: info.recipientEncryptedKeys.map((one) => ({ ...one, encryptedKey: new Uint8Array(7) })),
      })),
    });
    expect(await codeOf(forged(world, { envelope }))).toBe("unwrap-failed");
  });

  test("no DeliveryContent, not padded, or with something in its padding", async () => {
    // Padding would be a channel past everybody who checks, and sizes would tell about values.
    const last = (content: Uint8Array) => content.map((octet, at) => (at === content.length - 1 ? 1 : octet));
    expect(await codeOf(forged(world, { content: last }))).toBe("bad-content");
    expect(await codeOf(forged(world, { content: () => fromHex("0500") }))).toBe("bad-content");
    const { DeliveryContent } = await import("../src/asn1/delivery.ts");
    const bare = (content: Uint8Array) => {
      const { header, blocks } = decodeDer(DeliveryContent, content);
      return encodeDer(DeliveryContent, { header, blocks });
    };
    expect(await codeOf(forged(world, { content: bare }))).toBe("bad-content");
  });

  test("blocks that were not committed to, more or fewer, or in another order", async () => {
    // The seal would say one thing to the receiver, and another to whoever checks it later.
    const other = new Uint8Array(32).fill(1);
    expect(await codeOf(forged(world, { commitments: () => [other] }))).toBe("commitment-mismatch");
    expect(await codeOf(forged(world, { commitments: (all) => [...all, other] }))).toBe("commitment-mismatch");
  });
});

describe("a content that is no delivery", () => {
  const content = new TextEncoder().encode("any octets");
  const sealed = (cipher: "gcm" | "cbc-cmac" = "gcm") =>
    sealContent({ content, sender: world.sender, receiver: world.lab.emt.ENC.certificate, cipher });
  const opened = (der: Uint8Array) =>
    openContent({ der, receiver: world.receiver, trust: world.trust, role: "SMGW", at: world.at });

  test.each(["gcm", "cbc-cmac"] as const)("is opened as it was sealed with %s", async (cipher) => {
    // Files would be lost.
    const { content: back, sender } = await opened(await sealed(cipher));
    expect(back).toEqual(content);
    expect(sender.leaf.name).toBe("ESGL0000000001.SMGW");
  });

  test("is not taken for a delivery, nor a delivery for it", async () => {
    // Whoever gets a gateway to seal a file could have it seal readings.
    expect(await codeOf(sealed())).toBe("bad-attributes");
    expect((await refusal(opened(good))).code).toBe("bad-attributes");
  });

  test("stripped and sealed anew by another", async () => {
    // As with deliveries: his name under what he cannot read.
    const { sender } = await otherGateway(world);
    const stolen = decodeDer(SignedContentInfo, await sealed()).content.encapContentInfo.eContent;
    const { signMessage } = await import("../src/signed/sign.ts");
    const anew = await signMessage({ contentType: "authEnvelopedData", content: stolen }, sender);
    expect((await refusal(opened(anew))).code).toBe("sender-mismatch");
    const envelope = decodeDer(AuthEnvelopedData, stolen);
    const ukm = sender.certificate.publicKey.keyId;
    const mine = encodeDer(AuthEnvelopedData, {
      ...envelope,
      recipientInfos: envelope.recipientInfos.map((info) => ({ ...info, ukm })),
    });
    const withHisName = await signMessage({ contentType: "authEnvelopedData", content: mine }, sender);
    expect((await refusal(opened(withHisName))).code).toBe("unwrap-failed");
  });

  test("is refused above the limit, and from another role", async () => {
    // Memory would be anybody's to take; and a role means nothing if it is not asked for.
    expect((await refusal(opened(new Uint8Array((1 << 22) + 1)))).code).toBe("too-large");
    const { receiver, trust, at } = world;
    const asked = openContent({ der: await sealed(), receiver, trust, role: ["EMT", "GWA"], at });
    expect((await refusal(asked)).code).toBe("path-wrong-role");
  });
});

describe("the order of checks", () => {
  test("no secret is used before signature, digest, path and binding hold", async () => {
    // Everybody could use the receiver as an oracle for his key.
    let agreements = 0;
    const module = moduleOf(world.lab.emt.ENC);
    const counting: typeof module = {
      ...module,
      agree: (a) => {
        agreements++;
        return module.agree(a);
      },
    };
    const receiver = { ...world.receiver, module: counting };
    const { trust, at } = world;
    const { sender } = await otherGateway(world);
    const attempts: [Uint8Array, Partial<{ trust: Trust; at: typeof at }>][] = [
      [good.map((octet, index) => (index === good.length - 5 ? octet ^ 1 : octet)), {}],
      [await signedBy(world, world.lab.emt.SIG), {}],
      [await forged(world, { signer: sender }), {}],
      [await forged(world, { outside: { receiver: new Uint8Array(20) } }), {}],
      [good, { trust: { ...trust, anchors: [] } }],
      [good, { at: { epochMs: 0 } }],
    ];
    for (const [der, change] of attempts) {
      await refusal(openDelivery({ der, receiver, trust, at, ...change }));
    }
    expect(agreements).toBe(0);
    await openDelivery({ der: good, receiver, trust, at });
    expect(agreements).toBe(1);
  });

  test("size is asked before anything else, the caller's limit too", async () => {
    // A stranger would decide how much we read.
    expect(await codeOf(new Uint8Array((1 << 22) + 1))).toBe("too-large");
    expect(await codeOf(good, { maxBytes: good.length - 1 })).toBe("too-large");
    expect(await codeOf(new Uint8Array((1 << 22) + 1), { maxBytes: 1 << 30 })).toBe("too-large");
  });

  test("a security module that does not answer is no fault of the delivery", async () => {
    // Good deliveries would be refused for ever while a card is pulled.
    const { ModuleError } = await import("@siegel/crypto");
    const fails = { agree: () => Promise.reject(new ModuleError("unavailable")) };
    const { trust, at } = world;
    const opened = openDelivery({ der: good, receiver: { ...world.receiver, module: fails }, trust, at });
    await expect(opened).rejects.toMatchObject({ code: "unavailable", blame: "environment" });
  });
});

test("what is remembered makes nothing pass that would not pass alone", async () => {
  // An opener that has seen the gateway would take its revoked or outdated certificate.
  const { receiver, at, trust: plain, lab } = world;
  const opener = new Opener({ receivers: [receiver] });
  const trust = { ...plain, cache: new PathCache() };
  await opener.open({ der: good, trust, at });
  const late = { epochMs: lab.gateway.SIG.certificate.notAfterMs + 1 };
  expect((await refusal(opener.open({ der: good, trust, at: late }))).code).toBe("path-expired");
  expect((await refusal(opener.open({ der: good, trust: { ...trust, anchors: [] }, at }))).code).toBe("path-no-path");
  const { sender } = await otherGateway(world);
  const stripped = await forged(world, { signer: sender });
  expect((await refusal(opener.open({ der: stripped, trust, at }))).code).toBe("sender-mismatch");
});

test("a retired key of ours still opens, and each delivery goes to the key it names", async () => {
  // Deliveries on the way while keys change would be lost.
  const { lab, at, trust } = world;
  const other = await lab.triple({ role: "EMT", name: "Other" });
  const opener = new Opener({ receivers: [receiverOf(other.ENC), world.receiver] });
  await opener.open({ der: good, trust, at });
  expect(letter(1n).blocks).toHaveLength(1);
});
