import { ShortKey } from "@siegel/crypto";
import { Instant } from "@siegel/readings";
import { concatBytes, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { unwrapFrame } from "../framing/wireless/formats.ts";
import { control, linkFrame } from "../framing/wireless/link.ts";
import { aflAt, encodeAfl, macPrefix } from "../messages/afl.ts";
import { AddressTable } from "./address-table.ts";
import { messageKeys } from "./kdf.ts";
import { Keyring } from "./keyring.ts";
import { mode10Nonce } from "./modes.ts";
import { type OpenedTelegram, type Opening, type OpenerOptions, TelegramOpener } from "./open.ts";
import { isPublishedKey } from "./published-keys.ts";
import { type CounterSlot, type CounterStore, MemoryCounterStore, ReplayGuard } from "./replay.ts";
import { type Protect, sealFragments, sealMessage, type Telegram, withEll } from "./seal.ts";
import { looksLikeRecords } from "./structure.ts";

const now = Instant.ofEpochMs(1_000_000);
const meter = { manufacturer: 0x1593, identification: 0x12345678, version: 0x33, deviceType: 0x03 };
const other = { ...meter, identification: 0x12345679 };
const secret = fromHex("c0ffee00112233445566778899aabbcc");
const key = ShortKey.fromBytes(secret);
const records = fromHex("0C1427048502046D32371F1502FD170000");
const tail = fromHex("0C1427048509");
const code = (name: string) => expect.objectContaining({ code: name });

function ring(octets: Uint8Array = secret): Keyring {
  const keyring = new Keyring();
  keyring.addKey(meter, octets);
  return keyring;
}

function frameOf(fields: Partial<Telegram> & { readonly protect: Protect }): Uint8Array {
  const telegram = { ci: 0x7a, meter, access: 0x2a, content: records, ...fields };
  return linkFrame({ control: control.sndNr, address: meter }, sealMessage(telegram));
}

const open = (frame: Uint8Array, options: OpenerOptions = { keyring: ring() }): Opening =>
  new TelegramOpener(options).open(frame, now);
const verdictOf = (opening: Opening): string => (opening.is === "refused" ? opening.verdict : opening.is);
const gateway = (options: OpenerOptions = {}): OpenerOptions => ({ keyring: ring(), use: "gateway", ...options });

const protections: readonly (readonly [string, (counter: number) => Protect])[] = [
  ["mode 5", () => ({ mode: 5, key })],
  ["mode 7", (counter) => ({ mode: 7, key, counter })],
  [
    "mode 7 with ML, KI and the counter in the header",
    (counter) => ({ mode: 7, key, counter, messageLength: true, keyInformation: 0x0100, counterInTpl: true }),
  ],
  ["mode 10", (counter) => ({ mode: 10, key, counter })],
  ["mode 10 with a tag of 16", (counter) => ({ mode: 10, key, counter, tagBytes: 16 })],
];

describe("published telegrams", () => {
  const opened = (hex: string, keyHex: string): OpenedTelegram => {
    const keyring = new Keyring();
    keyring.setKeyForAny(fromHex(keyHex));
    const opening = open(unwrapFrame(fromHex(hex)).octets, { keyring });
    if (opening.is !== "opened") throw new Error(verdictOf(opening));
    return opening;
  };

  test("OMS profile A", () => {
    // No meter of profile A could be read.
    const { content, protections: ranges } = opened(
      "2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA6DEFC955B29D6D69EBF3EC8A",
      "0102030405060708090A0B0C0D0E0F11",
    );
    expect(toHex(content.subarray(0, 19))).toBe("2f2f0c1427048502046d32371f1502fd170000");
    expect(ranges[0]).toEqual({ from: 0, to: 32, trust: "encrypted" });
  });

  test("OMS profile B", () => {
    // No meter of profile B could be read, or anybody's word would do for its MAC.
    const telegram = opened(
      "434493157856341233037AC98C2075900F002C25B30A000021924D4FBA372FB66E017A75002007109058475F4BC9D1281DF878B80A1B0F98B629024AAC7279429398BFC549233C0140829B93BAA1",
      "000102030405060708090A0B0C0D0E0F",
    );
    expect(toHex(telegram.content.subarray(0, 19))).toBe("2f2f0c1427048502046d32371f1502fd170000");
    expect(telegram).toMatchObject({ counter: 0x0ab3, tagBytes: 8, keyVersion: 0 });
    expect(telegram.protections).toEqual([{ from: 0, to: telegram.content.length, trust: "authenticated" }]);
  });

  test("profile D of a real water meter", () => {
    // No meter of profile D could be read.
    const telegram = opened(
      "4544372C060382533C168C20307A3010FF2A10018C570E006DA7632471F42B0A3CECCD461353573ED02B87118BC5FFE982F7F00A0274543BC51938F8B9C8BB8928114D60788A",
      "BF902DD6DFADAFE83E4AE6832B5FA14C",
    );
    expect(toHex(telegram.content)).toBe(
      "046d1c2a2f3c04150000000002ff25010406ff1bffffffffffff446d0020213c441500000000",
    );
    expect(telegram).toMatchObject({ counter: 0x0e578c, tagBytes: 8 });
    expect(toHex(mode10Nonce(telegram.meter, telegram.counter!))).toBe("372c060382533c1600000e578c");
  });

  test("derived keys", () => {
    // Each telegram would open with keys of its own, and none of the meter's.
    const all = ShortKey.fromBytes(fromHex("000102030405060708090a0b0c0d0e0f"));
    const pairs = [
      ["from-meter", 1000, "7b792176fa39f3080c28a7054e1a392c", "4fd18c72dcaf2d9ad877c920684b86b5"],
      ["to-meter", 1000, "f1a737de998c7ad2f5dd5b5909ee21ea", "5b694e19e5eee99a13fbd57120b7e0d9"],
      ["from-meter", 2000, "940ba955997c7bb331c01e8e84611282", undefined],
    ] as const;
    for (const [direction, counter, encryption, mac] of pairs) {
      const made = messageKeys(all, { direction, counter, identification: 0x12345678 });
      const probe = (one: ShortKey) => toHex(one.cmac(new Uint8Array(5)));
      expect(probe(made.encryption)).toBe(probe(ShortKey.fromBytes(fromHex(encryption))));
      if (mac !== undefined) expect(probe(made.mac)).toBe(probe(ShortKey.fromBytes(fromHex(mac))));
    }
  });
});

describe("what is sealed is opened", () => {
  test("every mode, length and header", () => {
    // A virtual meter of ours would be understood by nobody, or a telegram of a certain length be lost.
    fc.assert(
      fc.property(
        fc.constantFrom(...protections),
        fc.uint8Array({ maxLength: 180 }),
        fc.constantFrom(0x7a, 0x72),
        fc.nat(0xffff_ffff),
        ([, protect], content, ci, counter) => {
          const opening = open(frameOf({ ci, content, protect: protect(counter) }));
          expect(opening.is).toBe("opened");
          if (opening.is !== "opened") return;
          const start = toHex(opening.content.subarray(0, 2)) === "2f2f" ? 2 : 0;
          const padded = toHex(opening.content);
          expect(padded.startsWith(`${start === 2 ? "2f2f" : ""}${toHex(content)}`) || padded === toHex(content)).toBe(
            true,
          );
          expect(opening.meter).toEqual(meter);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("every MAC length; two octets are no proof", () => {
    // A MAC that is guessed in an hour would count as the meter's word.
    for (const macBytes of [2, 4, 8, 12, 16]) {
      const opening = open(frameOf({ protect: { mode: 7, key, counter: 5, macBytes } }));
      expect(opening).toMatchObject({ is: "opened", tagBytes: macBytes });
      if (opening.is !== "opened") continue;
      expect(opening.protections[0]?.trust).toBe(macBytes === 2 ? "encrypted" : "authenticated");
      expect(opening.warnings).toEqual(macBytes === 2 ? ["short-mac"] : []);
    }
  });

  test("the extended link layer's encryption", () => {
    // No meter of Kamstrup could be read.
    const message = sealMessage({ ci: 0x78, meter, access: 0, protect: { mode: 0 }, content: records });
    const ell = { link: meter, communicationControl: 0x20, access: 1, session: 0x0123_4567 };
    const frame = linkFrame({ control: 0x44, address: meter }, withEll({ ...ell, key }, message));
    expect(open(frame)).toMatchObject({
      is: "opened",
      counter: 0x2123_4567,
      protections: [{ from: 0, to: 17, trust: "encrypted" }],
    });
    expect(verdictOf(open(frame, {}))).toBe("no-key");
    expect(verdictOf(open(frame, { keyring: ring(secret.with(0, 1)) }))).toBe("wrong-key");
    expect(verdictOf(open(frame, gateway({ floor: { minimum: "authenticated" } })))).toBe("downgrade");
    const repeated = frame.with(11, 0x20 | 0x02); // a repeater sets its bit
    expect(open(repeated).is).toBe("opened");
    const clear = linkFrame({ control: 0x44, address: meter }, withEll(ell, message));
    expect(open(clear)).toMatchObject({ is: "opened", protections: [{ trust: "clear" }] });
    expect(verdictOf(open(clear.with(20, 0)))).toBe("bad-payload-crc");
    expect(verdictOf(open(clear, gateway()))).toBe("downgrade");
    const plainInside = clear.with(16, clear[16]! | 0x20);
    expect(open(plainInside)).toMatchObject({
      is: "opened",
      warnings: ["already-plain"],
      protections: [{ trust: "clear" }],
    });
    expect(verdictOf(open(plainInside, gateway()))).toBe("already-plain");
  });

  test("mode 7 in fragments; a fragment lost, changed or of another meter gives nothing", () => {
    // A long telegram would be lost, or one be made of two.
    const telegram = {
      ci: 0x72,
      meter,
      access: 1,
      protect: protections[1]![1](9),
      content: new Uint8Array(200).fill(0x2f),
    };
    const parts = sealFragments(telegram, 60).map((part) => linkFrame({ control: 0x44, address: meter }, part));
    expect(parts.length).toBeGreaterThan(3);
    const run = (frames: readonly Uint8Array[]) => {
      const opener = new TelegramOpener({ keyring: ring() });
      return frames.map((frame) => verdictOf(opener.open(frame, now)));
    };
    expect(run(parts)).toEqual([...parts.slice(1).map(() => "pending"), "opened"]);
    expect(run(parts.toSpliced(1, 1)).slice(0, 2)).toEqual(["pending", "bad-fragment"]);
    const changed = parts.map((frame, index) => (index === 1 ? frame.with(30, frame[30]! ^ 1) : frame));
    expect(run(changed).at(-1)).toBe("mac-mismatch");
    expect(run([parts[0]!, parts.at(-1)!.with(4, 0x79)]).at(-1)).toBe("bad-fragment");
    const stranger = new TelegramOpener({ keyring: new Keyring(), use: "gateway" });
    expect(verdictOf(stranger.open(parts[0]!, now))).toBe("no-key");
    expect(stranger.pendingBytes).toBe(0);
  });
});

describe("what is not as it was sealed", () => {
  test("every flipped bit behind the link header of an authenticated telegram is refused", () => {
    // Somebody in the street would change the reading.
    for (const [name, protect] of protections.slice(1)) {
      const frame = frameOf({ protect: protect(7) });
      for (let bit = 8 * 10; bit < 8 * frame.length; bit++) {
        const changed = frame.with(bit >> 3, frame[bit >> 3]! ^ (1 << (bit & 7)));
        const opening = open(changed, gateway());
        // Two bits of FCL are reserved: nothing follows from them, and no MAC covers them.
        const isReserved = changed[10] === 0x90 && (bit === 8 * 13 || bit === 8 * 13 + 7);
        expect(opening.is, `${name}, bit ${bit}`).toBe(isReserved ? "opened" : "refused");
      }
    }
  });

  test("what is not authentic is never decrypted", () => {
    // By what becomes of changed telegrams, and when, somebody would learn the plaintext octet by octet.
    const decrypt = vi.spyOn(ShortKey.prototype, "decryptCbc");
    const frame = frameOf({ protect: { mode: 7, key, counter: 7 } });
    expect(verdictOf(open(frame.with(40, frame[40]! ^ 1)))).toBe("mac-mismatch");
    expect(decrypt).not.toHaveBeenCalled();
    expect(open(frame).is).toBe("opened");
    expect(decrypt).toHaveBeenCalledTimes(1);
    decrypt.mockRestore();
  });

  test("every prefix is refused", () => {
    // Half a telegram would be billed.
    for (const [, protect] of protections) {
      const frame = frameOf({ ci: 0x72, protect: protect(7) });
      for (let length = 0; length < frame.length; length++) {
        const cut = frame.slice(0, length);
        if (length > 0) cut[0] = length - 1;
        const opening = open(cut, gateway());
        if (length === 10) expect(opening).toMatchObject({ is: "opened", content: new Uint8Array() });
        else expect(opening.is).toBe("refused");
      }
    }
  });

  test("a telegram of another meter", () => {
    // The neighbour's reading would be billed. (Mode 5 binds an address by its key only: docs/limits.md.)
    const keyring = ring();
    keyring.addKey(other, secret);
    for (const [name, protect] of protections.slice(1)) {
      const frame = frameOf({ protect: protect(7) });
      expect(verdictOf(open(frame.with(4, 0x79), { keyring })), name).toBe("mac-mismatch");
    }
  });

  test("wrong key, no key and missing check octets are three things", () => {
    // A person would look for another key where the meter is set up otherwise, for months.
    const wrong = { keyring: ring(secret.with(3, 1)) };
    const mode5 = frameOf({ protect: { mode: 5, key } });
    expect(verdictOf(open(mode5, wrong))).toBe("wrong-key");
    expect(verdictOf(open(mode5, {}))).toBe("no-key");
    expect(verdictOf(open(frameOf({ protect: { mode: 7, key, counter: 1 } }), wrong))).toBe("mac-mismatch");
    expect(verdictOf(open(frameOf({ protect: { mode: 7, key, counter: 1 } }), {}))).toBe("no-key");
    expect(verdictOf(open(frameOf({ protect: { mode: 10, key, counter: 1 } }), {}))).toBe("no-key");
    const vector = Uint8Array.of(0x93, 0x15, 0x78, 0x56, 0x34, 0x12, 0x33, 0x03, ...new Uint8Array(8).fill(0x2a));
    const bare = concatBytes(records, new Uint8Array(15).fill(0x2f));
    const frame = linkFrame(
      { control: 0x44, address: meter },
      concatBytes(fromHex("7A2A002005"), key.encryptCbc(vector, bare)),
    );
    expect(verdictOf(open(frame))).toBe("bad-check-bytes");
  });

  test("clear text in a sealed telegram's clothes: shown to a person as what it is, refused by a gateway", () => {
    // Whoever strips the encryption could write any reading.
    const headers = [fromHex("7A2A002005"), fromHex("7A2A00200710")];
    for (const header of headers) {
      const body = concatBytes(fromHex("2F2F"), records, new Uint8Array(13).fill(0x2f));
      const mac = header.length === 6 ? fromHex("900F002C25010000001122334455667788") : new Uint8Array();
      const frame = linkFrame({ control: 0x44, address: meter }, concatBytes(mac, header, body));
      for (const keyring of [ring(), new Keyring()]) {
        const opening = open(frame, { keyring });
        expect(opening).toMatchObject({ is: "opened", warnings: ["already-plain"], protections: [{ trust: "clear" }] });
        expect(verdictOf(open(frame, { keyring, use: "gateway" }))).toBe("already-plain");
        // Whoever asks for a floor gets it, a person too.
        expect(verdictOf(open(frame, { keyring, floor: { minimum: "encrypted" } }))).toBe("already-plain");
      }
    }
  });

  test("names of modes that are not handled", () => {
    // A person would look for a key that does not help.
    for (const header of ["7A2A002008", "7A2A002009", "7A2A00200D00", "7A2A00200B", "7A2A002010", "7A2A002003"]) {
      const frame = linkFrame({ control: 0x44, address: meter }, concatBytes(fromHex(header), new Uint8Array(32)));
      expect(verdictOf(open(frame))).toBe("unsupported-mode");
    }
    expect(verdictOf(open(linkFrame({ control: 0x44, address: meter }, fromHex("8600000000"))))).toBe(
      "unsupported-layer",
    );
    expect(verdictOf(open(linkFrame({ control: 0x44, address: meter }, fromHex("FF00"))))).toBe("malformed");
  });
});

test("DES of an old meter is read, as no more than clear text; a gateway takes none of it", () => {
  // The reading of a meter from the nineties would be lost, or count as protected.
  const frame = linkFrame(
    { control: 0x44, address: meter },
    fromHex("7A2A0018020dc732c2cec977732f3da08d8be971638a9f0b1e36892d14"),
  );
  const des = ring(fromHex("a1b2c3d4e5f60718"));
  expect(open(frame, { keyring: des })).toMatchObject({
    is: "opened",
    warnings: ["obsolete-cipher"],
    protections: [{ from: 0, to: 24, trust: "clear" }],
  });
  expect(verdictOf(open(frame, { keyring: des, use: "gateway" }))).toBe("downgrade");
  expect(verdictOf(open(frame, { keyring: ring(fromHex("a1b2c3d4e5f60719").with(0, 1)) }))).toBe("wrong-key");
  expect(verdictOf(open(frame))).toBe("wrong-key");
});

describe("the floor", () => {
  const floors = {
    clear: { minimum: "clear" },
    encrypted: { minimum: "encrypted" },
    authenticated: { minimum: "authenticated" },
  } as const;
  const withMac = frameOf({ protect: { mode: 7, key, counter: 1, counterInTpl: true } });
  const withoutMac = concatBytes(withMac.subarray(0, 10), withMac.subarray(27)).with(0, withMac.length - 18);
  const telegrams: readonly (readonly [string, Uint8Array])[] = [
    ["plain", frameOf({ protect: { mode: 0 } })],
    ["mode 5", frameOf({ protect: { mode: 5, key } })],
    ["mode 5 with a clear tail", frameOf({ protect: { mode: 5, key }, clearTail: tail })],
    ["mode 7", frameOf({ protect: { mode: 7, key, counter: 1 } })],
    ["mode 7, MAC of 4", frameOf({ protect: { mode: 7, key, counter: 1, macBytes: 4 } })],
    ["mode 7 without its MAC", withoutMac],
    ["mode 10", frameOf({ protect: { mode: 10, key, counter: 1 } })],
  ];

  test("who passes where", () => {
    // Whoever sends less than the meter would be believed like it.
    const said = Object.entries(floors).map(([name, floor]) => {
      const keyring = ring();
      keyring.setFloor(meter, floor);
      return [
        name,
        telegrams.map(([which, frame]) => `${which}: ${verdictOf(open(frame, { keyring, use: "gateway" }))}`),
      ];
    });
    expect(Object.fromEntries(said)).toEqual({
      clear: telegrams.map(([which]) => `${which}: opened`),
      encrypted: telegrams.map(([which]) => `${which}: ${which === "plain" ? "downgrade" : "opened"}`),
      authenticated: telegrams.map(
        ([which]) => `${which}: ${["mode 7", "mode 10"].includes(which) ? "opened" : "downgrade"}`,
      ),
    });
  });

  test("without a floor of its own a gateway takes no clear text, and a person reads what there is", () => {
    // The default would be the weakest.
    const plain = telegrams[0]![1];
    expect(verdictOf(open(plain, gateway()))).toBe("downgrade");
    expect(open(plain)).toMatchObject({ is: "opened", protections: [{ trust: "clear" }] });
  });

  test("a clear tail is no more than clear", () => {
    // Records that anybody appends would borrow the trust of the meter's.
    const opening = open(telegrams[2]![1]);
    expect(opening).toMatchObject({
      is: "opened",
      warnings: ["trailing-clear"],
      protections: [
        { from: 0, to: 32, trust: "encrypted" },
        { from: 32, to: 38, trust: "clear" },
      ],
    });
    const strict = ring();
    strict.setFloor(meter, { minimum: "encrypted", clearParts: false });
    expect(verdictOf(open(telegrams[2]![1], { keyring: strict }))).toBe("downgrade");
  });

  test("a telegram to the meter is none from it", () => {
    // What the gateway sent would come back as a reading.
    const down = frameOf({ ci: 0x5b, protect: { mode: 7, key, counter: 1 } });
    expect(verdictOf(open(down, gateway()))).toBe("wrong-direction");
    const asIfUp = frameOf({ ci: 0x72, protect: { mode: 7, key, counter: 1 } });
    const reflected = down.slice();
    reflected[27] = 0x72; // the CI behind link and AFL
    expect(open(asIfUp, gateway()).is).toBe("opened");
    expect(verdictOf(open(reflected, gateway()))).toBe("mac-mismatch");
  });
});

describe("keys", () => {
  test("a key that everybody knows", () => {
    // A meter left with its default key would be trusted like one with its own.
    const zero = new Uint8Array(16);
    const frame = frameOf({ protect: { mode: 7, key: ShortKey.fromBytes(zero), counter: 1 } });
    expect(open(frame, { keyring: ring(zero) })).toMatchObject({ is: "opened", warnings: ["default-key"] });
    expect(verdictOf(open(frame, { keyring: ring(zero), use: "gateway" }))).toBe("denied-default-key");
    expect(() => new Keyring({ refusePublished: true }).addKey(meter, zero)).toThrow(code("published-key"));
    for (const hex of ["00".repeat(16), "ff".repeat(8), "000102030405060708090a0b0c0d0e0f"]) {
      expect(isPublishedKey(fromHex(hex))).toBe(true);
    }
    expect(isPublishedKey(secret)).toBe(false);
  });

  test("several versions, bounded; the telegram chooses among the meter's own only", () => {
    // A key change would silence the meter, or a telegram make us try keys without end.
    const keyring = new Keyring();
    for (let version = 0; version < 4; version++) keyring.addKey(meter, secret.with(0, version), version);
    expect(() => keyring.addKey(meter, secret, 9)).toThrow(code("too-many-keys"));
    expect(keyring.removeKey(meter, 3)).toBe(true);
    expect(() => keyring.addKey(meter, secret, 2)).toThrow(code("same-version"));
    expect(() => keyring.addKey(meter, new Uint8Array(15), 8)).toThrow(code("bad-key-length"));
    const known = keyring.find(meter)!;
    expect(keyring.candidates(known, 2)).toHaveLength(1);
    expect(keyring.candidates(known, 7)).toHaveLength(3);
    for (const version of [0, 1, 2]) {
      const protect: Protect = {
        mode: 7,
        key: ShortKey.fromBytes(secret.with(0, version)),
        counter: 1,
        keyVersion: version,
      };
      expect(open(frameOf({ protect }), { keyring })).toMatchObject({ is: "opened", keyVersion: version });
    }
    expect(keyring.removeKey(other, 0)).toBe(false);
    expect(keyring.size).toBe(1);
  });

  test("addresses that share all but one octet are different meters", () => {
    // A meter would be opened with the key of its predecessor, or not be found.
    const table = new AddressTable();
    const all = [meter, other, { ...meter, version: 0 }, { ...meter, deviceType: 7 }, { ...meter, manufacturer: 1 }];
    for (const one of all) table.add(one);
    for (let index = 0; index < 10_000; index++) table.add({ ...meter, identification: index });
    expect(all.map((one) => table.find(one))).toEqual([0, 1, 2, 3, 4]);
    expect(all.map((one) => table.add(one))).toEqual([0, 1, 2, 3, 4]);
    expect(table.size).toBe(10_005);
    expect(table.find({ ...meter, identification: 10_000 })).toBe(-1);
  });
});

describe("replay", () => {
  const frame = (counter: number, mode: 7 | 10 = 7) => frameOf({ protect: { mode, key, counter } });

  test("once, and never an older one; in both modes", () => {
    // A recorded telegram would be billed again.
    for (const mode of [7, 10] as const) {
      const opener = new TelegramOpener(gateway({ replay: new ReplayGuard(new MemoryCounterStore()) }));
      const said = [5, 5, 4, 6, 5, 0xffff_ffff, 0, 0xffff_ffff].map((counter) =>
        verdictOf(opener.open(frame(counter, mode), now)),
      );
      expect(said).toEqual([
        "opened",
        "replay",
        "replay",
        "opened",
        "replay",
        "opened",
        "counter-wrapped",
        "counter-wrapped",
      ]);
    }
  });

  test("without a guard the same telegram is opened twice: the guard is what refuses it", () => {
    // The test above would hold without the check.
    const opener = new TelegramOpener(gateway());
    expect([5, 5].map((counter) => verdictOf(opener.open(frame(counter), now)))).toEqual(["opened", "opened"]);
  });

  test("a forged counter moves nothing", () => {
    // One forged telegram would silence the meter for good.
    const store = new MemoryCounterStore();
    const opener = new TelegramOpener(gateway({ replay: new ReplayGuard(store) }));
    const forged = frame(0x1000).with(20, 0x55);
    expect(verdictOf(opener.open(forged, now))).toBe("mac-mismatch");
    expect(verdictOf(opener.open(frame(1), now))).toBe("opened");
  });

  test("each key version and direction counts for itself", () => {
    // A key change would refuse the meter's first telegrams, which count from one again.
    const keyring = ring();
    const next = secret.with(0, 1);
    keyring.addKey(meter, next, 1);
    const opener = new TelegramOpener({ keyring, replay: new ReplayGuard(new MemoryCounterStore()) });
    expect(verdictOf(opener.open(frame(500), now))).toBe("opened");
    const first = frameOf({ protect: { mode: 7, key: ShortKey.fromBytes(next), counter: 1 } });
    expect(opener.open(first, now)).toMatchObject({ is: "opened", keyVersion: 1 });
    const down = frameOf({ ci: 0x5b, protect: { mode: 7, key, counter: 1 } });
    expect(verdictOf(opener.open(down, now))).toBe("opened");
    expect([first, down].map((one) => verdictOf(opener.open(one, now)))).toEqual(["replay", "replay"]);
  });

  test("a session number of the extended link layer is taken once", () => {
    // A recorded telegram of a Kamstrup meter would be billed again.
    const message = sealMessage({ ci: 0x78, meter, access: 0, protect: { mode: 0 }, content: records });
    const at = (session: number) =>
      linkFrame(
        { control: 0x44, address: meter },
        withEll({ link: meter, communicationControl: 0x20, access: 1, session, key }, message),
      );
    const opener = new TelegramOpener(gateway({ replay: new ReplayGuard(new MemoryCounterStore()) }));
    expect([10, 10, 9, 11].map((session) => verdictOf(opener.open(at(session), now)))).toEqual([
      "opened",
      "replay",
      "replay",
      "opened",
    ]);
  });

  test("power cut between storing and using: at most that telegram is lost, none is taken twice", () => {
    // After a restart the last telegram could be played in again.
    class PowerCut extends Error {}
    for (const when of ["before", "after"] as const) {
      for (let cutAt = 1; cutAt <= 6; cutAt++) {
        const disk = new Map<string, number>();
        let writes = 0;
        const text = ({ direction, keyVersion }: CounterSlot) => `${direction}${keyVersion}`;
        const store: CounterStore = {
          read: (slot) => disk.get(text(slot)),
          write: (slot, highest) => {
            writes++;
            if (writes === cutAt && when === "before") throw new PowerCut();
            disk.set(text(slot), highest);
            if (writes === cutAt && when === "after") throw new PowerCut();
          },
        };
        const used: number[] = [];
        let opener = new TelegramOpener(gateway({ replay: new ReplayGuard(store) }));
        for (const counter of [1, 2, 3, 3, 4, 2, 5]) {
          const opening = opener.open(frame(counter), now);
          if (opening.is === "opened") used.push(opening.counter!);
          else if (opening.is === "refused" && opening.verdict === "not-stored") {
            // The program starts again; the attacker plays everything so far once more.
            opener = new TelegramOpener(gateway({ replay: new ReplayGuard(store) }));
            for (const old of used) expect(verdictOf(opener.open(frame(old), now))).toBe("replay");
          }
        }
        expect(new Set(used).size).toBe(used.length);
        expect(used.length).toBeGreaterThanOrEqual(4);
      }
    }
  });
});

test("of garbage, one or two in a hundred look like records", () => {
  // A wrong key would mostly be reported as something else.
  let count = 0;
  for (let round = 0; round < 5000; round++) {
    const first = new Uint8Array(16);
    new DataView(first.buffer).setUint32(0, round);
    if (looksLikeRecords(key.ctr(first, new Uint8Array(32)))) count++;
  }
  expect(count).toBeLessThan(100);
  expect(looksLikeRecords(records)).toBe(true);
});

test("a MAC around clear text is checked, too", () => {
  // A layer that is there would be believed unseen.
  const body = concatBytes(fromHex("7A2A000000"), records);
  const keys = messageKeys(key, { direction: "from-meter", counter: 3, identification: meter.identification });
  const fields = { messageControl: 0x25, keyInformation: undefined, counter: 3, messageLength: undefined };
  const mac = keys.mac.cmac(macPrefix(fields), body).subarray(0, 8);
  const make = (tag: Uint8Array) =>
    linkFrame(
      { control: 0x44, address: meter },
      concatBytes(encodeAfl({ ...fields, mac: tag, moreFragments: false, fragment: 0 }), body),
    );
  expect(open(make(mac), gateway({ floor: { minimum: "authenticated" } }))).toMatchObject({
    is: "opened",
    tagBytes: 8,
  });
  expect(verdictOf(open(make(mac.with(0, mac[0]! ^ 1))))).toBe("mac-mismatch");
  expect(aflAt(make(mac), 10).counter).toBe(3);
});

test("what has no headers to judge is held against the floor by its trust", () => {
  // A maker's own form would name a meter with a higher floor than the one whose key opened it.
  const meter = { manufacturer: 1, identification: 2, version: 3, deviceType: 4 };
  const allowed = (minimum: "clear" | "encrypted" | "authenticated" | undefined, keyed = false) => {
    const keyring = new Keyring();
    if (keyed) keyring.addKey(meter, fromHex("5ec2e7a4b3d1069f8878695a4b3c2d1e"));
    if (minimum !== undefined) keyring.setFloor(meter, { minimum });
    const opener = new TelegramOpener({ keyring, use: "gateway", floor: { minimum: "clear" } });
    return (["clear", "encrypted", "authenticated"] as const).filter((trust) => opener.takes(meter, trust));
  };
  expect(allowed("clear")).toEqual(["clear", "encrypted", "authenticated"]);
  expect(allowed("encrypted")).toEqual(["encrypted", "authenticated"]);
  expect(allowed("authenticated")).toEqual(["authenticated"]);
  expect(allowed(undefined)).toEqual(["clear", "encrypted", "authenticated"]);
  expect(allowed(undefined, true)).toEqual(["encrypted", "authenticated"]);
});
