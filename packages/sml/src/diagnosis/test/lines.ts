/** What can happen to a meter's bytes on their way, played through: serial line, terminal driver, text tools. */

/** What a receiver at one speed makes of a sender at another. Eight data bits, no parity, sampled in mid-bit. */
export function atWrongSpeed(bytes: Uint8Array, sender: number, receiver: number, isInverted = false): Uint8Array {
  const levels: number[] = Array.from({ length: 20 }, () => 1);
  for (const byte of bytes) {
    levels.push(0);
    for (let bit = 0; bit < 8; bit++) levels.push((byte >> bit) & 1);
    levels.push(1);
  }
  const level = (time: number) => (levels[Math.floor(time)] ?? 1) ^ (isInverted ? 1 : 0);
  const width = sender / receiver; // of a receiver's bit, in sender's bits
  const read: number[] = [];
  for (let time = 0; time < levels.length;) {
    if (level(time) === 1) {
      time += width / 16;
      continue;
    }
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= level(time + (1.5 + bit) * width) << bit;
    read.push(byte);
    time += 9.5 * width;
    while (time < levels.length && level(time) === 0) time += width / 16; // a break ends with the line's rise
  }
  return Uint8Array.from(read);
}

/** A terminal driver in canonical mode with signals, as Linux sets it by default; output is what a program reads. */
export function throughTerminal(bytes: Uint8Array): Uint8Array {
  const read: number[] = [];
  let waiting: number[] = [];
  const deliver = () => {
    read.push(...waiting);
    waiting = [];
  };
  for (const byte of bytes) {
    switch (byte) {
      case 0x03: // INTR
      case 0x1c: // QUIT
      case 0x1a: // SUSP
      case 0x15: // KILL
        waiting = [];
        break;
      case 0x11: // START
      case 0x13: // STOP
      case 0x16: // LNEXT
      case 0x12: // REPRINT
        break;
      case 0x7f: // ERASE
      case 0x17: // WERASE
        waiting.pop();
        break;
      case 0x04: // EOF
        deliver();
        break;
      case 0x0a:
      case 0x0d: // ICRNL
        waiting.push(0x0a);
        deliver();
        break;
      default:
        waiting.push(byte);
    }
  }
  deliver();
  return Uint8Array.from(read);
}

/** Characters to UTF-8; code points up to FFFF. */
export function utf8(points: readonly number[]): Uint8Array {
  return Uint8Array.from(
    points.flatMap((point) => {
      if (point < 0x80) return [point];
      if (point < 0x800) return [0xc0 | (point >> 6), 0x80 | (point & 0x3f)];
      return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)];
    }),
  );
}

/** Seven data bits with even parity, read as eight. */
export function withParity(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => {
    const code = char.charCodeAt(0);
    let ones = 0;
    for (let bit = 0; bit < 7; bit++) ones += (code >> bit) & 1;
    return code | ((ones & 1) << 7);
  });
}

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** The bytes of a file of hex rows as xxd writes them. */
export function xxd(bytes: Uint8Array): string {
  return rows(bytes)
    .map(({ offset, octets, text }) => {
      const words = octets.map((octet, at) => (at % 2 === 1 ? `${octet} ` : octet)).join("");
      return `${offset.toString(16).padStart(8, "0")}: ${words.padEnd(41)} ${text}\n`;
    })
    .join("");
}

/** As hexdump -C writes them. */
export function hexdumpC(bytes: Uint8Array): string {
  const lines = rows(bytes).map(({ offset, octets, text }) => {
    const halves = `${octets.slice(0, 8).join(" ")}  ${octets.slice(8).join(" ")}`;
    return `${offset.toString(16).padStart(8, "0")}  ${halves.padEnd(50)}|${text}|\n`;
  });
  return `${lines.join("")}${bytes.length.toString(16).padStart(8, "0")}\n`;
}

/** As `od -t x1` prints it: offsets in octal. */
export function odOctets(bytes: Uint8Array): string {
  const rows = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => {
    const octets = [...bytes.subarray(16 * row, 16 * row + 16)].map((byte) => byte.toString(16).padStart(2, "0"));
    return `${(16 * row).toString(8).padStart(7, "0")} ${octets.join(" ")}`;
  });
  return `${rows.join("\n")}\n${bytes.length.toString(8).padStart(7, "0")}\n`;
}

/** As PowerShell writes text with `>`: UTF-16 behind a byte order mark. */
export function powerShell(text: string): Uint8Array {
  return Uint8Array.from(
    Array.from(`\ufeff${text}`).flatMap((char) => [char.charCodeAt(0) & 0xff, char.charCodeAt(0) >> 8]),
  );
}

/** As plain hexdump writes them on a small-endian machine. */
export function hexdumpWords(bytes: Uint8Array): string {
  const lines = rows(bytes).map(({ offset, octets }) => {
    const words = octets.flatMap((octet, at) => (at % 2 === 0 ? [`${octets[at + 1] ?? "00"}${octet}`] : []));
    return `${offset.toString(16).padStart(7, "0")} ${words.join(" ")}\n`;
  });
  return `${lines.join("")}${bytes.length.toString(16).padStart(7, "0")}\n`;
}

function rows(bytes: Uint8Array): { offset: number; octets: string[]; text: string }[] {
  return Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => {
    const part = [...bytes.subarray(16 * row, 16 * row + 16)];
    const octets = part.map((byte) => byte.toString(16).padStart(2, "0"));
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    return { offset: 16 * row, octets, text };
  });
}
