/** D0 and P1 on the command line: captures, virtual meters, dumps. */

import { blockMessage, commandMessage, encodeP1, sealTelegram } from "@siegel/iec62056-21";
import { SecretKey } from "@siegel/crypto";
import { concatBytes, fromHex, toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { fileOf, lines, siegel, siegelUntil } from "./support.ts";

const telegram = encodeP1({
  header: "/SGL5\\2VIRTUAL",
  lines: [
    [{ id: "1-3:0.2.8", groups: ["50"] }],
    [{ id: "0-0:1.0.0", groups: ["251125073000W"] }],
    [{ id: "0-0:96.1.1", groups: ["53474C30303031"] }],
    [{ id: "1-0:1.8.1", groups: ["002130.115*kWh"] }],
    [{ id: "0-0:96.13.0", groups: ["1B5B324A"] }],
    [{ id: "0-1:24.1.0", groups: ["003"] }],
    [{ id: "0-1:96.1.0", groups: ["4730303031"] }],
    [{ id: "0-1:24.2.1", groups: ["251125072500W", "00246.138*m3"] }],
  ],
});

test("a P1 telegram as JSON: exact values, the gas meter's own id and time", async () => {
  // Programs that are built on the output would take the gas meter's reading for the electricity meter's.
  const { code, out } = await siegel(["read", await fileOf(telegram), "--protocol", "p1", "--format", "json"]);
  expect(code).toBe(0);
  const [told] = lines(out);
  expect(told).toMatchObject({
    protocol: "p1",
    meter: { label: "SGL0001" },
    at: "2025-11-25T06:30:00Z",
    trust: "clear",
    warnings: [],
  });
  expect(told.values).toContainEqual({
    obis: "1-0:1.8.1*255",
    name: "Active energy import, tariff 1",
    value: "2130.115",
    unit: "kWh",
    raw: "2130115",
    scaler: -3,
    function: "instantaneous",
    storage: 0,
    tariff: 1,
    subunit: 0,
    trust: "clear",
  });
  expect(told.values.at(-1)).toMatchObject({
    value: "246.138",
    unit: "m3",
    meter: { label: "G0001" },
    at: "2025-11-25T06:25:00Z",
  });
});

test("a wrong checksum is printed with a warning, and fails under --strict", async () => {
  // A damaged telegram would be billed, or a meter behind a bad cable could not be read at all.
  const damaged = telegram.slice();
  damaged[damaged.length - 3]! ^= 1;
  const file = await fileOf(damaged);
  const lenient = await siegel(["read", file, "--protocol", "p1", "--format", "json"]);
  expect(lenient.code).toBe(0);
  expect(lines(lenient.out)[0]).toMatchObject({ trust: "clear", warnings: [{ code: "bad-checksum" }] });
  const strict = await siegel(["read", file, "--protocol", "p1", "--format", "json", "--strict"]);
  expect(strict.code).toBe(1);
  expect(lines(strict.out)).toMatchObject([{ error: { code: "bad-checksum" } }]);
});

test("an encrypted telegram needs its key, and says so", async () => {
  // Nobody would know what to do about an empty screen.
  const octets = "000102030405060708090a0b0c0d0e0f";
  const key = { encryption: SecretKey.fromBytes(fromHex(octets)) };
  const file = await fileOf(sealTelegram(telegram, { key, systemTitle: fromHex("53474c0000000001"), counter: 5 }));
  const closed = await siegel(["read", file, "--protocol", "p1"]);
  expect([closed.code, closed.err.includes("--key")]).toEqual([1, true]);
  const open = await siegel(["read", file, "--protocol", "p1", "--format", "json", "--key", octets]);
  expect(lines(open.out)[0]).toMatchObject({ trust: "authenticated" });
  expect((await siegel(["read", file, "--protocol", "p1", "--key", "00ff"])).code).toBe(2);
});

test("hex text of a capture is read, too", async () => {
  // Encrypted captures are passed on like that.
  const file = await fileOf(toHex(telegram).replaceAll(/(.{64})/g, "$1\n"), "capture.txt");
  const { code, out, err } = await siegel(["read", file, "--protocol", "p1", "--format", "json"]);
  expect([code, lines(out).length, err.includes("hex text")]).toEqual([0, 1, true]);
});

test("a meter's text rewrites no screen", async () => {
  // A message for the consumer could clear his screen or type for him.
  const message = encodeP1(
    {
      header: "/SGL5X",
      lines: [[{ id: "0-0:96.13.0", groups: ["a\u0080b"] }], [{ id: "1-0:1.8.0", groups: ["1*kWh"] }]],
    },
    "none",
  );
  const { out } = await siegel(["read", await fileOf(message), "--protocol", "p1"]);
  expect(out).toContain("a?b");
  // eslint-disable-next-line no-control-regex -- what must not be there
  expect(/[\u0000-\u0009\u000b-\u001f\u0080-\u009f]/.test(out)).toBe(false);
});

test.each(["C", "D"])("a virtual D0 meter of mode %s is read over TCP", async (mode) => {
  // The example in the help would not work.
  const end = new AbortController();
  const serving = siegelUntil(["meter", "serve", "d0", "--json", "--mode", mode, "--seed", "5"], "\n", end.signal);
  const { address, meter, password } = lines(await serving.seen)[0];
  expect(password).toMatch(/^\d{8}$/);
  const read = await siegel([
    "read",
    `tcp://${address.host}:${address.port}`,
    "--protocol",
    "d0",
    "--once",
    "--format",
    "json",
  ]);
  end.abort();
  expect((await serving.ended).code).toBe(0);
  const [told] = lines(read.out);
  expect(told).toMatchObject({ protocol: "d0", warnings: [] });
  expect(told.values.find(({ obis }: { obis: string }) => obis === "1-0:96.1.0*255").text).toBe(meter);
  expect(told.values.find(({ obis }: { obis: string }) => obis === "1-0:1.8.0*255")).toMatchObject({ unit: "kWh" });
});

test.each([[], ["--encrypted"]])("a virtual P1 port is read over TCP %j", async (...flags) => {
  // As above.
  const end = new AbortController();
  const serving = siegelUntil(["meter", "serve", "p1", "--json", "--seed", "5", ...flags.flat()], "\n", end.signal);
  const { address, key } = lines(await serving.seen)[0];
  const withKey = key === undefined ? [] : ["--key", key];
  const source = `tcp://${address.host}:${address.port}`;
  const read = await siegel(["read", source, "--protocol", "p1", "--once", "--strict", "--format", "json", ...withKey]);
  end.abort();
  await serving.ended;
  expect(lines(read.out)[0]).toMatchObject({
    protocol: "p1",
    trust: key === undefined ? "clear" : "authenticated",
    warnings: [],
  });
});

test("inspect shows telegrams and lines, and no password", async () => {
  // Dumps are pasted into reports.
  const dialogue = concatBytes(
    commandMessage({ letter: "P", digit: "1", data: "(hunter22)" }),
    blockMessage("1.8.0(000285.4*kWh)\r\n!\r\n"),
  );
  for (const flags of [[], ["--json"]]) {
    const { code, out } = await siegel(["inspect", await fileOf(dialogue), ...flags]);
    expect(code).toBe(0);
    expect(out).toContain("000285.4*kWh");
    expect(out).not.toContain("hunter22");
    expect(out.replaceAll(" ", "")).not.toContain(toHex(new TextEncoder().encode("hunter22")));
  }
  const { code, out } = await siegel(["inspect", await fileOf(telegram), "--json"]);
  expect(code).toBe(0);
  expect(
    lines(out)
      .map(({ bytes }) => bytes)
      .join(""),
  ).toBe(toHex(telegram));
  expect(lines(out).find(({ field }) => field === "object[3]").meaning).toContain("Active energy import");
});
