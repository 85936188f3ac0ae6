import { expect, test } from "vitest";

import { profilesOf, readConfig } from "../src/config.ts";
import { GatewayError } from "../src/errors.ts";

const loadProfile = {
  name: "TAF-7",
  registers: ["1-0:1.8.0", "1-0:2.8.0*255"],
  kind: "total",
  periodMs: 900_000,
  deliverEveryMs: 900_000,
  historyDays: 1,
};

const good = {
  version: 1,
  id: "ESGL0000000001",
  data: "data",
  zone: "Europe/Berlin",
  meters: [{ source: "tcp://127.0.0.1:2000", protocol: "sml", id: "0a0153474c0005601b1b" }],
  profiles: [
    loadProfile,
    { name: "TAF-14", registers: ["1-0:16.7.0"], kind: "sample", periodMs: 5_000, deliverEveryMs: 5_000 },
  ],
  receiver: { url: "https://127.0.0.1:1/v1/deliveries", name: "Siegel-Lab.EMT", encCertificate: "enc.pem" },
  trust: { root: "root.pem", chain: ["sub-ca.pem"], crls: "crls" },
};

test("paths are relative to the configuration, addresses are what they are", () => {
  // A gateway started from another folder would read another meter, or trust another root.
  const config = readConfig(JSON.stringify(good), "/etc/siegel");
  expect(config.data).toBe("/etc/siegel/data");
  expect(config.trust).toEqual({
    root: "/etc/siegel/root.pem",
    chain: ["/etc/siegel/sub-ca.pem"],
    crls: "/etc/siegel/crls",
  });
  const sources = ["tcp://10.0.0.1:1", "COM3", "/dev/ttyUSB0", "capture.bin"];
  const meters = sources.map((source) => ({ source, protocol: "sml" }));
  const read = readConfig(JSON.stringify({ ...good, meters }), "/etc/siegel").meters.map(({ source }) => source);
  expect(read).toEqual([...sources.slice(0, 3), "/etc/siegel/capture.bin"]);
});

test("a profile that leaves its tolerance open has 3 % of its period, and two seconds at least", () => {
  // Most slots of five seconds would stay empty with a meter that pushes once a second.
  const [load, live] = profilesOf(readConfig(JSON.stringify(good), "/"));
  expect(load).toMatchObject({ toleranceMs: 27_000, historyMs: 86_400_000 });
  expect(load?.registers).toEqual(new Set(["1-0:1.8.0*255", "1-0:2.8.0*255"]));
  expect(live).toMatchObject({ toleranceMs: 2_000, historyMs: 0 });
});

const meter = good.meters[0];
const radio = { source: "tcp://127.0.0.1:1", protocol: "wmbus", id: "01ec4c785634120103" };
test.each<[string, object | string, string]>([
  ["no JSON", "{", "this is no JSON"],
  ["no object", "[]", "the whole must be object"],
  ["a version of tomorrow", { version: 2 }, "version must be equal to constant"],
  ["an id of another length", { id: "ESGL1" }, "id must match"],
  ["an unknown field", { meter: [] }, "meter is no field that is known"],
  ["no meter", { meters: [] }, "meters must not have fewer"],
  ["another protocol", { meters: [{ ...meter, protocol: "dlms" }] }, "meters.0.protocol"],
  ["a meter id that is too long", { meters: [{ ...meter, id: "00".repeat(65) }] }, "meters.0.id is no meter id"],
  [
    "a meter twice",
    { meters: [meter, { ...meter, source: "/dev/ttyS0" }] },
    "meters: id names 0a0153474c0005601b1b twice",
  ],
  [
    "a key off its curve",
    { meters: [{ ...meter, publicKey: "01".repeat(64) }] },
    "meters.0.publicKey is no public key",
  ],
  ["two meters of a line, one without id", { meters: [meter, { ...meter, id: undefined }] }, "meters.0.id is needed"],
  [
    "a radio meter without id",
    { meters: [{ ...radio, id: undefined }], radioKeys: "k" },
    "meters.0.id is needed: a receiver hears the whole",
  ],
  [
    "a radio meter with another id",
    { meters: [{ ...radio, id: meter?.id }], radioKeys: "k" },
    "meters.0.id is no radio meter's",
  ],
  ["a radio meter without keys", { meters: [radio] }, "meters.0.floor: without radioKeys"],
  ["a radio meter that signs", { meters: [{ ...radio, publicKey: "00" }], radioKeys: "k" }, "meters.0.publicKey"],
  ["a floor for a wire", { meters: [{ ...meter, floor: "clear" }] }, "meters.0.floor is for radio meters"],
  [
    "two protocols on a line",
    { meters: [meter, { ...radio, source: meter?.source }], radioKeys: "k" },
    "meters.0.protocol: meters on one source speak one protocol",
  ],
  ["a line that is none", { meters: [{ ...meter, line: "fast" }] }, "meters.0.line must match"],
  [
    "a period that does not divide the hour",
    { profiles: [{ ...loadProfile, periodMs: 700_000 }] },
    "profiles.0.periodMs must divide",
  ],
  [
    "deliveries between slots",
    { profiles: [{ ...loadProfile, deliverEveryMs: 1_000_000 }] },
    "profiles.0.deliverEveryMs must be",
  ],
  [
    "a tolerance of a period",
    { profiles: [{ ...loadProfile, toleranceMs: 900_000 }] },
    "profiles.0.toleranceMs must be below",
  ],
  [
    "a register that is none",
    { profiles: [{ ...loadProfile, registers: ["1.2.3.4.5.6.7"] }] },
    "profiles.0.registers.0 is no OBIS",
  ],
  [
    "a register twice",
    { profiles: [{ ...loadProfile, registers: ["1.8.0", "1-0:1.8.0"] }] },
    "profiles.0.registers names",
  ],
  ["a profile twice", { profiles: [loadProfile, loadProfile] }, "profiles names TAF-7 twice"],
  [
    "a history of samples",
    { profiles: [{ ...loadProfile, kind: "sample" }] },
    "profiles.0.historyDays: no meter remembers",
  ],
  ["a zone that is none", { zone: "Europe/Utopia" }, "zone is in no tz database"],
  ["a receiver without TLS", { receiver: { ...good.receiver, url: "http://a/" } }, "receiver.url must match"],
  ["a password in an address", { receiver: { ...good.receiver, url: "https://a:b@c/" } }, "receiver.url must be https"],
  [
    "a receiver that is no market participant",
    { receiver: { ...good.receiver, name: "A.SMGW" } },
    "receiver.name must match",
  ],
  ["a cipher that is none", { cipher: "none" }, "cipher must be equal"],
])("%s is told in one line", (_, change, line) => {
  // Whoever installs a gateway would guess, or it would read a meter with half of what was meant.
  const text = typeof change === "string" ? change : JSON.stringify({ ...good, ...change });
  let told: unknown;
  try {
    readConfig(text, "/");
  } catch (error) {
    told = error;
  }
  expect(told).toBeInstanceOf(GatewayError);
  expect(told).toMatchObject({ code: "bad-config", message: expect.stringContaining(`config: ${line}`) });
  expect(String(told)).not.toContain("\n");
});
