import { type MeterDetail, type Series, routes, csvHeader } from "@siegel/contract";
import { decodeDayBlock } from "@siegel/readings";
import { Compile } from "typebox/compile";
import { afterEach, beforeEach, expect, test } from "vitest";

import { type ApiWorld, apiWorld } from "./api-world.ts";
import { delivery, gatewayA, meterA, noon, totals } from "./blocks.ts";

let world: ApiWorld;
let cookie: string;
beforeEach(async () => {
  world = await apiWorld();
  cookie = await world.signIn("anna");
});
afterEach(() => world.close());

const quarter = 900_000;
const asked = (from = noon, to = noon.plus(3_600_000)): string =>
  `/v1/meters/${meterA}/series?obis=1-0:1.8.0*255&from=${String(from)}&to=${String(to)}`;

async function series(url = asked()): Promise<Series> {
  const answer = await world.get(url, cookie);
  expect(answer.statusCode).toBe(200);
  expect([...Compile(routes.getSeries.answers[200].content["application/json"]).Errors(answer.json())]).toEqual([]);
  return answer.json();
}
const shown = ({ values }: Series): (string | null)[] => values.map(({ value }) => value);

test("values are exact texts with instant, quality and the block that proves them", async () => {
  // A digit would be lost, or a number stand there that nobody can check.
  const values = [23_536_569, 23_536_981, null, 9_007_199_254_740_991];
  await world.commit(delivery({ blocks: [totals(meterA, noon, values)] }));
  const answer = await series();
  expect(answer).toMatchObject({
    meter: meterA,
    obis: "1-0:1.8.0*255",
    unit: "Wh",
    kind: "total",
    scaler: -1,
    period_s: 900,
  });
  expect(shown(answer)).toEqual(["2353656.9", "2353698.1", null, "900719925474099.1"]);
  expect(answer.values.map(({ at }) => at)).toEqual([
    "2026-06-01T10:00:00Z",
    "2026-06-01T10:15:00Z",
    "2026-06-01T10:30:00Z",
    "2026-06-01T10:45:00Z",
  ]);
  expect(answer.values.map(({ quality }) => quality)).toEqual(["valid", "valid", "missing", "valid"]);
  const [segment] = answer.segments;
  expect(answer.values.every(({ blockId, trust }) => blockId === segment?.blockId && trust === "signed")).toBe(true);
});

test("a register that has never delivered has no values, not zeros", async () => {
  // A household without data would seem to need no energy.
  const answer = await series();
  expect(answer).toMatchObject({ values: [], segments: [], period_s: null, unit: null });
});

test("both ends of the range belong to it, and nothing else", async () => {
  // The consumption of a day, the difference of its two ends, would lack a quarter hour.
  await world.commit(delivery({ blocks: [totals(meterA, noon, [1, 2, 3, 4, 5])] }));
  expect(shown(await series(asked(noon.plus(quarter), noon.plus(3 * quarter))))).toEqual(["0.2", "0.3", "0.4"]);
  expect(shown(await series(asked(noon.plus(1), noon.plus(quarter - 1))))).toEqual([]);
});

test("a correction hides what it corrects, and the old block stays", async () => {
  // A wrong value would stay in the curve, or the history be rewritten without a trace.
  await world.commit(delivery({ number: 1n, blocks: [totals(meterA, noon, [1, 2, 3])] }));
  const before = await series();
  await world.commit(
    delivery({ number: 2n, kind: "correction", blocks: [totals(meterA, noon.plus(quarter), [7], { revision: 1 })] }),
  );
  const after = await series();
  expect(shown(after)).toEqual(["0.1", "0.7", "0.3"]);
  expect(after.segments.map(({ revision, count }) => `${revision}:${count}`).sort()).toEqual(["0:2", "1:1"]);
  const old = before.segments[0]?.blockId ?? "";
  expect((await world.get(`/v1/blocks/${old}`, cookie)).json()).toMatchObject({ revision: 0, count: 3 });
});

test("an older revision that comes late does not hide the newer one", async () => {
  // A delivery held up on the way would undo a correction.
  await world.commit(
    delivery({ number: 2n, kind: "correction", blocks: [totals(meterA, noon, [9], { revision: 2 })] }),
    delivery({ number: 1n, kind: "correction", blocks: [totals(meterA, noon, [8], { revision: 1 })] }),
    delivery({ number: 3n, blocks: [totals(meterA, noon, [7])] }),
  );
  expect(shown(await series())).toEqual(["0.9"]);
});

test("the answer is known by its ETag until a block joins", async () => {
  // A phone would load the same month again and again, or never see the new value.
  await world.commit(delivery({ number: 1n, blocks: [totals(meterA, noon, [1, 2])] }));
  const first = await world.get(asked(), cookie);
  const again = await world.get(asked(), cookie, { "if-none-match": String(first.headers["etag"]) });
  expect(again.statusCode).toBe(304);
  expect(again.body).toBe("");
  await world.commit(delivery({ number: 2n, blocks: [totals(meterA, noon.plus(2 * quarter), [3])] }));
  const later = await world.get(asked(), cookie, { "if-none-match": String(first.headers["etag"]) });
  expect(later.statusCode).toBe(200);
  expect(later.headers["cache-control"]).toBe("private, no-cache");
});

test("an ETag of one form is not good for another", async () => {
  // A spreadsheet would be told "not changed" and have nothing.
  await world.commit(delivery({ blocks: [totals(meterA, noon, [1, 2])] }));
  const json = await world.get(asked(), cookie);
  const headers = { accept: "text/csv", "if-none-match": String(json.headers["etag"]) };
  expect((await world.get(asked(), cookie, headers)).statusCode).toBe(200);
});

test("CSV and NDJSON say the same as JSON", async () => {
  // A spreadsheet would show other numbers than the portal.
  await world.commit(delivery({ blocks: [totals(meterA, noon, [10, null])] }));
  const { values } = await series();
  const csv = await world.get(asked(), cookie, { accept: "text/csv" });
  const id = values[0]?.blockId ?? "";
  expect(csv.headers["content-type"]).toMatch(/^text\/csv/);
  expect(csv.body).toBe(
    `${csvHeader}\r\n2026-06-01T10:00:00Z,1.0,Wh,valid,signed,${id}\r\n2026-06-01T10:15:00Z,,,missing,signed,${id}\r\n`,
  );
  const lines = await world.get(asked(), cookie, { accept: "application/x-ndjson;q=1, application/json;q=0.5" });
  expect(
    lines.body
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(values);
  expect((await world.get(asked(), cookie, { accept: "image/png" })).json()).toMatchObject({ code: "not-acceptable" });
});

test("the meter's page: registers in words, newest values, gateway", async () => {
  // A person would see codes, an old value, or not know who delivered it.
  await world.commit(
    delivery({ number: 1n, blocks: [totals(meterA, noon, [1, 2])] }),
    delivery({ number: 2n, blocks: [totals(meterA, noon.plus(2 * quarter), [5, null])] }),
  );
  const answer = await world.get(`/v1/meters/${meterA}`, cookie);
  const meter: MeterDetail = answer.json();
  expect([...Compile(routes.getMeter.answers[200].content["application/json"]).Errors(meter)]).toEqual([]);
  expect(meter).toMatchObject({
    label: "1DZG0060694613",
    zone: "Europe/Berlin",
    registers: [{ obis: "1-0:1.8.0*255", name_en: "Active energy import", unit: "Wh", kind: "total" }],
    gateway: { id: gatewayA, lastDeliveryAt: "2026-06-01T10:00:00Z" },
    latest: [{ obis: "1-0:1.8.0*255", value: "0.5", unit: "Wh", at: "2026-06-01T10:30:00Z", quality: "valid" }],
  });
  expect(meter.gateway?.certificateFingerprint).toMatch(/^[0-9a-f]{64}$/);
});

test("a block comes as it was sealed, and its proof as a file", async () => {
  // The person could not check for himself what is displayed.
  const block = totals(meterA, noon, [1, 2]);
  await world.commit(delivery({ blocks: [block] }));
  const id = (await series()).segments[0]?.blockId ?? "";
  const detail = (await world.get(`/v1/blocks/${id}`, cookie)).json();
  expect([...Compile(routes.getBlock.answers[200].content["application/json"]).Errors(detail)]).toEqual([]);
  expect(decodeDayBlock(new Uint8Array(Buffer.from(detail.bytes, "base64"))).meter.id).toBe(meterA);
  const proof = await world.get(`/v1/blocks/${id}/proof`, cookie);
  expect(proof.headers["content-type"]).toBe("application/octet-stream");
  expect(proof.headers["content-disposition"]).toBe(`attachment; filename="${meterA}-2026-06-01.siegel-proof"`);
  expect([...proof.rawPayload]).toEqual([0x30, 0, 2, 1]); // the stand-in of this world: index, certificates, lists
});

test("what was erased is told as erased, and the curve has a gap", async () => {
  // Values whose time is over would still be shown, or look as if they had been zero.
  await world.commit(delivery({ blocks: [totals(meterA, noon, [1, 2])] }));
  const before = await world.get(asked(), cookie);
  const id = (before.json() as Series).segments[0]?.blockId ?? "";
  expect(await world.store.retention.erase("TAF-7", world.clock.ms + 1)).toBe(2);
  expect(shown(await series())).toEqual([]);
  for (const url of [`/v1/blocks/${id}`, `/v1/blocks/${id}/proof`]) {
    expect((await world.get(url, cookie)).json()).toMatchObject({ status: 410, code: "erased" });
  }
  const headers = { "if-none-match": String(before.headers["etag"]) };
  expect((await world.get(asked(), cookie, headers)).statusCode).toBe(200);
});

test("a gateway's page names its certificates and the asker's meters only", async () => {
  // A consumer would learn which flats hang at the same gateway.
  await world.commit(delivery({ number: 41n, blocks: [totals(meterA, noon, [1])] }));
  const answer = (await world.get(`/v1/gateways/${gatewayA}`, cookie)).json();
  expect([...Compile(routes.getGateway.answers[200].content["application/json"]).Errors(answer)]).toEqual([]);
  expect(answer).toMatchObject({
    name: gatewayA,
    deliveries: { count: 1, lastNumber: "41", lastAt: "2026-06-01T10:00:00Z" },
    registeredMeters: [meterA],
  });
  expect(answer.chain.map(({ name }: { name: string }) => name)).toEqual([gatewayA, "SM-Root.CA"]);
});

test("the quarantine tells where and why, and no value", async () => {
  // An operator would read along in the one place that nobody looks at.
  const secret = 123_456_789;
  await world.commit(delivery({ isRegistered: false, blocks: [totals(meterA, noon, [secret])] }));
  const answer = await world.get("/v1/quarantine", await world.signIn("otto"));
  expect([...Compile(routes.getQuarantine.answers[200].content["application/json"]).Errors(answer.json())]).toEqual([]);
  expect(answer.json().entries).toEqual([
    {
      gateway: gatewayA,
      deliveryNumber: "1",
      index: 0,
      code: "unregistered-meter",
      meter: meterA,
      at: "2026-06-01T10:00:00Z",
    },
  ]);
  expect(answer.body).not.toContain("12345678");
  expect(shown(await series())).toEqual([]);
});
