/**
 * The security modes by number: their names, and what each one's octets are worth.
 *
 * Source: EN 13757-7, OMS volume 2; 16 to 31 are free, and makers use them for codes of their own.
 */

export const modeNames: Readonly<Record<number, string>> = {
  0: "none",
  2: "DES-CBC, zero vector (obsolete)",
  3: "DES-CBC, date as vector (obsolete)",
  5: "AES-128-CBC",
  7: "AES-128-CBC with derived keys",
  8: "AES-128-CTR with CMAC",
  9: "AES-128-GCM",
  10: "AES-128-CCM",
  13: "TLS",
};

/** The vector of mode 5: M2 ID4 V T and eight times ACC. */
export function mode5Vector(
  address: { manufacturer: number; identification: number; version: number; deviceType: number },
  access: number,
): Uint8Array {
  const vector = new Uint8Array(16);
  writeAddress(vector, address);
  vector.fill(access, 8);
  return vector;
}

/** The nonce of mode 10: M2 ID4 V T, a zero, and the counter, most significant octet first. */
export function mode10Nonce(
  address: { manufacturer: number; identification: number; version: number; deviceType: number },
  counter: number,
): Uint8Array {
  const nonce = new Uint8Array(13);
  writeAddress(nonce, address);
  for (let index = 0; index < 4; index++) nonce[9 + index] = counter >>> (24 - 8 * index);
  return nonce;
}

/** The first counter block of the extended link layer. B and R of CC are taken out: a repeater sets them. */
export function ellCounterBlock(
  address: { manufacturer: number; identification: number; version: number; deviceType: number },
  communicationControl: number,
  session: number,
): Uint8Array {
  const block = new Uint8Array(16);
  writeAddress(block, address);
  block[8] = communicationControl & ~0x12;
  for (let index = 0; index < 4; index++) block[9 + index] = session >>> (8 * index);
  return block;
}

function writeAddress(
  octets: Uint8Array,
  a: { manufacturer: number; identification: number; version: number; deviceType: number },
): void {
  octets[0] = a.manufacturer;
  octets[1] = a.manufacturer >>> 8;
  for (let index = 0; index < 4; index++) octets[2 + index] = a.identification >>> (8 * index);
  octets[6] = a.version;
  octets[7] = a.deviceType;
}
