import { MeterPublicKey } from "@siegel/crypto";
import { encodeFile, type GetListResponse, type LayoutName, SignedByMeter, SmlStream, wrapFile } from "@siegel/sml";
import { expect, test } from "vitest";
import { SmlMeter, VirtualMeter } from "../../src/index.ts";
import { objects } from "../../src/sml/objects.ts";
import { answers, asks, fileOf, household, meterAfter, noon, verdict, virtualMeter } from "./asking.ts";

const layouts: readonly LayoutName[] = ["EDL40", "eMoC", "ISA-EDL-40P"];
const quarter = 900;

test.each(layouts)("%s: the pushed list verifies with the key that the meter shows, value for value", (layout) => {
  // A reader would be tried against signatures that no real meter makes.
  const meter = meterAfter(2 * quarter, { signed: layout });
  const [values] = answers(meter, asks().getList(), "GetListResponse");
  const shown = values?.valList.find(({ objName }) => String(objName) === String(objects.publicKey))?.value;
  if (shown?.type !== "octets") throw new Error("the unsigned list shows no key");
  expect(shown.value).toEqual(meter.publicKey);
  const key = MeterPublicKey.parse(shown.value);
  const events = new SmlStream({ key, strict: true }).push(meter.pushFile() ?? new Uint8Array(0));
  expect(events.map(({ kind }) => kind)).toEqual(["telegram"]);
  const [event] = events;
  if (event?.kind !== "telegram") throw new Error("no telegram");
  expect(event.telegram.trust).toBe("signed");
  expect(event.telegram.values.filter(({ trust }) => trust !== "signed")).toEqual([]);
});

test.each(layouts)("%s: one changed number, one octet of the signature or another meter's key fails", (layout) => {
  // A forged reading would be billed.
  const meter = meterAfter(2 * quarter, { signed: layout });
  const key = MeterPublicKey.parse(meter.publicKey ?? new Uint8Array(0));
  const [list] = answers(meter, asks().getList(objects.signedList[layout]), "GetListResponse");
  if (list === undefined) throw new Error("no signed list");
  expect(SignedByMeter.verify(list, key).layout).toBe(layout);
  const forged = [
    ...list.valList.flatMap((entry, index) => {
      if (entry.value?.type !== "signed" && entry.value?.type !== "unsigned") return [];
      const value = { ...entry.value, value: BigInt(entry.value.value) + 1n };
      return [{ ...list, valList: list.valList.with(index, { ...entry, value }) }];
    }),
    { ...list, serverId: list.serverId.with(9, (list.serverId[9] ?? 0) ^ 1) },
    { ...list, listSignature: list.listSignature?.with(3, (list.listSignature[3] ?? 0) ^ 1) },
    { ...list, listSignature: list.listSignature?.with(-1, (list.listSignature.at(-1) ?? 0) ^ 1) }, // log index
  ];
  expect(forged.length).toBeGreaterThan(4);
  for (const one of forged) expect(errorOf(one, key)).toBe("signature-mismatch");
  const other = meterAfter(0, { seed: 8, signed: layout }).publicKey;
  expect(errorOf(list, MeterPublicKey.parse(other ?? new Uint8Array(0)))).toBe("signature-mismatch");
});

test.each(layouts)("%s: the page number counts up with each second and stands still within it", (layout) => {
  // A billing record could be left out, or the same second be shown with two values.
  const pages = [5, 5, 6, 7].map((second) => {
    const [list] = answers(
      meterAfter(second, { signed: layout }),
      asks().getList(objects.signedList[layout]),
      "GetListResponse",
    );
    const page = list?.valList.find(({ objName }) =>
      [objects.pagination, objects.paginationOfIsa].some((object) => String(object) === String(objName)),
    )?.value;
    return page?.type === "unsigned" ? Number(page.value) : NaN;
  });
  const [first = NaN] = pages;
  expect(pages).toEqual([first, first, first + 1, first + 2]);
});

test("the log index counts every event, beyond what the log holds and over a restart", () => {
  // Between two signed readings the magnet could have been at the meter, and both would look alike.
  const index = (meter: VirtualMeter) => {
    const sml = new SmlMeter({ seed: 7, signed: "EDL40", meter });
    const [list] = answers(sml, asks().getList(objects.signedList.EDL40), "GetListResponse");
    return [...(list?.listSignature?.slice(-2) ?? [])];
  };
  const meter = virtualMeter({ logEntries: 2 });
  expect(index(meter)).toEqual([0, 1]); // power-up
  for (let count = 0; count < 300; count++) meter.resetTamper();
  expect(meter.events.length).toBe(2);
  expect(index(meter)).toEqual([1, 45]);
  expect(index(new VirtualMeter({ household: household(), from: noon, logEntries: 2 }, meter.snapshot()))).toEqual([
    1, 45,
  ]);
});

test("ISA-EDL-40P: the register's own signature is over serial number, time, status, object, unit and value", () => {
  // Evidence that somebody keeps for a single register would be about another one.
  const meter = meterAfter(2 * quarter, { signed: "ISA-EDL-40P" });
  const [list] = answers(meter, asks().getList(objects.signedList["ISA-EDL-40P"]), "GetListResponse");
  const entry = list?.valList.find(({ objName }) => String(objName) === String(objects.import));
  if (entry?.value?.type !== "signed" || entry.valTime?.kind !== "timestamp") throw new Error("no register");
  const buffer = new Uint8Array(48);
  const view = new DataView(buffer.buffer);
  buffer.set(meter.serverId, 0);
  view.setUint32(10, noon + 2 * quarter + 2 * 3_600, true); // what the wall shows in summer
  buffer.set(objects.import, 15);
  view.setUint8(21, 30);
  view.setInt8(22, -1);
  view.setBigInt64(23, BigInt(entry.value.value), true);
  const key = MeterPublicKey.parse(meter.publicKey ?? new Uint8Array(0));
  const signature = entry.valueSignature?.subarray(0, 64) ?? new Uint8Array(0);
  const status = Number(entry.status?.bits);
  view.setUint8(14, status);
  expect(key.verify({ message: buffer, signature })).toBe(true);
  view.setUint8(14, status ^ 0x20);
  expect(key.verify({ message: buffer, signature })).toBe(false);
});

test("a signed list is known by its name only to the meter that makes it", () => {
  // A reader would ask any meter for a proof and take what comes.
  expect(verdict(meterAfter(0), asks().getList(objects.signedList.EDL40))).toBe("unknown-designation");
  expect(verdict(meterAfter(0, { signed: "eMoC" }), asks().getList(objects.signedList.EDL40))).toBe(
    "unknown-designation",
  );
});

test("a file may hold both lists, the unsigned one first", () => {
  // Who wants power and proof would need two meters.
  const both = fileOf(meterAfter(0, { signed: "EDL40", pushes: "both" }).pushFile());
  const names = both.messages.flatMap(({ body }) => (body.kind === "GetListResponse" ? [body.value.listName] : []));
  expect(names).toEqual([objects.currentValues, objects.signedList.EDL40]);
  expect(wrapFile(encodeFile(both.messages, both.style))).toEqual(
    meterAfter(0, { signed: "EDL40", pushes: "both" }).pushFile(),
  );
});

function errorOf(list: GetListResponse, key: MeterPublicKey): string | undefined {
  try {
    SignedByMeter.verify(list, key);
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}
