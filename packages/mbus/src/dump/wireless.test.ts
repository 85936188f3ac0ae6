import { ShortKey } from "@siegel/crypto";
import { Instant } from "@siegel/readings";
import { concatBytes, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { wirelessFormats, wrapFrame } from "../framing/wireless/formats.ts";
import { linkFrame } from "../framing/wireless/link.ts";
import { Keyring } from "../security/keyring.ts";
import { type Protect, sealMessage, withEll } from "../security/seal.ts";
import { annotateWireless } from "./wireless.ts";

const meter = { manufacturer: 0x1593, identification: 0x12345678, version: 0x33, deviceType: 0x03 };
const secret = fromHex("c0ffee00112233445566778899aabbcc");
const key = ShortKey.fromBytes(secret);
const now = Instant.ofEpochMs(0);
const keyring = new Keyring();
keyring.addKey(meter, secret);

function frameOf(protect: Protect, length = 0): Uint8Array {
  const content = concatBytes(fromHex("0C1427048502"), new Uint8Array(length).fill(0x2f));
  const message = sealMessage({ ci: 0x72, meter, access: 7, protect, content });
  return linkFrame(
    { control: 0x44, address: meter },
    withEll({ link: meter, communicationControl: 0x84, access: 1 }, message),
  );
}

test("the example of profile A, octet for octet", () => {
  // Who looks for a fault would look at the wrong octet.
  const input = fromHex(
    "2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA6DEFC955B29D6D69EBF3EC8A",
  );
  const ring = new Keyring();
  ring.setKeyForAny(fromHex("0102030405060708090A0B0C0D0E0F11"));
  const lines = annotateWireless(input, { keyring: ring, now });
  expect(
    lines.map(({ bytes, depth, field, meaning }) => `${" ".repeat(depth)}${toHex(bytes)} ${field}: ${meaning}`),
  ).toMatchSnapshot();
});

test("each octet stands in just one line, in order, whatever the format, the mode or the damage", () => {
  // Octets would be hidden from whoever inspects.
  const protect = fc.constantFrom<Protect>(
    { mode: 0 },
    { mode: 5, key },
    { mode: 7, key, counter: 1, counterInTpl: true },
    { mode: 10, key, counter: 1 },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...wirelessFormats),
      protect,
      fc.nat(140),
      fc.option(fc.nat(100)),
      fc.boolean(),
      (format, mode, length, broken, hasKey) => {
        const plain = frameOf(mode, length);
        if (broken !== null) plain[10 + (broken % (plain.length - 10))]! ^= 0xff;
        const input = concatBytes(wrapFrame(plain, format), fromHex("d0"));
        const lines = annotateWireless(input, { format, trailingBytes: 1, keyring: hasKey ? keyring : undefined, now });
        expect(toHex(concatBytes(...lines.map(({ bytes }) => bytes)))).toBe(toHex(input));
        let at = 0;
        for (const { offset, bytes } of lines) {
          if (bytes.length === 0) continue;
          expect(offset).toBe(at);
          at += bytes.length;
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("what is no frame, and what does not open", () => {
  // The dump would be empty where it is needed most.
  expect(annotateWireless(fromHex("010203"), { now })[0]?.error?.code).toBe("wrong-length");
  expect(annotateWireless(new Uint8Array(), { now })).toEqual([]);
  expect(annotateWireless(frameOf({ mode: 5, key }), { now }).at(-1)?.error?.code).toBe("no-key");
});
