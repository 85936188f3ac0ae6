/**
 * A private key in the only form that Node's TLS takes: PEM.
 *
 * In: PKCS #8 DER.  Out: PEM as octets, which the caller fills with zeros after use.
 * Why not `toString("base64")`: a string cannot be erased and lives until the garbage collector comes by.
 * Source: RFC 7468 §10; RFC 4648 §4.
 */

/** PEM of label PRIVATE KEY. Not a view of a common pool: erasing it erases all there is. */
export function privateKeyPem(der: Uint8Array): Buffer {
  const pem = Buffer.allocUnsafeSlow(begin.length + base64Length(der.length) + end.length);
  let at = pem.write(begin, "latin1");
  for (let from = 0; from < der.length; from += octetsOfLine) {
    at = writeBase64(pem, at, der.subarray(from, from + octetsOfLine));
    pem[at++] = newLine;
  }
  pem.write(end, at, "latin1");
  return pem;
}

function writeBase64(to: Uint8Array, start: number, octets: Uint8Array): number {
  let at = start;
  for (let from = 0; from < octets.length; from += 3) {
    const [a = 0, b, c] = octets.subarray(from, from + 3);
    to[at++] = letter(a >> 2);
    to[at++] = letter(((a & 0x03) << 4) | ((b ?? 0) >> 4));
    to[at++] = b === undefined ? padding : letter(((b & 0x0f) << 2) | ((c ?? 0) >> 6));
    to[at++] = c === undefined ? padding : letter(c & 0x3f);
  }
  return at;
}

function letter(sextet: number): number {
  return alphabet.charCodeAt(sextet);
}

function base64Length(byteLength: number): number {
  return Math.ceil(byteLength / 3) * 4 + Math.ceil(byteLength / octetsOfLine);
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const begin = "-----BEGIN PRIVATE KEY-----\n";
const end = "-----END PRIVATE KEY-----\n";
const octetsOfLine = 48;
const newLine = 0x0a;
const padding = 0x3d;
