/** Every state of master and slave against every input: a new edge is one changed line of a snapshot. */

import { fromHex, toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { encodeWiredFrame, longFrame, type WiredFrame } from "../../src/framing/wired/frame.ts";
import { newSlave, type Slave, type SlaveDevice, slaveStep } from "../../src/server/slave.ts";
import { anyMeter, encodeSelection } from "../../src/session/address.ts";
import { BusError } from "../../src/session/errors.ts";
import {
  type Job,
  type Link,
  type Master,
  type MasterInput,
  type MasterRules,
  step,
} from "../../src/session/master.ts";
import { beginSearch } from "../../src/session/search.ts";

const link: Link = { baud: 2_400, frameCounts: new Map() };
const rules: MasterRules = { retries: 3, probeRetries: 1, moreFollows: (frame) => frame.data.at(-1) === 0x1f };
const primary = { by: "primary", address: 5 } as const;
const secondary = { by: "secondary", mask: { ...anyMeter, id: "12345678" } } as const;
const broadcast = { by: "primary", address: 255 } as const;
const read = { do: "read", target: primary } as const;
const send = { do: "send", target: primary, ci: 0x51, data: fromHex("017a09") } as const;
const switchBaud = { do: "switchBaud", target: primary, baud: 9_600 } as const;
const scan = { do: "scan", from: 1, to: 2 } as const;
const search = { ...beginSearch({ mask: { ...anyMeter, id: "1234567F" } }), open: [] };
const narrow = {
  ...anyMeter,
  id: "12345678",
  manufacturer: 0x2c2d,
  version: 1,
  deviceType: 7,
  fabrication: "00000001",
};

const jobs: Readonly<Record<string, Job>> = {
  "read primary": read,
  "read primary, no reset": { ...read, reset: false },
  "read secondary": { do: "read", target: secondary },
  "read alarm": { do: "readAlarm", target: primary },
  send,
  "send broadcast": { ...send, target: broadcast },
  "reset primary": { do: "reset", target: primary },
  "reset selected": { do: "reset", target: secondary },
  "switch baud": switchBaud,
  "switch to no speed": { ...switchBaud, baud: 9_601 },
  search: { do: "search", options: {} },
  scan,
  "scan backwards": { do: "scan", from: 2, to: 1 },
  "address 256": { do: "read", target: { by: "primary", address: 256 } },
};

const states: Readonly<Record<string, Master>> = {
  idle: { at: "idle", link },
  resetting: { at: "resetting", link, job: read, left: 1 },
  "resetting, last": { at: "resetting", link, job: read, left: 0 },
  "resetting broadcast": { at: "resetting", link, job: { do: "reset", target: broadcast }, left: 0 },
  selecting: { at: "selecting", link, job: { ...read, target: secondary }, left: 1 },
  "selecting, last": { at: "selecting", link, job: { ...read, target: secondary }, left: 0 },
  choosing: { at: "choosing", link, job: { ...read, application: fromHex("10") }, left: 1 },
  "choosing, last": { at: "choosing", link, job: { ...read, application: fromHex("10") }, left: 0 },
  requesting: { at: "requesting", link, job: read, frames: [], left: 1 },
  "requesting, last": { at: "requesting", link, job: read, frames: [], left: 0 },
  "requesting, as many as allowed": { at: "requesting", link, job: { ...read, maxTelegrams: 1 }, frames: [], left: 1 },
  requestingAlarm: { at: "requestingAlarm", link, job: { do: "readAlarm", target: primary }, left: 1 },
  "requestingAlarm, last": { at: "requestingAlarm", link, job: { do: "readAlarm", target: primary }, left: 0 },
  sending: { at: "sending", link, job: send, left: 1 },
  "sending, last": { at: "sending", link, job: send, left: 0 },
  "sending to all": { at: "sending", link, job: { ...send, target: broadcast }, left: 0 },
  "sending a speed": { at: "sending", link, job: switchBaud, left: 1 },
  "sending a speed, last": { at: "sending", link, job: switchBaud, left: 0 },
  confirmingBaud: { at: "confirmingBaud", link: { ...link, baud: 9_600 }, job: switchBaud, before: 2_400, left: 1 },
  "confirmingBaud, last": {
    at: "confirmingBaud",
    link: { ...link, baud: 9_600 },
    job: switchBaud,
    before: 2_400,
    left: 0,
  },
  returningBaud: { at: "returningBaud", link, job: switchBaud, left: 1 },
  "returningBaud, last": { at: "returningBaud", link, job: switchBaud, left: 0 },
  clearing: { at: "clearing", link, search: beginSearch({}), left: 1 },
  "clearing, last": { at: "clearing", link, search: beginSearch({}), left: 0 },
  probing: { at: "probing", link, search, mask: anyMeter, left: 1 },
  "probing, last": { at: "probing", link, search, mask: anyMeter, left: 0 },
  identifying: { at: "identifying", link, search, mask: anyMeter, left: 1 },
  "identifying, last": { at: "identifying", link, search, mask: anyMeter, left: 0 },
  "identifying one": { at: "identifying", link, search, mask: narrow, left: 1 },
  "identifying one, last": { at: "identifying", link, search, mask: narrow, left: 0 },
  calling: { at: "calling", link, job: scan, address: 1, answered: [], left: 1 },
  "calling, last": { at: "calling", link, job: scan, address: 2, answered: [1], left: 0 },
};

const header = "785634122d2c010701000000";
const answered = (a: number, end = ""): MasterInput => ({
  on: "answered",
  frame: longFrame({ c: 0x08, a, ci: 0x72, data: fromHex(`${header}0c1300000000${end}`) }),
});
const inputs: Readonly<Record<string, MasterInput>> = {
  acknowledged: { on: "acknowledged" },
  answered: answered(5),
  "answered, more follows": answered(5, "1f"),
  "answered by another": answered(6),
  garbled: { on: "garbled" },
  silent: { on: "silent" },
  abort: { on: "abort" },
};

test("the table of the master", () => {
  // A master that repeats at the wrong place reads one telegram twice, or waits for ever.
  const begun = Object.entries(jobs).map(
    ([name, job]) => `idle · ${name} → ${edge(states["idle"]!, { on: "start", job })}`,
  );
  const edges = Object.entries(states).flatMap(([state, now]) =>
    Object.entries(inputs).map(([input, what]) => `${state} · ${input} → ${edge(now, what)}`),
  );
  expect([
    ...begun,
    ...edges,
    `resetting · start → ${edge(states["resetting"]!, { on: "start", job: read })}`,
  ]).toMatchSnapshot();
});

function edge(now: Master, input: MasterInput): string {
  try {
    const { next, effects } = step(now, input, rules);
    const left = "left" in next ? ` (${next.left} left)` : "";
    const done = effects.map((effect) => {
      switch (effect.do) {
        case "ask":
          return `ask ${toHex(encodeWiredFrame(effect.question.frame))} at ${effect.question.baud}${effect.question.linger === true ? ", lingers" : ""}`;
        case "setBaud":
          return `set ${effect.baud}`;
        case "tell":
          return `tell ${effect.progress.tell}`;
        case "finish": {
          const { result } = effect;
          return `finish ${result.outcome}${result.outcome === "failed" ? ` ${result.code}` : ""}${"cut" in result && result.cut ? " cut" : ""}`;
        }
      }
    });
    return [`${next.at}${left}`, ...done].join("; ");
  } catch (error) {
    if (error instanceof BusError) return `refused: ${error.code}`;
    throw error;
  }
}

test("the table of the slave", () => {
  // A virtual meter that answers where a real one is silent hides faults of our master.
  const device: SlaveDevice = {
    identity: narrow,
    bauds: [2_400, 9_600],
    telegrams: () => [
      { ci: 0x72, data: fromHex(`${header}1f`) },
      { ci: 0x72, data: fromHex(`${header}0f`) },
    ],
    receive: (ci) => (ci === 0x51 ? undefined : "unknown-ci"),
  };
  const fresh = newSlave({ primaryAddress: 5, baud: 2_400 });
  const telegram = { ci: 0x72, data: fromHex(`${header}0f`) };
  const question = encodeWiredFrame({ kind: "short", c: 0x7b, a: 5 });
  const slaves: Readonly<Record<string, Slave>> = {
    listening: fresh,
    selected: { ...fresh, at: "selected" },
    "asked before": { ...fresh, pending: [telegram], last: { own: { question, answer: fromHex("e5") } } },
    "with an error": { ...fresh, error: "unknown-ci" },
    "at a new speed": { ...fresh, baud: 9_600, baudBefore: 2_400 },
  };
  const short = (c: number, a: number): WiredFrame => ({ kind: "short", c, a });
  const long = (a: number, ci: number, hex: string, c = 0x53): WiredFrame =>
    longFrame({ c, a, ci, data: fromHex(hex) });
  const frames: Readonly<Record<string, WiredFrame>> = {
    "SND_NKE own": short(0x40, 5),
    "SND_NKE another": short(0x40, 6),
    "SND_NKE 253": short(0x40, 253),
    "SND_NKE 254": short(0x40, 254),
    "SND_NKE 255": short(0x40, 255),
    "REQ_UD2 own": short(0x7b, 5),
    "REQ_UD2 own, other FCB": short(0x5b, 5),
    "REQ_UD2 253": short(0x7b, 253),
    "REQ_UD2 254": short(0x7b, 254),
    "REQ_UD2 255": short(0x7b, 255),
    "REQ_UD1 own": short(0x5a, 5),
    "select it": long(253, 0x52, toHex(encodeSelection(narrow))),
    "select any": long(253, 0x52, toHex(encodeSelection(anyMeter))),
    "select another": long(253, 0x52, toHex(encodeSelection({ ...narrow, id: "12345679" }))),
    "select by seven octets": long(253, 0x52, "78563412ffffff"),
    "select at 5": long(5, 0x52, toHex(encodeSelection(anyMeter))),
    "application reset": long(5, 0x50, ""),
    "application select": long(5, 0x50, "10"),
    "new address": long(5, 0x51, "017a09"),
    "new address 251": long(5, 0x51, "017afb"),
    data: long(5, 0x51, "0c7856341200"),
    "data to all": long(255, 0x51, "017a09"),
    "unknown CI": long(5, 0x5f, "00"),
    "9600 baud": long(5, 0xbd, ""),
    "300 baud": long(5, 0xb8, ""),
    "SND_UD as short frame": short(0x53, 5),
    "REQ_UD2 as long frame": long(5, 0x72, "00", 0x5b),
    "an answer of a meter": long(5, 0x72, header, 0x08),
    E5: { kind: "acknowledge" },
  };
  const edges = Object.entries(slaves).flatMap(([state, now]) => [
    ...Object.entries(frames).map(([name, frame]) => `${state} · ${name} → ${slaveEdge(now, frame, device)}`),
    `${state} · quiet → ${slaveStep(now, { on: "quiet" }, device).next.baud} baud`,
  ]);
  expect(edges).toMatchSnapshot();
});

function slaveEdge(now: Slave, frame: WiredFrame, device: SlaveDevice): string {
  const { next, answer } = slaveStep(now, { on: "frame", frame }, device);
  const pending = next.pending.length === 0 ? "" : `, ${next.pending.length} pending`;
  const error = next.error === undefined ? "" : `, ${next.error}`;
  const application = next.application === undefined ? "" : `, application ${next.application}`;
  const speed = `${next.baud}${next.baudBefore === undefined ? "" : " on trial"}`;
  const state = `${next.at} ${next.primaryAddress} at ${speed}${pending}${error}${application}`;
  return `${answer === undefined ? "silent" : toHex(answer)}; ${state}`;
}
