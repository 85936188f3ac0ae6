/**
 * A virtual household meter that speaks SML: pushes a file for each second and answers requests.
 *
 * In: a `VirtualMeter` that somebody advances, a seed for number and key.  Out: SML messages and their bytes.
 * Not here: sockets, the clock (./serve), what the household does (../virtual-meter).
 * Everything is a function of seed, options, memories and second: the same second gives the same bytes.
 * Source: SML 1.04. What the list of current values holds: ./current-values.
 */

import type { MeterSigningKey } from "@siegel/crypto/testing";
import {
  abortOnError,
  answerFile,
  type Credentials,
  decodeFile,
  encodeFile,
  type EncodingStyle,
  type GetListResponse,
  type GetProfileListResponse,
  type GetProfilePackResponse,
  type LayoutName,
  type MessageBody,
  type ProfileQuestion,
  type Refusal,
  type SmlDevice,
  type SmlMessage,
  type SmlTime,
  type SmlTree,
  type TreePath,
  wrapFile,
} from "@siegel/sml";
import { equalBytes } from "@siegel/wire";
import type { VirtualMeter } from "../virtual-meter.ts";
import { boundedRows } from "./bounded-answers.ts";
import { type CurrentValuesOptions, fullList, reducedList } from "./current-values.ts";
import { asciiOctets } from "./entries.ts";
import { type Identity, identityOf } from "./identity.ts";
import { signingKeyOf } from "./signing-key.ts";
import { maxRows, type Table, tableOf } from "./memories.ts";
import { localTime, secondsIndex } from "./meter-time.ts";
import { objects } from "./objects.ts";
import { type ParameterSource, parameterOf, setParameter } from "./parameters.ts";
import { layoutOfList, signedList } from "./signed-lists.ts";

export interface SmlMeterOptions {
  readonly meter: VirtualMeter;
  /** Number on the label and key follow from it. */
  readonly seed: number | string;
  /** How lists are dated: by running time as most meters do, or by local time as SML 1.04 allows. */
  readonly time?: "second-index" | "local" | undefined;
  /**
   * Whether the PIN was entered; true unless told. Without it whole kWh and no power: signed lists are not shown, and
   * memories only to who knows the password.
   */
  readonly pin?: boolean | undefined;
  /** Lists current values of both tariffs too; the meter must have been given a clock for them. */
  readonly tariffs?: 1 | 2 | undefined;
  /** The meter has a key, and a signed list in this layout. */
  readonly signed?: LayoutName | undefined;
  /** What a second's file holds: signed meters push their signed list, others the current values, unless told. */
  readonly pushes?: "values" | "signed" | "both" | undefined;
  readonly encoding?: Partial<EncodingStyle> | undefined;
  /** Needed then for profiles, events and parameters. Without any, these need none and the clock cannot be set. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

export class SmlMeter implements SmlDevice {
  readonly #options: SmlMeterOptions;
  readonly #identity: Identity;
  readonly #key: MeterSigningKey | undefined;
  /** A meter that is busy refuses every request but goes on pushing. */
  busy = false;
  pinEntered: boolean;

  constructor(options: SmlMeterOptions) {
    this.#options = options;
    this.#identity = identityOf(options.seed);
    const { signed } = options;
    this.#key = signed === undefined ? undefined : signingKeyOf(options.seed, signed === "EDL40" ? "P-192" : "P-256");
    this.pinEntered = options.pin ?? true;
  }

  get serverId(): Uint8Array {
    return this.#identity.serverId;
  }

  /** As printed on the meter: `1SGL0012345678`. */
  get label(): string {
    return this.#identity.label;
  }

  /** x‖y, 48 or 64 octets. */
  get publicKey(): Uint8Array | undefined {
    return this.#key?.publicKey.toRaw();
  }

  /** What the meter pushes at its second, on the line; nothing without power. */
  pushFile(): Uint8Array | undefined {
    return this.#options.meter.isPowered ? this.#onLine(this.pushMessages()) : undefined;
  }

  /** Open, one or two lists, Close; transaction ids count on from second to second. */
  pushMessages(): readonly SmlMessage[] {
    const { signed, pushes = signed === undefined ? "values" : "signed" } = this.#options;
    const shown = this.pinEntered ? signed : undefined;
    const lists: GetListResponse[] = [];
    if (pushes !== "signed" || shown === undefined) lists.push(this.#currentValues());
    if (pushes !== "values" && shown !== undefined) lists.push(this.#signed(shown));
    const file = (this.#identity.firstFile + this.#secondsIndex) % 2 ** 32;
    const bodies: MessageBody[] = [
      {
        kind: "PublicOpenResponse",
        value: { reqFileId: fourOctets(file), serverId: this.serverId, refTime: this.now(), smlVersion: 1 },
      },
      ...lists.map((value): MessageBody => ({ kind: "GetListResponse", value })),
      { kind: "PublicCloseResponse", value: {} },
    ];
    return bodies.map((body, index) => ({
      transactionId: fourOctets((file * bodies.length + index) % 2 ** 32),
      groupNo: 0,
      abortOnError: abortOnError.goOn,
      body,
    }));
  }

  /**
   * The answer to a request file.
   *
   * @param payload  As `SmlFramer` gives it.
   * @returns        Bytes for the line; none without power, and none when nobody could tell what it belongs to.
   */
  answer(payload: Uint8Array): Uint8Array | undefined {
    if (!this.#options.meter.isPowered) return undefined;
    const messages = answerFile(decodeFile(payload), boundedRows(this, maxRows));
    return messages.length === 0 ? undefined : this.#onLine(messages);
  }

  now(): SmlTime {
    return { kind: "secIndex", value: this.#secondsIndex };
  }

  /** Values are for everyone at the interface; memories and parameters for who knows the password, if there is one. */
  mayAsk(kind: MessageBody["kind"], { username, password }: Credentials): boolean {
    const { credentials } = this.#options;
    if (credentials === undefined) return kind !== "SetProcParameterRequest";
    if (kind === "GetListRequest" && username === undefined && password === undefined) return true;
    const rightName = sameSecret(asciiOctets(credentials.username), username);
    const rightPassword = sameSecret(asciiOctets(credentials.password), password);
    return rightName && rightPassword;
  }

  list(listName: Uint8Array | undefined): GetListResponse | Refusal {
    if (this.busy) return "busy";
    if (listName === undefined || equalBytes(listName, objects.currentValues)) return this.#currentValues();
    const layout = layoutOfList(listName);
    if (layout === undefined || layout !== this.#options.signed) return "unknown-designation";
    if (!this.pinEntered) return "attribute-not-readable";
    return this.#signed(layout);
  }

  profileList(question: ProfileQuestion): readonly GetProfileListResponse[] | Refusal {
    const table = this.#table(question);
    if (typeof table === "string") return table;
    return table.rows.map(({ at, status, values }) => ({
      ...this.#profileHead(question, table.regPeriod),
      valTime: this.#dated(at),
      status,
      periodList: table.columns.map((column, index) => ({ ...column, value: values[index] })),
    }));
  }

  profilePack(question: ProfileQuestion): GetProfilePackResponse | Refusal {
    const table = this.#table(question);
    if (typeof table === "string") return table;
    const periodList = table.rows.map(({ at, status, values }) => ({
      valTime: this.#dated(at),
      status,
      valueList: values.map((value) => ({ value })),
    }));
    return { ...this.#profileHead(question, table.regPeriod), headerList: table.columns, periodList };
  }

  parameter(path: TreePath, attribute: Uint8Array | undefined): SmlTree | Refusal {
    if (this.busy) return "busy";
    if (attribute !== undefined) return "optional-element-not-supported";
    return parameterOf(this.#parameters, path);
  }

  setParameter(path: TreePath, tree: SmlTree): Refusal {
    return this.busy ? "busy" : setParameter(this.#parameters, path, tree);
  }

  get #secondsIndex(): number {
    return secondsIndex(this.#options.meter.second, this.#identity.firstUse);
  }

  #currentValues(): GetListResponse {
    const { meter, tariffs = 1, time = "second-index" } = this.#options;
    const options: CurrentValuesOptions = {
      serverId: this.serverId,
      publicKey: this.publicKey,
      tariffs,
      widths: this.#widths,
    };
    return {
      serverId: this.serverId,
      listName: objects.currentValues,
      actSensorTime: time === "local" ? localTime(meter.clock) : this.now(),
      valList: this.pinEntered ? fullList(meter, options) : reducedList(meter, options),
    };
  }

  #signed(layout: LayoutName): GetListResponse {
    if (this.#key === undefined) throw new TypeError("only a meter with a layout has a signed list");
    return signedList(layout, {
      meter: this.#options.meter,
      key: this.#key,
      serverId: this.serverId,
      secondsIndex: this.#secondsIndex,
      firstUse: this.#identity.firstUse,
      contractId: this.label.slice(-8),
      widths: this.#widths,
    });
  }

  #table(question: ProfileQuestion): Table | Refusal {
    if (this.busy) return "busy";
    // Quarter hours tell as much as power does. Where there is a password, `mayAsk` has seen it.
    if (!this.pinEntered && this.#options.credentials === undefined) return "attribute-not-readable";
    return tableOf(this.#options.meter, question, (time) => this.#clockAt(time));
  }

  #profileHead({ path }: ProfileQuestion, regPeriod: number) {
    return { serverId: this.serverId, actTime: this.now(), regPeriod, parameterTreePath: path };
  }

  /** Memories are dated by the clock: a second index would say nothing after the clock was set. */
  #dated(clock: number): SmlTime {
    return this.#options.time === "local" ? localTime(clock) : { kind: "timestamp", value: clock };
  }

  #clockAt(time: SmlTime): number {
    if (time.kind === "timestamp") return time.value;
    if (time.kind === "localTimestamp") return time.value.timestamp;
    return this.#options.meter.clock - (this.#secondsIndex - time.value);
  }

  get #parameters(): ParameterSource {
    const { meter } = this.#options;
    return {
      meter,
      serverId: this.serverId,
      publicKey: this.publicKey,
      pinEntered: this.pinEntered,
      secondsIndex: this.#secondsIndex,
      clock: this.#dated(meter.clock),
    };
  }

  get #widths(): EncodingStyle["integers"] {
    return this.#options.encoding?.integers ?? "declared";
  }

  #onLine(messages: readonly SmlMessage[]): Uint8Array {
    return wrapFile(encodeFile(messages, this.#options.encoding));
  }
}

/** Looks at every octet, whichever differs first. The length of a secret is no secret. */
function sameSecret(known: Uint8Array, given: Uint8Array | undefined): boolean {
  if (given?.length !== known.length) return false;
  return known.reduce((difference, octet, at) => difference | (octet ^ (given[at] ?? 0)), 0) === 0;
}

function fourOctets(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}
