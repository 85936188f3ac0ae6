/**
 * The reader's side of a dialogue: one input in, effects out. No line, no clock.
 *
 * In: bytes, the end of a sending, the end of a time, commands.  Out: what to send, which speed to take, how long to wait,
 * what was read.  Not here: the table (./table.ts), running it (./run.ts).
 * Source: IEC 62056-21 §6; times from §6.3.14 and §6.4 as the facts of this project give them.
 */

import { concatBytes } from "@siegel/wire";
import { breakMessage, type Command, commandMessage, optionSelectMessage, requestMessage } from "../framing/frames.ts";
import { type Block, D0Framer, type D0Frame } from "../framing/framer.ts";
import { baudOf, type Identification, initialBaud, modeOf, type ModeControl } from "../framing/identification.ts";
import { control, textOfOctets } from "../framing/octets.ts";
import { type DataBlock, decodeData } from "../messages/data-set.ts";
import { EchoFilter } from "./echo.ts";
import { SessionError } from "./errors.ts";
import { type ReaderAction, type ReaderHappening, type ReaderRow, type ReaderState, readerTable } from "./table.ts";

export interface ReaderOptions {
  /** Address of the meter; everybody answers without one. */
  readonly address?: string;
  /** "read-out" unless told; "binary" hands a mode E meter over to HDLC. */
  readonly mode?: "read-out" | "programming" | "binary";
  /** A battery meter is woken first. */
  readonly wakeUp?: boolean;
  /** Mode D: nothing is asked, the meter speaks by itself, at this speed. */
  readonly listenAtBaud?: number;
  /** Highest speed to take over from the identification; for heads that are slow. */
  readonly maxBaud?: number;
  /** Speed of the opening; 300 unless told. TCP converters and some meters use another. */
  readonly openingBaud?: number;
  /**
   * The password message for this seed: `1` plain, `2` made from the seed. `undefined` asks for nothing: the meter's
   * public registers are read without one.
   */
  readonly password?: (seed: string) => { readonly digit: "1" | "2"; readonly text: string } | undefined;
  /** B0 ends the dialogue unless told; B1 is for battery meters, which go to sleep at once. */
  readonly signOff?: "B0" | "B1";
  /** How often a message is repeated; 2 unless told. */
  readonly retries?: number;
  /** All parts of one answer together; 1 MiB unless told. */
  readonly maxAnswerBytes?: number;
  readonly times?: Partial<ReaderTimes>;
}

/** In milliseconds. */
export interface ReaderTimes {
  /** From the end of our message to the first character: 1,500 by the standard, and what adapters take on top. */
  readonly answer: number;
  /** Between two characters: 1,500 by the standard. */
  readonly character: number;
  /** Zeros that wake a battery meter: 2,100 to 2,300. */
  readonly wake: number;
  /** From their end to the request: 1,500 to 1,700. */
  readonly pause: number;
  /** For a meter that speaks by itself, or when its button is pressed. */
  readonly push: number;
}

export const standardTimes: ReaderTimes = { answer: 2_200, character: 1_500, wake: 2_200, pause: 1_600, push: 60_000 };

export type ReaderInput =
  | { readonly on: "start" }
  | { readonly on: "bytes"; readonly bytes: Uint8Array }
  /** The last octet of what was to be sent has left the line. */
  | { readonly on: "sent" }
  | { readonly on: "timeout" }
  /** In "ready" only. */
  | { readonly on: "command"; readonly command: Command }
  | { readonly on: "sign-off" };

export type ReaderEffect =
  | { readonly do: "send"; readonly bytes: Uint8Array }
  /** Zeros for so long: how many that are is a matter of the speed. */
  | { readonly do: "wake"; readonly durationMs: number }
  | { readonly do: "speed"; readonly baud: number }
  /** Replaces the time that runs. */
  | { readonly do: "wait"; readonly milliseconds: number }
  | { readonly do: "stopWaiting" }
  | { readonly do: "deliver"; readonly answer: Answer }
  /** Programming mode is entered: commands may come. */
  | { readonly do: "ready"; readonly seed: string }
  /** Mode E: from here on the line belongs to HDLC. */
  | { readonly do: "handOver"; readonly identification: Identification }
  | { readonly do: "finish" }
  | { readonly do: "fail"; readonly error: SessionError };

/** What the meter said to a read-out or to a command. */
export type Answer =
  | {
      readonly kind: "data";
      readonly data: DataBlock;
      readonly identification: Identification | undefined;
      /** Every block of it had its check and the check held. */
      readonly isChecked: boolean;
    }
  | { readonly kind: "acknowledged" }
  | { readonly kind: "refused"; readonly error: SessionError };

export class ReaderSession {
  readonly #options: ReaderOptions;
  readonly #times: ReaderTimes;
  readonly #framer = new D0Framer();
  readonly #echo = new EchoFilter();
  #state: ReaderState = "idle";
  #identification: Identification | undefined;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #isChecked = true;
  #seed = "";
  #refusal = "";
  #lastMessage: Uint8Array = new Uint8Array();
  #command: Command | undefined;
  #retries = 0;
  #effects: ReaderEffect[] = [];

  constructor(options: ReaderOptions = {}) {
    this.#options = options;
    this.#times = { ...standardTimes, ...options.times };
    this.#framer.readsOptions = false; // that is for us to say
  }

  get state(): ReaderState {
    return this.#state;
  }

  /** What to do because of this. Total: what does not belong here gives no effect. */
  step(input: ReaderInput): readonly ReaderEffect[] {
    this.#effects = [];
    switch (input.on) {
      case "start":
        if (this.#options.listenAtBaud !== undefined) this.#happen("start:listen");
        else this.#happen(this.#options.wakeUp === true ? "start:asleep" : "start");
        break;
      case "bytes": {
        const bytes = this.#echo.take(input.bytes);
        if (bytes.length === 0) break;
        this.#happen("bytes");
        for (const frame of this.#framer.push(bytes)) this.#frame(frame);
        break;
      }
      case "sent":
      case "sign-off":
        this.#happen(input.on);
        break;
      case "command":
        if (this.#state === "ready") this.#command = input.command;
        this.#happen("command");
        break;
      case "timeout":
        this.#timeout();
    }
    return this.#effects;
  }

  /** What came and was not ended may be all there is: some meters leave out `!` and ETX. */
  #timeout(): void {
    const before = this.#state;
    if (before === "receiving") {
      for (const frame of this.#framer.flush()) {
        if (frame.kind === "lines") this.#frame(frame);
        else if (frame.kind === "block") this.#frame({ ...frame, check: "bad" });
      }
    } else this.#framer.flush();
    if (this.#state === before && this.#effects.length === 0) this.#happen(this.#mayRetry ? "timeout" : "timeout:last");
  }

  get #mayRetry(): boolean {
    return this.#retries < (this.#options.retries ?? 2);
  }

  #frame(frame: D0Frame): void {
    switch (frame.kind) {
      case "identification":
        this.#candidate = frame.identification;
        return this.#happen(this.#happeningOf(frame.identification));
      case "block":
        return this.#block(frame);
      case "lines": {
        if (this.#state !== "receiving" && this.#state !== "awaiting-seed") return;
        const data = decodeData(frame.data);
        if (data.lines.length === 0) return;
        this.#isChecked = false;
        this.#parts = [frame.data];
        return this.#happen("lines");
      }
      case "command":
        return this.#commandOfMeter(frame);
      case "ack":
        return this.#happen("ack");
      case "nak":
        this.#refusal = "";
        return this.#happen(this.#mayRetry ? "nak" : "nak:last");
      default:
        return;
    }
  }

  #candidate: Identification | undefined;

  #happeningOf(identification: Identification): ReaderHappening {
    if (this.#state === "receiving") return "mode A";
    const mode = modeOf(identification);
    if (mode === "A" || mode === "B") return `mode ${mode}`;
    const wanted = this.#options.mode ?? "read-out";
    if (wanted === "programming") return "mode C:programming";
    // A mode E meter that is asked for nothing special answers as one of mode C.
    return mode === "E" && wanted === "binary" ? "mode E:binary" : "mode C";
  }

  #block(block: Block): void {
    if (block.check !== "good") return this.#happen(this.#mayRetry ? "block:bad" : "block:bad:last");
    if (this.#partBytes + block.data.length > (this.#options.maxAnswerBytes ?? 2 ** 20)) {
      return this.#happen("block:too-long");
    }
    const inProgramming = this.#state === "asking" || this.#state === "logging-in";
    const refusal = inProgramming ? errorText.exec(textOfOctets(block.data.subarray(0, 64)))?.[1] : undefined;
    if (refusal !== undefined) {
      this.#refusal = refusal;
      return this.#happen("block:error");
    }
    this.#parts.push(block.data.slice());
    this.#partBytes += block.data.length;
    this.#happen(block.end === "more" ? "block:more" : "block");
  }

  #commandOfMeter({ command, check }: { readonly command: Command; readonly check: "good" | "bad" }): void {
    if (check === "bad") return this.#happen(this.#mayRetry ? "block:bad" : "block:bad:last");
    if (command.letter === "B") return this.#happen("break");
    if (command.letter !== "P" || this.#state !== "awaiting-seed") return;
    this.#seed = /\(([^)]*)\)/.exec(command.data ?? "")?.[1] ?? "";
    this.#answer = this.#options.password?.(this.#seed);
    this.#happen(this.#answer === undefined ? "seed:no-password" : "seed:password");
  }

  #answer: { readonly digit: "1" | "2"; readonly text: string } | undefined;

  #happen(happening: ReaderHappening): void {
    const row = rowOf(this.#state, happening);
    if (row === undefined) {
      // A part that nobody waits for is not kept.
      if (happening.startsWith("block")) this.#forgetParts();
      return;
    }
    const [from, , to, ...actions] = row;
    if (from !== to) this.#retries = 0;
    this.#state = to;
    for (const action of actions) this.#act(action);
  }

  #act(action: ReaderAction): void {
    switch (action) {
      case "wake":
        return this.#do({ do: "wake", durationMs: this.#times.wake });
      case "startAtInitialSpeed":
        this.#forgetParts();
        return this.#do({ do: "speed", baud: this.#options.listenAtBaud ?? this.#options.openingBaud ?? initialBaud });
      case "request":
        return this.#send(requestMessage(this.#options.address));
      case "keepIdentification":
        this.#identification = this.#candidate;
        return;
      case "selectReadOut":
        return this.#select("normal", "read-out");
      case "selectProgramming":
        return this.#select("normal", "programming");
      case "selectBinary":
        return this.#select("hdlc", "binary");
      case "changeSpeed":
        return this.#do({ do: "speed", baud: this.#agreedBaud });
      case "acknowledge":
        this.#retries = 0;
        return this.#send(Uint8Array.of(control.ack));
      case "repeatPlease":
        return this.#send(Uint8Array.of(control.nak));
      case "keepPart":
        return;
      case "deliver":
        return this.#deliver();
      case "deliverAcknowledged":
        return this.#do({ do: "deliver", answer: { kind: "acknowledged" } });
      case "deliverRefused":
        this.#retries = 0;
        return this.#do({ do: "deliver", answer: { kind: "refused", error: this.#refused("refused") } });
      case "sendPassword": {
        const { digit, text } = this.#answer!;
        this.#answer = undefined;
        return this.#send(commandMessage({ letter: "P", digit, data: `(${text})` }));
      }
      case "resend":
        return this.#send(this.#lastMessage);
      case "sendCommand":
        this.#forgetParts();
        return this.#send(commandMessage(this.#command!));
      case "sendBreak":
        return this.#send(breakMessage(this.#options.signOff === "B1" ? "1" : "0"));
      case "tellReady":
        return this.#do({ do: "ready", seed: this.#seed });
      case "handOver":
        return this.#do({ do: "handOver", identification: this.#identification! });
      case "finish":
        return this.#do({ do: "finish" });
      case "waitPause":
        return this.#do({ do: "wait", milliseconds: this.#times.pause });
      case "waitAnswer":
        return this.#do({ do: "wait", milliseconds: this.#times.answer });
      case "waitPush":
        return this.#do({ do: "wait", milliseconds: this.#times.push });
      case "waitCharacter":
        return this.#do({ do: "wait", milliseconds: this.#times.character });
      case "stopWaiting":
        return this.#do({ do: "stopWaiting" });
      case "countRetry":
        this.#retries++;
        return;
      default:
        return this.#do({ do: "fail", error: this.#refused(codeOfFailure(action)) });
    }
  }

  #select(protocol: "normal" | "hdlc", mode: ModeControl): void {
    this.#send(optionSelectMessage({ protocol, baudCharacter: this.#agreedCharacter, mode }));
  }

  /** The speed character of the acknowledgement: the meter's, or that of the highest speed allowed. */
  get #agreedCharacter(): string {
    const offered = this.#identification!.baudCharacter;
    const { maxBaud } = this.#options;
    if (maxBaud === undefined || baudOf({ baudCharacter: offered }) <= maxBaud) return offered;
    return ["6", "5", "4", "3", "2", "1"].find((digit) => baudOf({ baudCharacter: digit }) <= maxBaud) ?? "0";
  }

  get #agreedBaud(): number {
    const { baudCharacter } = this.#identification!;
    const isOfModeB = modeOf(this.#identification!) === "B";
    return baudOf({ baudCharacter: isOfModeB ? baudCharacter : this.#agreedCharacter });
  }

  #deliver(): void {
    const data = decodeData(concatBytes(...this.#parts));
    const answer: Answer = { kind: "data", data, identification: this.#identification, isChecked: this.#isChecked };
    this.#forgetParts();
    this.#do({ do: "deliver", answer });
  }

  #refused(code: SessionError["code"]): SessionError {
    const text = this.#refusal === "" ? undefined : this.#refusal;
    this.#refusal = "";
    return new SessionError(code, text);
  }

  #forgetParts(): void {
    this.#parts = [];
    this.#partBytes = 0;
    this.#isChecked = true;
  }

  #send(bytes: Uint8Array): void {
    this.#lastMessage = bytes;
    this.#echo.sent(bytes);
    this.#do({ do: "send", bytes });
  }

  #do(effect: ReaderEffect): void {
    this.#effects.push(effect);
  }
}

function rowOf(state: ReaderState, happening: ReaderHappening): ReaderRow | undefined {
  return readerTable.find(([from, on]) => from === state && on === happening);
}

function codeOfFailure(action: Extract<ReaderAction, `fail:${string}`>): SessionError["code"] {
  return action.slice("fail:".length) as SessionError["code"]; // the type lists the codes
}

/** `(ER03)`, `ERROR`: the texts of refusals are the maker's but for their beginning. */
const errorText = /^[^()]{0,16}\(?(ER[A-Z0-9]*)\)?/;
