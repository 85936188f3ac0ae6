import { Instant } from "@siegel/readings";
import { concatBytes, DecodeError, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Afl, aflAt, encodeAfl, macBytesOf, macCodeOf } from "./afl.ts";
import { ciMeaning } from "./ci.ts";
import { configurationAt, type ConfigurationFields, encodeConfiguration } from "./configuration.ts";
import { ellAt, encodeEll, listening, payloadCrcHolds, payloadWithCrc } from "./ell.ts";
import { Reassembly } from "./reassembly.ts";
import { encodeTpl, tplAt } from "./tpl.ts";

const address = { manufacturer: 0x1593, identification: 0x12345678, version: 0x33, deviceType: 0x03 };
const at = (ms: number) => Instant.ofEpochMs(1_000_000 + ms);
const code = (name: string) => expect.objectContaining({ code: name });

describe("CI", () => {
  test("73 is a compact frame on the radio and a fixed structure on the wire", () => {
    // A meter's checksum would be billed as its reading.
    expect(ciMeaning(0x73, "wireless")).toMatchObject({ kind: "compact", header: "long" });
    expect(ciMeaning(0x73, "wired")).toMatchObject({ kind: "fixed" });
    expect(ciMeaning(0x7a, "wireless")).toMatchObject({ kind: "records", header: "short", toMeter: false });
    expect(ciMeaning(0x5b, "wireless")).toMatchObject({ kind: "command", header: "long", toMeter: true });
    expect(ciMeaning(0xbb, "wired")?.name).toBe("switch to 2400 baud");
    expect(ciMeaning(0xff, "wired")).toBeUndefined();
  });

  test("the whole table", () => {
    // An edge of the table would move unseen.
    const all = Array.from({ length: 256 }, (_, ci) => [ci, ciMeaning(ci, "wireless")] as const);
    expect(
      all.flatMap(([ci, meaning]) =>
        meaning === undefined || meaning.kind === "manufacturer"
          ? []
          : [`${ci.toString(16)} ${meaning.kind} ${meaning.header} ${meaning.toMeter ? "down" : "up"}`],
      ),
    ).toMatchSnapshot();
  });
});

describe("extended link layer", () => {
  test("I to IV, both ways", () => {
    // A meter behind a radio adapter would be the adapter.
    for (const ci of [0x8c, 0x8d, 0x8e, 0x8f]) {
      const fields = {
        ci,
        communicationControl: 0xa4,
        access: 7,
        address: ci >= 0x8e ? address : undefined,
        session: (ci & 1) === 1 ? 0x3234_5678 : undefined,
      };
      const octets = encodeEll(fields);
      expect(ellAt(octets, 0)).toEqual({ ...fields, encryption: (ci & 1) === 1 ? 1 : 0, byteLength: octets.length });
      for (let cut = 1; cut < octets.length; cut++) {
        expect(() => ellAt(octets.subarray(0, cut), 0)).toThrow(code("truncated"));
      }
    }
    expect(() => encodeEll({ ci: 0x8c, communicationControl: 0, access: 0, address, session: undefined })).toThrow(
      code("wrong-type"),
    );
  });

  test("the checksum of the payload, low octet first", () => {
    // Decryption with a wrong key would pass for a reading.
    const octets = payloadWithCrc(fromHex("01FD1F01"));
    expect(toHex(octets.subarray(0, 2))).toBe("22cc");
    expect(payloadCrcHolds(octets)).toBe(true);
    expect(payloadCrcHolds(octets.with(3, 0))).toBe(false);
    expect(payloadCrcHolds(new Uint8Array(2))).toBe(false);
  });

  test("when the meter listens", () => {
    // A command would be sent while the meter is deaf.
    expect(listening(0x84)).toMatchObject({ bidirectional: true, accessible: true, synchronous: false });
    expect(listening(0x20)).toMatchObject({ bidirectional: false, synchronous: true });
  });
});

describe("authentication and fragmentation layer", () => {
  const shape: fc.Arbitrary<Omit<Afl, "byteLength">> = fc
    .record({
      moreFragments: fc.boolean(),
      fragment: fc.nat(255),
      at: fc.option(fc.constantFrom(3, 4, 5, 6, 7), { nil: undefined }),
      keyInformation: fc.option(fc.nat(0xffff), { nil: undefined }),
      counter: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
      hasMac: fc.boolean(),
      messageLength: fc.option(fc.nat(0xffff), { nil: undefined }),
    })
    .map(({ at: type, hasMac, ...rest }) => ({
      ...rest,
      messageControl: type === undefined ? undefined : 0x60 | type,
      mac: hasMac ? new Uint8Array(type === undefined ? 8 : macBytesOf(type)!).fill(0xaa) : undefined,
    }));

  test("every combination of fields, both ways", () => {
    // A field that is there would be taken for another.
    fc.assert(
      fc.property(shape, fc.uint8Array({ maxLength: 20 }), (fields, rest) => {
        const octets = encodeAfl(fields);
        const read = aflAt(concatBytes(octets, rest), 0);
        expect(read).toEqual({ ...fields, byteLength: octets.length });
      }),
    );
  });

  test("a layer whose length is not that of its fields is refused", () => {
    // Octets that nobody reads would be authenticated by nobody.
    const good = fromHex("900F002C25B30A000021924D4F2FB66E01");
    expect(aflAt(good, 0)).toMatchObject({ messageControl: 0x25, counter: 0x0ab3, fragment: 0 });
    expect(() => aflAt(good.with(1, 14), 0)).toThrow(code("wrong-length"));
    expect(() => aflAt(Uint8Array.of(0x90, 16, ...good.subarray(2), 0), 0)).toThrow(code("wrong-length"));
    expect(() => aflAt(good.with(4, 0x29), 0)).toThrow(code("unknown-tag"));
    for (let cut = 1; cut < good.length; cut++) expect(() => aflAt(good.subarray(0, cut), 0)).toThrow(DecodeError);
    expect(() => macCodeOf(5)).toThrow(code("out-of-range"));
  });
});

describe("reassembly", () => {
  const fragment = (number: number, more: boolean, extra: Partial<Afl> = {}): Afl => ({
    moreFragments: more,
    fragment: number,
    messageControl: undefined,
    keyInformation: undefined,
    counter: undefined,
    mac: undefined,
    messageLength: undefined,
    byteLength: 4,
    ...extra,
  });
  const part = (length: number) => new Uint8Array(length).fill(length);
  const sender = (number: number) => ({ ...address, identification: number });

  test("in order, with a repeat in between: the fields of the first, the MAC of the last", () => {
    // A message in pieces would be lost, or its MAC be that of a piece.
    const all = new Reassembly();
    const mac = part(8);
    expect(
      all.take(address, fragment(1, true, { messageControl: 0x65, counter: 9, messageLength: 9 }), part(2), at(0)),
    ).toEqual({ is: "pending" });
    expect(all.take(address, fragment(2, true), part(3), at(1)).is).toBe("pending");
    expect(all.take(address, fragment(2, true), part(3), at(2)).is).toBe("pending");
    expect(all.messageControlOf(address)).toBe(0x65);
    const whole = all.take(address, fragment(3, false, { mac }), part(4), at(3));
    expect(whole).toMatchObject({ is: "whole", afl: { counter: 9, mac, messageControl: 0x65, fragment: 0 } });
    expect(whole.is === "whole" && toHex(whole.octets)).toBe("020203030304040404");
    expect(all.pendingBytes).toBe(0);
  });

  test("out of order, too long, of another length, too late", () => {
    // Pieces of two messages would become one.
    const all = new Reassembly({ maxBytes: 100, maxFragments: 3, timeoutMs: 1000 });
    const why = (one: Afl, octets: Uint8Array, now = at(0)) => {
      const said = all.take(address, one, octets, now);
      return said.is === "refused" ? said.why : said.is;
    };
    expect(why(fragment(2, false), part(2))).toBe("out-of-order");
    expect([why(fragment(1, true), part(2)), why(fragment(3, false), part(2))]).toEqual(["pending", "out-of-order"]);
    expect(why(fragment(2, false), part(2))).toBe("out-of-order");
    expect([why(fragment(1, true), part(60)), why(fragment(2, true), part(60))]).toEqual(["pending", "too-long"]);
    expect(why(fragment(1, true, { messageLength: 101 }), part(2))).toBe("too-long");
    expect([why(fragment(1, true, { messageLength: 9 }), part(2)), why(fragment(2, false), part(2))]).toEqual([
      "pending",
      "wrong-length",
    ]);
    for (const number of [1, 2, 3]) expect(why(fragment(number, true), part(1))).toBe("pending");
    expect(why(fragment(4, false), part(1))).toBe("too-long");
    expect([why(fragment(1, true), part(2)), why(fragment(2, false), part(2), at(1001))]).toEqual([
      "pending",
      "out-of-order",
    ]);
    expect(all.pendingBytes).toBe(0);
  });

  test("a flood of senders is bounded, and does not undo what others have begun", () => {
    // Whoever sends first fragments in many names would fill the memory, or silence every meter.
    const all = new Reassembly({ maxSenders: 8, timeoutMs: 1000 });
    expect(all.take(sender(0), fragment(1, true), part(200), at(0)).is).toBe("pending");
    for (let number = 1; number < 1000; number++) all.take(sender(number), fragment(1, true), part(200), at(1));
    expect(all.take(sender(1001), fragment(1, true), part(1), at(2))).toEqual({ is: "refused", why: "flooded" });
    expect(all.pendingBytes).toBe(8 * 200);
    expect(all.take(sender(0), fragment(2, false), part(1), at(3)).is).toBe("whole");
    expect(all.take(sender(1001), fragment(1, true), part(1), at(2000)).is).toBe("pending");
    expect(all.pendingBytes).toBe(1);
  });
});

describe("configuration and transport header", () => {
  const fields: readonly ConfigurationFields[] = [
    { mode: 0, bidirectional: true },
    { mode: 5, blocks: 3, accessible: true, content: 2 },
    { mode: 7, blocks: 2 },
    { mode: 7, blocks: 2, keyId: 3, keyVersion: 9, counter: 0xfffe_0001, content: 1 },
    { mode: 10, encryptedBytes: "all", tagBytes: 8, counter: 7 },
    { mode: 10, encryptedBytes: 20, tagBytes: 16, counter: 7, keyVersion: 255, keyId: 15 },
    { mode: 13, encryptedBytes: 200, protocol: 1 },
  ];

  test("every mode, both ways, and no prefix of it", () => {
    // Ciphertext would begin at another octet.
    for (const one of fields) {
      const octets = encodeConfiguration(one);
      const { blocks, ...rest } = "blocks" in one ? one : { ...one, blocks: undefined };
      const read = configurationAt(octets, 0);
      expect(read).toMatchObject({ ...rest, ...(blocks === undefined ? {} : { encryptedBytes: 16 * blocks }) });
      expect(read.byteLength).toBe(octets.length);
      for (let cut = 0; cut < octets.length; cut++) {
        expect(() => configurationAt(octets.subarray(0, cut), 0)).toThrow(code("truncated"));
      }
      for (const header of [{ ci: 0x7a }, { ci: 0x72, address }]) {
        const tpl = encodeTpl({ ...header, access: 3, status: 4, configuration: one });
        expect(tplAt(tpl, 0)).toMatchObject({ ...header, access: 3, status: 4, byteLength: tpl.length });
        expect(() => tplAt(tpl.subarray(0, tpl.length - 1), 0)).toThrow(code("truncated"));
      }
    }
    expect(() => encodeConfiguration({ mode: 5, blocks: 16 })).toThrow(code("out-of-range"));
    expect(() => encodeConfiguration({ mode: 10, encryptedBytes: "all", tagBytes: 6, counter: 1 })).toThrow(
      code("out-of-range"),
    );
  });

  test("the header of mode 10 as a real meter sends it", () => {
    // The tag of every meter of profile D would fail.
    const tpl = tplAt(fromHex("7A3010FF2A10018C570E00"), 0);
    expect(tpl.configuration).toMatchObject({ mode: 10, encryptedBytes: "all", kdf: 1, keyId: 0, tagBytes: 8 });
    expect(tpl.configuration).toMatchObject({ counter: 0x0e578c, bytesBeforeCounter: 4, byteLength: 8 });
    expect(configurationAt(fromHex("200710"), 0)).toMatchObject({ mode: 7, encryptedBytes: 32, kdf: 1, keyId: 0 });
    expect(configurationAt(fromHex("2025"), 0)).toMatchObject({ mode: 5, encryptedBytes: 32, bidirectional: false });
  });

  test("what cannot stand here", () => {
    // A layer out of place would be read as a message.
    expect(() => tplAt(Uint8Array.of(0x90), 0)).toThrow(code("unknown-tag"));
    expect(() => tplAt(Uint8Array.of(0xff), 0)).toThrow(code("unknown-tag"));
    expect(() => tplAt(new Uint8Array(), 0)).toThrow(code("truncated"));
    expect(() => encodeTpl({ ci: 0x72 })).toThrow(code("wrong-type"));
    expect(() => encodeTpl({ ci: 0x78, address })).toThrow(code("wrong-type"));
    expect(tplAt(Uint8Array.of(0x78, 1), 0)).toMatchObject({ header: "none", byteLength: 1, configuration: undefined });
  });
});
