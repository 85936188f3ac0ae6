import { expect, test } from "vitest";

import { requestOf } from "../src/adapters/parent.ts";
import { bestType } from "../src/api/accept.ts";
import { type Config, readConfig } from "../src/config.ts";
import { ConsumerMayKnowGateway, ConsumerMayRead, OperatorMayRead } from "../src/core/access.ts";
import { Registry } from "../src/core/registry.ts";
import { erasuresDue } from "../src/core/retention.ts";
import { logTo } from "../src/log.ts";
import { gatewayA, meterA, meterB } from "./blocks.ts";

const good: Config = {
  version: 1,
  name: "Siegel-Lab.EMT",
  data: "data",
  zone: "Europe/Berlin",
  ingest: { host: "127.0.0.1", port: 0 },
  portal: { host: "127.0.0.1", port: 8080, files: null },
  trust: { root: "pki/root.pem", chain: ["pki/sub.pem"], crls: "pki/crls" },
  gateways: [{ name: gatewayA, meters: [meterA] }],
  consumers: [{ id: "anna", name: "Anna", meters: [meterA] }],
};
const read = (config: unknown): Config => readConfig(JSON.stringify(config), "/etc/siegel");

test("paths start at the folder of the file", () => {
  // The data would land wherever the program was started.
  const config = read(good);
  expect(config.data).toBe("/etc/siegel/data");
  expect(config.trust).toEqual({
    root: "/etc/siegel/pki/root.pem",
    chain: ["/etc/siegel/pki/sub.pem"],
    crls: "/etc/siegel/pki/crls",
  });
  expect(read({ ...good, data: "/var/siegel" }).data).toBe("/var/siegel");
});

test.each([
  ["not JSON at all", "{ version: 1", "config: this is no JSON"],
  ["another version", { ...good, version: 2 }, "version"],
  ["no name", { ...good, name: undefined }, "the whole"],
  ["the name of another role", { ...good, name: "Siegel-Lab.SMGW" }, "name"],
  ["a misspelled field", { ...good, gatways: [] }, "gatways is no field that is known"],
  ["a port that is none", { ...good, ingest: { host: "::", port: 70_000 } }, "ingest.port"],
  ["a portal open to the network without TLS", { ...good, portal: { ...good.portal, host: "0.0.0.0" } }, "portal.host"],
  ["an origin without TLS", { ...good, portal: { ...good.portal, origin: "http://a.example" } }, "portal.origin"],
  ["a zone that is nowhere", { ...good, zone: "Europe/Atlantis" }, "zone"],
  ["a meter that is no hex", { ...good, gateways: [{ name: gatewayA, meters: ["1DZG"] }] }, "gateways.0.meters.0"],
  ["a meter at two gateways", { ...good, gateways: [...good.gateways, { name: "B.SMGW", meters: [meterA] }] }, meterA],
  ["two people of one id", { ...good, operators: [{ id: "anna", name: "Other" }] }, "anna"],
  ["a retention of no hours", { ...good, retention: { "TAF-14": 0 } }, "retention"],
])("%s is one line that names the place", (_, config, place) => {
  // Whoever runs it would look for the fault in the whole file, or in a stack trace.
  let message = "";
  try {
    readConfig(typeof config === "string" ? config : JSON.stringify(config), "/");
  } catch (error) {
    expect(error).toMatchObject({ code: "bad-config" });
    message = String(error);
  }
  expect(message).toContain(place);
  expect(message).not.toContain("\n");
});

test("evidence is given for one's own things only", () => {
  // The store gives everything to who holds evidence.
  const registry = new Registry({
    gateways: [{ name: gatewayA, meters: [meterA, meterB] }],
    consumers: [
      { id: "anna", name: "Anna", meters: [meterA] },
      { id: "berta", name: "Berta", meters: [meterB] },
    ],
    operators: [{ id: "otto", name: "Otto" }],
  });
  const [anna, otto] = [registry.person("anna"), registry.person("otto")];
  if (anna === undefined || otto === undefined) throw new Error("both are there");
  expect(ConsumerMayRead.meter(anna, meterA)?.meter).toBe(meterA);
  expect(ConsumerMayRead.meter(anna, meterB)).toBeUndefined();
  expect(ConsumerMayRead.meter(otto, meterA)).toBeUndefined();
  expect(ConsumerMayRead.meter({ ...otto, meters: [meterA] }, meterA)).toBeUndefined();
  expect(ConsumerMayKnowGateway.gateway(registry, anna, gatewayA)?.meters).toEqual([meterA]);
  expect(ConsumerMayKnowGateway.gateway(registry, anna, "other")).toBeUndefined();
  expect(ConsumerMayKnowGateway.gateway(registry, otto, gatewayA)).toBeUndefined();
  expect(OperatorMayRead.operator(anna)).toBeUndefined();
  expect(OperatorMayRead.operator(otto)).toBeDefined();
});

test("what is erased when", () => {
  // Seconds would be kept for years, or quarter hours go with them.
  expect(erasuresDue({ "TAF-14": 48 }, 100 * 3_600_000)).toEqual([{ profile: "TAF-14", beforeMs: 52 * 3_600_000 }]);
  expect(erasuresDue({}, 1)).toEqual([]);
});

test("messages of a parent that are not ours are passed over", () => {
  // A launcher that talks to its child by other words would end the head-end.
  const octets = Uint8Array.of(1);
  const certificates = { type: "certificates", TLS: octets, SIG: octets, ENC: octets, chain: [octets] };
  expect(requestOf(certificates)).toEqual(certificates);
  expect(requestOf({ type: "invite", consumer: "anna", more: 1 })).toEqual({ type: "invite", consumer: "anna" });
  const none = [
    undefined,
    null,
    "invite",
    1,
    {},
    { type: "invite" },
    { type: "invite", consumer: 1 },
    { type: "stop" },
  ];
  for (const message of [...none, { ...certificates, chain: "x" }, { ...certificates, TLS: "x" }]) {
    expect(requestOf(message)).toBeUndefined();
  }
});

test("a line of the log is one line of JSON with an instant", () => {
  // A name with a line break could forge a line.
  const lines: string[] = [];
  logTo((line) => void lines.push(line), { nowMs: () => 0 })("warn", "x", { code: 'a"\n{"level":"alarm"}' });
  expect(lines).toEqual([
    '{"at":"1970-01-01T00:00:00.000Z","level":"warn","event":"x","code":"a\\"\\n{\\"level\\":\\"alarm\\"}"}',
  ]);
});

test.each([
  [undefined, "a/x"],
  ["", "a/x"],
  ["*/*", "a/x"],
  ["b/*", "b/y"],
  ["a/x;q=0.1, b/y", "b/y"],
  ["a/x;q=0, */*", "b/y"],
  ["A/X", "a/x"],
  ["c/z", undefined],
  ["a/x;q=0", undefined],
  ["a/x;q=nonsense, b/y;q=0.2", "b/y"],
])("Accept %j of a/x and b/y means %j", (accept, chosen) => {
  // A program would get a form that it cannot read.
  expect(bestType(accept, ["a/x", "b/y"])).toBe(chosen);
});
