/**
 * What Wireshark's SML dissector sees in our bytes.
 *
 * In: files as they go on the line.  Out: for each, its fields in the order of the bytes, and the dissector's complaints.
 * How: one UDP packet for each file, so that none waits for the next; the dissector compares both checksums. The capture
 * is a file of the system's temporary folder, since tshark takes no socket for its standard input.
 * Source: libpcap file format; RFC 791, RFC 768.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatBytes } from "@siegel/wire";

export interface Dissection {
  /**
   * `name kind content`: the dissector's name, what it took the TL field for, and hex. Octets show the length it read;
   * a field that is absent has no kind. Also `crc correct` after each message and at the end of the file.
   */
  readonly fields: readonly string[];
  /** Names of the dissector's own errors, such as `sml.invalid_count`. */
  readonly complaints: readonly string[];
}

/** Major and minor version, e.g. "4.0". */
export function tsharkVersion(): string {
  return /(\d+\.\d+)/.exec(tshark(["--version"]))?.[1] ?? "unknown";
}

/** One dissection for each file. */
export function dissect(files: readonly Uint8Array[]): readonly Dissection[] {
  const folder = mkdtempSync(join(tmpdir(), "siegel-sml-"));
  try {
    const file = join(folder, "files.pcap");
    writeFileSync(file, capture(files));
    const output = tshark(["-r", file, "-d", `udp.port==${port},sml`, "-o", "sml.crc:TRUE", "-T", "pdml"]);
    const packets = output.split("<packet>").slice(1);
    return packets.map((packet) => dissectionOf(packet.slice(packet.indexOf('<proto name="sml"'))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function tshark(options: readonly string[]): string {
  return execFileSync("tshark", options, {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "ignore"], // it warns of running as root
  });
}

/** Little-endian capture of IPv4 packets; checksums are left out, which readers allow. */
function capture(files: readonly Uint8Array[]): Uint8Array {
  const head = new DataView(new ArrayBuffer(24));
  head.setUint32(0, 0xa1b2_c3d4, true);
  head.setUint16(4, 2, true); //             version 2.4
  head.setUint16(6, 4, true);
  head.setUint32(16, 0x4_0000, true); //     longest packet
  head.setUint32(20, 228, true); //          LINKTYPE_IPV4
  return concatBytes(new Uint8Array(head.buffer), ...files.map(packetOf));
}

function packetOf(file: Uint8Array): Uint8Array {
  const udpBytes = 8 + file.length;
  const view = new DataView(new ArrayBuffer(16 + 20 + 8));
  view.setUint32(8, 20 + udpBytes, true); //   bytes kept
  view.setUint32(12, 20 + udpBytes, true); //  bytes sent
  view.setUint8(16, 0x45); //                  IPv4, header of 20 bytes
  view.setUint16(18, 20 + udpBytes);
  view.setUint8(24, 64); //                    time to live
  view.setUint8(25, 17); //                    UDP
  view.setUint32(28, 0x7f00_0001);
  view.setUint32(32, 0x7f00_0001);
  view.setUint16(36, port);
  view.setUint16(38, port);
  view.setUint16(40, udpBytes);
  return concatBytes(new Uint8Array(view.buffer), file);
}

/** Reads tshark's XML: one element a line, so that lines are enough. */
function dissectionOf(packet: string): Dissection {
  const fields: { readonly at: number; readonly text: string }[] = [];
  const complaints: string[] = [];
  let kind = "";
  let underExpert = false;
  for (const line of packet.split("\n")) {
    const leaf = line.endsWith("/>");
    const { name = "", showname, show = "", pos, value = "" } = attributes(line);
    const complaint = underExpert;
    underExpert = name === "_ws.expert";
    if (complaint) complaints.push(name);
    if (!leaf || complaint || (name !== "" && !name.startsWith("sml."))) continue;
    const field = name.slice("sml.".length);
    const text = showname ?? show;
    if (field === "length" || field === "datatype") kind = kindOf(text);
    else if (text.includes("NOT SET") || text.endsWith("SML-Version : Version 1")) {
      fields.push({ at: Number(pos), text: `${field || labelOf(show)} absent` });
    } else if (field === "crc") fields.push({ at: Number(pos), text: `crc ${/\[(\w+)/.exec(text)?.[1]}` });
    else if (field !== "" && !notContent.has(field))
      fields.push({ at: Number(pos), text: `${field} ${kind} ${value}` });
  }
  // The dissector shows the time of a tupel entry behind the rest of it.
  return { fields: fields.toSorted((a, b) => a.at - b.at).map(({ text }) => text), complaints };
}

function attributes(line: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

/** "Length: 6 octets", "Datatype: Unsigned 32 (0x65)", "Datatype: Unsigned cropped (0x64)". */
function kindOf(text: string): string {
  const octets = /^Length: (-?\d+)/.exec(text);
  return octets === null ? (/^Datatype: (\w+)/.exec(text)?.[1] ?? text).toLowerCase() : `octets(${octets[1]})`;
}

/** "object_List: NOT SET" has no name of its own. */
function labelOf(show: string): string {
  return show
    .slice(0, show.indexOf(":"))
    .replaceAll(/[^a-z]/gi, "")
    .toLowerCase();
}

const port = 7259;
const notContent = new Set(["file_marker", "esc", "version_1", "crc.status", "end", "padding"]);
