/**
 * What is measured: telegrams per CPU-second from frame to values, at one known meter and at 100,000.
 *
 * The meters are asked in an order that jumps through all of them, so that neither a cache of ours nor the processor's holds
 * the one that comes next. `npm run bench -- --check` holds the bounds of the issue; "flat" is a bound on the ratio.
 */

import { ShortKey } from "@siegel/crypto";
import { Instant } from "@siegel/readings";
import { fromHex } from "@siegel/wire";
import { createDecipheriv, createSecretKey } from "node:crypto";
import type { BenchWork } from "../../../scripts/bench/types.ts";
import type { MeterAddress } from "../src/framing/wireless/address.ts";
import { control, linkFrame } from "../src/framing/wireless/link.ts";
import { Keyring } from "../src/security/keyring.ts";
import { type Protect, sealMessage } from "../src/security/seal.ts";
import { WmbusStream } from "../src/stream.ts";

/** Ten records in 50 octets: sealed, a frame of 79 octets, the median of the public telegrams of mode 5. */
const records = fromHex(
  "0C1427048502 046D32371F15 02FD170000 4413A0696800 426C7F2C 0B3B450000 025A3502 025E2502 01FD7464 0C0648550200",
);
const now = Instant.ofEpochMs(0);

function addressOf(index: number): MeterAddress {
  return { manufacturer: 0x1593, identification: 0x1000_0000 + index, version: 0x33, deviceType: 0x07 };
}

function keyOf(index: number): Uint8Array {
  const key = new Uint8Array(16).fill(0x5a);
  new DataView(key.buffer).setUint32(0, index);
  return key;
}

interface World {
  readonly stream: WmbusStream;
  readonly frames: readonly Uint8Array[];
}

/** A receiver that knows `meters` meters, and telegrams of 2000 of them. */
function world(meters: number, protect: (key: ShortKey, counter: number) => Protect): World {
  const keyring = new Keyring();
  for (let index = 0; index < meters; index++) keyring.addKey(addressOf(index), keyOf(index));
  const frames = Array.from({ length: 2000 }, (_, number) => {
    const index = (number * 49_999) % meters;
    const message = sealMessage({
      ci: 0x7a,
      meter: addressOf(index),
      access: number & 0xff,
      protect: protect(ShortKey.fromBytes(keyOf(index)), number + 1),
      content: records,
    });
    return linkFrame({ control: control.sndNr, address: addressOf(index) }, message);
  });
  return { stream: new WmbusStream({ keyring, format: "none" }), frames };
}

function readAll({ stream, frames }: World): number {
  let values = 0;
  for (const frame of frames) {
    const [event] = stream.frame(frame, now);
    if (event?.kind === "telegram") values += event.telegram.values.length;
  }
  if (values !== frames.length * 10) throw new Error(`${values} values instead of ${frames.length * 10}`);
  return frames.length;
}

const modes: readonly {
  readonly name: string;
  readonly bound: number;
  readonly protect: (key: ShortKey, counter: number) => Protect;
}[] = [
  { name: "plain", bound: 100_000, protect: () => ({ mode: 0 }) },
  { name: "mode 5", bound: 40_000, protect: (key) => ({ mode: 5, key }) },
  { name: "mode 7", bound: 10_000, protect: (key, counter) => ({ mode: 7, key, counter }) },
  { name: "mode 10", bound: 10_000, protect: (key, counter) => ({ mode: 10, key, counter }) },
];

/** Worlds are made when they are first asked for: 100,000 meters take a second. */
function lazily(make: () => World): () => number {
  let made: World | undefined;
  return () => readAll((made ??= make()));
}

const block = new Uint8Array(48).fill(0x11);
const vector = new Uint8Array(16);
const rounds = 5000;

function library(): number {
  const key = createSecretKey(keyOf(1));
  for (let round = 0; round < rounds; round++) {
    createDecipheriv("aes-128-cbc", key, vector).setAutoPadding(false).update(block);
  }
  return rounds;
}

/** One cipher object a key, kept; only a bounded number can be, so this is its best case. */
function keptObject(): number {
  const kept = createDecipheriv("aes-128-ecb", createSecretKey(keyOf(1)), null).setAutoPadding(false);
  for (let round = 0; round < rounds; round++) {
    const plain = kept.update(block);
    for (let at = 16; at < 48; at++) plain[at]! ^= block[at - 16]!;
  }
  return rounds;
}

export const works: readonly BenchWork[] = [
  ...modes.map(({ name, bound, protect }): BenchWork => {
    return {
      name: `wireless M-Bus, ${name}: frame to values, 100,000 meters known`,
      unit: "telegrams",
      ours: lazily(() => world(100_000, protect)),
      others: [{ name: "one meter known", run: lazily(() => world(1, protect)) }],
      atLeast: { perCpuSecond: bound, timesOther: { "one meter known": 0.8 } },
    };
  }),
  {
    name: "AES-128-CBC of a telegram, 48 octets",
    unit: "telegrams",
    ours: () => {
      const key = ShortKey.fromBytes(keyOf(1));
      for (let round = 0; round < rounds; round++) key.decryptCbc(vector, block);
      return rounds;
    },
    others: [
      { name: "node:crypto, an object each", run: library },
      { name: "node:crypto, one ECB object kept", run: keptObject },
    ],
    atLeast: { timesOther: { "node:crypto, an object each": 1 } },
  },
];
