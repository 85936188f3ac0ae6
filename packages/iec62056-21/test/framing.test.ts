// If these failed, a meter's answer would be lost, or a damaged one believed.

import fc from "fast-check";
import { expect, test } from "vitest";
import { blockCheck } from "../src/framing/block-check.ts";
import {
  blockMessage,
  breakMessage,
  commandMessage,
  optionSelectMessage,
  requestMessage,
} from "../src/framing/frames.ts";
import { D0Framer, type D0Frame } from "../src/framing/framer.ts";
import {
  baudOf,
  identificationLineOf,
  isAddressed,
  modeOf,
  parseIdentification,
  parseOptionSelect,
  parseRequest,
  optionSelectText,
  reactionTimeOf,
} from "../src/framing/identification.ts";
import { withEvenParity, withoutParity } from "../src/framing/parity.ts";
import { octets, text } from "./telegrams.ts";

/** facts/sml-d0.md §4: recomputed from public sessions. */
test.each([
  ["P0\u0002(00000000)\u0003", 0x60],
  ["P1\u0002(00000000)\u0003", 0x61],
  ["R1\u000200000034()\u0003", 0x64],
  ["R1\u00021.8.0(1)\u0003", 0x6b],
  ["B0\u0003", 0x71],
  ["3:171.0(0)\u0003", 0x12],
  ["3:14(314*kWh)4:15(415*kWh)\r\n!\r\n\u0003", 0x22],
])("the block check of %j", (covered, check) => {
  expect(blockCheck(octets(covered))).toBe(check);
});

test("messages as they are on the line", () => {
  expect(text(requestMessage())).toBe("/?!\r\n");
  expect(text(requestMessage("12345678"))).toBe("/?12345678!\r\n");
  expect(text(breakMessage())).toBe("\u0001B0\u0003q");
  expect(text(optionSelectMessage({ protocol: "normal", baudCharacter: "5", mode: "programming" }))).toBe(
    "\u0006051\r\n",
  );
  expect(text(commandMessage({ letter: "P", digit: "1", data: "(00000000)" }))).toBe("\u0001P1\u0002(00000000)\u0003a");
  expect(text(blockMessage("1.8.0(1)", true))).toContain("\u0004");
  expect(() => blockMessage("a\u0003b")).toThrow(expect.objectContaining({ code: "out-of-range" }));
  expect(() => requestMessage("a!b")).toThrow(expect.objectContaining({ code: "out-of-range" }));
});

test.each([
  ["/LGZ52ZMD120APt.G03", "C", 9600, 200, "2ZMD120APt.G03"],
  ["/LGZ5\\2ZMD120APt", "E", 9600, 200, "ZMD120APt"],
  ["/EMh0MT171", "C", 300, 20, "MT171"],
  ["/ACECxyz", "B", 2400, 200, "xyz"],
  ["/ABB ", undefined, 0, 0, ""],
  ["/ABBxyz", "A", 300, 200, "yz"],
  ["/AB1xyz", undefined, 0, 0, ""],
  ["/SGL5\\2\\9VIRTUAL", "E", 9600, 200, "VIRTUAL"],
] as const)("identification %j", (written, mode, baud, reaction, name) => {
  const identification = parseIdentification(written);
  if (mode === undefined) return expect(identification).toBeUndefined();
  expect(modeOf(identification!)).toBe(mode);
  expect(baudOf(identification!)).toBe(baud);
  expect(reactionTimeOf(identification!)).toBe(reaction);
  expect(identification!.identification).toBe(name);
  expect(identificationLineOf(identification!)).toBe(written);
});

test("requests and option selects are read as they are written", () => {
  expect([parseRequest("/?!"), parseRequest("/?00012!"), parseRequest("/?12"), parseRequest("/??!!")]).toEqual([
    "",
    "12",
    undefined,
    undefined,
  ]);
  expect([isAddressed("0012", "12"), isAddressed("12", ""), isAddressed("12", "13"), isAddressed("", "1")]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  for (const written of ["050", "001", "252", "069"])
    expect(optionSelectText(parseOptionSelect(written)!)).toBe(written);
  expect([parseOptionSelect("350"), parseOptionSelect("054"), parseOptionSelect("05")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("7E1 through an 8N1 port: parity comes off, what is damaged shows", () => {
  const plain = octets("/ABB5xyz\r\n\u0002F.F(00)\r\n!\r\n\u0003");
  const onTheLine = withEvenParity(plain);
  expect(onTheLine).not.toEqual(plain);
  expect(withoutParity(onTheLine)).toEqual(plain);
  expect(withoutParity(plain)).toBe(plain);
  const damaged = onTheLine.slice();
  damaged[3]! ^= 0x80;
  expect(frames(damaged)).not.toEqual(frames(onTheLine));
});

const dialogue = octets(
  "\u0000\u0000/?!\r\n/SGL5\\2VIRTUAL\r\n\u0006051\r\n" +
    text(commandMessage({ letter: "P", digit: "0", data: "(12345678)" })) +
    text(commandMessage({ letter: "P", digit: "1", data: "(00000000)" })) +
    "\u0006" +
    text(commandMessage({ letter: "R", digit: "3", data: "P.01(1)" })) +
    text(blockMessage("P.01(2511", true)) +
    "\u0006\u0015" +
    text(blockMessage("25)(0)")) +
    text(breakMessage()),
);

test("every message of a dialogue is told apart", () => {
  expect(frames(dialogue)).toEqual([
    "wake-up",
    'request ""',
    "identification /SGL5\\2VIRTUAL",
    "option 051",
    "command P0(12345678) good",
    "command P1(00000000) good",
    "ack",
    "command R3P.01(1) good",
    "block P.01(2511 more good",
    "ack",
    "nak",
    "block 25)(0) last good",
    "command B0 good",
  ]);
});

test("the cut of the line does not matter", () => {
  const whole = frames(dialogue);
  fc.assert(
    fc.property(fc.array(fc.nat(dialogue.length), { maxLength: 12 }), (cuts) => {
      const framer = new D0Framer();
      const places = [0, ...cuts.toSorted((a, b) => a - b), dialogue.length];
      const events = places.slice(1).flatMap((to, index) => framer.push(dialogue.slice(places[index], to)));
      const told = [...events, ...framer.flush()].map(named);
      // A run of zeros is told in as many pieces as it comes in.
      expect(told.filter((name, index) => name !== "wake-up" || told[index - 1] !== name)).toEqual(whole);
    }),
    { numRuns: 2_000 },
  );
});

test("a lost ETX costs its block and no other", () => {
  const broken = octets(
    text(blockMessage("1.8.0(1*kWh)\r\n!\r\n")).slice(0, -2) + text(blockMessage("2.8.0(2*kWh)\r\n!\r\n")),
  );
  expect(frames(broken)).toEqual(["block 1.8.0(1*kWh)\r\n!\r\n cut absent", "block 2.8.0(2*kWh)\r\n!\r\n last good"]);
});

test("every flipped bit of a block shows", () => {
  const good = blockMessage("1.8.0(000285.4*kWh)\r\n!\r\n");
  for (let bit = 0; bit < good.length * 8; bit++) {
    const changed = good.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const framer = new D0Framer();
    const events = [...framer.push(changed), ...framer.flush()];
    // The parity bit carries nothing where the parity becomes even by it.
    const isParity = (bit & 7) === 7;
    const isBelieved = events.some((event) => event.kind === "block" && event.check === "good");
    expect(isBelieved, `bit ${bit}`).toBe(isParity && frames(changed).join() === frames(good).join());
  }
});

test("what has no end is given up at the stated length", () => {
  const framer = new D0Framer({ maxBlockBytes: 1_000 });
  const filler = octets("1.8.0(1)\r\n".repeat(500));
  const events = [...framer.push(Uint8Array.of(2)), ...framer.push(filler)];
  expect(events.some((event) => event.kind === "damaged" && event.error.code === "too-long")).toBe(true);
  expect(framer.pendingBytes).toBeLessThanOrEqual(1_001);
});

function frames(bytes: Uint8Array): string[] {
  const framer = new D0Framer();
  return [...framer.push(bytes.slice()), ...framer.flush()].map(named);
}

function named(frame: D0Frame): string {
  switch (frame.kind) {
    case "request":
      return `request "${frame.address}"`;
    case "identification":
      return `identification ${identificationLineOf(frame.identification)}`;
    case "option":
      return `option ${optionSelectText(frame.option)}`;
    case "command":
      return `command ${frame.command.letter}${frame.command.digit}${frame.command.data ?? ""} ${frame.check}`;
    case "block":
      return `block ${text(frame.data)} ${frame.end} ${frame.check}`;
    case "lines":
      return `lines ${text(frame.data)} ${frame.end}`;
    default:
      return frame.kind;
  }
}
