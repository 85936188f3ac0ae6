/** M-Bus on the command line: the contract's JSON, keys, verdicts, the table. */

import { chmod } from "node:fs/promises";
import { SecretKey } from "@siegel/crypto";
import { encodeP1, sealTelegram } from "@siegel/iec62056-21";
import { wrapFrame } from "@siegel/mbus";
import { concatBytes, fromHex, toHex } from "@siegel/wire";
import { afterEach, expect, test } from "vitest";
import {
  framed,
  keyHex,
  meterId,
  omsGas,
  omsKeyHex,
  radioFrame,
  records,
  sealedWiredFrame,
  wiredFrame,
  wrongKeyHex,
} from "./mbus-captures.ts";
import { fileOf, lines, siegel, siegelUntil } from "./support.ts";

afterEach(() => delete process.env["SIEGEL_KEY"]);

test("a value of M-Bus is the JSON of the contract, to the letter", async () => {
  // Other programs are built on this line: a change here breaks them.
  const { code, out } = await siegel([
    "read",
    await fileOf(wrapFrame(radioFrame(5), "a")),
    "--key",
    keyHex,
    "--format",
    "json",
  ]);
  expect(code).toBe(0);
  expect(out).toBe(
    '{"protocol":"wmbus","offset":0,"meter":{"id":"019315785634123303","label":"7ELS3312345678"},"at":null,"trust":"encrypted","values":[' +
      '{"name":"volume","value":"6842.784","unit":"m3","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"trust":"encrypted","obis":"7-0:3.0.0*255"},' +
      '{"name":"volume","value":"6000.000","unit":"m3","function":"instantaneous","storage":1,"tariff":0,"subunit":0,"trust":"encrypted"}' +
      '],"warnings":[]}\n',
  );
});

test("a telegram of the wire says where on the bus it came from", async () => {
  // Without it nobody finds the meter in the cellar.
  const { code, out } = await siegel(["read", await fileOf(wiredFrame()), "--format", "json"]);
  expect(code).toBe(0);
  expect(lines(out)).toMatchObject([
    {
      protocol: "mbus",
      primaryAddress: 5,
      meter: { label: "7ELS3312345678" },
      trust: "clear",
      values: [{ value: "6842.784" }, {}],
    },
  ]);
});

test("text and dates stand where the contract says", async () => {
  // A program that reads `value` would take a text for a number.
  const { out } = await siegel(["read", await fileOf(omsGas), "--key", omsKeyHex, "--format", "json"]);
  const [told] = lines(out);
  expect(told.values[0]).toMatchObject({ name: "volume", value: "28504.27", unit: "m3" });
  expect(told.values[1]).toMatchObject({ name: "date-time", value: "2008-05-31T23:50" });
  expect(told.warnings).toEqual([{ code: "default-key" }]);
});

// --- keys -----------------------------------------------------------------------------------------------------------

test.each(["019315785634123303", "7ELS3312345678", "7 els 33 1234 5678", "12345678"])(
  "a key file finds the meter by %s",
  async (id) => {
    // People copy the id as it is printed; all these are this meter's.
    const keys = await keyFile(JSON.stringify({ [id]: keyHex, 87654321: wrongKeyHex }));
    const { code, err } = await siegel([
      "read",
      await fileOf(toHex(radioFrame(7)), "log"),
      "--keys",
      keys,
      "--format",
      "json",
    ]);
    expect([code, err]).toEqual([0, ""]);
  },
);

test("SIEGEL_KEY does what --key does, and --key goes before it", async () => {
  // A key on the command line is seen by everybody on the machine.
  const file = await fileOf(toHex(radioFrame(5)), "log");
  process.env["SIEGEL_KEY"] = keyHex;
  expect((await siegel(["read", file])).code).toBe(0);
  expect((await siegel(["read", file, "--key", wrongKeyHex])).code).toBe(1);
  process.env["SIEGEL_KEY"] = "no key";
  const { code, err } = await siegel(["read", file]);
  expect([code, err]).toEqual([2, "siegel: SIEGEL_KEY takes hex digits, two for each byte\n"]);
});

test("the key in a JSON line opens that line, unless a key was given", async () => {
  // Collections of telegrams carry their keys; a person's own key must not be passed over for one in the input.
  const frame = toHex(radioFrame(5));
  const file = await fileOf(`{"hex":"${frame}","key":"${keyHex}"}\n{"hex":"${frame}","key":null}\n`, "all.jsonl");
  const { out } = await siegel(["read", file, "--format", "json"]);
  expect(lines(out).map(({ trust, error }) => trust ?? error.code)).toEqual(["encrypted", "no-key"]);
  expect((await siegel(["read", file, "--key", wrongKeyHex])).code).toBe(1);
});

test.each([
  ["no JSON", "12345678=abc", /line 1: \{ expected/],
  ["a list", "[]", /line 1: \{ expected/],
  ["an id twice", `{"12345678":"${keyHex}",\n"1234 5678":"${keyHex}"}`, /line 2: 12345678 stands in line 1 already/],
  ["a short key", `{\n"12345678":"00ff"}`, /line 2: the key of 12345678 is not/],
  ["a number for a key", `{"12345678":5}`, /line 1: the key of 12345678 in quotes/],
  ["no id", `{"kitchen":"${keyHex}"}`, /line 1: "kitchen" is no meter's id/],
  ["the key where the id belongs", `{"${keyHex}":"12345678"}`, /line 1: what stands there \(32 characters\)/],
  ["a comma too many", `{"12345678":"${keyHex}",}`, /line 1: the id of a meter in quotes/],
  ["something behind it", `{"12345678":"${keyHex}"} x`, /behind the object/],
])("a key file with %s is refused with its line, and no key is told", async (_, text, reason) => {
  // A person must find the entry; a report with the message in it must not give a key away.
  const { code, out, err } = await siegel(["read", await fileOf(radioFrame(5)), "--keys", await keyFile(text)]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(/^siegel: --keys: .+\n$/);
  expect(err).toMatch(reason);
  expect(err).not.toContain(keyHex.slice(0, 8));
});

test("a key file that others can read is told, one that is missing is wrong usage", async () => {
  // Whoever has the key reads the flat's habits.
  const keys = await keyFile(JSON.stringify({ 12345678: keyHex }), 0o644);
  const { code, err } = await siegel(["read", await fileOf(radioFrame(5)), "--keys", keys]);
  expect(code).toBe(0);
  expect(err).toContain(`chmod 600 ${keys}`);
  expect((await siegel(["read", keys, "--keys", "/nonexistent"])).code).toBe(2);
});

test.each([
  [["--key", "zz"]],
  [["--key", "00ff"]],
  [["--protocol", "wmbus", "--key", keyHex + keyHex]],
  [["--auth-key", keyHex]],
  [["--address", "1"]],
  [["--protocol", "mbus", "--address", "300"]],
])("%j is wrong usage", async (flags) => {
  // A mistyped key must not read like an encrypted meter.
  const { code, err } = await siegel(["read", await fileOf(radioFrame(5)), ...flags]);
  expect(code).toBe(2);
  expect(err).toMatch(/^siegel: \S.*\n$/);
});

test("no key is in any output, whatever goes wrong", async () => {
  // Output is pasted into reports.
  const file = await fileOf(toHex(concatBytes(radioFrame(7))), "log");
  const keys = await keyFile(JSON.stringify({ 12345678: wrongKeyHex }));
  for (const args of [
    ["read", file, "--key", keyHex],
    ["read", file, "--key", wrongKeyHex],
    ["read", file, "--keys", keys],
    ["inspect", file, "--key", keyHex],
    ["inspect", file, "--key", wrongKeyHex, "--json"],
  ]) {
    const { out, err } = await siegel(args);
    expect((out + err).toLowerCase()).not.toMatch(new RegExp(`${keyHex}|${wrongKeyHex}`));
    expect((out + err).replaceAll(" ", "")).not.toContain(keyHex.slice(0, 16));
  }
});

// --- verdicts -------------------------------------------------------------------------------------------------------

test.each([
  ["no key", 5, [], "no-key", /--keys/],
  ["a wrong key, mode 5", 5, ["--key", wrongKeyHex], "wrong-key", /each digit/],
  ["a wrong key, mode 7", 7, ["--key", wrongKeyHex], "mac-mismatch", /compare the key/],
] as const)("%s is an error with its code, the meter, and what to try", async (_, mode, flags, verdict, advice) => {
  // "Does not decode" would send a person to the cellar for a typing error.
  const file = await fileOf(wrapFrame(radioFrame(mode), "a"));
  const { code, out, err } = await siegel(["read", file, "--format", "json", ...flags]);
  expect(code).toBe(1);
  expect(lines(out)).toEqual([
    { protocol: "wmbus", offset: 0, meter: meterId.toJSON(), error: { code: verdict, path: "" } },
  ]);
  expect(err).toMatch(advice);
  expect(err).toContain("7ELS3312345678");
});

test("a repeated telegram is shown with a warning, and an error under --strict", async () => {
  // In a capture a repeater is no attack; in a gateway nothing may count twice.
  const frame = toHex(radioFrame(7));
  const file = await fileOf(`${frame}\n${frame}\n`, "log");
  const lenient = await siegel(["read", file, "--key", keyHex, "--format", "json"]);
  expect(lenient.code).toBe(0);
  expect(lines(lenient.out).map(({ warnings }) => warnings)).toEqual([[], [{ code: "replay" }]]);
  const strict = await siegel(["read", file, "--key", keyHex, "--format", "json", "--strict"]);
  expect(strict.code).toBe(1);
  expect(lines(strict.out)[1].error.code).toBe("replay");
});

test("clear text in a sealed telegram's clothes is shown with a warning", async () => {
  // Some receivers decrypt; a person sees that nothing protected what he reads.
  // ACC, status, one block in mode 5, and the octets as they were before they were encrypted.
  const frame = framed(concatBytes(fromHex("7a 01 00 1005 2f2f"), records(), fromHex("2f2f")));
  const { code, out } = await siegel(["read", await fileOf(toHex(frame), "log"), "--format", "json"]);
  expect(code).toBe(0);
  expect(lines(out)[0]).toMatchObject({ trust: "clear", warnings: [{ code: "already-plain" }] });
});

test("lines of the other kind are named, not read", async () => {
  // Whoever asks for one protocol gets no telegrams of another.
  const file = await fileOf(`${toHex(wiredFrame())}\n${toHex(radioFrame(0))}\n`, "log");
  const both = await siegel(["read", file, "--format", "json"]);
  expect(lines(both.out).map(({ protocol }) => protocol)).toEqual(["mbus", "wmbus"]);
  for (const [protocol, expected] of [
    ["mbus", ["6842.784", "wireless-frame"]],
    ["wmbus", ["wired-frame", "6842.784"]],
  ] as const) {
    const { out } = await siegel(["read", file, "--protocol", protocol, "--format", "json"]);
    expect(lines(out).map(({ values, error }) => error?.code ?? values[0].value)).toEqual(expected);
  }
});

test("an application error of a meter is what it answered", async () => {
  // The meter is there and in order; only the question was wrong.
  const { code, out } = await siegel(["read", await fileOf(fromHex("6804046808 05 70 08 85 16")), "--format", "json"]);
  expect(code).toBe(0);
  expect(lines(out)[0]).toMatchObject({ protocol: "mbus", attention: { code: "application-error" }, values: [] });
});

// --- the table ------------------------------------------------------------------------------------------------------

test("the table names what has no code, and its place where that says something", async () => {
  // A person reads names; columns of zeros hide the values.
  const file = await fileOf(wiredFrame());
  const english = await siegel(["read", file]);
  expect(english.out).toMatch(/7-0:3\.0\.0\*255 +6842\.784 +m3 +Gas.*\n/);
  expect(english.out).toMatch(/6000\.000 +m3 +Volume +storage 1\n/);
  expect(english.out).not.toMatch(/tariff|instantaneous|subunit/);
  expect(english.err).toMatch(/^siegel: reading it as mbus: 68 L L 68/);
  const german = await siegel(["read", file, "--language", "de"]);
  expect(german.out).toMatch(/6000\.000 +m3 +Volumen +Speicher 1\n/);
});

test("a refused telegram is one line that says whose it is", async () => {
  // Among forty neighbours' meters the own one has to be found.
  const { out } = await siegel(["read", await fileOf(wrapFrame(radioFrame(5), "a"))]);
  expect(out).toMatch(/^refused at byte 0 from 7ELS3312345678: no-key; encrypted/);
});

// --- a bus that is asked --------------------------------------------------------------------------------------------

test.each([[["--address", "1"]], [["--wait", "0"]]])("a bus is asked with %j", async (flags) => {
  // Meters on the wire never speak by themselves: nothing at all would come.
  const end = new AbortController();
  const serving = siegelUntil(["meter", "serve", "mbus", "--json"], "address", end.signal);
  const { address, meters } = JSON.parse(await serving.seen);
  const source = `tcp://127.0.0.1:${address.port}`;
  const { code, out } = await siegel(["read", source, "--protocol", "mbus", "--once", "--format", "json", ...flags]);
  end.abort();
  await serving.ended;
  expect(code).toBe(0);
  expect(lines(out)[0]).toMatchObject({ protocol: "mbus", trust: "clear" });
  expect(meters.some(({ id }: { id: string }) => lines(out)[0].meter.label.endsWith(id))).toBe(true);
});

// --- inspect --------------------------------------------------------------------------------------------------------

test.each([
  ["a radio frame in hex", toHex(radioFrame(5))],
  ["a frame of the wire in hex", toHex(wiredFrame())],
])("inspect explains %s", async (_, hex) => {
  // Whoever has a telegram from a forum wants to know what is in it.
  const { code, out } = await siegel(["inspect", hex, "--key", keyHex]);
  expect(code).toBe(0);
  expect(out).toMatch(/records\[0\] +volume = 6842\.784 m3/);
});

test("inspect without the key shows the layers, with a wrong one the verdict", async () => {
  // The header is clear text, and tells whose key is needed.
  const file = await fileOf(`# heard\n${toHex(radioFrame(5))}\n`, "log");
  const without = await siegel(["inspect", file]);
  expect(without.code).toBe(0);
  expect(without.out).toMatch(/line 2 +radio frame[^]*TPL\.CF +mode 5/);
  const { code, out } = await siegel(["inspect", file, "--key", wrongKeyHex, "--json"]);
  expect(code).toBe(1);
  expect(lines(out).at(-1).error.code).toBe("wrong-key");
});

test("an encrypted answer of the wire opens with the meter's key, in read and inspect", async () => {
  // Meters on a bus in a shared cellar encrypt, too.
  const file = await fileOf(sealedWiredFrame());
  const keys = await keyFile(JSON.stringify({ 12345678: keyHex }));
  const { out } = await siegel(["read", file, "--keys", keys, "--format", "json"]);
  expect(lines(out)[0]).toMatchObject({ protocol: "mbus", trust: "encrypted", values: [{ value: "6842.784" }, {}] });
  const without = await siegel(["read", file, "--format", "json"]);
  expect(lines(without.out)[0]).toMatchObject({ meter: { label: "7ELS3312345678" }, error: { code: "no-key" } });
  const dump = await siegel(["inspect", file, "--keys", keys]);
  expect(dump.code).toBe(0);
  expect(dump.out).toMatch(/opened +encrypted[^]*volume = 6842\.784 m3/);
});

test("an encrypted P1 telegram is opened for inspect", async () => {
  // What the operator's key shows is what a person wants to see.
  const telegram = encodeP1({ header: "/SGL5X", lines: [[{ id: "1-0:1.8.1", groups: ["002130.115*kWh"] }]] });
  const encryption = SecretKey.fromBytes(fromHex(keyHex));
  const sealed = sealTelegram(telegram, { key: { encryption }, systemTitle: fromHex("53474c0000000001"), counter: 1 });
  const file = await fileOf(sealed);
  const { code, out } = await siegel(["inspect", file, "--key", keyHex]);
  expect(code).toBe(0);
  expect(out).toMatch(/generalGloCiphering[^]*opened +authenticated[^]*2130\.115/);
  expect((await siegel(["inspect", file, "--key", wrongKeyHex])).out).toContain("authentication-failed");
  const keys = await keyFile(JSON.stringify({ "53474c0000000001": keyHex }));
  expect(lines((await siegel(["read", file, "--keys", keys, "--format", "json"])).out)[0].trust).toBe("authenticated");
});

async function keyFile(text: string, mode = 0o600): Promise<string> {
  const path = await fileOf(text, "keys.json");
  await chmod(path, mode);
  return path;
}
