import {
  DongleStream,
  FreshCounters,
  Keyring,
  linkFrame,
  type MbusTelegram,
  MemoryCounterStore,
  mbusValueJson,
  Outbox,
  ReplayGuard,
  sealMessage,
  TelegramOpener,
  wirelessControl,
  withEll,
  WmbusStream,
  wrapFrame,
} from "@siegel/mbus";
import { ShortKey } from "@siegel/crypto";
import { Instant } from "@siegel/readings";
import { toHex } from "@siegel/wire";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { mbusIdentityOf, mbusKeyOf } from "../../src/mbus/identity.ts";
import { utilityMeter } from "../../src/mbus/lab-utility.ts";
import { Radio } from "../../src/mbus/radio.ts";
import { RadioMeter, type RadioProfile, radioProfiles } from "../../src/mbus/radio-meter.ts";
import { RadioValve } from "../../src/mbus/radio-valve.ts";
import { serveRadioMeters, type ServeRadioOptions } from "../../src/mbus/serve-radio.ts";

const start = Date.UTC(2025, 1, 10, 7) / 1_000;
const kinds = ["gas", "water", "heat"] as const;

function radioMeter(kind: (typeof kinds)[number], profile: RadioProfile) {
  const [identity, key] = [mbusIdentityOf(7, kind), mbusKeyOf(7, kind)];
  const meter = new RadioMeter({ meter: utilityMeter({ seed: 7, kind, start }), identity, key, profile });
  const keyring = new Keyring();
  keyring.addKey(meter.address, key);
  return { meter, keyring, identity };
}

function telegramOf(stream: WmbusStream, frame: Uint8Array): MbusTelegram {
  const [event] = stream.frame(frame);
  if (event?.kind !== "telegram") throw new Error(`a telegram, not ${JSON.stringify(event)}`);
  return event.telegram;
}

const trusts = {
  "walk-by": "clear",
  A: "encrypted",
  B: "authenticated",
  D: "authenticated",
  compact: "encrypted",
} as const;

test.each(radioProfiles.flatMap((profile) => kinds.map((kind) => [profile, kind] as const)))(
  "profile %s: a %s meter is read, and keeps its promise",
  (profile, kind) => {
    // The gateway would be tried on meters that do not exist in the field.
    const { meter, keyring, identity } = radioMeter(kind, profile);
    const stream = new WmbusStream({ keyring, format: "none" });
    for (let round = 0; round < 10; round++) {
      meter.meter.advance(Math.ceil(meter.dueAt));
      const frame = meter.send();
      const telegram = telegramOf(stream, frame);
      expect(telegram.meter.serial).toBe(identity.id);
      expect(telegram.trust).toBe(trusts[profile]);
      const values = telegram.values.map(mbusValueJson);
      const name = kind === "heat" ? "energy" : "volume";
      expect(values[0]).toMatchObject({ name, storage: 0 });
      expect(telegram.warnings).toEqual([]);
      // On the air with checksums it is the same.
      const onAir = new WmbusStream({ keyring, format: "a" });
      if (profile !== "compact") expect(telegramOf(onAir, wrapFrame(frame, "a")).values).toEqual(telegram.values);
    }
  },
);

test("without its key a meter says nothing", () => {
  // The lab's meters would be open books, whatever their profile says.
  for (const profile of ["A", "B", "D", "compact"] as const) {
    const { meter } = radioMeter("water", profile);
    expect(new WmbusStream({ format: "none" }).frame(meter.send())).toMatchObject([
      { kind: "error", error: { code: "no-key" } },
    ]);
  }
});

test("telegrams come at the stated pace, and not in step", () => {
  // Two meters that meet once would meet for ever.
  const { meter } = radioMeter("gas", "A");
  const moments = Array.from({ length: 300 }, () => {
    const due = meter.dueAt;
    meter.send();
    return due;
  });
  const gaps = moments.slice(1).map((moment, index) => moment - moments[index]!);
  for (const gap of gaps) expect(Math.abs(gap - 900)).toBeLessThan(30);
  expect(new Set(gaps).size).toBeGreaterThan(100);
});

test.each(Array.from({ length: 20 }, (_, seed) => seed))("no telegram counts twice on a bad air, seed %i", (seed) => {
  // Who repeats a telegram would set the meter back.
  const { meter, keyring } = radioMeter("heat", seed % 2 === 0 ? "B" : "D");
  const radio = new Radio(seed, { loss: 0.1, repeat: 0.3, damage: 0.1, delayMs: 40_000, repeatWithinMs: 60_000 });
  const replay = new ReplayGuard(new MemoryCounterStore());
  const stream = new WmbusStream({ keyring, format: "none", use: "gateway", replay });
  const sent: string[] = [];
  for (let round = 0; round < 60; round++) {
    const frame = meter.send();
    sent.push(toHex(frame));
    radio.send(frame, round * 16_000);
  }
  const heard = radio.heardUntil(1e9);
  expect(radio.underWay).toBe(0);
  const accepted: number[] = [];
  for (const { frame, damaged } of heard) {
    const [event] = stream.frame(frame);
    if (event?.kind !== "telegram") continue;
    // C is the one octet that no MAC covers; the checksum of the radio does.
    const whole = Uint8Array.from(frame, (octet, at) => (at === 1 ? 0x44 : octet));
    if (damaged) expect(frame[1]).not.toBe(0x44);
    accepted.push(sent.indexOf(toHex(whole)));
  }
  expect(accepted).toEqual([...new Set(accepted)].toSorted((a, b) => a - b)); // each once, and never back
  expect(accepted.length).toBeGreaterThan(15);
  // The same seed is the same air.
  const again = new Radio(seed, { loss: 0.1, repeat: 0.3, damage: 0.1, delayMs: 40_000, repeatWithinMs: 60_000 });
  for (const [round, hex] of sent.entries()) again.send(Uint8Array.from(Buffer.from(hex, "hex")), round * 16_000);
  expect(again.heardUntil(1e9)).toEqual(heard);
});

test("an undisturbed radio changes nothing", () => {
  // Every test of the lab would see faults that nobody asked for.
  const radio = new Radio(1);
  for (let at = 0; at < 5; at++) radio.send(Uint8Array.of(at), at * 1_000);
  expect(radio.heardUntil(2_000).map(({ frame }) => frame[0])).toEqual([0, 1, 2]);
  expect(radio.heardUntil(9_000).map(({ atMs }) => atMs)).toEqual([3_000, 4_000]);
});

function valveWith(profile: "B" | "D") {
  const [identity, key] = [mbusIdentityOf(7, "valve"), mbusKeyOf(7, "valve")];
  const valve = new RadioValve({ identity, key, profile });
  const keyring = new Keyring();
  keyring.addKey(valve.address, key);
  const command = (
    content: readonly number[],
    counter: number,
    options: { key?: Uint8Array; mode?: 5 | 7 | 10 } = {},
  ) => {
    const shortKey = ShortKey.fromBytes(options.key ?? key);
    const mode = options.mode ?? (profile === "B" ? 7 : 10);
    const protect = mode === 5 ? ({ mode, key: shortKey } as const) : ({ mode, key: shortKey, counter } as const);
    const meter = valve.address;
    const message = sealMessage({
      ci: 0x5b,
      meter,
      access: counter & 0xff,
      protect,
      content: Uint8Array.from(content),
    });
    const behind = withEll({ link: meter, communicationControl: 0x80, access: counter & 0xff }, message);
    return linkFrame({ control: wirelessControl.sndUd, address: meter }, behind);
  };
  return { valve, keyring, command };
}

const close = [0x01, 0xfd, 0x1f, 0x00];
const open = [0x01, 0xfd, 0x1f, 0x01];

test.each(["B", "D"] as const)("a valve of profile %s obeys its gateway, once, while it listens", (profile) => {
  // A command that was recorded would close the water years later.
  const { valve, keyring, command } = valveWith(profile);
  const stream = new WmbusStream({ keyring, format: "none" });
  expect(telegramOf(stream, valve.send(0)).trust).toBe("authenticated");
  const first = command(close, 5);
  expect(valve.receive(first, 500)).toBeUndefined(); // deaf
  expect(valve.position).toBe("open");
  const answer = valve.receive(first, 50);
  expect(telegramOf(stream, answer!)).toMatchObject({ access: 5, trust: "authenticated" });
  expect(valve.position).toBe("closed");
  const repeated = valve.receive(first, 60);
  expect(telegramOf(stream, repeated!).values.map(mbusValueJson)).toEqual(
    telegramOf(stream, answer!).values.map(mbusValueJson),
  );
  expect(repeated).not.toEqual(answer); // a gateway that heard the first would take the same octets for a replay
  expect(valve.receive(command(open, 6), 70)).toBeDefined();
  expect(valve.position).toBe("open");
  // The recording of before, a lower counter, another key, a weaker mode, somebody else's address.
  for (const frame of [
    first,
    command(close, 4),
    command(close, 9, { key: new Uint8Array(16).fill(3) }),
    command(close, 9, { mode: 5 }),
    linkFrame(
      { control: wirelessControl.sndUd, address: { ...valve.address, identification: 1 } },
      command(close, 9).subarray(10),
    ),
  ]) {
    valve.send(100);
    valve.receive(frame, 110);
    if (frame !== first) expect(valve.position).toBe("open");
  }
  expect(valve.position).toBe("open");
  // What it does not know it refuses, and says so.
  valve.send(200);
  const refused = valve.receive(command([0x01, 0xfd, 0x1f, 0x07], 20), 210);
  expect(new WmbusStream({ keyring, format: "none" }).frame(refused!)[0]).toMatchObject({ kind: "other" });
  valve.send(300);
  valve.receive(linkFrame({ control: wirelessControl.sndNke, address: valve.address }), 310);
  expect(valve.receive(command(close, 30), 320)).toBeUndefined();
});

async function heardOver(options: Partial<ServeRadioOptions>, wanted: number) {
  const radio = await serveRadioMeters({ port: 0, seed: 7, start, intervalSeconds: 1, ...options });
  onTestFinished(() => radio.close());
  const keyring = new Keyring();
  for (const { key, meter } of radio.meters) keyring.addKey(meter.address, Uint8Array.from(Buffer.from(key, "hex")));
  const socket = connect(radio.address);
  onTestFinished(() => void socket.destroy());
  const dongle = new DongleStream();
  const found = new Map<string, string>();
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    for (const event of dongle.push(new Uint8Array(chunk))) {
      if (event.kind !== "telegram") throw new Error(JSON.stringify(event));
      const format = options.output === "hex-format-a" ? "a" : "none";
      const telegram = telegramOf(new WmbusStream({ keyring, format }), event.telegram.bytes);
      found.set(telegram.meter.serial ?? "", telegram.trust);
    }
    if (found.size >= wanted) break;
  }
  return { found, radio };
}

test.each(["hex", "hex-format-a", "rtl-wmbus", "im871a"] as const)(
  "a receiver that prints %s is read",
  async (output) => {
    // `siegel meter serve wmbus` would serve nobody.
    const { found, radio } = await heardOver({ output, valve: "B" }, 4);
    expect(radio.meters.map(({ identity }) => found.get(identity.id))).toEqual([
      "authenticated",
      "encrypted",
      "authenticated",
      "authenticated",
    ]);
  },
);

test.each(Array.from({ length: 12 }, (_, seed) => seed))(
  "the gateway's outbox moves the valve over a bad air, seed %i",
  (seed) => {
    // Commands would be tried on a valve that no gateway of ours could reach.
    const profile = seed % 2 === 0 ? "B" : "D";
    const { valve, keyring } = valveWith(profile);
    const store = new MemoryCounterStore();
    const ids = new Set<string>();
    const outbox = new Outbox({
      counters: new FreshCounters(store),
      ids: { has: (id) => ids.has(id), add: (id) => void ids.add(id) },
      maxTries: 20,
    });
    const key = ShortKey.fromBytes(mbusKeyOf(7, "valve"));
    const mode = profile === "B" ? 7 : 10;
    const now = (ms: number) => Instant.ofEpochMs(ms);
    const command = { id: "close-1", action: { do: "valve", to: "closed" }, expires: now(3_600_000) } as const;
    outbox.put(valve.address, { key, version: 0, mode }, command, now(0));
    const opener = new TelegramOpener({ keyring, replay: new ReplayGuard(new MemoryCounterStore()), use: "gateway" });
    const up = new Radio(`up ${seed}`, { loss: 0.3 });
    const down = new Radio(`down ${seed}`, { loss: 0.3 });
    const outcomes: string[] = [];
    let moved = 0;
    for (let round = 0; round < 60 && outcomes.length === 0; round++) {
      const atMs = round * 30_000;
      up.send(valve.send(atMs), atMs);
      for (let exchange = 0; exchange < 3; exchange++) {
        for (const { frame } of up.heardUntil(atMs + 90)) {
          const opening = opener.open(frame, now(atMs));
          if (opening.is !== "opened") continue;
          for (const effect of outbox.heard(opening, now(atMs))) {
            if (effect.do === "report") outcomes.push(effect.outcome);
            else down.send(effect.frame, atMs + 20);
          }
        }
        for (const { frame } of down.heardUntil(atMs + 90)) {
          const before = valve.position;
          const answer = valve.receive(frame, atMs + 30);
          if (valve.position !== before) moved++;
          if (answer !== undefined) up.send(answer, atMs + 60);
        }
      }
    }
    expect(outcomes).toEqual(["done"]);
    expect([valve.position, moved]).toEqual(["closed", 1]);
  },
);
