/**
 * Radio frames under changed input: from the line to telegrams, every mode, with and without keys.
 *
 * Beyond "an event, and no throw" it holds: the line cut and uncut say the same; a telegram changed behind its MAC is not
 * opened as authenticated with other content; a dump shows each octet once; what waits stays bounded.
 * A changed input hardly ever has its checksums right, so what was changed is the plain frame, with L and checksums made anew.
 */

import { ShortKey } from "@siegel/crypto";
import { Instant } from "@siegel/readings";
import { concatBytes, fromHex, toHex } from "@siegel/wire";
import type { FuzzTarget } from "../../../scripts/fuzz/types.ts";
import { annotateWireless } from "../src/dump/wireless.ts";
import { wirelessFormats, wrapFrame } from "../src/framing/wireless/formats.ts";
import { linkFrame } from "../src/framing/wireless/link.ts";
import { decodeThreeOfSix, encodeThreeOfSix } from "../src/framing/wireless/three-of-six.ts";
import { Keyring } from "../src/security/keyring.ts";
import { TelegramOpener } from "../src/security/open.ts";
import { type Protect, sealFragments, sealMessage, withEll } from "../src/security/seal.ts";
import { type WmbusEvent, type WmbusOptions, WmbusStream } from "../src/stream.ts";

const meter = { manufacturer: 0x1593, identification: 0x12345678, version: 0x33, deviceType: 0x03 };
const secret = fromHex("c0ffee00112233445566778899aabbcc");
const key = ShortKey.fromBytes(secret);
const content = fromHex("0C1427048502046D32371F1502FD170000");
const now = Instant.ofEpochMs(0);

const sealed: readonly Protect[] = [
  { mode: 0 },
  { mode: 5, key },
  { mode: 7, key, counter: 1 },
  { mode: 7, key, counter: 1, counterInTpl: true, keyInformation: 1, messageLength: true, keyVersion: 0 },
  { mode: 10, key, counter: 1 },
];
const telegram = { meter, access: 7, content } as const;
const messages = [
  ...sealed.map((protect) => sealMessage({ ...telegram, ci: 0x72, protect })),
  withEll(
    { link: meter, communicationControl: 0x20, access: 1, session: 5, key },
    sealMessage({ ...telegram, ci: 0x78, protect: { mode: 0 } }),
  ),
  fromHex("79313B42A6D2042E163423"),
  fromHex("6908313B02020215022A"),
  ...sealFragments({ ...telegram, ci: 0x7a, protect: { mode: 7, key, counter: 2 } }, 40),
];
/** What the meter really said: the only contents that may come out as authenticated. */
const genuine = new Set(
  [...messages, ...messages]
    .map((message) => new TelegramOpener({ keyring: ring() }).open(frameOf(message), now))
    .flatMap((opening) => (opening.is === "opened" ? [toHex(opening.content)] : [])),
);
genuine.add(toHex(concatBytes(fromHex("2f2f"), content, new Uint8Array(13).fill(0x2f))));

const streams: readonly WmbusOptions[] = [
  {},
  { keyring: ring() },
  { keyring: ring(), strict: true },
  { keyring: ring(), format: "a", trailingBytes: 1 },
  { keyring: ring(), format: "b" },
  { keyring: ring(), format: "none" },
  { input: "hex" },
];
/** Lives through all inputs: what it keeps must stay bounded. */
const longLived = new WmbusStream({ keyring: ring(), format: "none", reassembly: { maxSenders: 8, maxBytes: 600 } });

export const target: FuzzTarget = {
  name: "wireless",
  seeds: () => messages.map(frameOf),
  dictionary: [
    "2f2f",
    "900f002c25",
    "7a2a002005",
    "7a0000ff2a1001",
    "8c2075",
    "8d2001",
    "8f",
    "81",
    "90",
    "0f",
    "78",
    "79",
    "9315785634123303",
  ].map(fromHex),
  run(bytes) {
    for (const options of streams) cutOrNot(bytes, options);
    const plain = bytes.length < 10 ? bytes : bytes.slice(0, 256);
    if (plain.length < 10) return;
    plain[0] = plain.length - 1;
    authentic(plain);
    longLived.frame(plain, now);
    if (longLived.pendingBytes > 8 * 600) throw new Error(`${longLived.pendingBytes} octets wait`);
    for (const format of wirelessFormats) {
      if (format === "b" && plain.length > 252) continue;
      const line = wrapFrame(plain, format);
      same(
        "a frame, and a frame of a stream",
        said(new WmbusStream({ format }).frame(line)),
        said(pushed({ format }, [line])),
        format !== "a",
      );
      dumped(line);
    }
    same("3 of 6", toHex(decodeThreeOfSix(encodeThreeOfSix(plain)).subarray(0, plain.length)), toHex(plain));
  },
};

function ring(): Keyring {
  const keyring = new Keyring();
  keyring.addKey(meter, secret);
  return keyring;
}

function frameOf(message: Uint8Array): Uint8Array {
  return linkFrame({ control: 0x44, address: meter }, message);
}

function cutOrNot(bytes: Uint8Array, options: WmbusOptions): void {
  const third = Math.floor(bytes.length / 3);
  const whole = said(pushed(options, [bytes]));
  const cut = said(
    pushed(options, [bytes.subarray(0, third), bytes.subarray(third, third + 1), bytes.subarray(third + 1)]),
  );
  same("cut and uncut", whole, cut);
}

function pushed(options: WmbusOptions, chunks: readonly Uint8Array[]): WmbusEvent[] {
  const stream = new WmbusStream(options);
  const events = chunks.flatMap((chunk) => stream.push(chunk, now));
  return [...events, ...stream.flush(now)];
}

/** Noise is left out: where it is cut into pieces says nothing. */
function said(events: readonly WmbusEvent[]): string {
  return events
    .flatMap((event) => {
      if (event.kind === "noise") return [];
      if (event.kind === "error") return [`${event.offset} ${event.error.code}`];
      return [
        event.kind === "empty"
          ? `${event.offset} empty`
          : `${event.offset} ${toHex(event.opened?.content ?? new Uint8Array())}`,
      ];
    })
    .join("\n");
}

function authentic(plain: Uint8Array): void {
  const opening = new TelegramOpener({ keyring: ring(), floor: { minimum: "authenticated" } }).open(plain, now);
  if (opening.is !== "opened" || opening.content.length === 0) return;
  if (!genuine.has(toHex(opening.content))) throw new Error(`authenticated, and never sent: ${toHex(plain)}`);
}

function dumped(line: Uint8Array): void {
  const lines = annotateWireless(line, { keyring: ring(), now });
  same("octets of a dump", toHex(concatBytes(...lines.map(({ bytes }) => bytes))), toHex(line));
}

/** @param mayDiffer  Without checksums a stream takes only frames with a known C. */
function same(what: string, one: string, other: string, mayDiffer = false): void {
  if (one !== other && !mayDiffer) throw new Error(`${what} differ:\n${one}\n${other}`);
}
