import { Compile } from "typebox/compile";
import { expect, test } from "vitest";

import * as contract from "../src/index.ts";
import { MeterDetail, problemOf, problems, type Route, routes, Series, subjectOf } from "../src/index.ts";

const table: readonly (readonly [string, Route])[] = Object.entries(routes);

test("who may call what", () => {
  // A route would be opened, or its path changed, without anybody seeing it in a review.
  expect(table.map(([id, { method, path, permission }]) => `${permission}: ${method} ${path} (${id})`)).toEqual([
    "anyone: POST /v1/session (createSession)",
    "signed-in: DELETE /v1/session (deleteSession)",
    "signed-in: GET /v1/me (getMe)",
    "consumer-of-meter: GET /v1/meters/{meter} (getMeter)",
    "consumer-of-meter: GET /v1/meters/{meter}/series (getSeries)",
    "consumer-of-meter: GET /v1/meters/{meter}/live (getLive)",
    "consumer-of-block: GET /v1/blocks/{block} (getBlock)",
    "consumer-of-block: GET /v1/blocks/{block}/proof (getProof)",
    "consumer-of-gateway: GET /v1/gateways/{gateway} (getGateway)",
    "signed-in: GET /v1/trust (getTrust)",
    "operator: GET /v1/quarantine (getQuarantine)",
    "anyone: GET /v1/health (getHealth)",
  ]);
});

test.each(table)("%s: a permission about a thing has the thing in its path", (_, route) => {
  // The check would ask for a parameter that is not there and find that nobody, or everybody, may.
  const subject = Object.entries(subjectOf).find(([permission]) => permission === route.permission)?.[1];
  const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  expect(named).toEqual(subject === undefined ? [] : [subject]);
  expect(Object.keys(Object(route.params).properties ?? {})).toEqual(named);
});

test.each(table)("%s: an answer with fields that the contract does not know is refused", (_, route) => {
  // A field added by mistake, somebody else's name for example, would go out unseen.
  for (const answer of Object.values(route.answers)) {
    for (const schema of Object.values(answer.content ?? {})) {
      if (schema !== null) expect(schema).toMatchObject({ additionalProperties: false });
    }
  }
});

test("a number is a text: a reader's double cannot take its digits", () => {
  // 23536569.1234567891 would arrive as 23536569.12345679 and a bill be off.
  const value = { at: "2026-03-29T01:00:00Z", value: "23536569.1234567891", quality: "valid", trust: "signed" };
  const series = {
    meter: "0a01445a4700039e2055",
    obis: "1-0:1.8.0*255",
    unit: "Wh",
    kind: "total",
    scaler: -10,
    period_s: 900,
    segments: [],
    values: [{ ...value, blockId: "AAAAAAAAAAAAAAAAAAAAAA" }],
  };
  const check = Compile(Series);
  expect(check.Check(series)).toBe(true);
  expect(check.Check({ ...series, values: [{ ...series.values[0], value: 23536569.123 }] })).toBe(false);
  expect(check.Check({ ...series, values: [{ ...series.values[0], value: "2.3e7" }] })).toBe(false);
});

test("a meter before its first delivery has no values, not zeros", () => {
  // A new customer would see a consumption of 0 that nobody has measured.
  const meter = { id: "0a01", label: "1XYZ", maker: null, medium: null, zone: "Europe/Berlin" };
  expect(Compile(MeterDetail).Check({ ...meter, registers: [], gateway: null, latest: [] })).toBe(true);
});

test("a problem tells its code twice and its status once", () => {
  // A program that keys on codes would meet one that is not in the list.
  for (const code of Object.keys(problems) as (keyof typeof problems)[]) {
    const problem = problemOf(code);
    expect(problem).toEqual({ ...problems[code], type: `urn:siegel:problem:${code}`, code });
    expect(Compile(contract.Problem).Check(problem)).toBe(true);
  }
});
