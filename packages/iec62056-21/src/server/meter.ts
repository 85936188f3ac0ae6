/**
 * The meter's side of a dialogue: one input in, effects out. No line, no clock.
 *
 * In: bytes, the end of a sending, the end of a time.  Out: what to send and when, which speed to take.
 * Not here: the table (./table.ts), what the meter measures (a port: `D0Device`).
 * Source: IEC 62056-21 §6.
 */

import { blockMessage, breakMessage, type Command, commandMessage, identificationMessage } from "../framing/frames.ts";
import { D0Framer, type D0Frame } from "../framing/framer.ts";
import {
  baudOf,
  type Identification,
  initialBaud,
  isAddressed,
  modeOf,
  type OptionSelect,
  reactionTimeOf,
} from "../framing/identification.ts";
import { control, textOfOctets } from "../framing/octets.ts";
import { type DataSet, encodeData, textOfDataSet } from "../messages/data-set.ts";
import { EchoFilter } from "../session/echo.ts";
import { type MeterAction, type MeterHappening, meterTable, type MeterState } from "./table.ts";

/** One data set to read, write or execute: `1.8.0(1)` is id `1.8.0` and argument `1`. */
export interface Register {
  readonly id: string;
  readonly argument: string;
}

/** What answers behind the protocol. Everything is decided at once: a meter has its registers at hand. */
export interface D0Device {
  readonly identification: Identification;
  /** "" answers to requests without an address only. */
  readonly address: string;
  /** Lines of the read-out as of now. */
  readOut(): readonly (readonly Pick<DataSet, "id" | "groups">[])[];
  /** What a read command gets; `undefined` refuses. @param digit  1, 3: ASCII; 2, 4: formatted; 5, 6: the maker's. */
  read(register: Register, digit: string): readonly Pick<DataSet, "id" | "groups">[] | undefined;
  /** Takes a value; whether it did. */
  write(register: Register, digit: string): boolean;
  execute(register: Register, digit: string): boolean;
  /** The text in P0; "" for a meter that has no seed. */
  seed(): string;
  /** Whether this opens programming. Compared in constant time where it is a secret of somebody. */
  isPassword(text: string, digit: string, seed: string): boolean;
}

export interface MeterOptions {
  /** Characters in one part of an answer to R3 and R4; 120 unless told. */
  readonly partCharacters?: number;
  /** Speed of the opening; 300 unless told. */
  readonly openingBaud?: number;
  /** Passwords that may be wrong before the meter signs off; 3 unless told. */
  readonly maxWrongPasswords?: number;
  /** How long the reader has to say what it wants, in milliseconds; 1,500 unless told. */
  readonly optionMs?: number;
  /** How long programming mode stays open without a command; 60,000 unless told. */
  readonly commandMs?: number;
}

export type MeterInput =
  | { readonly on: "bytes"; readonly bytes: Uint8Array }
  | { readonly on: "sent" }
  | { readonly on: "timeout" };

export type MeterEffect =
  /** Not before so many milliseconds: the reader needs them to turn its line around. */
  | { readonly do: "send"; readonly bytes: Uint8Array; readonly afterMs: number }
  | { readonly do: "speed"; readonly baud: number }
  | { readonly do: "wait"; readonly milliseconds: number }
  | { readonly do: "stopWaiting" };

export class MeterSession {
  readonly #device: D0Device;
  readonly #options: MeterOptions;
  // A reader has nothing long to say: who sends more than this without an end is no reader.
  readonly #framer = new D0Framer({ maxBlockBytes: 4_096 });
  readonly #echo = new EchoFilter();
  #state: MeterState = "idle";
  #option: OptionSelect | undefined;
  #command: Command | undefined;
  #seed = "";
  #wrongPasswords = 0;
  #parts: string[] = [];
  #lastMessage: Uint8Array = new Uint8Array();
  #effects: MeterEffect[] = [];

  constructor(device: D0Device, options: MeterOptions = {}) {
    this.#device = device;
    this.#options = options;
    this.#framer.readsOptions = false;
  }

  get state(): MeterState {
    return this.#state;
  }

  /** What to do because of this. Total. */
  step(input: MeterInput): readonly MeterEffect[] {
    this.#effects = [];
    if (input.on === "bytes") {
      for (const frame of this.#framer.push(this.#echo.take(input.bytes).slice())) this.#frame(frame);
    } else this.#happen(input.on);
    return this.#effects;
  }

  #frame(frame: D0Frame): void {
    switch (frame.kind) {
      case "request":
        if (!isAddressed(this.#device.address, frame.address)) return;
        return this.#happen(`request:${modeOfMeter(this.#device.identification)}`);
      case "option":
        this.#option = frame.option;
        return this.#happen(this.#happeningOf(frame.option));
      case "command":
        this.#command = frame.command;
        return this.#happen(frame.check === "bad" || frame.more ? "damaged" : this.#happeningOfCommand(frame.command));
      case "damaged":
        return this.#happen("damaged");
      case "ack":
        return this.#happen(this.#parts.length > 0 ? "ack:more" : "ack");
      case "nak":
        return this.#happen("nak");
      default:
        return;
    }
  }

  /** A reader may take the speed that was offered, or stay at a lower one. */
  #happeningOf({ protocol, mode, baudCharacter }: OptionSelect): MeterHappening {
    const offered = baudOf(this.#device.identification);
    if (protocol === "hdlc" || baudOf({ baudCharacter }) > offered) return "option:refused";
    return mode === "read-out" ? "option:read-out" : mode === "programming" ? "option:programming" : "option:refused";
  }

  #happeningOfCommand({ letter, digit, data = "" }: Command): MeterHappening {
    switch (letter) {
      case "P": {
        const text = /^\(([^)]*)\)$/.exec(data)?.[1] ?? "";
        if (this.#device.isPassword(text, digit, this.#seed)) return "password:right";
        const last = (this.#options.maxWrongPasswords ?? 3) - 1;
        return this.#wrongPasswords >= last ? "password:wrong:last" : "password:wrong";
      }
      case "R":
        return "read";
      case "W":
        return "write";
      case "E":
        return "execute";
      default:
        return "sign-off";
    }
  }

  #happen(happening: MeterHappening): void {
    const row = meterTable.find(([from, on]) => from === this.#state && on === happening);
    if (row === undefined) return;
    const [, , to, ...actions] = row;
    this.#state = to;
    this.#framer.readsOptions = to === "introduced";
    for (const action of actions) this.#act(action);
  }

  #act(action: MeterAction): void {
    switch (action) {
      case "introduce":
        this.#parts = [];
        this.#act("startAtInitialSpeed");
        return this.#send(identificationMessage(this.#device.identification));
      case "startAtInitialSpeed":
        this.#wrongPasswords = 0;
        return this.#do({ do: "speed", baud: this.#options.openingBaud ?? initialBaud });
      case "changeSpeed": {
        const { identification } = this.#device;
        const character = this.#state === "read-out" && modeOfMeter(identification) !== "C" ? undefined : this.#option;
        return this.#do({ do: "speed", baud: baudOf(character ?? identification) });
      }
      case "sendReadOut":
        return this.#send(blockMessage(textOfOctets(encodeData(this.#device.readOut()))));
      case "sendSeed":
        this.#seed = this.#device.seed();
        return this.#send(commandMessage({ letter: "P", digit: "0", data: `(${this.#seed})` }));
      case "sendNextPart":
        return this.#sendPart();
      case "resend":
        return this.#send(this.#lastMessage);
      case "acknowledge":
        this.#wrongPasswords = 0;
        return this.#send(Uint8Array.of(control.ack));
      case "repeatPlease":
        return this.#send(Uint8Array.of(control.nak));
      case "answerRead":
        return this.#answerRead();
      case "doWrite":
        return this.#confirm(this.#device.write(registerOf(this.#command), this.#command?.digit ?? ""));
      case "doExecute":
        return this.#confirm(this.#device.execute(registerOf(this.#command), this.#command?.digit ?? ""));
      case "refuse":
        return this.#send(blockMessage("(ER07)"));
      case "countWrongPassword":
        this.#wrongPasswords++;
        return;
      case "sendBreak":
        return this.#send(breakMessage());
      case "waitForOption":
        return this.#do({ do: "wait", milliseconds: this.#options.optionMs ?? 1_500 });
      case "waitForCommand":
        return this.#do({ do: "wait", milliseconds: this.#options.commandMs ?? 60_000 });
      case "waitForRepeat":
        return this.#do({ do: "wait", milliseconds: 1_500 });
      case "stopWaiting":
        return this.#do({ do: "stopWaiting" });
    }
  }

  #answerRead(): void {
    const digit = this.#command?.digit ?? "";
    const dataSets = this.#device.read(registerOf(this.#command), digit);
    if (dataSets === undefined) return this.#send(blockMessage("(ER03)"));
    const text = dataSets.map(textOfDataSet).join("\r\n");
    const size = digit === "3" || digit === "4" ? (this.#options.partCharacters ?? 120) : Math.max(1, text.length);
    this.#parts = [];
    for (let at = 0; at < text.length || at === 0; at += size) this.#parts.push(text.slice(at, at + size));
    this.#sendPart();
  }

  #sendPart(): void {
    const part = this.#parts.shift() ?? "";
    this.#send(blockMessage(part, this.#parts.length > 0));
  }

  #confirm(done: boolean): void {
    this.#send(done ? Uint8Array.of(control.ack) : blockMessage("(ER04)"));
  }

  #send(bytes: Uint8Array): void {
    this.#lastMessage = bytes;
    this.#echo.sent(bytes);
    this.#do({ do: "send", bytes, afterMs: reactionTimeOf(this.#device.identification) });
  }

  #do(effect: MeterEffect): void {
    this.#effects.push(effect);
  }
}

/** A mode E meter of ours knows no HDLC: it answers as one of mode C. */
function modeOfMeter(identification: Identification): "A" | "B" | "C" {
  const mode = modeOf(identification);
  return mode === "E" ? "C" : mode;
}

function registerOf(command: Command | undefined): Register {
  const [, id = "", argument = ""] = /^([^(]*)(?:\(([^)]*)\)?)?/.exec(command?.data ?? "") ?? [];
  return { id, argument };
}
