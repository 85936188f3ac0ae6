/**
 * The OpenAPI 3.1 description of the API, from the same schemas that validate. Nothing is described by hand but the door of
 * the gateways, which is no route of this server: it stands in the contract too.
 */

import swagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { ingest, Problem, problems, problemType, sessionCookie } from "@siegel/contract";

import { LiveHub } from "../core/live.ts";
import { Registry } from "../core/registry.ts";
import { noLog } from "../log.ts";
import { openSqlite } from "../store/sqlite.ts";
import { openStore } from "../store/store.ts";
import { buildApi } from "./app.ts";

/** The description as plain data, the same for the same contract. */
export async function describeApi(): Promise<unknown> {
  const store = await openStore(openSqlite(":memory:"));
  const unused = (): never => {
    throw new Error("no request is made here");
  };
  const ports = {
    store,
    registry: new Registry({ gateways: [], consumers: [] }),
    live: new LiveHub("none"),
    clock: { nowMs: unused },
    random: unused,
    log: noLog,
    zone: "UTC",
    trustRoot: { name: "", certificate: "", fingerprint: "", notAfter: "" },
    describeCertificate: unused,
    proofBundle: unused,
  };
  const app = await buildApi(ports, { origins: () => [], secureCookie: false, files: null }, async (app) => {
    await app.register(swagger, { openapi: frame });
  });
  await app.ready();
  const described = withComponents(app.swagger());
  await app.close();
  await store.close();
  return described;
}

/** Schemas with a title are written once, under components, and referred to. */
function withComponents(document: object): unknown {
  const schemas: Record<string, unknown> = {};
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value)]));
    if (typeof copy["title"] !== "string" || copy["type"] !== "object") return copy;
    const { title, ...schema } = copy;
    schemas[title] = schema;
    return { $ref: `#/components/schemas/${title}` };
  };
  const { paths = {}, components = {}, ...rest } = document as Frame; // what the plugin says it makes
  const described = visit({ ...paths, [ingest.path]: { post: ingestOperation } });
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  const securitySchemes = { ...components.securitySchemes, gateway: ofGateway };
  return { ...rest, paths: described, components: { securitySchemes, schemas: sorted } };
}

interface Frame {
  readonly paths?: object;
  readonly components?: { readonly securitySchemes?: object };
}

const frame: NonNullable<FastifyDynamicSwaggerOptions["openapi"]> = {
  openapi: "3.1.0",
  info: {
    title: "Siegel head-end",
    version: "1",
    description:
      "Readings with the proof of their origin. Made from packages/contract by apps/headend/src/openapi.ts; do not edit. " +
      "Numbers of meters are decimal texts, exact. What is not there and what is not yours are the same answer.",
    license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
  },
  components: {
    securitySchemes: {
      session: { type: "apiKey", in: "cookie", name: sessionCookie },
    },
  },
};

/** The plugin's types know no mutual TLS. */
const ofGateway = { type: "mutualTLS", description: "TLS certificate of a gateway: role SMGW, purpose TLS" };

const asProblem = { [problemType]: { schema: Problem } };
const octets = { schema: { type: "string", contentMediaType: ingest.contentType } };
const ingestOperation = {
  operationId: "deliver",
  summary: "A gateway hands over one sealed delivery and gets a signed receipt after the commit",
  description: `On the port of the gateways, over mutual TLS only. At most ${ingest.maxBytes} octets.`,
  security: [{ gateway: [] }],
  requestBody: { required: true, content: { [ingest.contentType]: octets } },
  responses: {
    200: { description: "The receipt", content: { [ingest.receiptType]: octets } },
    400: { description: `delivery-refused: ${problems["delivery-refused"].title}`, content: asProblem },
    404: { description: "not-found", content: asProblem },
    413: { description: "too-large", content: asProblem },
    415: { description: "wrong-media-type", content: asProblem },
    503: {
      description: "busy: the delivery has not been looked at",
      headers: { "Retry-After": { schema: { type: "integer" }, description: "Seconds" } },
      content: asProblem,
    },
  },
};
