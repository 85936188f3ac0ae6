/**
 * Telegrams that D0 meters push have the form of P1: header, objects, `!`. What tells them apart is the content.
 *
 * D0 meters of this kind write all six groups (`1-0:1.8.0*255`) and no checksum; P1 has neither the one nor lacks its own objects.
 */

export function isPushedD0(beginning: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(beginning.subarray(0, lookBytes)).replaceAll(/[\x80-\xff]/g, (high) => {
    return String.fromCharCode(high.charCodeAt(0) & 0x7f); // a line of seven bits with parity
  });
  return /\d\*255\(/.test(text) && !/![\dA-Fa-f]{4}|(?:0-0:1\.0\.0|1-3:0\.2\.8|0-\d:24\.\d\.\d)(?:\*255)?\(/.test(text);
}

const lookBytes = 4_096;
