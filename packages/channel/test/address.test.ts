import fc from "fast-check";
import { expect, test } from "vitest";

import { parseAddress } from "../src/address.ts";
import { SourceError } from "../src/index.ts";

test.each([
  ["-", { kind: "stdin" }],
  ["tcp://meter.example:2000", { kind: "tcp", host: "meter.example", port: 2000 }],
  ["TCP://192.168.1.5:1/", { kind: "tcp", host: "192.168.1.5", port: 1 }],
  ["tcp://[::1]:65535", { kind: "tcp", host: "::1", port: 65535 }],
  ["tcp://[fe80::1%eth0]:2000", { kind: "tcp", host: "fe80::1%eth0", port: 2000 }],
  ["COM3", { kind: "serial", path: "COM3" }],
  ["\\\\.\\com12", { kind: "serial", path: "\\\\.\\com12" }],
  ["/dev/ttyUSB0", { kind: "path", path: "/dev/ttyUSB0" }],
  ["C:\\captures\\meter.bin", { kind: "path", path: "C:\\captures\\meter.bin" }],
  ["./-", { kind: "path", path: "./-" }],
  ["./COM3", { kind: "path", path: "./COM3" }],
  ["192.168.1.5:2000", { kind: "path", path: "192.168.1.5:2000" }],
])("%s is understood", (text, address) => {
  // Wrong: a user's source is looked for at another place than he wrote.
  expect(parseAddress(text)).toEqual(address);
});

test.each([
  "",
  "a\0b",
  "tcp:",
  "tcp://",
  "tcp:host:2000",
  "tcp://host",
  "tcp://host:",
  "tcp://host:0",
  "tcp://host:65536",
  "tcp://host:999999",
  "tcp://host:2000x",
  "tcp://host:2000/path",
  "tcp://user@host:2000",
  "tcp://ho st:2000",
  "tcp://:2000",
  "tcp://::1:2000",
  "tcp://[::1]",
  "tcp://[::g]:2000",
  "tcp://[host]:2000",
  "udp://host:2000",
  "http://host:2000",
  "file:///tmp/x",
])("“%s” is refused with advice", (text) => {
  // Wrong: half an address is taken for a whole one, or the user is told only that something is wrong.
  const error = errorOf(() => parseAddress(text));
  expect(error).toMatchObject({ code: "bad-address", blame: "caller", passing: false });
  expect(error?.hint).not.toBe("");
});

test("any text: an address or a SourceError", () => {
  // Wrong: a mistyped source ends the program with an unknown error.
  const nasty = fc.string({ unit: fc.constantFrom(...Array.from("tcp:/[]@%0159. \\-COMx\0é")), maxLength: 30 });
  fc.assert(
    fc.property(
      fc.oneof(
        nasty,
        fc.string(),
        nasty.map((rest) => `tcp://${rest}`),
      ),
      (text) => {
        const error = errorOf(() => parseAddress(text));
        expect(error?.code ?? "bad-address").toBe("bad-address");
      },
    ),
  );
});

function errorOf(work: () => unknown): SourceError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}
