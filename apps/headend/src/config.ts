/**
 * The configuration file: what this head-end is, whom it trusts, whose meters it keeps.
 *
 * In: JSON text.  Out: a checked configuration, or one line that names the first field at fault. Paths in it are relative to
 * the folder of the file. It holds no secret.
 */

import { resolve } from "node:path";
import { LocalDay, MeterId } from "@siegel/readings";
import { fromHex } from "@siegel/wire";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";

import { HeadendError } from "./errors.ts";

const named = <T extends Type.TProperties>(fields: T) => Type.Object(fields, { additionalProperties: false });
const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const MeterHex = Type.String({ pattern: "^([0-9a-f]{2}){1,64}$" });
const PersonId = Type.String({ pattern: "^[A-Za-z0-9._-]{1,64}$" });

export const Config = named({
  version: Type.Literal(1),
  /** Common name of this head-end's certificates. */
  name: Type.String({ pattern: "^[A-Za-z0-9-]{1,48}\\.EMT$" }),
  /** Folder of store, security module and certificates. */
  data: Type.String({ minLength: 1 }),
  /** Zone of the billing day. */
  zone: Type.String({ minLength: 1 }),
  ingest: named({ host: Type.String({ minLength: 1 }), port: Port }),
  portal: named({
    /** Without TLS: only this machine. For others put a proxy with TLS in front and name its origin. */
    host: Type.Enum(["127.0.0.1", "::1", "localhost"]),
    port: Port,
    files: Type.Union([Type.String({ minLength: 1 }), Type.Null()]),
    /** Where a proxy in front of this port is reached: `https://portal.example`. */
    origin: Type.Optional(Type.String({ pattern: "^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?$" })),
  }),
  trust: named({
    /** PEM of the root. */
    root: Type.String({ minLength: 1 }),
    /** PEMs of the CAs below it. */
    chain: Type.Array(Type.String({ minLength: 1 })),
    /** Folder of revocation lists, `*.pem`, `*.crl` or `*.der`; read again when it changes. */
    crls: Type.String({ minLength: 1 }),
  }),
  gateways: Type.Array(
    named({ name: Type.String({ pattern: "^[A-Za-z0-9.-]{1,64}$" }), meters: Type.Array(MeterHex) }),
  ),
  consumers: Type.Array(named({ id: PersonId, name: Type.String({ maxLength: 200 }), meters: Type.Array(MeterHex) })),
  operators: Type.Optional(Type.Array(named({ id: PersonId, name: Type.String({ maxLength: 200 }) }))),
  /** Hours after which values of an evaluation profile are erased. Not named: kept. */
  retention: Type.Optional(Type.Record(Type.String({ pattern: "^.{1,64}$" }), Type.Integer({ minimum: 1 }))),
  /** Minutes for which a one-time link is good. */
  linkMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_080 })),
});
export type Config = Static<typeof Config>;

/**
 * The configuration in a text.
 *
 * @param folder  What relative paths start from.
 * @throws {HeadendError} "bad-config", one line with the place.
 */
export function readConfig(text: string, folder: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HeadendError("bad-config", "config: this is no JSON", { cause });
  }
  if (!validator.Check(value)) {
    const [first] = validator.Errors(value);
    const place = first === undefined || first.instancePath === "" ? "the whole" : first.instancePath.slice(1);
    const fault = first?.message === "schema is false" ? "is no field that is known" : (first?.message ?? "is wrong");
    throw new HeadendError("bad-config", `config: ${place.replaceAll("/", ".")} ${fault}`);
  }
  checkMeaning(value);
  const path = (relative: string): string => resolve(folder, relative);
  return {
    ...value,
    data: path(value.data),
    portal: { ...value.portal, files: value.portal.files === null ? null : path(value.portal.files) },
    trust: { root: path(value.trust.root), chain: value.trust.chain.map(path), crls: path(value.trust.crls) },
  };
}

/** What a schema cannot say. */
function checkMeaning(config: Config): void {
  try {
    LocalDay.of("2026-01-01", config.zone);
  } catch (cause) {
    throw new HeadendError("bad-config", "config: zone is in no tz database", { cause });
  }
  const gateways = config.gateways.map(({ name }) => name);
  const meters = config.gateways.flatMap((gateway) => gateway.meters);
  const people = [...config.consumers, ...(config.operators ?? [])].map(({ id }) => id);
  refuseTwins("gateways", gateways);
  refuseTwins("gateways: meters", meters); // a meter's values come through one gateway
  refuseTwins("consumers and operators", people);
  for (const meter of meters) MeterId.of(fromHex(meter));
}

function refuseTwins(where: string, ids: readonly string[]): void {
  const twin = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twin !== undefined) throw new HeadendError("bad-config", `config: ${where} names ${twin} twice`);
}

const validator = Compile(Config);
