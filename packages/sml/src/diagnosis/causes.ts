/**
 * Every cause that a diagnosis can name: what it is called, what is told to the person, what he can do.
 *
 * The order is the order of help: of two findings with the same certainty the upper one stands first. Codes are
 * stable, texts are not. Written for someone with a reading head, a small computer and no book on protocols.
 * Not here: how a cause is recognised (one file per family beside this one).
 */

/** The usual port, set for SML: 9600 baud, eight data bits, no parity, nothing edited by the terminal driver. */
const setPort = "stty -F /dev/ttyUSB0 9600 raw -echo cs8 -parenb -cstopb";
/** A port that was not set first would be read as a keyboard, and the capture be worthless. */
const capture = `${setPort} && cat /dev/ttyUSB0 > capture.bin`;

export const causes = {
  // Nothing, or nothing but the idle line
  nothing: {
    text: "Nothing came.",
    advice:
      "Put the reading head on the meter's round infrared window, cable downwards, and turn it a little until data comes. " +
      "Check that the port is the right one and that no other program reads it. Some meters send only after the PIN was entered or InF was set to on.",
  },
  "empty-file": {
    text: "The file is empty.",
    advice:
      "The capture wrote nothing: the port was the wrong one, in use by another program, or the meter sent nothing. " +
      "Look at the line itself: siegel read /dev/ttyUSB0",
  },
  "line-low": {
    text: "Only zeros came: the line is held low, or the port is set much too fast.",
    advice:
      `Set the port to 9600 baud: ${setPort}. Then check the wiring of the reading head (supply, ground, RX and TX exchanged) and its polarity: many receivers give the inverted signal. ` +
      "Bright light on the sensor does this too.",
  },
  "line-high": {
    text: "Only bytes FF came: the line carries no data.",
    advice:
      "Put the reading head on the meter's infrared window and check its supply. With an adapter of several ports, try the others.",
  },

  // The bytes are good, but in another dress
  "written-as-hexdump": {
    text: "This is a hex dump, a text that shows bytes with their offsets, not the bytes themselves.",
    advice: "It can be read as it is. A dump made by xxd turns back into bytes with: xxd -r dump.txt capture.bin",
  },
  "written-as-hex": {
    text: "This is the telegram written as hex digits, not the bytes themselves.",
    advice: "It can be read as it is. To make the bytes: xxd -r -p hex.txt capture.bin",
  },
  "written-as-base64": {
    text: "This is the telegram written as Base64 text.",
    advice: "It can be read as it is. To make the bytes: base64 -d text.txt > capture.bin",
  },
  "written-as-numbers": {
    text: "This is the telegram written as a list of numbers, as in the source of a program or in JSON.",
    advice: `It can be read as it is; a capture of the raw bytes is safer: ${capture}`,
  },
  "written-as-escapes": {
    text: "This is the telegram written as a text with \\x escapes, as a program prints its bytes.",
    advice: "It can be read as it is; write the bytes themselves to a file next time.",
  },
  "hex-in-log": {
    text: "This is a log (lines of text, JSON or CSV) with telegrams in it as hex digits.",
    advice:
      "The telegrams in it can be read as they are. Where a telegram spans several log lines, a raw capture is safer.",
  },
  "bare-messages": {
    text: "These are SML messages without the transport frame around them.",
    advice:
      "They can be read when they are framed anew; the outer checksum is then ours and proves nothing about the line.",
  },
  "utf-16": {
    text: "The bytes were stored as UTF-16 text: every second byte is a zero that does not belong here.",
    advice: "Windows PowerShell does this with '>'. Capture with a program that writes binary files.",
  },
  "utf-8": {
    text: "The bytes were taken for text and stored as UTF-8: each byte above 7F became two or three.",
    advice:
      "Handle the data as bytes, not as a string: in Python open(..., 'wb'), in Node a Buffer, in MQTT or HTTP a binary payload.",
  },
  "text-lost": {
    text: "The bytes were taken for text, and every one that is no character was replaced. What they were is lost.",
    advice:
      "Somewhere on the way (bridge, script, broker, editor) the data is handled as a string. Make that step binary and capture again; some bridges have a raw mode for this.",
  },
  "bits-inverted": {
    text: "Every bit is inverted.",
    advice:
      "Switch the polarity in the reading head or the receiver's settings (an 'invert' option), or put an inverter into the line.",
  },
  "bits-reversed": {
    text: "The bits of every byte stand in reversed order.",
    advice:
      "The receiving program takes the highest bit first; serial lines send the lowest first. Change its bit order.",
  },
  "bytes-doubled": {
    text: "Every byte comes twice.",
    advice:
      "Two readers write into the same place, or the line echoes. Use one reader and switch echo off: stty -F /dev/ttyUSB0 raw -echo",
  },
  "ff-doubled": {
    text: "Every byte FF comes twice.",
    advice:
      "A serial server in telnet mode does this: set it to raw TCP (ser2net: 'raw' instead of 'telnet'). " +
      "On a local port, parity marks do it: stty -F /dev/ttyUSB0 -parmrk",
  },
  "lf-to-crlf": {
    text: "A carriage return was put before every line feed.",
    advice:
      "The terminal or a file transfer in text mode did this: stty -F /dev/ttyUSB0 raw -echo; transfer the file in binary mode.",
  },
  "cr-to-lf": {
    text: "Every carriage return was turned into a line feed, so the checksum no longer holds.",
    advice: `The port is not in raw mode: ${setPort}`,
  },
  "flow-control": {
    text: "The bytes 11 and 13 (hexadecimal) never come: the port seems to take them for its go and stop signs.",
    advice: "Switch software flow control off: stty -F /dev/ttyUSB0 -ixon -ixoff",
  },
  "zeros-dropped": {
    text: "All zero bytes are missing, as if the telegram had been handled as text that ends at a zero.",
    advice:
      "Some step on the way drops zeros (a C string, a shell variable, an editor). Pass the bytes on in binary form.",
  },
  terminal: {
    text:
      "The port was read as a keyboard: control characters were eaten, and with them what had not been read yet. " +
      "Every end mark is gone, since its byte 1A is Ctrl-Z.",
    advice: `Set the port to raw before reading and capture again: ${setPort}`,
  },

  // The line's settings
  "seven-bit": {
    text: "The highest bit of every byte is missing: SML needs eight data bits, the port is set to seven.",
    advice: `Set eight data bits without parity: ${setPort} -istrip`,
  },
  "parity-in-data": {
    text: "The highest bit of every byte is a parity bit: the meter sends seven bits with even parity, the port reads eight.",
    advice:
      "This is a text protocol, not SML. Set the port to 7E1: stty -F /dev/ttyUSB0 300 raw -echo cs7 parenb -parodd -cstopb",
  },
  "wrong-speed": {
    text: "The bytes look like a signal read at a wrong speed, or with inverted polarity.",
    advice: `Nearly all SML meters send at 9600 baud: ${setPort}. If that is set, try the inverted signal.`,
  },

  // Another protocol, another file
  "protocol-p1": {
    text: "This is a P1 telegram (DSMR, ESMR, eMUCS), not SML.",
    advice: "P1 ports send text at 115200 8N1, older ones at 9600 7E1, over an inverted signal.",
  },
  "protocol-p1-encrypted": {
    text: "This is an encrypted P1 telegram, as meters in Luxembourg send it, not SML.",
    advice: "Ask your grid operator for the two keys of your meter's customer port.",
  },
  "protocol-iec62056-21": {
    text: "This is a text read-out after IEC 62056-21 (D0), not SML.",
    advice: "Such meters speak seven data bits with even parity and usually begin at 300 baud.",
  },
  "protocol-hdlc": {
    text: "These are HDLC frames, as DLMS/COSEM meters send them, not SML.",
    advice: "Push telegrams are often encrypted: ask your grid operator for the key of the customer port.",
  },
  "protocol-dlms-wrapper": {
    text: "This is DLMS/COSEM in its TCP or UDP wrapper, not SML.",
    advice: "Such a meter answers on port 4059 and wants an association, often with keys.",
  },
  "protocol-mbus": {
    text: "This is wired M-Bus (heat, water, gas meters; DLMS push in Austria), not SML.",
    advice:
      "M-Bus mostly runs at 2400 baud 8E1 and needs a level converter. Most meters answer only when they are asked.",
  },
  "protocol-wmbus": {
    text: "This is a wireless M-Bus telegram, not SML.",
    advice: "Most are encrypted: the key is on the meter's papers or comes from the metering operator.",
  },
  "protocol-modbus": {
    text: "This looks like Modbus, not SML.",
    advice: "Modbus has to be asked register by register; the maker's register table says what they mean.",
  },
  "protocol-mqtt": {
    text: "This is the MQTT protocol itself, not what it carries.",
    advice: "Subscribe with a client and pass on the payload: mosquitto_sub -N -t TOPIC",
  },
  "protocol-http": {
    text: "This is HTTP: a web server answers here.",
    advice: "Fetch the raw telegram with its address: curl -s http://HOST/PATH -o capture.bin",
  },
  "protocol-tls": {
    text: "This is a connection encrypted with TLS.",
    advice: "Read from a port that carries the plain data, or let a program such as stunnel take the encryption off.",
  },
  "file-pcap": {
    text: "This is a network capture (pcap), not the data itself.",
    advice: "Take the data out of it: tshark -r FILE -q -z follow,tcp,raw,0",
  },
  "file-compressed": {
    text: "This file is compressed.",
    advice: "Unpack it first: gunzip, unzip, unxz, bunzip2 or unzstd.",
  },
  "file-of-another-kind": {
    text: "This is a document, picture, database or program, not a capture of a meter.",
    advice: "Check the file's name: a capture is the bytes as they came from the port.",
  },
  "plain-text": {
    text: "This is text without any telegram in it.",
    advice: `Capture the raw bytes of the port: ${capture}`,
  },

  // SML, but not as it should be
  "transport-version-2": {
    text: "This is SML in transport version 2. Siegel reads version 1.",
    advice: "Please send us a capture: no public one is known.",
  },
  "escapes-thinned": {
    text: "Marks that have to be four bytes long came with two or three: of several equal bytes some are dropped.",
    advice:
      "The receiver loses bytes that follow each other quickly. Try another adapter, a shorter cable, a lower load of the computer, " +
      "and no second program on the port.",
  },
  echo: {
    text: "Requests come in: what is read is, at least in part, what was sent to the meter.",
    advice:
      "Half-duplex heads hear themselves. Switch echo off (stty -F /dev/ttyUSB0 -echo) or drop as many bytes as were sent.",
  },
  "meter-refused": {
    text: "The meter answers, but refuses what it was asked.",
    advice:
      "Check user name, password and which values this meter offers; the reply's attention code says what it objects to.",
  },
  "checksum-kermit": {
    text: "Checksums are of the kind Kermit instead of X.25: a known fault of early Holley meters.",
    advice: "Nothing has to be done; strict reading refuses such telegrams.",
  },
  "checksum-of-another-kind": {
    text: "The telegrams are whole, but their checksum is of another kind than the standard says.",
    advice:
      "A program or bridge on the way made the checksum anew. Take the data from before it, and tell us the meter's type.",
  },
  "transport-checksum-only": {
    text: "The messages are whole, each with a right checksum of its own; only the one around the telegram is wrong.",
    advice: "A program or bridge on the way rewrote or blanked the end of the telegram. Take the data from before it.",
  },
  "message-checksums": {
    text: "The telegrams come whole, but the checksums of the messages inside do not hold, while everything else fits.",
    advice:
      "The values were changed after the meter sent them, or the meter has a fault. Do not bill from them; tell us the meter's type.",
  },
  "reduced-data-set": {
    text: "The meter sends its reduced data set: whole kilowatt hours only and no power.",
    advice:
      "Enter the meter's PIN (from your metering operator) by torch or button, then set InF to on; set PIN protection to off so that it stays. " +
      "Some meters fall back after two minutes otherwise.",
  },
  "too-long": {
    text: "A telegram is longer than the limit allows.",
    advice:
      "Either an end mark was lost, or the device sends a long load profile. Save it to a file and look at that: siegel inspect capture.bin",
  },

  // Symptoms, when no cause shows
  "bytes-lost": {
    text: "Bytes are missing inside telegrams.",
    advice:
      "Look for a second program on the port, a busy computer or a weak USB hub; a USB adapter with its own buffer helps.",
  },
  "damaged-now-and-then": {
    text: "Some telegrams are damaged, others are good.",
    advice:
      "Move or turn the reading head a little, shade it from sunlight and lamps, shorten the cable. A few in a hundred do no harm.",
  },
  "damaged-always": {
    text: "Every telegram is damaged, though start and end are there.",
    advice: `Check the port's settings first: ${setPort}. Then the head's position: centred, flat, no light from the side.`,
  },
  fragment: {
    text: "Only a piece of a telegram is here; it begins or ends in its middle.",
    advice: "Capture longer: most meters send every one to four seconds, so half a minute holds several telegrams.",
  },
  "nothing-recognised": {
    text: "The bytes follow no protocol known here.",
    advice:
      "Check speed and settings of the port (SML: 9600 8N1; D0: 300 7E1; P1: 115200 8N1, inverted), then the head's position and polarity. " +
      "If it stays so, send us a capture and the meter's type.",
  },
} as const satisfies Readonly<Record<string, { readonly text: string; readonly advice: string }>>;

export type DiagnosisCode = keyof typeof causes;

/** Certain: proved by a checksum or unmistakable. Likely: little else looks so. Possible: worth a look. */
export type Certainty = "certain" | "likely" | "possible";

/** What an evidence function says when it recognises its cause. */
export interface Finding {
  readonly code: DiagnosisCode;
  readonly certainty: Certainty;
  /** Where it shows first, in the input. */
  readonly offset?: number;
  /** Counts behind it, for people. Never bytes or strings of the meter. */
  readonly figures?: string;
  /** The telegrams' bytes, where the input could be turned back into them without loss. */
  readonly decoded?: Uint8Array;
}
