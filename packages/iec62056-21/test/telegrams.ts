/** Synthetic telegrams and read-outs that several tests need. Made by our encoder or written out here. */

import { octetsOfText, textOfOctets } from "../src/framing/octets.ts";
import { D0Stream, type D0StreamEvent, type D0StreamOptions } from "../src/stream.ts";
import { encodeP1, type P1Content } from "../src/p1/encode.ts";
import { P1Stream, type P1StreamEvent, type P1StreamOptions } from "../src/p1/stream.ts";

export const octets = octetsOfText;
export const text = textOfOctets;

/** A line of the kind `1-0:1.8.1(000001.001*kWh)`. */
export function line(id: string, ...groups: string[]): readonly [{ id: string; groups: readonly string[] }] {
  return [{ id, groups }];
}

/** DSMR 5.0 with a gas and a water meter, a log of two power failures and a message. */
export const dsmr5: P1Content = {
  header: "/SGL5\\2VIRTUAL-0001",
  lines: [
    line("1-3:0.2.8", "50"),
    line("0-0:1.0.0", "251125073000W"),
    line("0-0:96.1.1", "53474C30303030303031"),
    line("1-0:1.8.1", "002130.115*kWh"),
    line("1-0:1.8.2", "000245.467*kWh"),
    line("1-0:2.8.1", "000000.000*kWh"),
    line("1-0:2.8.2", "000000.012*kWh"),
    line("0-0:96.14.0", "0001"),
    line("1-0:1.7.0", "00.111*kW"),
    line("1-0:2.7.0", "00.000*kW"),
    line("0-0:96.7.21", "00005"),
    line("0-0:96.7.9", "00003"),
    line("1-0:99.97.0", "2", "0-0:96.7.19", "190326095015W", "0000002014*s", "250701120000S", "0000000301*s"),
    line("1-0:32.32.0", "00001"),
    line("1-0:32.36.0", "00000"),
    line("0-0:96.13.0", "48656C6C6F"),
    line("1-0:32.7.0", "229.9*V"),
    line("1-0:31.7.0", "000*A"),
    line("1-0:21.7.0", "00.056*kW"),
    line("1-0:22.7.0", "00.000*kW"),
    line("0-1:24.1.0", "003"),
    line("0-1:96.1.0", "4730303031"),
    line("0-1:24.2.1", "251125072500W", "00246.138*m3"),
    line("0-2:24.1.0", "007"),
    line("0-2:96.1.0", "5730303032"),
    line("0-2:24.2.1", "251125072000W", "00012.345*m3"),
  ],
};

/** Version 3: no checksum, and gas on two lines. */
export const dsmr3 = octetsOfText(
  [
    "/SGL5\\2VIRTUAL-0003",
    "",
    "0-0:96.1.1(53474C30303030303033)",
    "1-0:1.8.1(12345.678*kWh)",
    "1-0:1.7.0(001.19*kW)",
    "0-0:17.0.0(016*A)",
    "0-1:24.1.0(03)",
    "0-1:96.1.0(4730303031)",
    "0-1:24.3.0(090712160000)(00)(60)(1)(0-1:24.2.1)(m3)",
    "(00001.001)",
    "0-1:24.4.0(1)",
    "!",
    "",
  ].join("\r\n"),
);

/** Belgium: maxima of the months. */
export const fluvius: P1Content = {
  header: "/SGL5\\2FLUVIUS",
  lines: [
    line("0-0:96.1.4", "50217"),
    line("0-0:96.1.1", "53474C30303030303034"),
    line("0-0:1.0.0", "251125073000W"),
    line("1-0:1.8.1", "000000.034*kWh"),
    line("1-0:1.6.0", "251109134558W", "02.589*kW"),
    line(
      "0-0:98.1.0",
      "2",
      "1-0:1.6.0",
      "1-0:1.6.0",
      "251001000000S",
      "632525252525W",
      "03.695*kW",
      "251101000000W",
      "251012131500S",
      "05.980*kW",
    ),
    line("0-1:24.1.0", "003"),
    line("0-1:96.1.1", "37464C4F30303031"),
    line("0-1:24.2.3", "251125072558W", "00112.384*m3"),
  ],
};

export const telegram5 = encodeP1(dsmr5);

export function readP1(bytes: Uint8Array, options: P1StreamOptions = {}): P1StreamEvent[] {
  const stream = new P1Stream(options);
  return [...stream.push(bytes.slice()), ...stream.flush()];
}

export function readD0(bytes: Uint8Array, options: D0StreamOptions = {}): D0StreamEvent[] {
  const stream = new D0Stream(options);
  return [...stream.push(bytes.slice()), ...stream.flush()];
}

/** The values of a stream's telegrams as `obis=value unit`. */
export function shown(events: readonly (P1StreamEvent | D0StreamEvent)[]): string[] {
  return events.flatMap((event) => {
    if (event.kind !== "telegram") return [];
    return event.telegram.values.map(({ id, obis, reading, text: written }) => {
      const value =
        reading?.kind === "number" ? `${reading.value.toString()} ${reading.unit?.symbol ?? ""}`.trim() : written;
      return `${obis ?? id}=${value}`;
    });
  });
}
