import { toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { exampleEntries, fileOf, lines, push, siegel } from "./support.ts";

const capture = push({ valList: exampleEntries });

test("every byte stands in exactly one line", async () => {
  // A dump that leaves out or repeats bytes sends whoever compares it with the standard astray.
  const { code, out } = await siegel(["inspect", toHex(capture), "--json"]);
  expect(code).toBe(0);
  expect(
    lines(out)
      .map(({ bytes }) => bytes)
      .join(""),
  ).toBe(toHex(capture));
  let next = 0;
  for (const { offset, byteLength } of lines(out)) {
    expect(offset).toBe(next);
    next += byteLength;
  }
  expect(next).toBe(capture.length);
});

test("fields are named in the standard's words, with their meaning", async () => {
  // Names that are not the standard's cannot be looked up.
  const { out } = await siegel(["inspect", await fileOf(capture), "--json"]);
  const byField = new Map(lines(out).map(({ field, meaning }) => [field, meaning]));
  expect(byField.get("serverId")).toBe("meter 1DZG0060694613");
  expect(byField.get("objName")).toContain("1-0:96.1.0*255");
  expect(byField.get("unit")).toBe("absent");
  expect(byField.get("[0]")).toBe("1-0:1.8.0*255, Active energy import");
  expect(lines(out).find(({ field }) => field === "status").meaning).toContain("voltage-L1");
  expect(byField.get("crc16")).toBe("CRC-16/X.25, holds");
  expect(byField.get("checksum")).toBe("CRC-16/X.25, holds");
});

test("a password in a request is not shown", async () => {
  // Dumps are pasted into reports.
  const { RequestFile } = await import("@siegel/sml");
  const secret = new TextEncoder().encode("hunter2!");
  const request = new RequestFile({ clientId: Uint8Array.of(1), reqFileId: Uint8Array.of(2), password: secret })
    .getList()
    .toBytes();
  for (const flags of [[], ["--json"]]) {
    const { out } = await siegel(["inspect", toHex(request), ...flags]);
    expect(out.replaceAll(" ", "")).not.toContain(toHex(secret));
    expect(out).not.toContain("hunter2!");
  }
});

test("bare messages without transport are shown, too", async () => {
  // Logs often hold the payload only.
  const { code, out } = await siegel(["inspect", toHex(capture.subarray(8, -10))]);
  expect(out).toContain("GetListResponse");
  expect([0, 1]).toContain(code);
});

test("damage is shown where it is, and the rest of the dump goes on", async () => {
  // The place of the fault is what a dump is for.
  const bad = capture.slice();
  bad[70]! ^= 0x40;
  const { code, out } = await siegel(["inspect", toHex(bad), "--json"]);
  expect(code).toBe(1);
  expect(
    lines(out)
      .map(({ bytes }) => bytes)
      .join(""),
  ).toBe(toHex(bad));
  expect(lines(out).filter(({ error }) => error !== undefined).length).toBeGreaterThan(0);
});

test("any prefix and any flipped bit gives a dump of all its bytes", async () => {
  // A dump that breaks on damaged input fails exactly when it is needed.
  for (let at = 1; at < capture.length; at += 3) {
    const flipped = capture.slice();
    flipped[at]! ^= 1 << (at % 8);
    for (const input of [capture.subarray(0, at), flipped]) {
      const { out } = await siegel(["inspect", toHex(input), "--json"]);
      expect(
        lines(out)
          .map(({ bytes }) => bytes)
          .join(""),
      ).toBe(toHex(input));
    }
  }
});

test("a hex dump is dumped as the bytes that it stands for", async () => {
  // People get captures as text in forums, and want to know what is in them.
  const dump = [...capture]
    .map((byte, at) => `${byte.toString(16).padStart(2, "0")}${at % 16 === 15 ? "\n" : " "}`)
    .join("");
  const { code, out, err } = await siegel(["inspect", await fileOf(dump, "log.txt"), "--json"]);
  expect(code).toBe(0);
  expect(
    lines(out)
      .map(({ bytes }) => bytes)
      .join(""),
  ).toBe(toHex(capture));
  expect(err).toMatch(/hex/i);
});

test.each([
  ["a directory", "/tmp", 1],
  ["a file too large", "/dev/zero", 2],
])("%s is refused in one line", async (_, what, expected) => {
  // A stack of ours says nothing to a person.
  const { code, out, err } = await siegel(["inspect", what]);
  expect(code).toBe(expected);
  expect(out).toBe("");
  expect(err).toMatch(/^siegel: \S.*\n$/);
});
