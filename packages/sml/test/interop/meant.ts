/**
 * What a message means, field by field, in the names of Wireshark's dissector: the expectation for `dissect`.
 *
 * Written from the standard's tables and not from our declarations, so that a field in the wrong place shows.
 * Source: SML 1.04, the bodies.
 */

import { toHex } from "@siegel/wire";
import { type BodyKind, messageBodies, type GetProfileRequest } from "../../src/messages/bodies.ts";
import type { ListEntry, PeriodEntry, SmlTree, TupelEntry } from "../../src/messages/entries.ts";
import type { MessageBody, SmlMessage } from "../../src/messages/message.ts";
import type { SmlTime } from "../../src/messages/time.ts";
import type { SmlStatus, SmlValue } from "../../src/messages/value.ts";

type Value<K extends BodyKind> = Extract<MessageBody, { kind: K }>["value"];

/** The fields of a whole file. `minimal`: declared integers in the fewest bytes. */
export function meant(messages: readonly SmlMessage[], minimal = false): readonly string[] {
  return [...messages.flatMap((message) => new Meant(minimal).message(message)), "crc correct"];
}

class Meant {
  readonly #minimal: boolean;

  constructor(minimal: boolean) {
    this.#minimal = minimal;
  }

  message({ transactionId, groupNo, abortOnError, body }: SmlMessage): string[] {
    const tag = body.kind === "UnknownBody" ? body.tag : messageBodies[body.kind][0];
    return [
      octets("transactionid", transactionId),
      this.#unsigned("groupno", groupNo, 1),
      this.#unsigned("abort", abortOnError, 1),
      `messagebody unsigned ${tag.toString(16).padStart(4, "0")}`,
      ...this.#body(body),
      "crc correct",
    ];
  }

  #body(body: MessageBody): string[] {
    switch (body.kind) {
      case "PublicOpenRequest":
        return [
          octets("codepage", body.value.codepage),
          octets("clientid", body.value.clientId),
          octets("reqfileid", body.value.reqFileId),
          ...asked(body.value),
          this.#unsigned("version", body.value.smlVersion, 1),
        ];
      case "PublicOpenResponse":
        return [
          octets("codepage", body.value.codepage),
          octets("clientid", body.value.clientId),
          octets("reqfileid", body.value.reqFileId),
          octets("serverid", body.value.serverId),
          ...this.#time("reftime", body.value.refTime),
          this.#unsigned("version", body.value.smlVersion, 1),
        ];
      case "PublicCloseRequest":
      case "PublicCloseResponse":
        return [octets("globalsignature", body.value.globalSignature)];
      case "GetProfilePackRequest":
      case "GetProfileListRequest":
        return this.#profileRequest(body.value);
      case "GetProfilePackResponse":
        return this.#profilePack(body.value);
      case "GetProfileListResponse":
        return this.#profileList(body.value);
      case "GetProcParameterRequest":
        return [...asked(body.value), ...path(body.value.parameterTreePath), octets("attribute", body.value.attribute)];
      case "GetProcParameterResponse":
        return [
          octets("serverid", body.value.serverId),
          ...path(body.value.parameterTreePath),
          ...this.#tree(body.value.parameterTree),
        ];
      case "SetProcParameterRequest":
        return [...asked(body.value), ...path(body.value.parameterTreePath), ...this.#tree(body.value.parameterTree)];
      case "GetListRequest":
        return [octets("clientid", body.value.clientId), ...asked(body.value), octets("listname", body.value.listName)];
      case "GetListResponse":
        return [
          octets("clientid", body.value.clientId),
          octets("serverid", body.value.serverId),
          octets("listname", body.value.listName),
          ...this.#time("actsensortime", body.value.actSensorTime),
          ...body.value.valList.flatMap((entry) => this.#listEntry(entry)),
          octets("listsignature", body.value.listSignature),
          ...this.#time("gatewaytime", body.value.actGatewayTime, "actgatewaytime"),
        ];
      case "AttentionResponse":
        return [
          octets("serverid", body.value.serverId),
          // The first four of the six are the same in every code; the dissector shows the last two.
          `attentionno octets(6) ${toHex(body.value.attentionNo.subarray(4))}`,
          octets("attentionmsg", body.value.attentionMsg),
          ...(body.value.attentionDetails === undefined
            ? ["attentiondetails absent"]
            : this.#tree(body.value.attentionDetails)),
        ];
      default:
        return []; // COSEM bodies and those of makers: no dissector knows them
    }
  }

  #profileRequest(value: GetProfileRequest): string[] {
    const { objectList, dasDetails, withRawdata } = value;
    return [
      ...asked(value),
      withRawdata === undefined ? "withrawdata absent" : `withrawdata boolean ${withRawdata ? "01" : "00"}`,
      ...this.#time("begintime", value.beginTime),
      ...this.#time("endtime", value.endTime),
      ...path(value.parameterTreePath),
      ...(objectList?.map((object) => octets("objectentry", object)) ?? ["objectlist absent"]),
      ...(dasDetails === undefined ? ["dasdetails absent"] : this.#tree(dasDetails)),
    ];
  }

  #profilePack(value: Value<"GetProfilePackResponse">): string[] {
    return [
      octets("serverid", value.serverId),
      ...this.#time("acttime", value.actTime),
      this.#unsigned("regperiod", value.regPeriod, 4),
      ...path(value.parameterTreePath),
      ...value.headerList.flatMap((header) => [octets("objname", header.objName), ...this.#form(header)]),
      ...value.periodList.flatMap((period) => [
        ...this.#time("valtime", period.valTime),
        status(period.status),
        ...period.valueList.flatMap((one) => [...this.#value(one.value), octets("valuesignature", one.valueSignature)]),
        octets("periodsignature", period.periodSignature),
      ]),
      octets("rawdata", value.rawdata),
      octets("profilesignature", value.profileSignature),
    ];
  }

  #profileList(value: Value<"GetProfileListResponse">): string[] {
    return [
      octets("serverid", value.serverId),
      ...this.#time("acttime", value.actTime),
      this.#unsigned("regperiod", value.regPeriod, 4),
      ...path(value.parameterTreePath),
      ...this.#time("valtime", value.valTime),
      status(value.status),
      ...value.periodList.flatMap((entry) => this.#periodEntry(entry)),
      octets("rawdata", value.rawdata),
      octets("periodsignature", value.periodSignature),
    ];
  }

  #tree(tree: SmlTree): string[] {
    return [
      octets("parametername", tree.parameterName),
      ...this.#parameterValue(tree.parameterValue),
      ...(tree.childList?.flatMap((child) => this.#tree(child)) ?? ["childlist absent"]),
    ];
  }

  #parameterValue(value: SmlTree["parameterValue"]): string[] {
    switch (value?.kind) {
      case undefined:
        return ["procparvalue absent"];
      case "smlValue":
        return ["procparvalue unsigned 01", ...this.#value(value.value)];
      case "periodEntry":
        return ["procparvalue unsigned 02", ...this.#periodEntry(value.value)];
      case "tupelEntry":
        return ["procparvalue unsigned 03", ...this.#tupelEntry(value.value)];
      case "smlTime":
        return ["procparvalue unsigned 04", ...this.#time("procparvaluetime", value.value)];
      case "listEntry":
        return ["procparvalue unsigned 05", ...this.#listEntry(value.value)];
    }
  }

  #listEntry(entry: ListEntry): string[] {
    return [
      octets("objname", entry.objName),
      status(entry.status),
      ...this.#time("valtime", entry.valTime),
      ...this.#form(entry),
      ...this.#value(entry.value),
      octets("valuesignature", entry.valueSignature),
    ];
  }

  #periodEntry(entry: PeriodEntry): string[] {
    return [
      octets("objname", entry.objName),
      ...this.#form(entry),
      ...this.#value(entry.value),
      octets("valuesignature", entry.valueSignature),
    ];
  }

  #tupelEntry(entry: TupelEntry): string[] {
    const quantity = (name: string, unit: number, scaler: number, value: number | bigint) => [
      this.#unsigned(`unit${name}`, unit, 1),
      this.#signed(`scaler${name}`, scaler, 1),
      this.#signed(`value${name}`, value, 8),
    ];
    return [
      octets("serverid", entry.serverId),
      ...this.#time("secindex", entry.secIndex),
      status(entry.status),
      ...quantity("pA", entry.unitPA, entry.scalerPA, entry.valuePA),
      ...quantity("R1", entry.unitR1, entry.scalerR1, entry.valueR1),
      ...quantity("R4", entry.unitR4, entry.scalerR4, entry.valueR4),
      octets("signaturepa", entry.signaturePAR1R4),
      ...quantity("mA", entry.unitMA, entry.scalerMA, entry.valueMA),
      ...quantity("R2", entry.unitR2, entry.scalerR2, entry.valueR2),
      ...quantity("R3", entry.unitR3, entry.scalerR3, entry.valueR3),
      octets("signaturema", entry.signatureMAR2R3),
    ];
  }

  /** Unit and scaler. */
  #form({ unit, scaler }: Pick<ListEntry, "unit" | "scaler">): string[] {
    return [this.#unsigned("unit", unit, 1), this.#signed("scaler", scaler, 1)];
  }

  #value(value: SmlValue | undefined): string[] {
    switch (value?.type) {
      case undefined:
        return ["value absent"];
      case "octets":
        return [octets("value", value.value)];
      case "boolean":
        return [`value boolean ${value.value ? "01" : "00"}`];
      case "signed":
        return [`value integer ${hex(value.value, value.byteLength)}`];
      case "unsigned":
        return [`value unsigned ${hex(value.value, value.byteLength)}`];
      case "list":
        return [`value list ${value.value.kind}`];
    }
  }

  #time(name: string, time: SmlTime | undefined, nameIfAbsent = name): string[] {
    if (time === undefined) return [`${nameIfAbsent} absent`];
    if (time.kind === "localTimestamp") return ["timetype unsigned 03", `${name} list`];
    return [`timetype unsigned 0${time.kind === "secIndex" ? 1 : 2}`, this.#unsigned(name, time.value, 4)];
  }

  #unsigned(name: string, value: number | undefined, byteLength: number): string {
    if (value === undefined) return `${name} absent`;
    return `${name} unsigned ${hex(value, this.#minimal ? bytesFor(BigInt(value)) : byteLength)}`;
  }

  #signed(name: string, value: number | bigint | undefined, byteLength: number): string {
    if (value === undefined) return `${name} absent`;
    const magnitude = value < 0 ? -1n - BigInt(value) : BigInt(value);
    return `${name} integer ${hex(value, this.#minimal ? bytesFor(2n * magnitude) : byteLength)}`; // and a sign bit
  }
}

function asked(value: Pick<GetProfileRequest, "serverId" | "username" | "password">): string[] {
  return [octets("serverid", value.serverId), octets("username", value.username), octets("password", value.password)];
}

function path(names: readonly Uint8Array[]): string[] {
  return names.map((name) => octets("parametertreepath", name));
}

function octets(name: string, value: Uint8Array | undefined): string {
  return value === undefined ? `${name} absent` : `${name} octets(${value.length}) ${toHex(value)}`;
}

function status(value: SmlStatus | undefined): string {
  return value === undefined ? "status absent" : `status unsigned ${hex(value.bits, value.byteLength)}`;
}

function hex(value: number | bigint, byteLength: number): string {
  return BigInt.asUintN(8 * byteLength, BigInt(value))
    .toString(16)
    .padStart(2 * byteLength, "0");
}

/** Bytes that hold so many bits; at least one. */
function bytesFor(bits: bigint): number {
  return Math.max(1, Math.ceil(bits.toString(16).length / 2));
}
