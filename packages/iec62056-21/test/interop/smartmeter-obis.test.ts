// If these failed, home automation that reads meters with smartmeter-obis could not read our virtual meters, or would show other figures.

import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { parseIdentification } from "../../src/framing/identification.ts";
import { MeterSession } from "../../src/server/meter.ts";
import { line, octets } from "../telegrams.ts";

/** The reader's side of a dialogue as they drive it. */
interface D0Protocol {
  communicationState: number;
  messagesToSend(): number;
  getNextMessage(line: object | null, callback: (message: string) => void): void;
  checkMessage(message: Buffer): boolean;
  handleMessage(message: Buffer): Buffer | null;
}
interface Measurement {
  valueToString(): string;
}
type Store = (error: unknown, values: Readonly<Record<string, Measurement>> | null) => void;

// It is JavaScript, and its own declarations leave this class out.
const require = createRequire(import.meta.url);
const { D0Protocol } = require("smartmeter-obis") as {
  readonly D0Protocol: new (options: object, store: Store) => D0Protocol;
};

const registers = [
  line("F.F", "00"),
  line("1.8.0", "000285.4*kWh"),
  line("2.8.0", "000120.1*kWh"),
  line("1.8.0*01", "000200.0*kWh"),
];

test.each(["/SGL5VIRTUAL", "/SGL5\\2VIRTUAL", "/SGLDVIRTUAL", "/SGL.VIRTUAL"])(
  "smartmeter-obis reads out the virtual meter %s",
  (written) => {
    const meter = new MeterSession({
      identification: parseIdentification(written)!,
      address: "",
      readOut: () => registers,
      read: () => undefined,
      write: () => false,
      execute: () => false,
      seed: () => "",
      isPassword: () => false,
    });
    let values: Readonly<Record<string, Measurement>> = {};
    const errors: unknown[] = [];
    const protocol = new D0Protocol(
      { debug: 0, logger: () => undefined, obisFallbackMedium: 1, transportSerialBaudrate: 300 },
      (error, found) => {
        if (error !== null) errors.push(error);
        values = found ?? values;
      },
    );
    const speeds: number[] = [];
    const head = { update: ({ baudRate }: { baudRate: number }, done: () => void) => (speeds.push(baudRate), done()) };
    let waiting = "";
    for (let turn = 0; turn < 20 && protocol.communicationState !== 10; turn++) {
      for (let left = protocol.messagesToSend(); left > 0; left--) {
        protocol.getNextMessage(head, (message) => (waiting += answersTo(meter, octets(message))));
      }
      const bytes = Buffer.from(waiting, "latin1");
      if (bytes.length > 0 && protocol.checkMessage(bytes))
        waiting = (protocol.handleMessage(bytes) ?? Buffer.alloc(0)).toString("latin1");
    }
    expect(errors).toEqual([]);
    expect(Object.fromEntries(Object.entries(values).map(([id, value]) => [id, value.valueToString()]))).toMatchObject({
      "1-0:1.8.0": "285.4 kWh",
      "1-0:2.8.0": "120.1 kWh",
      "1-0:1.8.0*1": "200 kWh",
    });
  },
);

/** What the meter says to these octets, with all of it sent at once. */
function answersTo(meter: MeterSession, bytes: Uint8Array): string {
  const effects = [...meter.step({ on: "bytes", bytes })];
  let said = "";
  for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) {
    if (effect.do !== "send") continue;
    said += String.fromCharCode(...effect.bytes);
    effects.push(...meter.step({ on: "sent" }));
  }
  return said;
}
