/**
 * The configuration file: which meters are read, what leaves the house, to whom.
 *
 * In: JSON text.  Out: a checked configuration, or one line that names the first field at fault. Paths in it are relative to
 * the folder of the file. It holds no secret: keys are in the security module.
 */

import { isAbsolute, resolve } from "node:path";
import { MeterPublicKey } from "@siegel/crypto";
import { addressOfMeterId } from "@siegel/mbus";
import { LocalDay, MeterId, ObisCode } from "@siegel/readings";
import { fromHex } from "@siegel/wire";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/schema";

import { defaultToleranceMs, type Profile } from "./core/profile.ts";
import { Slots } from "./core/slots.ts";
import { GatewayError } from "./errors.ts";

const named = <T extends Type.TProperties>(fields: T) => Type.Object(fields, { additionalProperties: false });
const Path = Type.String({ minLength: 1 });
const Hex = Type.String({ pattern: "^([0-9a-f]{2}){1,160}$" });

export const Config = named({
  version: Type.Literal(1),
  /** 14 characters, as DIN 43863-5 has them; `.SMGW` behind it is the name in the certificates. */
  id: Type.String({ pattern: "^[A-Z0-9]{14}$" }),
  /** Folder of store, security module and certificates. */
  data: Path,
  /** Zone of the billing day. */
  zone: Type.String({ minLength: 1 }),
  meters: Type.Array(
    named({
      /** `tcp://host:port`, a serial port, or a capture file, which is read once. */
      source: Path,
      /** `wmbus`: a radio receiver that hears many meters; those named here are taken. */
      protocol: Type.Enum(["sml", "wmbus"]),
      /** Octets in hex; of a radio meter `01 M2 ID4 V T`. Without it the first meter heard on the source is taken until the next start. */
      id: Type.Optional(Hex),
      /** The least that a radio meter's telegrams have to be protected: "authenticated" unless told. */
      floor: Type.Optional(Type.Enum(["clear", "encrypted", "authenticated"])),
      /** What its lists must be signed with: x‖y, 04‖x‖y or SPKI. Then nothing unsigned is taken from it. */
      publicKey: Type.Optional(Hex),
      /** `9600-8N1` */
      line: Type.Optional(Type.String({ pattern: "^\\d{2,7}(-[78][NEO][12])?$" })),
    }),
    { minItems: 1, maxItems: 256 },
  ),
  profiles: Type.Array(
    named({
      name: Type.String({ pattern: "^[A-Za-z0-9._-]{1,64}$" }),
      registers: Type.Array(Type.String({ maxLength: 24 }), { minItems: 1, maxItems: 64 }),
      kind: Type.Enum(["total", "sample"]),
      periodMs: Type.Integer({ minimum: 1_000, maximum: 3_600_000 }),
      deliverEveryMs: Type.Integer({ minimum: 1_000, maximum: 86_400_000 }),
      /** 3 % of the period, at least two seconds, unless told. */
      toleranceMs: Type.Optional(Type.Integer({ minimum: 0 })),
      /** Days for which a meter that is new is asked for its memory; totals only. */
      historyDays: Type.Optional(Type.Number({ minimum: 0, maximum: 35 })),
    }),
    { minItems: 1, maxItems: 16 },
  ),
  receiver: named({
    url: Type.String({ pattern: "^https://" }),
    /** Common name of its certificates. */
    name: Type.String({ pattern: "^[A-Za-z0-9-]{1,48}\\.EMT$" }),
    /** PEM of the certificate that deliveries are encrypted for; read again when it changes. */
    encCertificate: Path,
  }),
  trust: named({
    /** PEM of the root. */
    root: Path,
    /** PEMs of the CAs below it. */
    chain: Type.Array(Path),
    /** Folder of revocation lists, `*.pem`, `*.crl` or `*.der`; read again when it changes. */
    crls: Path,
  }),
  cipher: Type.Optional(Type.Enum(["gcm", "cbc-cmac"])),
  /** JSON of a radio meter's id to its key in hex. Only its owner may read it. */
  radioKeys: Type.Optional(Path),
});
export type Config = Static<typeof Config>;
export type MeterConfig = Config["meters"][number];

/**
 * The configuration in a text.
 *
 * @param folder  What relative paths start from.
 * @throws {GatewayError} "bad-config", one line with the place.
 */
export function readConfig(text: string, folder: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatewayError("bad-config", "config: this is no JSON", { cause });
  }
  if (!validator.Check(value)) {
    const [, [first]] = validator.Errors(value);
    const place = first === undefined || first.instancePath === "" ? "the whole" : first.instancePath.slice(1);
    const fault = first?.keyword === "boolean" ? "is no field that is known" : (first?.message ?? "is wrong");
    throw wrong(`${place.replaceAll("/", ".")} ${fault}`);
  }
  checkMeaning(value);
  const path = (relative: string): string => resolve(folder, relative);
  return {
    ...value,
    data: path(value.data),
    meters: value.meters.map((meter) => ({ ...meter, source: sourceFrom(folder, meter.source) })),
    receiver: { ...value.receiver, encCertificate: path(value.receiver.encCertificate) },
    ...(value.radioKeys === undefined ? {} : { radioKeys: path(value.radioKeys) }),
    trust: { root: path(value.trust.root), chain: value.trust.chain.map(path), crls: path(value.trust.crls) },
  };
}

/** Common name of this gateway's certificates. */
export function nameOf({ id }: Pick<Config, "id">): string {
  return `${id}.SMGW`;
}

/** The evaluation profiles of a checked configuration. */
export function profilesOf({ profiles, zone }: Pick<Config, "profiles" | "zone">): readonly Profile[] {
  return profiles.map(({ name, kind, registers, periodMs, deliverEveryMs, toleranceMs, historyDays = 0 }) => ({
    name,
    kind,
    registers: new Set(registers.map((register) => String(ObisCode.parse(register)))),
    slots: new Slots({ zone, periodMs }),
    toleranceMs: toleranceMs ?? defaultToleranceMs(periodMs),
    deliverEveryMs,
    historyMs: kind === "total" ? Math.round(historyDays * 86_400_000) : 0,
  }));
}

/** What a schema cannot say. */
function checkMeaning(config: Config): void {
  try {
    LocalDay.of("2026-01-01", config.zone);
  } catch (cause) {
    throw wrong("zone is in no tz database", cause);
  }
  refuseTwins(
    "profiles",
    config.profiles.map(({ name }) => name),
  );
  for (const [index, profile] of config.profiles.entries()) checkProfile(profile, `profiles.${index}`);
  refuseTwins(
    "meters: id",
    config.meters.flatMap(({ id }) => (id === undefined ? [] : [id])),
  );
  for (const [index, meter] of config.meters.entries()) checkMeter(meter, `meters.${index}`, config);
  const { url } = config.receiver;
  const at = URL.canParse(url) ? new URL(url) : undefined;
  if (at === undefined || at.username !== "" || at.password !== "" || at.hash !== "") {
    throw wrong("receiver.url must be https://host:port/path, without a name or a password in it");
  }
}

function checkProfile(profile: Config["profiles"][number], place: string): void {
  const { periodMs, deliverEveryMs, toleranceMs, historyDays, kind, registers } = profile;
  const codes = registers.map((register, index) => {
    try {
      return String(ObisCode.parse(register));
    } catch (cause) {
      throw wrong(`${place}.registers.${index} is no OBIS code, as 1-0:1.8.0*255 is one`, cause);
    }
  });
  refuseTwins(`${place}.registers`, codes);
  if (3_600_000 % periodMs !== 0) throw wrong(`${place}.periodMs must divide the hour`);
  if (deliverEveryMs % periodMs !== 0) throw wrong(`${place}.deliverEveryMs must be a multiple of periodMs`);
  if (toleranceMs !== undefined && toleranceMs >= periodMs) throw wrong(`${place}.toleranceMs must be below periodMs`);
  if (kind === "sample" && (historyDays ?? 0) > 0) throw wrong(`${place}.historyDays: no meter remembers samples`);
}

function checkMeter(meter: MeterConfig, place: string, config: Config): void {
  const { source, id, publicKey, protocol, floor } = meter;
  try {
    if (id !== undefined) MeterId.of(fromHex(id));
  } catch (cause) {
    throw wrong(`${place}.id is no meter id`, cause);
  }
  try {
    if (publicKey !== undefined) MeterPublicKey.parse(fromHex(publicKey));
  } catch (cause) {
    throw wrong(`${place}.publicKey is no public key of P-192 or P-256`, cause);
  }
  const together = config.meters.filter((one) => one.source === source);
  if (together.some((one) => one.protocol !== protocol)) {
    throw wrong(`${place}.protocol: meters on one source speak one protocol`);
  }
  if (protocol === "wmbus") return checkRadioMeter(meter, place, config);
  if (floor !== undefined) throw wrong(`${place}.floor is for radio meters`);
  if (together.length > 1 && together.some((one) => one.id === undefined)) {
    throw wrong(`${place}.id is needed: ${together.length} meters are on ${source}`);
  }
  if (together.length > 1 && together.some((one) => one.publicKey !== publicKey)) {
    throw wrong(`${place}.publicKey: meters on one source have one key or none`);
  }
}

function checkRadioMeter({ id, publicKey, floor }: MeterConfig, place: string, config: Config): void {
  if (id === undefined) throw wrong(`${place}.id is needed: a receiver hears the whole neighbourhood`);
  if (addressOfMeterId(MeterId.of(fromHex(id))) === undefined) {
    throw wrong(`${place}.id is no radio meter's, which are 01, maker, number, version, type: nine octets`);
  }
  if (publicKey !== undefined) throw wrong(`${place}.publicKey: no radio meter signs`);
  if (floor !== "clear" && config.radioKeys === undefined) {
    throw wrong(`${place}.floor: without radioKeys nothing but clear text can be read`);
  }
}

/** A path is relative to the file of the configuration; an address is what it is. */
function sourceFrom(folder: string, source: string): string {
  return /^[a-z][a-z0-9+.-]+:/i.test(source) || /^(\\\\\.\\)?COM\d+$/i.test(source) || isAbsolute(source)
    ? source
    : resolve(folder, source);
}

function refuseTwins(where: string, ids: readonly string[]): void {
  const twin = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twin !== undefined) throw wrong(`${where} names ${twin} twice`);
}

function wrong(what: string, cause?: unknown): GatewayError {
  return new GatewayError("bad-config", `config: ${what}`, cause === undefined ? {} : { cause });
}

const validator = Compile(Config);
