import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Route, routes } from "@siegel/contract";
import { expect, test } from "vitest";

import { describeApi } from "../src/api/description.ts";

const path = resolve(import.meta.dirname, "../../../docs/openapi.json");
interface Described {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { operationId: string; responses: object; security: object[] }>>;
  readonly components: { readonly schemas: object };
}

test("docs/openapi.json is what the server does", async () => {
  // Whoever writes a program after it would meet another API. Run node apps/headend/src/openapi.ts.
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(JSON.parse(JSON.stringify(await describeApi())));
});

test("every route of the contract is described, and the gateways' door", async () => {
  // A part of the API would be known to us alone.
  const { openapi, paths } = (await describeApi()) as Described;
  expect(openapi).toMatch(/^3\.1\./);
  const described = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(described.sort()).toEqual([...Object.keys(routes), "deliver"].sort());
  for (const [id, { path, method, permission }] of Object.entries<Route>(routes)) {
    const operation = paths[path]?.[method.toLowerCase()];
    expect(operation?.operationId).toBe(id);
    expect(operation?.security).toEqual(permission === "anyone" ? [] : [{ session: [] }]);
    if (permission !== "anyone") expect(Object.keys(operation?.responses ?? {})).toContain("401");
  }
});

test("every reference leads somewhere", async () => {
  // Tools would refuse the file.
  const text = JSON.stringify(await describeApi());
  const { components } = JSON.parse(text) as Described;
  const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = ""]) => name);
  expect(new Set(names)).toEqual(new Set(Object.keys(components.schemas)));
});
