/** An SML meter on a TCP port: pushes when the test says so, answers questions about its memory. */

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import {
  answerFile,
  decodeFile,
  encodeFile,
  type GetListResponse,
  type GetProfilePackResponse,
  type ListEntry,
  type MessageBody,
  type ProfileQuestion,
  type Refusal,
  type SmlDevice,
  SmlFramer,
  type SmlMessage,
  wrapFile,
} from "@siegel/sml";
import { ObisCode } from "@siegel/readings";
import { fromHex } from "@siegel/wire";

import { exportTotal, importTotal, power, quarterMs } from "./profiles.ts";
import { totalAt } from "./simulation.ts";
import { meter } from "./telegrams.ts";

export type Answers = "pack" | "list-only" | "nothing" | "refuses" | "late";

export class TestMeter implements SmlDevice {
  readonly serverId: Uint8Array;
  answers: Answers = "pack";
  questions = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #whenConnected: () => void = () => {};

  static async start(id = meter): Promise<TestMeter> {
    const one = new TestMeter(id);
    one.#server.listen(0, "127.0.0.1");
    await once(one.#server, "listening");
    return one;
  }

  private constructor(id: string) {
    this.serverId = fromHex(id);
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  get source(): string {
    // A port that listens has an address with a number.
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get clientCount(): number {
    return this.#sockets.size;
  }

  async untilConnected(): Promise<void> {
    while (this.#sockets.size === 0) await new Promise<void>((resolve) => (this.#whenConnected = resolve));
  }

  /** The meter's values at this instant, as a push file. */
  push(atMs = Date.now()): void {
    this.write(pushFile(this.serverId, [...totalEntries(atMs), entry(power, 27, -1, 12_345)]));
  }

  write(bytes: Uint8Array): void {
    for (const socket of this.#sockets) socket.write(bytes);
  }

  /** Breaks all lines; new ones are welcome. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  now() {
    return { kind: "secIndex" as const, value: 4_711 };
  }

  mayAsk(): boolean {
    return true;
  }

  list(): Refusal {
    return "unknown-designation";
  }

  profileList(question: ProfileQuestion) {
    if (this.answers === "refuses") return "attribute-not-readable" as const;
    const pack = this.#pack(question);
    if (typeof pack === "string") return pack;
    return pack.periodList.map(({ valTime, status, valueList }) => ({
      serverId: this.serverId,
      actTime: this.now(),
      regPeriod: 900,
      parameterTreePath: question.path,
      valTime,
      status,
      periodList: pack.headerList.map((header, index) => ({ ...header, value: valueList[index]?.value })),
    }));
  }

  profilePack(question: ProfileQuestion): GetProfilePackResponse | Refusal {
    if (this.answers === "refuses") return "attribute-not-readable";
    if (this.answers === "list-only") return "unknown-designation";
    return this.#pack(question);
  }

  parameter(): Refusal {
    return "unknown-designation";
  }

  setParameter(): Refusal {
    return "not-executed";
  }

  #pack(question: ProfileQuestion): GetProfilePackResponse | Refusal {
    const seconds = (time: ProfileQuestion["from"]): number => (time?.kind === "timestamp" ? time.value : Number.NaN);
    const [from, to] = [seconds(question.from) * 1000, Math.min(seconds(question.to) * 1000, Date.now())];
    const periodList = [];
    for (let at = Math.ceil(from / quarterMs) * quarterMs; at <= to; at += quarterMs) {
      periodList.push({
        valTime: { kind: "timestamp" as const, value: at / 1000 },
        status: { byteLength: 4, bits: 0x04 },
        valueList: totalEntries(at).map(({ value }) => ({ value })),
      });
    }
    if (periodList.length === 0) return "no-entry-in-range";
    return {
      serverId: this.serverId,
      actTime: this.now(),
      regPeriod: 900,
      parameterTreePath: question.path,
      headerList: totalEntries(0).map(({ objName }) => ({ objName, unit: 30, scaler: -1 })),
      periodList,
    };
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    const framer = new SmlFramer();
    socket.on("data", (chunk: Buffer) => {
      for (const event of framer.push(Uint8Array.from(chunk))) {
        if (event.kind !== "file") continue;
        this.questions++;
        if (this.answers === "nothing") continue;
        socket.write(wrapFile(encodeFile(answerFile(decodeFile(event.payload), this))));
      }
    });
    this.#whenConnected();
  }
}

export function entry(obis: string, unit: number, scaler: number, value: number): ListEntry {
  const objName = ObisCode.parse(obis).toBytes();
  return { objName, unit, scaler, value: { type: "signed", byteLength: 8, value } };
}

export function totalEntries(atMs: number): ListEntry[] {
  return [entry(importTotal, 30, -1, totalAt(atMs)), entry(exportTotal, 30, -1, totalAt(atMs) + 7)];
}

/** One pushed file with a list of these entries. */
export function pushFile(serverId: Uint8Array, valList: readonly ListEntry[]): Uint8Array {
  return fileOf(serverId, [{ serverId, valList, actSensorTime: { kind: "secIndex", value: 4_711 } }]);
}

export function fileOf(serverId: Uint8Array, lists: readonly GetListResponse[]): Uint8Array {
  const bodies: MessageBody[] = [
    { kind: "PublicOpenResponse", value: { reqFileId: Uint8Array.of(1, 2), serverId } },
    ...lists.map((value): MessageBody => ({ kind: "GetListResponse", value })),
    { kind: "PublicCloseResponse", value: {} },
  ];
  const messages = bodies.map((body, index): SmlMessage => ({
    transactionId: Uint8Array.of(index),
    groupNo: 0,
    abortOnError: 0,
    body,
  }));
  return wrapFile(encodeFile(messages));
}
