import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { GatewayMessage } from "@siegel/contract";
import { afterEach, beforeEach, expect, test } from "vitest";

import { Lab, Receiver } from "./lab.ts";
import { importTotal } from "./profiles.ts";
import { meter } from "./telegrams.ts";
import { TestMeter } from "./test-meter.ts";

let lab: Lab;
let receiver: Receiver;
let testMeter: TestMeter;
const started: Gateway[] = [];

beforeEach(async () => {
  lab = await Lab.create();
  receiver = await Receiver.start(lab);
  testMeter = await TestMeter.start();
});

afterEach(async () => {
  for (const { child } of started.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await testMeter.close();
  await receiver.close();
  lab.remove();
});

test("the program is personalised by its parent, delivers, and ends in order when it is asked to", async () => {
  // `siegel up` would wait for ever, or leave a gateway behind.
  const gateway = start();
  await gateway.until("delivered");
  expect(gateway.heard.map(({ type }) => type).slice(0, 2)).toEqual(["requests", "ready"]);
  gateway.child.kill("SIGTERM");
  expect(await gateway.ended).toEqual([0, null]);
  for (const line of gateway.lines()) expect(JSON.parse(line)).toMatchObject({ event: expect.any(String) });
});

test("killed again and again it delivers each quarter hour once", async () => {
  // A power cut in the wrong moment would cost a consumer a day, or bill him twice.
  const waits = [40, 250, 400, 500, 600, 700, 900];
  for (const ms of waits) {
    const gateway = start();
    await new Promise((resolve) => setTimeout(resolve, ms));
    gateway.child.kill("SIGKILL");
    await gateway.ended;
  }
  const last = start();
  await last.until("ready");
  await receiver.until(() => [...receiver.values.keys()].filter((key) => key.includes(importTotal)).length >= 95);
  expect(receiver.doubled).toEqual([]);
});

test("a gateway whose parent is gone ends", async () => {
  // Killed `siegel up` would leave gateways behind that hold the data folder.
  const gateway = start();
  await gateway.until("delivered");
  gateway.child.disconnect();
  expect(await gateway.ended).toEqual([0, null]);
});

test.each([
  ["no JSON", "{", "config: this is no JSON"],
  ["a root that is not there", { trust: { root: "nowhere.pem", chain: [], crls: "crls" } }, "trust.root: "],
])("%s is told in one line", async (_, change, line) => {
  // Whoever installs a gateway would read a stack trace.
  const gateway = start(change);
  expect(await gateway.ended).toEqual([2, null]);
  const told = gateway.lines().filter((one) => !one.startsWith("{"));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(`siegel-gateway: ${line}`);
});

test.each([
  [
    "damaged",
    () => writeFileSync(lab.at("data/module/security-module.sqlite"), "x".repeat(5_000), { mode: 0o600 }),
    /damaged: move/,
  ],
  ["readable by others", () => chmodSync(lab.at("data/module"), 0o755), /chmod -R go=/],
])("keys that are %s are told in one line, and no start is worth trying again", async (_, change, says) => {
  // `siegel up` would start it four times, and whoever looks would find a code.
  mkdirSync(lab.at("data/module"), { recursive: true, mode: 0o700 });
  writeFileSync(lab.at("data/module/security-module.sqlite"), "", { mode: 0o600 });
  change();
  const gateway = start();
  expect(await gateway.ended).toEqual([2, null]);
  const told = gateway.lines().filter((one) => !one.startsWith("{"));
  expect(told).toEqual([expect.stringMatching(says)]);
});

interface Gateway {
  readonly child: ChildProcess;
  readonly ended: Promise<[number | null, string | null]>;
  readonly heard: GatewayMessage[];
  lines(): string[];
  until(type: GatewayMessage["type"]): Promise<void>;
}

function start(change: object | string = {}): Gateway {
  const path = lab.at("gateway.json");
  writeFileSync(path, typeof change === "string" ? change : JSON.stringify({ ...config(), ...change }));
  const child = fork(fileURLToPath(new URL("../src/main.ts", import.meta.url)), ["--config", path], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
  });
  // Not "close": after a disconnect from this side it does not come. Node's own types say unknown[]: code and signal.
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  const silent = once(child.stderr!, "close");
  const ended = Promise.all([exited, silent]).then(([how]) => how);
  let text = "";
  child.stderr?.on("data", (piece: Buffer) => (text += piece.toString("latin1")));
  const heard: GatewayMessage[] = [];
  let whenHeard: () => void = () => {};
  child.on("message", (message: GatewayMessage) => {
    heard.push(message);
    if (message.type === "requests") {
      void lab
        .certify("ESGL0000000001", message.requests)
        .then((issued) => child.connected && child.send(issued, () => {}));
    }
    whenHeard();
  });
  const gateway: Gateway = {
    child,
    heard,
    ended,
    lines: () => text.split("\n").filter((line) => line !== ""),
    until: async (type) => {
      while (!heard.some((message) => message.type === type))
        await new Promise<void>((resolve) => (whenHeard = resolve));
    },
  };
  started.push(gateway);
  return gateway;
}

const loadProfile = {
  name: "TAF-7",
  registers: ["1-0:1.8.0", "1-0:2.8.0"],
  kind: "total",
  periodMs: 900_000,
  deliverEveryMs: 900_000,
  historyDays: 1,
};

function config(): object {
  return {
    version: 1,
    id: "ESGL0000000001",
    data: "data",
    zone: "Europe/Berlin",
    meters: [{ source: testMeter.source, protocol: "sml", id: meter }],
    profiles: [loadProfile],
    receiver: { url: receiver.url, name: "Siegel-Lab.EMT", encCertificate: "receiver-enc.pem" },
    trust: { root: "root.pem", chain: ["sub-ca.pem"], crls: "crls" },
  };
}
