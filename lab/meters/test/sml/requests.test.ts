import { decodeFile, outcomesOf, type RequestFile, type SmlTime, type SmlTree } from "@siegel/sml";
import { fromHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { listedDisturbances, readingOf, serveSmlMeter, statusBit } from "../../src/index.ts";
import { profileStatus, eventCode } from "../../src/sml/memories.ts";
import { objects } from "../../src/sml/objects.ts";
import { answers, asks, fileBytes, fileOf, meterAfter, noon, outcome, verdict, virtualMeter } from "./asking.ts";

const quarter = 900;
const loadProfile = { path: [objects.loadProfile] };
const at = (value: number): SmlTime => ({ kind: "timestamp", value });
const credentials = { username: "operator", password: "0815" };
const octets = (text: string) => new TextEncoder().encode(text);

test("current values are the ones that are pushed, with and without the list's name", () => {
  // Asking and listening would give two truths.
  const meter = meterAfter(10);
  const pushed = decodeFile(fileBytes(meter.pushFile() ?? new Uint8Array(0))).messages[1]?.body;
  if (pushed?.kind !== "GetListResponse") throw new Error("no list pushed");
  const { valList, actSensorTime } = pushed.value;
  for (const request of [asks().getList(), asks().getList(objects.currentValues)]) {
    expect(answers(meter, request, "GetListResponse")).toMatchObject([
      { clientId: fromHex("c1"), valList, actSensorTime },
    ]);
  }
});

test("the profile is the model's quarter hours, as a list and as a pack, flags in the status", () => {
  // A load profile would be right in the meter and wrong at the supplier.
  const virtual = virtualMeter({
    disturbances: listedDisturbances([{ kind: "power-failure", at: noon + 1_000, seconds: 60 }]),
  });
  const meter = meterAfter(6 * quarter, { meter: virtual });
  const expected = virtual.profile.all().map((entry) => ({
    at: at(entry.at),
    bits: profileStatus(entry),
    values: [readingOf(entry.import, -1), readingOf(entry.export, -1)].map(Number),
  }));
  expect(expected).toHaveLength(6);
  expect((expected[1]?.bits ?? 0) & 0x0100_0000).not.toBe(0);
  expect((expected[1]?.bits ?? 0) & statusBit.fixed).not.toBe(0);

  const list = answers(meter, asks().getProfileList(loadProfile), "GetProfileListResponse");
  expect(
    list.map(({ valTime, status, periodList }) => ({
      at: valTime,
      bits: status.bits,
      values: periodList.map(({ value }) => (value?.type === "unsigned" ? Number(value.value) : undefined)),
    })),
  ).toEqual(expected);

  const [pack] = answers(meter, asks().getProfilePack(loadProfile), "GetProfilePackResponse");
  expect(pack?.regPeriod).toBe(quarter);
  expect(pack?.headerList).toEqual([
    { objName: objects.import, unit: 30, scaler: -1 },
    { objName: objects.export, unit: 30, scaler: -1 },
  ]);
  expect(
    pack?.periodList.map(({ valTime, status, valueList }) => ({
      at: valTime,
      bits: status.bits,
      values: valueList.map(({ value }) => (value?.type === "unsigned" ? Number(value.value) : undefined)),
    })),
  ).toEqual(expected);
});

test("both ends of a span belong to it, in every kind of time", () => {
  // A day would lack its last quarter hour, or a month would count one twice.
  const meter = meterAfter(6 * quarter);
  const now = meter.now();
  if (now.kind !== "secIndex") throw new Error("the meter has no second index");
  const spans: readonly [SmlTime, SmlTime][] = [
    [at(noon + 2 * quarter), at(noon + 4 * quarter)],
    [at(noon + 2 * quarter - 899), at(noon + 4 * quarter + 899)],
    [
      { kind: "secIndex", value: now.value - 4 * quarter },
      { kind: "secIndex", value: now.value - 2 * quarter },
    ],
    [
      { kind: "localTimestamp", value: { timestamp: noon + 2 * quarter, localOffset: 60, seasonTimeOffset: 60 } },
      { kind: "localTimestamp", value: { timestamp: noon + 4 * quarter, localOffset: 60, seasonTimeOffset: 60 } },
    ],
  ];
  for (const [from, to] of spans) {
    const rows = answers(meter, asks().getProfileList({ ...loadProfile, from, to }), "GetProfileListResponse");
    expect(rows.map(({ valTime }) => valTime)).toEqual([2, 3, 4].map((count) => at(noon + count * quarter)));
  }
});

test("only the objects asked for, in the order asked", () => {
  // Import would be read as export.
  const meter = meterAfter(2 * quarter);
  const question = { ...loadProfile, objects: [objects.export, objects.import] };
  const [pack] = answers(meter, asks().getProfilePack(question), "GetProfilePackResponse");
  expect(pack?.headerList.map(({ objName }) => objName)).toEqual(question.objects);
  const [row] = answers(meter, asks().getProfileList(question), "GetProfileListResponse");
  expect(row?.periodList.map(({ value }) => value)).toEqual(pack?.periodList[0]?.valueList.map(({ value }) => value));
});

test("what cannot be answered is refused with the code that says why", () => {
  // An asker would wait, or take silence for an empty profile.
  const fresh = meterAfter(0);
  const old = meterAfter(6 * quarter);
  const range = (from: number, to: number) => ({ ...loadProfile, from: at(from), to: at(to) });
  const long = virtualMeter();
  long.advance(noon + 5 * 86_400);
  const full = meterAfter(5 * 86_400, { meter: long });
  for (const [meter, request, code] of [
    [fresh, asks().getProfilePack(loadProfile), "profile-has-no-entry"],
    [old, asks().getProfilePack(range(noon + 10_000, noon + 20_000)), "no-entry-in-range"],
    [old, asks().getProfileList(range(noon + 901, noon + 902)), "no-entry-in-range"],
    [old, asks().getProfileList(range(noon + 2, noon + 1)), "end-before-begin"],
    [full, asks().getProfileList(loadProfile), "value-out-of-range"],
    [old, asks().getProfileList({ ...loadProfile, objects: [objects.power] }), "unknown-object-in-profile"],
    [old, asks().getProfileList({ path: [objects.power] }), "unknown-designation"],
    [old, asks().getProfileList({ path: [] }), "unknown-designation"],
    [old, asks().getProfilePack({ ...loadProfile, withRawdata: true }), "optional-element-not-supported"],
    [old, asks().getList(objects.power), "unknown-designation"],
    [old, asks({ serverId: fromHex("0a0158585800000001") }).getList(), "server-id-not-available"],
    [old, asks().getProcParameter([objects.power]), "unknown-designation"],
    [old, asks().getProcParameter([]), "unknown-designation"],
    [old, asks().getProcParameter([objects.serverId], fromHex("01")), "optional-element-not-supported"],
  ] as const) {
    expect(verdict(meter, request)).toBe(code);
  }
});

test("the longest answer is one that readers take", () => {
  // Four days of quarter hours would be dropped as too long a file.
  const meter = meterAfter(5 * 86_400);
  const span = { ...loadProfile, from: at(noon + 86_400), to: at(noon + 5 * 86_400) };
  expect(answers(meter, asks().getProfileList(span), "GetProfileListResponse")).toHaveLength(4 * 96 + 1);
  expect(answers(meter, asks().getProfilePack(span), "GetProfilePackResponse")[0]?.periodList).toHaveLength(385);
});

test("however much one file asks for, the answer is bounded, and what is too much is refused", () => {
  // Five kilobytes of requests would ask for a megabyte, and the meter would end over it for everybody.
  const meter = meterAfter(3 * 86_400, { signed: "eMoC" });
  const asking = [
    (file: RequestFile) => file.getProfileList(loadProfile),
    (file: RequestFile) => file.getProfilePack(loadProfile),
    (file: RequestFile) => file.getList(objects.signedList.eMoC),
    (file: RequestFile) => file.getProcParameter([objects.deviceData]),
  ];
  for (const ask of asking) {
    const file = asks();
    for (let count = 0; count < 150; count++) ask(file);
    expect(file.toBytes().length).toBeLessThan(8_192); // as much as the meter takes
    const answer = meter.answer(fileBytes(file.toBytes())) ?? new Uint8Array(0);
    expect(answer.length).toBeLessThan(131_072);
    expect(answer.length).toBeGreaterThan(8_192);
  }
  const twice = asks().getProfilePack(loadProfile).getProfilePack(loadProfile).getList();
  const outcomes = outcomesOf(twice.messages(), fileOf(meter.answer(fileBytes(twice.toBytes()))));
  expect(outcomes.map((one) => ("attention" in one ? one.attention.code : one.result))).toEqual([
    "answered",
    "value-out-of-range",
    "answered",
  ]);
});

test("the log is read like a profile: code and phase of each event", () => {
  // A lost phase would stay in the meter.
  const disturbances = listedDisturbances([{ kind: "phase-loss", phase: 1, at: noon + 5, seconds: 5 }]);
  const meter = meterAfter(60, { meter: virtualMeter({ disturbances }) });
  const [pack] = answers(meter, asks().getProfilePack({ path: [objects.eventLog] }), "GetProfilePackResponse");
  const rows = pack?.periodList.map(({ valTime, valueList }) => [
    valTime.value,
    ...valueList.map(({ value }) => (value?.type === "unsigned" ? value.value : undefined)),
  ]);
  expect(rows).toEqual([
    [noon, eventCode["power-up"], 0],
    [noon + 5, eventCode["phase-lost"], 2],
    [noon + 10, eventCode["phase-returned"], 2],
  ]);
});

test("parameters can be asked for as a whole and one by one", () => {
  // A technician could not tell which meter, which program and whether the PIN was entered.
  const meter = meterAfter(10, { pin: false });
  const [whole] = answers(meter, asks().getProcParameter([objects.deviceData]), "GetProcParameterResponse");
  const children = whole?.parameterTree.childList ?? [];
  expect(children.length).toBeGreaterThan(5);
  for (const child of children) {
    for (const path of [[child.parameterName], [objects.deviceData, child.parameterName]]) {
      const [alone] = answers(meter, asks().getProcParameter(path), "GetProcParameterResponse");
      expect(alone?.parameterTree).toEqual(child);
    }
  }
  const value = (object: Uint8Array) =>
    children.find(({ parameterName }) => String(parameterName) === String(object))?.parameterValue?.value;
  expect(value(objects.serverId)).toEqual({ type: "octets", value: meter.serverId });
  expect(value(objects.firmware)).toEqual({ type: "octets", value: octets("1.0.0") });
  expect(value(objects.pinEntered)).toEqual({ type: "boolean", value: false });
  expect(value(objects.clock)).toEqual(at(noon + 10));
});

test("the clock is set by who knows the password, and by nobody else; nothing else can be written", () => {
  // Anyone at the line could move the tariff switch.
  const virtual = virtualMeter();
  const meter = meterAfter(10, { meter: virtual, credentials });
  const known = { username: octets("operator"), password: octets("0815") };
  const tree = (time: SmlTime): SmlTree => ({
    parameterName: objects.clock,
    parameterValue: { kind: "smlTime", value: time },
  });
  const set = (who: object, value: SmlTree, object: Uint8Array = objects.clock) =>
    verdict(meter, asks(who).setProcParameter([object], value));
  const target = tree(at(noon + 100));
  for (const who of [{}, { ...known, password: octets("0816") }, { ...known, username: octets("x") }]) {
    expect(set(who, target)).toBe("wrong-user-or-password");
  }
  expect(virtual.clock).toBe(noon + 10);
  expect(set(known, target)).toBe("ok");
  expect(virtual.clock).toBe(noon + 100);
  expect(virtual.events.all().at(-1)).toMatchObject({ event: "clock-set", bySeconds: 90 });
  expect(set(known, target)).toBe("ok"); // already so: no second event
  expect(virtual.events.length).toBe(2);

  expect(set(known, tree({ kind: "secIndex", value: 5 }))).toBe("datatype-not-supported");
  expect(set(known, tree(at(5)))).toBe("value-out-of-range");
  expect(set(known, tree(at(0xffff_ffff)))).toBe("value-out-of-range");
  expect(set(known, { parameterName: objects.clock })).toBe("datatype-not-supported");
  expect(set(known, target, objects.serverId)).toBe("unexpected-message");
  expect(set(known, { ...target, parameterName: objects.serverId }, objects.serverId)).toBe("attribute-not-writable");
  expect(set(known, target, objects.power)).toBe("unknown-designation");
  expect(virtual.clock).toBe(noon + 100);

  const open = meterAfter(10);
  expect(verdict(open, asks(known).setProcParameter([objects.clock], target))).toBe("wrong-user-or-password");
});

test("a password guards memories and parameters, not the values at the interface", () => {
  // The habits of a household would be readable in the cellar.
  const meter = meterAfter(2 * quarter, { credentials });
  const known = { username: octets("operator"), password: octets("0815") };
  expect(verdict(meter, asks().getList())).toBe("answered");
  expect(verdict(meter, asks({ ...known, password: octets("081") }).getList())).toBe("wrong-user-or-password");
  expect(verdict(meter, asks().getProfilePack(loadProfile))).toBe("wrong-user-or-password");
  expect(verdict(meter, asks().getProcParameter([objects.serverId]))).toBe("wrong-user-or-password");
  expect(verdict(meter, asks(known).getProfilePack(loadProfile))).toBe("answered");
});

test("a busy meter says so to every request and goes on pushing", () => {
  // A reader would take a meter at work for a broken one.
  const meter = meterAfter(2 * quarter, { credentials });
  meter.busy = true;
  const who = { username: octets("operator"), password: octets("0815") };
  for (const request of [
    asks().getList(),
    asks(who).getProfileList(loadProfile),
    asks(who).getProfilePack(loadProfile),
    asks(who).getProcParameter([objects.serverId]),
    asks(who).setProcParameter([objects.clock], { parameterName: objects.clock }),
  ]) {
    expect(verdict(meter, request)).toBe("busy");
  }
  expect(meter.pushFile()).toBeDefined();
});

test("whatever a stranger writes into a request, the meter answers, or stays silent", () => {
  // One wrong byte would end the meter for everybody.
  const meter = meterAfter(2 * quarter, { signed: "eMoC" });
  const request = asks()
    .getList()
    .getProfilePack({ ...loadProfile, from: at(noon), to: at(noon + quarter), objects: [objects.import] })
    .getProcParameter([objects.deviceData])
    .setProcParameter([objects.clock], { parameterName: objects.clock });
  expect(outcome(meter, request)?.result).toBe("answered");
  const payload = fileBytes(request.toBytes());
  for (let length = 0; length < payload.length; length++) expectAnswer(meter.answer(payload.slice(0, length)));
  fc.assert(
    fc.property(fc.nat(payload.length - 1), fc.nat(255), fc.nat(payload.length - 1), fc.nat(255), (a, x, b, y) => {
      expectAnswer(meter.answer(payload.with(a, x).with(b, y)));
    }),
    { numRuns: 500 },
  );
});

/** Nothing, or a whole file that the strictest reader takes. */
function expectAnswer(bytes: Uint8Array | undefined): void {
  if (bytes !== undefined) expect(fileOf(bytes).errors).toEqual([]);
}

test.each([true, false])(
  "a served meter has two days of quarter hours to ask for; a roof feeds in: %s",
  async (roof) => {
    // A gateway that starts today would show an empty plot.
    const start = noon + 2 * 86_400 + 333;
    const running = await serveSmlMeter({ port: 0, seed: 3, start, photovoltaics: roof, bornAt: noon });
    const question = { ...loadProfile, from: at(start - 2 * 86_400) };
    const [pack] = answers(running.meter, asks().getProfilePack(question), "GetProfilePackResponse");
    await running.close();
    const column = (index: number) =>
      pack?.periodList.map(({ valueList }) => {
        const value = valueList[index]?.value;
        return value?.type === "unsigned" ? Number(value.value) : Number.NaN;
      }) ?? [];
    expect(pack?.periodList).toHaveLength(2 * 96);
    expect(pack?.headerList.map(({ objName }) => objName)).toEqual([objects.import, objects.export]);
    const grows = (index: number) => column(index).at(-1)! - column(index)[0]!;
    expect(grows(0)).toBeGreaterThan(0);
    expect(grows(1) > 0).toBe(roof);
  },
);
