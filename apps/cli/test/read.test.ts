import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { MeterSigningKey } from "@siegel/crypto/testing";
import { signList, SmlFramer, decodeFile, encodeFile, wrapFile } from "@siegel/sml";
import { concatBytes, toHex } from "@siegel/wire";
import { afterEach, expect, test } from "vitest";
import { run } from "../src/run.ts";
import type { Terminal } from "../src/terminal.ts";
import { exampleEntries, fileOf, lines, obis, push, serverId, siegel } from "./support.ts";

test("a telegram is the JSON line of the contract, to the letter", async () => {
  // Other programs are built on this line: a change here breaks them.
  const path = await fileOf(push({ valList: exampleEntries }));
  const { code, out } = await siegel(["read", path, "--format", "json"]);
  expect(code).toBe(0);
  expect(out).toBe(
    '{"protocol":"sml","offset":0,"meter":{"id":"0a01445a4700039e2055","label":"1DZG0060694613"},"at":null,"trust":"clear",' +
      '"values":[{"obis":"1-0:1.8.0*255","value":"2353656.9","unit":"Wh","raw":"23536569","scaler":-1,"status":"0x1c0004"},' +
      '{"obis":"1-0:96.1.0*255","bytes":"0a01445a4700039e2055"}],"warnings":[]}\n',
  );
});

test("raw stays as on the wire where the value is repaired", async () => {
  // Otherwise a reader could not see what the meter really sent.
  const power = {
    objName: obis("1-0:16.7.0*255"),
    unit: 27,
    scaler: -2,
    value: { type: "signed", byteLength: 2, value: -29_912 },
  } as const;
  const path = await fileOf(push({ valList: [exampleEntries[0]!, power] }));
  const [telegram] = lines((await siegel(["read", path, "--format", "json"])).out);
  expect(telegram.values[1]).toEqual({ obis: "1-0:16.7.0*255", value: "356.24", unit: "W", raw: "-29912", scaler: -2 });
  expect(telegram.warnings).toEqual([{ code: "sign-repaired", obis: "1-0:16.7.0*255" }]);
});

test("an object without a value stays, as null", async () => {
  // Dropping it would hide that the meter has the object and no value for it.
  const path = await fileOf(push({ valList: [{ objName: obis("1-0:96.50.2*6") }] }));
  const [telegram] = lines((await siegel(["read", path, "--format", "json"])).out);
  expect(telegram.values).toEqual([{ obis: "1-0:96.50.2*6", value: null }]);
  expect(telegram.warnings).toEqual([{ code: "absent-value" }]);
});

test("a damaged file is one error line with its offset, and the next one is read", async () => {
  // A bit error on the optical port must cost one telegram, and be seen.
  const good = push({ valList: exampleEntries });
  const bad = good.slice();
  bad[60]! ^= 0x10;
  const cut = good.subarray(0, 100);
  const path = await fileOf(concatBytes(good, bad, cut, good));
  const { code, out } = await siegel(["read", path, "--format", "json"]);
  expect(code).toBe(0);
  expect(lines(out).map(({ offset, error }) => ({ offset, code: error?.code }))).toEqual([
    { offset: 0, code: undefined },
    { offset: good.length, code: "bad-checksum" },
    { offset: 2 * good.length, code: "truncated" },
    { offset: 2 * good.length + 100, code: undefined },
  ]);
});

test("--strict ends at the first error with exit code 1", async () => {
  // Gateway-grade input must not be read past a fault.
  const good = push({ valList: exampleEntries });
  const path = await fileOf(concatBytes(good.subarray(0, 50), good));
  const { code, out } = await siegel(["read", path, "--format", "json", "--strict"]);
  expect(code).toBe(1);
  expect(lines(out)).toHaveLength(1);
});

test("--strict refuses what lenient reading only notes", async () => {
  // The same file: 0 and a warning, or 1 and the place.
  const path = await fileOf(push({ valList: [{ objName: obis("1-0:1.8.0") }] }));
  expect((await siegel(["read", path])).code).toBe(0);
  const { code, out } = await siegel(["read", path, "--format", "json", "--strict"]);
  expect(code).toBe(1);
  expect(lines(out)[0].error).toMatchObject({
    code: "deviation",
    path: "messages[1].GetListResponse.valList[0].value.absent-value",
  });
});

test("--once ends after the first telegram", async () => {
  // A script that polls a meter each minute must not hang on a line that never ends.
  const good = push({ valList: exampleEntries });
  const path = await fileOf(concatBytes(good, good, good));
  expect(lines((await siegel(["read", path, "--format", "json", "--once"])).out)).toHaveLength(1);
});

test("the table names every value and shows the unit", async () => {
  // A person does not read OBIS codes.
  const { out } = await siegel(["read", await fileOf(push({ valList: exampleEntries }))]);
  expect(out).toContain("1DZG0060694613");
  expect(out).toMatch(/1-0:1\.8\.0\*255 +2353656\.9 +Wh +\S.*import/i);
});

test("the table speaks German, too", async () => {
  // The meters are German, and so are most who read them.
  const { out } = await siegel(["read", await fileOf(push({ valList: exampleEntries })), "--language", "de"]);
  expect(out).toMatch(/1-0:1\.8\.0\*255 +2353656\.9 +Wh +\S*.*(Bezug|Wirkenergie|Wirkarbeit)/);
});

test("a meter's text cannot write to the screen", async () => {
  // An escape sequence in a meter's name would run in the terminal of whoever reads it.
  const evil = new TextEncoder().encode("\u001b]0;owned\u0007name");
  const path = await fileOf(
    push({ valList: [{ objName: obis("1-0:96.1.0"), value: { type: "octets", value: evil } }] }),
  );
  for (const format of ["table", "json"]) {
    const { out } = await siegel(["read", path, "--format", format]);
    expect(out.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  }
});

// --- signatures -----------------------------------------------------------------------------------------------------

const key = MeterSigningKey.fromSeed({ curve: "P-192", seed: new Uint8Array(32).fill(7) });
const signedList = signList(
  {
    serverId,
    listName: obis("1-0:1.17.0"),
    valList: [
      {
        objName: obis("1-0:1.17.0"),
        status: { byteLength: 4, bits: 0 },
        valTime: { kind: "localTimestamp", value: { timestamp: 1_790_000_000, localOffset: 60, seasonTimeOffset: 0 } },
        unit: 30,
        scaler: -1,
        value: { type: "signed", byteLength: 8, value: 3275 },
      },
      {
        objName: obis("129-0:96.8.0*1"),
        value: { type: "list", value: { kind: "smlTime", value: { kind: "secIndex", value: 729 } } },
      },
      { objName: obis("129-128:129.113.1*255"), value: { type: "unsigned", byteLength: 4, value: 33 } },
    ],
  },
  key,
  6,
);

test("a signed list is trusted with its key, and clear without", async () => {
  // Trust must come from a check, never from the mere presence of a signature.
  const path = await fileOf(push(signedList));
  const withKey = lines(
    (await siegel(["read", path, "--format", "json", "--public-key", toHex(key.publicKey.toRaw())])).out,
  );
  expect(withKey[0]).toMatchObject({ trust: "signed", warnings: [] });
  const without = lines((await siegel(["read", path, "--format", "json"])).out);
  expect(without[0]).toMatchObject({ trust: "clear", warnings: [{ code: "signature-not-checked" }] });
});

test("a value added to a signed list is clear, and the telegram with it", async () => {
  // Whoever adds an unsigned entry must not have it sail under the meter's signature.
  const added = { objName: obis("1-0:2.8.0"), unit: 30, value: { type: "unsigned", byteLength: 1, value: 9 } } as const;
  const path = await fileOf(push({ ...signedList, valList: [...signedList.valList, added] }));
  const [telegram] = lines(
    (await siegel(["read", path, "--format", "json", "--public-key", toHex(key.publicKey.toRaw())])).out,
  );
  expect(telegram.trust).toBe("clear");
  expect(telegram.values.map(({ trust }: { trust: string }) => trust)).toEqual(["signed", "signed", "signed", "clear"]);
  expect(telegram.warnings).toEqual([{ code: "partly-signed" }]);
});

test("a changed value with both checksums made anew fails at the signature", async () => {
  // Checksums anybody can make; this is the check that tells a forger from a meter.
  const [frame] = new SmlFramer().push(push(signedList));
  if (frame?.kind !== "file") throw new Error("the test's own capture must decode");
  const { messages, style } = decodeFile(frame.payload);
  const forged = messages.map((message) => {
    if (message.body.kind !== "GetListResponse") return message;
    const [entry, ...others] = message.body.value.valList;
    const value = { type: "signed", byteLength: 8, value: 3274 } as const;
    return {
      ...message,
      body: { kind: message.body.kind, value: { ...message.body.value, valList: [{ ...entry!, value }, ...others] } },
    };
  });
  const path = await fileOf(wrapFile(encodeFile(forged, style)));
  const { code, out } = await siegel(["read", path, "--format", "json", "--public-key", toHex(key.publicKey.toRaw())]);
  expect(code).toBe(1);
  expect(lines(out)).toEqual([
    {
      protocol: "sml",
      offset: 0,
      error: { code: "signature-mismatch", path: "messages[1].GetListResponse.listSignature" },
    },
  ]);
});

test.each([
  ["not hex", "xyz"],
  ["another length", "00".repeat(47)],
  ["no point of the curve", "11".repeat(48)],
])("--public-key that is %s is wrong usage, not an unsigned meter", async (_, hex) => {
  // A mistyped key must not read like "nothing is signed".
  const { code, out, err } = await siegel(["read", await fileOf(push(signedList)), "--public-key", hex]);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(/^siegel: --public-key.*\n$/);
});

// --- sources and usage ----------------------------------------------------------------------------------------------

let server: Server | undefined;
afterEach(() => server?.close());

test("a meter behind tcp:// is read until it closes", async () => {
  // Serial servers and gateways speak TCP.
  const bytes = push({ valList: exampleEntries });
  server = createServer((socket) => {
    socket.write(bytes.subarray(0, 33));
    socket.end(bytes.subarray(33));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number }; // a TCP server's address is an object
  const { code, out } = await siegel(["read", `tcp://127.0.0.1:${port}`, "--format", "json"]);
  expect(code).toBe(0);
  expect(lines(out)).toHaveLength(1);
});

test("a peer that hangs up at once is not taken for a head beside the meter", async () => {
  // An adapter that serves one reader at a time does this to the second; nobody should go to the cellar for it.
  server = createServer((socket) => socket.end());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number }; // as above
  const { code, err } = await siegel(["read", `tcp://127.0.0.1:${port}`]);
  expect(code).toBe(1);
  expect(err).toMatch(/^siegel: tcp:.+ closed before the first byte\. .+\n$/);
});

test("Ctrl-C ends a live read and keeps what was read", async () => {
  // A person watches for a while and stops; that is success.
  const ending = new AbortController();
  server = createServer((socket) => {
    socket.on("error", () => undefined); // the reader hangs up on us
    socket.write(push({ valList: exampleEntries }), () => setImmediate(() => ending.abort()));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number }; // as above
  const { code } = await siegel(["read", `tcp://127.0.0.1:${port}`], ending.signal);
  expect([0, 1]).toContain(code); // whether the telegram or the signal came first
});

/** A disconnect request of DLMS over HDLC: flags, format, addresses, control, checksum. */
const dlmsInHdlc = [0x7e, 0xa0, 0x07, 0x03, 0x21, 0x53, 0x03, 0xc7, 0x7e];

test.each([
  ["nothing", "", /nothing|empty|no byte/i],
  ["a text file", "Dear meter,\nplease send values.\n", /text/i],
  ["garbage", Uint8Array.from({ length: 3000 }, (_, at) => (at * 7919 + (at >> 3) * 104_729) & 0xff), /./],
  ["a telegram of a protocol not read yet", Uint8Array.from(dlmsInHdlc), /HDLC/],
])("%s gives exit code 1 and a reason", async (_, content, reason) => {
  // A stranger's first minute: silence would send him away.
  const { code, out, err } = await siegel(["read", await fileOf(content)]);
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toMatch(reason);
});

test("hex text is read as the bytes that it stands for", async () => {
  // Forums and logs carry telegrams as hex.
  const { code, out, err } = await siegel([
    "read",
    await fileOf(toHex(push({ valList: exampleEntries })), "log.txt"),
    "--format",
    "json",
  ]);
  expect(lines(out)).toHaveLength(1);
  expect(code).toBe(0);
  expect(err).toMatch(/hex/i);
});

test.each([
  [["read"]],
  [["read", "x", "--format", "xml"]],
  [["read", "x", "--protocol", "morse"]],
  [["read", "x", "--nonsense"]],
  [["read", "tcp://nowhere"]],
  [["raed", "x"]],
  [["meter", "serve", "sml", "--port", "99999"]],
  [["inspect", "zz"]],
  [["completion", "tcsh"]],
])("%j is wrong usage: exit code 2 and one line that says what to do", async (args) => {
  // A script must be able to tell its own mistake from a silent meter.
  const { code, out, err } = await siegel(args);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(/^siegel: \S.*\n$/);
});

test("a missing file is not wrong usage", async () => {
  // The device may be plugged in a second later.
  const { code, err } = await siegel(["read", "/nonexistent/meter"]);
  expect(code).toBe(1);
  expect(err).toMatch(/^siegel: .*no such file/);
});

test.each([
  ["--help"],
  ["read", "--help"],
  ["inspect", "--help"],
  ["up", "--help"],
  ["link", "--help"],
  ["verify", "--help"],
  ["cms", "--help"],
  ["cms", "seal", "--help"],
  ["cms", "open", "--help"],
  ["pki", "--help"],
  ["pki", "lab", "--help"],
  ["completion", "--help"],
  ["meter", "--help"],
  ["meter", "serve", "--help"],
  ["meter", "serve", "sml", "--help"],
  ["meter", "serve", "replay", "--help"],
])("siegel %s %s %s %s tells how to use it", async (...args) => {
  // Help without an example makes people guess.
  const { code, out } = await siegel(args.filter((arg) => arg !== undefined));
  expect(code).toBe(0);
  expect(out).toMatch(/Usage: siegel/);
  expect(out).toMatch(/Example/);
});

test("a file is read once, with --reconnect too", async () => {
  // Opened again at its end, it would give the same telegrams for ever.
  const path = await fileOf(push({ valList: exampleEntries }));
  const { code, out } = await siegel(["read", path, "--format", "json", "--reconnect"]);
  expect(code).toBe(0);
  expect(lines(out)).toHaveLength(1);
});

test("what cannot be printed yet is not read yet", async () => {
  // Behind a slow reader, a night's capture would pile up in memory.
  const happened: string[] = [];
  const good = push({ valList: exampleEntries });
  const path = await fileOf(concatBytes(...Array.from({ length: 1500 }, () => good)));
  const terminal: Terminal = {
    out: () => happened.push("out"),
    bytes: () => {},
    drained: async () => void happened.push("drained"),
    err: () => {},
    interactive: false,
    showsProgress: false,
    columns: 80,
    rows: 24,
    style: (_, text) => text,
    ended: new AbortController().signal,
  };
  expect(await run(["read", path, "--format", "json"], terminal)).toBe(0);
  const chunks = happened.filter((what) => what === "out").length;
  expect(chunks).toBeGreaterThan(2);
  expect(happened.slice(0, 2 * chunks)).toEqual(Array.from({ length: chunks }, () => ["out", "drained"]).flat());
});

test("a key of another meter is named as the likely reason", async () => {
  // "Damaged" would send a person to the cable, and the fault is in the command line or in the values.
  const path = await fileOf(push(signedList));
  const other = MeterSigningKey.fromSeed({ curve: "P-192", seed: new Uint8Array(32).fill(8) });
  const { code, out } = await siegel(["read", path, "--public-key", toHex(other.publicKey.toRaw())]);
  expect(code).toBe(1);
  expect(out).toMatch(/^refused at byte 0: signature-mismatch .*; the key given is another meter's/);
});
