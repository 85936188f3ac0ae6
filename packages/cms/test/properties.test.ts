/** Properties over random deliveries: round trip, sizes, and what is composed by hand against what is declared. */

import { decodeDer, encodeDer, integer, PathCache, sequence } from "@siegel/pki";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { AuthEnvelopedData } from "../src/asn1/auth-enveloped-data.ts";
import { DeliveryBinding, DeliveryContent, DeliveryHeader } from "../src/asn1/delivery.ts";
import { SignedAttributes, SignedContentInfo } from "../src/asn1/signed-data.ts";
import { headerBytes, tlv } from "../src/asn1/tlv.ts";
import { isPadded, paddedContent } from "../src/delivery/padding.ts";
import { commitmentOf, sealContent, type ToDeliver, type Trust } from "../src/index.ts";
import { oids } from "../src/oids.ts";
import { hasLowS, withLowS } from "../src/signed/low-s.ts";
import { blocksDer } from "./forge.ts";
import { dayBlock, makeWorld, type World } from "./world.ts";

let world: World;
let trust: Trust;
beforeAll(async () => {
  world = await makeWorld();
  trust = { ...world.trust, cache: new PathCache() };
});

const blocks = fc.array(
  fc.record({
    salt: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    block: fc.uint8Array({ minLength: 1, maxLength: 700 }),
  }),
  { minLength: 1, maxLength: 6 },
);

const delivery: fc.Arbitrary<Pick<ToDeliver, "profile" | "kind" | "number" | "messageId" | "blocks" | "cipher">> =
  fc.record({
    profile: fc
      .string({ minLength: 1, maxLength: 64, unit: "grapheme" })
      .filter((text) => Array.from(text).length <= 64),
    kind: fc.constantFrom("measured", "correction"),
    number: fc.oneof(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), fc.constantFrom(1n, 127n, 128n, 2n ** 63n - 1n)),
    messageId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    blocks,
    cipher: fc.constantFrom("gcm", "cbc-cmac"),
  });

test("whatever is sealed is opened, and is the same", async () => {
  // Some reading, profile or number would not get through.
  await fc.assert(
    fc.asyncProperty(delivery, async (said) => {
      const { der, header } = await world.seal(said);
      const opened = await world.opener.open({ der, trust, at: world.at });
      expect(opened.header).toEqual(header);
      expect(opened.blocks.map(({ salt, block }) => ({ salt, block }))).toEqual(said.blocks);
      expect(opened.blocks.map(({ commitment }) => commitment)).toEqual(said.blocks.map(commitmentOf));
    }),
    { numRuns: 100 },
  );
});

test("what is composed by hand is what the declarations write, octet by octet", async () => {
  // The fast way would make messages that the strict reader takes by luck.
  await fc.assert(
    fc.asyncProperty(delivery, async (said) => {
      const { der } = await world.seal(said);
      const message = decodeDer(SignedContentInfo, der);
      expect(encodeDer(SignedContentInfo, message)).toEqual(der);
      const envelope = message.content.encapContentInfo.eContent;
      expect(encodeDer(AuthEnvelopedData, decodeDer(AuthEnvelopedData, envelope))).toEqual(envelope);
      const set = message.content.signerInfos[0]!.signedAttrs.slice();
      set[0] = 0x31;
      const attributes = decodeDer(SignedAttributes, set);
      expect(encodeDer(SignedAttributes, attributes)).toEqual(set);
      const binding = attributes.find(({ attrType }) => attrType === oids.deliveryBinding)!.attrValues[0]!;
      expect(encodeDer(DeliveryBinding, decodeDer(DeliveryBinding, binding))).toEqual(binding);
    }),
    { numRuns: 30 },
  );
  const content = new Uint8Array(3);
  const file = await sealContent({
    content,
    sender: world.sender,
    receiver: world.lab.emt.ENC.certificate,
    cipher: "cbc-cmac",
  });
  const envelope = decodeDer(SignedContentInfo, file).content.encapContentInfo.eContent;
  expect(encodeDer(AuthEnvelopedData, decodeDer(AuthEnvelopedData, envelope))).toEqual(envelope);
});

test("lengths are written in the fewest octets, at every step", () => {
  // A strict reader would refuse some sizes only.
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 1 << 20]) {
    const whole = tlv(4, new Uint8Array(length)).toBytes();
    expect(whole.length).toBe(headerBytes(length) + length);
    expect([...whole.subarray(1, headerBytes(length))]).toEqual(
      length < 128 ? [length] : [0x80 | (headerBytes(length) - 2), ...octetsOf(length)],
    );
  }
});

test("every content is padded to whole steps of 512 octets, and reads back", () => {
  // The size of a delivery would tell how much was measured, and with it when nobody is at home.
  const header = encodeDer(DeliveryHeader, {
    version: 1,
    sender: new Uint8Array(20),
    receiver: new Uint8Array(20),
    messageId: new Uint8Array(16),
    number: 1n,
    profile: "TAF-7",
    kind: "measured",
  });
  const one = (length: number) => ({ salt: new Uint8Array(32), block: new Uint8Array(length).fill(7) });
  for (let length = 1; length < 1400; length++) {
    const whole = paddedContent(header, blocksDer([one(length)]));
    const read = decodeDer(DeliveryContent, whole);
    expect(whole.length % 512).toBe(0);
    expect(isPadded(whole, read.padding)).toBe(true);
    expect(read.blocks[0]!.block.length).toBe(length);
    // Never more than one step above what it takes.
    expect(whole.length - length).toBeLessThan(512 + 512 + 200);
  }
});

test("a day with one value and a day with many have the same size on the line", async () => {
  // As above, seen by whoever listens: within one step only the commitments count, and they are as many as blocks.
  const sizes = new Set<number>();
  for (const cipher of ["gcm", "cbc-cmac"] as const) {
    const envelopes = new Set<number>();
    for (const count of [1, 2, 10, 24, 48, 96]) {
      const values = Array.from({ length: count }, (_, slot) => 1000 + 3 * slot);
      const salted = [{ salt: new Uint8Array(32), block: dayBlock(values) }];
      const { der } = await world.seal({ cipher, blocks: salted });
      envelopes.add(decodeDer(SignedContentInfo, der).content.encapContentInfo.eContent.length);
    }
    expect(envelopes.size).toBe(1);
    for (const size of envelopes) sizes.add(size);
  }
  expect(sizes.size).toBe(2); // the ciphers differ, the values do not
});

test("of two twins of a signature exactly one is the lower, and it verifies", async () => {
  // Half of all signatures would be refused, or none.
  const { key, certificate } = world.lab.gateway.SIG;
  let turned = 0;
  for (let index = 0; index < 40; index++) {
    const message = Uint8Array.of(index);
    const signature = await key.sign({ hash: "SHA-256", message });
    const low = withLowS(signature);
    if (low !== signature) turned++;
    expect(hasLowS(low)).toBe(true);
    expect(hasLowS(signature)).toBe(low === signature);
    expect(await certificate.publicKey.verify({ hash: "SHA-256", message, signature: low })).toBe(true);
  }
  expect(turned).toBeGreaterThan(5);
  expect(turned).toBeLessThan(35);
});

test("the lower twin is the one DER of (r, n − s), however short", () => {
  // A signature with leading zeros, one in 256, would be no DER any more: its delivery refused for ever.
  const n = 0xa9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7n;
  const value = sequence("Ecdsa-Sig-Value", { r: integer({ maxBytes: 33 }), s: integer({ maxBytes: 33 }) });
  const small = [1n, 2n, 0x7fn, 0x80n, 0xffn, 0x100n, 0x7fffn, 0x8000n, 1n << 127n, (1n << 248n) - 1n, n >> 1n];
  for (const r of [1n, 0x80n, 1n << 200n, n - 1n]) {
    for (const s of small) {
      expect(withLowS(encodeDer(value, { r, s: n - s }))).toEqual(encodeDer(value, { r, s }));
      expect(withLowS(encodeDer(value, { r, s }))).toEqual(encodeDer(value, { r, s }));
    }
  }
});

function octetsOf(length: number): number[] {
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return octets;
}
