import { ShortKey } from "@siegel/crypto";
import { Instant } from "@siegel/readings";
import { concatBytes, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { control, linkFrame } from "./framing/wireless/link.ts";
import { wirelessFormats, wrapFrame } from "./framing/wireless/formats.ts";
import { compactFrameOf, formatFrameOf, signatureOf } from "./records/compact.ts";
import { FormatCache, type StoredFormat } from "./security/format-cache.ts";
import { Keyring } from "./security/keyring.ts";
import { knownFormats } from "./security/known-formats.ts";
import { Mode13Link } from "./security/mode13-link.ts";
import { MemoryCounterStore, ReplayGuard } from "./security/replay.ts";
import { type Protect, sealMessage, withEll } from "./security/seal.ts";
import { type WmbusEvent, type WmbusOptions, WmbusStream } from "./stream.ts";

const meter = { manufacturer: 0x1593, identification: 0x12345678, version: 0x33, deviceType: 0x03 };
const secret = fromHex("c0ffee00112233445566778899aabbcc");
const key = ShortKey.fromBytes(secret);
const full = fromHex("0202D20402152E16022A3423");
const now = Instant.ofEpochMs(0);
const code = (name: string) => expect.objectContaining({ code: name });

function ring(): Keyring {
  const keyring = new Keyring();
  keyring.addKey(meter, secret);
  return keyring;
}

function frameOf(ci: number, content: Uint8Array, protect: Protect = { mode: 0 }, of = meter): Uint8Array {
  return linkFrame(
    { control: control.sndNr, address: of },
    sealMessage({ ci, meter: of, access: 7, protect, content }),
  );
}

const ell = (message: Uint8Array, session: number) =>
  linkFrame(
    { control: control.sndNr, address: meter },
    withEll({ link: meter, communicationControl: 0, access: 1, session, key }, message),
  );

function said(events: readonly WmbusEvent[]): string[] {
  return events.map((event) => {
    if (event.kind === "error") return event.error.code;
    if (event.kind !== "telegram") return event.kind;
    return event.telegram.values
      .map(({ value, trust }) => `${value.kind === "number" ? value.value.toString() : value.kind} ${trust}`)
      .join(", ");
  });
}

describe("the stream", () => {
  test("octets, cut anywhere, in every format; lines of hex", () => {
    // Telegrams would be lost by how a receiver delivers them.
    const frames = [
      frameOf(0x7a, full),
      frameOf(0x7a, full, { mode: 5, key }),
      frameOf(0x7a, full, { mode: 7, key, counter: 9 }),
    ];
    const whole = said(frames.flatMap((one) => new WmbusStream({ keyring: ring() }).frame(one)));
    expect(whole.map((line) => line.split(" ").at(-1))).toEqual(["clear", "encrypted", "authenticated"]);
    fc.assert(
      fc.property(fc.constantFrom(...wirelessFormats), fc.array(fc.nat(60), { maxLength: 20 }), (format, cuts) => {
        const line = concatBytes(...frames.map((one) => wrapFrame(one, format)));
        const stream = new WmbusStream({ keyring: ring(), format });
        const events: WmbusEvent[] = [];
        let at = 0;
        for (const length of cuts) {
          events.push(...stream.push(line.subarray(at, at + length)));
          at += length;
        }
        events.push(...stream.push(line.subarray(at)), ...stream.flush());
        expect(said(events)).toEqual(whole);
      }),
    );
    const text = frames.map((one) => `${toHex(one)}\n`).join("");
    const lines = new WmbusStream({ keyring: ring(), input: "hex" });
    expect(said(lines.push(new TextEncoder().encode(`${text}zz\n`)))).toEqual([...whole, "wrong-type"]);
    expect(lines.pendingBytes).toBe(0);
  });

  test("strict is a gateway: no clear text, no telegram twice", () => {
    // A person's option would promise more than it does.
    const replay = new ReplayGuard(new MemoryCounterStore());
    const strict = new WmbusStream({ keyring: ring(), strict: true, replay });
    const sealed = frameOf(0x7a, full, { mode: 7, key, counter: 9 });
    expect(said(strict.frame(frameOf(0x7a, full)))).toEqual(["downgrade"]);
    expect(said([...strict.frame(sealed), ...strict.frame(sealed)])).toEqual([
      expect.stringContaining("authenticated"),
      "replay",
    ]);
    const [refused] = strict.frame(frameOf(0x7a, full));
    expect(refused).toMatchObject({
      kind: "error",
      refused: { verdict: "downgrade", meter, mode: 0 },
      error: { isAttack: true, blame: "peer" },
    });
  });

  test("what is no list of records is handed on, what is empty says so", () => {
    // A maker's own format would be read as records.
    const stream = new WmbusStream();
    const own = linkFrame({ control: control.sndNr, address: meter }, fromHex("A2010203"));
    const bare = linkFrame({ control: control.accNr, address: meter });
    expect(said([...stream.frame(own), ...stream.frame(bare), ...stream.frame(bare.subarray(1))])).toEqual([
      "other",
      "empty",
      "truncated",
    ]);
  });

  test("warnings of opening stand with the telegram", () => {
    // Clear text in a sealed telegram's clothes would look like the meter's word.
    const body = concatBytes(fromHex("2F2F"), full, new Uint8Array(18).fill(0x2f));
    const [event] = new WmbusStream().frame(
      linkFrame({ control: 0x44, address: meter }, concatBytes(fromHex("7A2A002005"), body)),
    );
    expect(event).toMatchObject({
      kind: "telegram",
      telegram: { trust: "clear", warnings: [{ code: "already-plain" }] },
    });
  });
});

describe("compact frames", () => {
  const compact = compactFrameOf(full)!;
  const format = formatFrameOf(full)!;
  const values = said(new WmbusStream().frame(frameOf(0x78, full)));

  test("the vector: full, format and compact frame", () => {
    // No compact frame of any meter could be read.
    expect(toHex(compact)).toBe("313b42a6d2042e163423");
    expect(toHex(format)).toBe("08313b02020215022a");
    const stream = new WmbusStream();
    const events = [frameOf(0x79, compact), frameOf(0x69, format), frameOf(0x79, compact)].flatMap((one) =>
      stream.frame(one),
    );
    expect(said(events)).toEqual(["unknown-signature", "empty", ...values]);
    const taught = new WmbusStream();
    expect(said([...taught.frame(frameOf(0x78, full)), ...taught.frame(frameOf(0x79, compact))])).toEqual([
      ...values,
      ...values,
    ]);
  });

  test("both checksums count, and another kind of meter has formats of its own", () => {
    // A reading would get another one's name.
    const stream = new WmbusStream();
    stream.frame(frameOf(0x78, full));
    expect(said(stream.frame(frameOf(0x79, compact.with(4, 0xd3))))).toEqual(["bad-frame-crc"]);
    expect(said(stream.frame(frameOf(0x79, compact.with(2, 0))))).toEqual(["bad-frame-crc"]);
    expect(said(stream.frame(frameOf(0x79, compact.subarray(0, 7))))).toEqual(["bad-signature"]);
    expect(said(stream.frame(frameOf(0x79, compact.subarray(0, 3))))).toEqual(["truncated"]);
    expect(said(stream.frame(frameOf(0x69, format.with(4, 0x03))))).toEqual(["bad-signature"]);
    expect(said(stream.frame(frameOf(0x79, compact, { mode: 0 }, { ...meter, version: 1 })))).toEqual([
      "unknown-signature",
    ]);
  });

  test("a format from clear text makes nothing better than clear, and never takes the place of a protected one", () => {
    // Whoever may send clear text could rename readings that come encrypted.
    const keyring = ring();
    const bare = (ci: number, content: Uint8Array) =>
      sealMessage({ ci, meter, access: 0, protect: { mode: 0 }, content });
    const stream = new WmbusStream({ keyring });
    stream.frame(frameOf(0x78, full));
    expect(said(stream.frame(ell(bare(0x79, compact), 1)))[0]).toMatch(/clear/);
    stream.frame(ell(bare(0x78, full), 2));
    expect(said(stream.frame(ell(bare(0x79, compact), 3)))[0]).not.toMatch(/clear/);
    stream.frame(frameOf(0x78, full));
    expect(said(stream.frame(ell(bare(0x79, compact), 4)))[0]).not.toMatch(/clear/);
  });

  test("formats outlive the program, go from one gateway to another, and are bounded", () => {
    // After each restart a meter's readings would be missing for hours, or a stranger fill the memory.
    const disk: StoredFormat[] = [];
    const store = { readAll: () => disk, write: (one: StoredFormat) => void disk.push(one) };
    const first = new FormatCache({ store });
    first.learn(meter, full, "encrypted");
    first.learn(meter, full, "clear");
    expect(disk).toHaveLength(1);
    const again = new FormatCache({ store });
    expect(again.expand(meter, compact, "authenticated")).toMatchObject({ is: "full", trust: "encrypted" });
    const copy = new FormatCache();
    expect(copy.importText(`${first.exportText()}nonsense\n15933303/0000 clear 0202\n`)).toBe(1);
    expect(copy.expand(meter, compact, "encrypted")).toMatchObject({ is: "full", trust: "clear" });
    const small = new FormatCache({ maxFormats: 3 });
    small.learn(meter, full, "encrypted");
    for (let version = 0; version < 20; version++) small.learn({ ...meter, version }, full, "clear");
    expect(small.size).toBeLessThanOrEqual(3);
    expect(small.expand(meter, compact, "encrypted")).toMatchObject({ is: "full" });
  });

  test("the formats that come with us are those of their signatures", () => {
    // A water meter's reading would get another name.
    for (const [signature, hex] of knownFormats) expect(signatureOf(fromHex(hex))).toBe(signature);
  });
});

describe("mode 13", () => {
  const record = (length: number, fill: number) =>
    Uint8Array.of(0x17, 3, 3, length >> 8, length & 0xff, ...new Uint8Array(length).fill(fill));

  test("records go over in one piece or in fragments, in both directions, however TLS writes them", () => {
    // A TLS session would stall at its first long record.
    const octets = concatBytes(record(20, 1), record(900, 2), record(3, 3), record(240, 4));
    for (const [from, to] of [
      ["gateway", "meter"],
      ["meter", "gateway"],
    ] as const) {
      for (const cut of [1, 7, 300, octets.length]) {
        const sender = new Mode13Link({ meter, side: from, maxBytes: 100 });
        const receiver = new Mode13Link({ meter, side: to });
        const got: Uint8Array[] = [];
        for (let at = 0; at < octets.length; at += cut) {
          for (const message of sender.send(octets.subarray(at, at + cut))) {
            expect(message.length).toBeLessThanOrEqual(100);
            const part = receiver.receive(message, now);
            if (part !== undefined) got.push(part);
          }
        }
        expect(toHex(concatBytes(...got))).toBe(toHex(octets));
        expect(sender.pendingBytes + receiver.pendingBytes).toBe(0);
      }
    }
  });

  test("what is no record, no message of this link, or out of order", () => {
    // A stranger's octets would enter the TLS session, or fill the memory.
    const sender = new Mode13Link({ meter, side: "gateway", maxBytes: 60 });
    const receiver = new Mode13Link({ meter, side: "meter" });
    expect(() => new Mode13Link({ meter, side: "meter" }).send(new Uint8Array(10).fill(0xff))).toThrow(
      code("too-long"),
    );
    const [one, two, three] = sender.send(record(130, 1));
    expect(() => new Mode13Link({ meter, side: "gateway" }).receive(sender.send(record(4, 1))[0]!, now)).toThrow(
      code("wrong-type"),
    );
    expect(receiver.receive(one!, now)).toBeUndefined();
    expect(() => receiver.receive(three!, now)).toThrow(code("bad-framing"));
    expect(() => receiver.receive(two!, now)).toThrow(code("bad-framing"));
    expect(() =>
      receiver.receive(sealMessage({ ci: 0x5b, meter, access: 0, protect: { mode: 5, key }, content: full }), now),
    ).toThrow(code("wrong-type"));
    expect(receiver.pendingBytes).toBe(0);
  });
});

test("options reach every layer", () => {
  // A receiver's signal strength would be an error in each telegram.
  const options: WmbusOptions = { format: "a", trailingBytes: 1 };
  const line = concatBytes(wrapFrame(frameOf(0x7a, full), "a"), Uint8Array.of(0xd0));
  expect(said(new WmbusStream(options).push(concatBytes(line, line)))).toHaveLength(2);
  expect(said(new WmbusStream({ maxTrailingBytes: 2 }).frame(line))[0]).toMatch(/clear/);
});
