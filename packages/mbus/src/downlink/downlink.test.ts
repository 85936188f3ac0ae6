import { SecretKey, ShortKey } from "@siegel/crypto";
import { Instant } from "@siegel/readings";
import { fromHex, toHex } from "@siegel/wire";
import { describe, expect, test } from "vitest";
import { control, linkFrame } from "../framing/wireless/link.ts";
import { decodeRecords } from "../records/decode.ts";
import { Keyring } from "../security/keyring.ts";
import { type OpenedTelegram, TelegramOpener } from "../security/open.ts";
import { type CounterStore, MemoryCounterStore } from "../security/replay.ts";
import { type Protect, sealMessage, withEll } from "../security/seal.ts";
import { AuthenticatedDownlink } from "./authenticated-downlink.ts";
import { type Command, type MeterAction, messageOf } from "./command.ts";
import { FreshCounters } from "./fresh-counter.ts";
import { decodeKeyTransfer, KeyExchange, keyTransferCi } from "./key-exchange.ts";
import { type CommandIdStore, Outbox, type OutboxEffect } from "./outbox.ts";
import { dutyOf, isListening, sessionEnd } from "./window.ts";

const meter = { manufacturer: 0x1593, identification: 0x12345678, version: 0x33, deviceType: 0x03 };
const secret = fromHex("c0ffee00112233445566778899aabbcc");
const key = ShortKey.fromBytes(secret);
const at = (ms: number) => Instant.ofEpochMs(1_000_000 + ms);
const code = (name: string) => expect.objectContaining({ code: name });
const close: MeterAction = { do: "valve", to: "closed" };
const order = (id: string, action: MeterAction = close, expires = at(10_000)): Command => ({ id, action, expires });
const slot = { meter, keyVersion: 0, direction: "to-meter" } as const;

class Ids implements CommandIdStore {
  readonly all = new Set<string>();
  has(id: string): boolean {
    return this.all.has(id);
  }
  add(id: string): void {
    this.all.add(id);
  }
}

function ring(): Keyring {
  const keyring = new Keyring();
  keyring.addKey(meter, secret);
  return keyring;
}

/** What the gateway hears: a telegram of the meter, with a window or without, an answer to `access` or a value. */
function telegram(a: {
  cc?: number;
  ci?: number;
  access?: number;
  protect?: Protect;
  content?: Uint8Array;
  c?: number;
  keyring?: Keyring;
}): OpenedTelegram {
  const {
    cc = 0x84,
    ci = 0x7a,
    access = 200,
    protect = { mode: 7, key, counter: 77 },
    content = fromHex("0C1427048502"),
    c = control.sndNr,
  } = a;
  const message = sealMessage({ ci, meter, access, protect, content });
  const frame = linkFrame(
    { control: c, address: meter },
    withEll({ link: meter, communicationControl: cc, access }, message),
  );
  const opened = new TelegramOpener({ keyring: a.keyring ?? ring() }).open(frame, at(0));
  if (opened.is !== "opened") throw new Error(JSON.stringify(opened));
  return opened;
}

/** The meter: what it makes of a frame that the gateway sent. */
function received(frame: Uint8Array): OpenedTelegram {
  const opened = new TelegramOpener({ keyring: ring() }).open(frame, at(0));
  if (opened.is !== "opened") throw new Error(JSON.stringify(opened));
  return opened;
}

function outbox(options: { maxTries?: number; maxPerMeter?: number } = {}): Outbox {
  return new Outbox({ counters: new FreshCounters(new MemoryCounterStore()), ids: new Ids(), ...options });
}
const mode7 = { key, version: 0, mode: 7 } as const;
const told = (effects: readonly OutboxEffect[]) =>
  effects.map((effect) =>
    effect.do === "report" ? `${effect.id} ${effect.outcome}` : effect.frame[1] === control.sndNke ? "end" : "send",
  );

describe("commands", () => {
  test("each as its records say it", () => {
    // A valve would open that should close.
    const all: readonly MeterAction[] = [
      close,
      { do: "breaker", to: "open" },
      { do: "breaker", to: "released" },
      { do: "set-clock", local: { year: 2026, month: 11, day: 25, hour: 23, minute: 59, second: 58 } },
      { do: "shift-clock", seconds: -2 },
      { do: "transmission-interval", every: 900, unit: "s" },
      { do: "transmission-interval", every: 1, unit: "d" },
      { do: "clear-errors" },
    ];
    const said = all.map((action) => {
      const { ci, content } = messageOf(action);
      return `${ci.toString(16)} ${toHex(content)}`;
    });
    expect(said).toEqual([
      "5b 01fd1f00",
      "5b 01fd1f01",
      "5b 01fd1f02",
      "6c 003a3b17593b00",
      "6d 00feffff",
      "5b 02fd248403",
      "5b 02fd270100",
      "5b 01fd9707ff",
    ]);
    const { records } = decodeRecords(fromHex("01fd9707ff"), { direction: "to-meter" });
    expect(records[0]?.modifiers).toHaveLength(1);
    expect(() => messageOf({ do: "shift-clock", seconds: 0x80_0000 })).toThrow(code("out-of-range"));
    expect(() => messageOf({ do: "transmission-interval", every: 0, unit: "s" })).toThrow(code("out-of-range"));
    expect(() =>
      messageOf({ do: "set-clock", local: { year: 1999, month: 1, day: 1, hour: 0, minute: 0, second: 0 } }),
    ).toThrow(code("out-of-range"));
  });

  test("only authenticated, in both modes, and every bit of it", () => {
    // Anybody in the street could close the valve.
    for (const mode of [7, 10] as const) {
      const downlink = AuthenticatedDownlink.seal(
        { meter, with: { key, version: 0, mode }, ci: 0x5b, content: fromHex("01fd1f00"), access: 1, frameCount: true },
        new FreshCounters(new MemoryCounterStore()),
      );
      expect(received(downlink.frame)).toMatchObject({ tagBytes: 8, counter: 1, link: { control: 0x73 } });
      expect(received(downlink.frame).protections).toHaveLength(1);
      expect(received(downlink.frame).protections[0]?.trust).toBe("authenticated");
      for (let bit = 8 * 13; bit < 8 * downlink.frame.length; bit++) {
        const changed = downlink.frame.with(bit >> 3, downlink.frame[bit >> 3]! ^ (1 << (bit & 7)));
        const opening = new TelegramOpener({ keyring: ring(), floor: { minimum: "authenticated" } }).open(
          changed,
          at(0),
        );
        if (opening.is === "opened") expect(toHex(opening.content)).toBe(toHex(received(downlink.frame).content));
      }
    }
    // @ts-expect-error  An object of the same shape is no downlink: only `seal` makes one.
    const forged: AuthenticatedDownlink = { frame: new Uint8Array(), meter, counter: 1, access: 1 };
    expect(forged instanceof AuthenticatedDownlink).toBe(false);
  });
});

describe("fresh counters", () => {
  test("whenever the power is cut: none twice, all rising", () => {
    // Two commands would go out under one key stream, and the meter would refuse the second.
    for (let cut = 1; cut < 12; cut++) {
      for (const when of ["before", "after"] as const) {
        let stored: number | undefined;
        let writes = 0;
        const store: CounterStore = {
          read: () => stored,
          write: (_, highest) => {
            writes++;
            if (writes === cut && when === "before") throw new Error("power cut");
            stored = highest;
            if (writes === cut && when === "after") throw new Error("power cut");
          },
        };
        let counters = new FreshCounters(store, 4);
        const given: number[] = [];
        for (let round = 0; round < 40; round++) {
          try {
            given.push(counters.take(slot));
          } catch {
            counters = new FreshCounters(store, 4);
          }
        }
        expect(given.every((one, index) => index === 0 || one > given[index - 1]!)).toBe(true);
        expect(given.length).toBe(39 + (writes < cut ? 1 : 0));
      }
    }
  });

  test("the end of the range is an end", () => {
    // The first command after the last number would repeat the first one's key stream.
    const store = new MemoryCounterStore();
    store.write(slot, 0xffff_fffe);
    const counters = new FreshCounters(store);
    expect([counters.take(slot), counters.take(slot)]).toEqual([0xffff_fffe, 0xffff_ffff]);
    expect(() => counters.take(slot)).toThrow(code("counter-exhausted"));
    expect(() => new FreshCounters(store).take(slot)).toThrow(code("counter-exhausted"));
  });
});

describe("windows and duties", () => {
  test("who listens", () => {
    // Commands would be sent to a deaf meter until they expire, or never.
    const listens = (a: Parameters<typeof telegram>[0]) => isListening(telegram(a));
    expect(listens({ cc: 0x84 })).toBe(true);
    expect(listens({ cc: 0x80 })).toBe(false);
    expect(listens({ cc: 0x04 })).toBe(false);
    expect(listens({ cc: 0x86 })).toBe(false);
    expect(listens({ cc: 0x80, c: control.rspUd })).toBe(true);
    expect(listens({ cc: 0x00, c: control.accDmd })).toBe(true);
    const noEll = (flags: object) => {
      const message = sealMessage({
        ci: 0x7a,
        meter,
        access: 1,
        protect: { mode: 5, key },
        content: fromHex("0C1427048502"),
        ...flags,
      });
      return isListening(received(linkFrame({ control: control.sndNr, address: meter }, message)));
    };
    expect([noEll({ bidirectional: true, accessible: true }), noEll({ bidirectional: true }), noEll({})]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("CNF-IR and ACK to our meters, to nobody else's; the end of a session", () => {
    // The gateway would adopt the neighbour's meter, or leave ours waiting.
    const ours = () => true;
    const duty = (c: number, isOurs = ours) => dutyOf({ control: c, address: meter }, isOurs);
    expect(toHex(duty(control.sndIr)!)).toBe("09069315785634123303");
    expect(toHex(duty(control.accDmd)!)).toBe("09009315785634123303");
    expect(duty(control.sndNr)).toBeUndefined();
    expect(duty(control.sndIr, () => false)).toBeUndefined();
    expect(toHex(sessionEnd(meter))).toBe("09409315785634123303");
  });
});

describe("the outbox", () => {
  test("handed over at the window, acknowledged by the meter's own word", () => {
    // A command would be sent blindly, or be reported as obeyed when it was not.
    const box = outbox();
    box.put(meter, mode7, order("a"), at(0));
    expect(box.heard(telegram({ cc: 0x80 }), at(1))).toEqual([]);
    const [sent] = box.heard(telegram({}), at(2));
    if (sent?.do !== "send") throw new Error("sent");
    const inMeter = received(sent.frame);
    expect(toHex(inMeter.content.subarray(0, 6))).toBe("2f2f01fd1f00");
    const { access } = inMeter.tpl!;
    const ack = { ci: 0x8a, access: access!, content: new Uint8Array(), cc: 0x80 };
    expect(told(box.heard(telegram({ ...ack, protect: { mode: 0 } }), at(3)))).toEqual([]);
    expect(told(box.heard(telegram({ ...ack, access: access! + 1 }), at(3)))).toEqual([]);
    expect(told(box.heard(telegram(ack), at(3)))).toEqual(["a done", "end"]);
    expect(box.size).toBe(0);
    expect(box.heard(telegram({}), at(4))).toEqual([]);
  });

  test("repeated with the same octets, a bounded number of times", () => {
    // A meter would obey twice, or the gateway send for ever.
    const box = outbox({ maxTries: 3 });
    box.put(meter, mode7, order("a"), at(0));
    const frames = [1, 2, 3].map((ms) => box.heard(telegram({}), at(ms))[0]);
    expect(frames[0]).toMatchObject({ do: "send" });
    expect(frames[1]).toEqual(frames[0]);
    expect(frames[2]).toEqual(frames[0]);
    expect(told(box.heard(telegram({}), at(4)))).toEqual(["a unanswered", "end"]);
  });

  test("expired, refused, in order", () => {
    // A valve would close on the order of last week.
    const box = outbox();
    box.put(meter, mode7, order("a"), at(0));
    expect(told(box.tick(at(9_999)))).toEqual([]);
    expect(told(box.tick(at(10_000)))).toEqual(["a expired"]);
    box.put(meter, mode7, order("b", close, at(50_000)), at(0));
    box.put(meter, mode7, order("c", { do: "clear-errors" }, at(50_000)), at(0));
    expect(told(box.heard(telegram({}), at(1)))).toEqual(["send"]);
    expect(told(box.heard(telegram({ ci: 0x6e, access: 1, content: Uint8Array.of(0x08) }), at(2)))).toEqual([
      "b refused",
      "end",
    ]);
    expect(told(box.heard(telegram({}), at(3)))).toEqual(["send"]);
    expect(told(box.heard(telegram({}), at(50_001)))).toEqual(["c unanswered", "end"]);
    expect(() => box.put(meter, mode7, order("d", close, at(5)), at(5))).toThrow(code("expired"));
  });

  test("an id is used once, also after a restart; what waits is bounded", () => {
    // Whoever records an order could have it obeyed again.
    const ids = new Ids();
    const counters = new FreshCounters(new MemoryCounterStore());
    const box = new Outbox({ ids, counters, maxPerMeter: 2 });
    box.put(meter, mode7, order("a"), at(0));
    expect(() => box.put(meter, mode7, order("a"), at(0))).toThrow(code("command-used"));
    expect(() => new Outbox({ ids, counters }).put(meter, mode7, order("a"), at(0))).toThrow(code("command-used"));
    box.put(meter, mode7, order("b"), at(0));
    expect(() => box.put(meter, mode7, order("c"), at(0))).toThrow(code("outbox-full"));
    expect(ids.has("c")).toBe(false);
    expect(() => box.put(meter, mode7, order(""), at(0))).toThrow(code("not-a-command"));
  });
});

describe("key exchange", () => {
  const transportKey = SecretKey.fromBytes(fromHex("00112233445566778899aabbccddee01"));
  const next = secret.with(0, 0x11);
  const under = (octets: Uint8Array, keyring: Keyring, protect: Partial<{ macBytes: number }> = {}, ci = 0x7a) =>
    telegram({ keyring, ci, protect: { mode: 7, key: ShortKey.fromBytes(octets), counter: 5, ...protect } });

  test("the old key counts until the first telegram under the new one, and not longer", () => {
    // A lost telegram would silence the meter for good, or an old key open for ever.
    const keyring = ring();
    const exchange = new KeyExchange(keyring, meter, 0);
    const content = exchange.begin(transportKey, next, 2);
    const downlink = AuthenticatedDownlink.seal(
      { meter, with: mode7, ci: keyTransferCi, content, access: 3, frameCount: false },
      new FreshCounters(new MemoryCounterStore()),
    );
    const taken = decodeKeyTransfer(received(downlink.frame).content, transportKey);
    expect(taken).toMatchObject({ keyId: 2, keyVersion: 1 });
    expect(taken.key.equals(SecretKey.fromBytes(next))).toBe(true);

    expect(exchange.heard(under(secret, keyring))).toBe(false);
    expect(exchange.heard(under(next, keyring, { macBytes: 4 }))).toBe(false);
    expect(exchange.heard(under(next, keyring, {}, 0x5a))).toBe(false);
    expect(exchange.state.at).toBe("offered");
    expect(() => exchange.begin(transportKey, next)).toThrow(code("exchange-under-way"));
    expect(exchange.heard(under(next, keyring))).toBe(true);
    expect(exchange.state).toEqual({ at: "stable", version: 1 });
    expect(() => under(secret, keyring)).toThrow(/mac-mismatch/);
  });

  test("given up, the new key is forgotten", () => {
    // A key that was sent and never used would open for ever.
    const keyring = ring();
    const exchange = new KeyExchange(keyring, meter, 0);
    exchange.begin(transportKey, next);
    exchange.giveUp();
    expect(exchange.state).toEqual({ at: "stable", version: 0 });
    expect(() => under(next, keyring)).toThrow(/mac-mismatch/);
    expect(under(secret, keyring).keyVersion).toBe(0);
  });

  test("a key that was wrapped for another meter, changed, cut, or of another format", () => {
    // The meter would take a key that nobody knows.
    const content = new KeyExchange(ring(), meter, 0).begin(transportKey, next);
    expect(() => decodeKeyTransfer(content, SecretKey.fromBytes(secret))).toThrow(code("bad-checksum"));
    for (let at = 3; at < content.length; at++) {
      expect(() => decodeKeyTransfer(content.with(at, content[at]! ^ 1), transportKey)).toThrow(code("bad-checksum"));
    }
    expect(() => decodeKeyTransfer(content.subarray(0, 26), transportKey)).toThrow(code("truncated"));
    expect(() => decodeKeyTransfer(content.with(0, 2), transportKey)).toThrow(code("unsupported-version"));
  });
});
