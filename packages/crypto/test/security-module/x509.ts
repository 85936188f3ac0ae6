/** The smallest certificates and requests that are read as such. Their signatures are nonsense: a module does not look. */

import { element, joined, text } from "../octets.ts";

const ecdsaWithSha256 = element(0x30, [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]);
const nonsense = element(0x03, [0], element(0x30, [2, 1, 1], [2, 1, 1]));

/** Name with one common name. */
export function nameOf(commonName: string): Uint8Array {
  const attribute = element(0x30, [0x06, 0x03, 0x55, 0x04, 0x03], element(0x0c, text(commonName)));
  return element(0x30, element(0x31, attribute));
}

/** X.509 version 3 without extensions, for this SubjectPublicKeyInfo. */
export function certificateOf(spki: Uint8Array): Uint8Array {
  const validity = element(0x30, element(0x17, text("260101000000Z")), element(0x17, text("270101000000Z")));
  const body = [[0xa0, 3, 2, 1, 2], [2, 1, 9], ecdsaWithSha256, nameOf("CA"), validity, nameOf("gateway"), spki];
  return element(0x30, element(0x30, ...body), ecdsaWithSha256, nonsense);
}

/** CertificationRequestInfo: what is signed of a PKCS #10 request. */
export function requestInfoOf(spki: Uint8Array, attributes: Uint8Array = element(0xa0)): Uint8Array {
  return element(0x30, [2, 1, 0], nameOf("gateway"), spki, attributes);
}

/** What a gateway signs of a delivery: SET OF Attribute. */
export const signedAttributes = element(0x31, element(0x30, [0x06, 0x03, 0x55, 0x04, 0x03], joined([0x31, 0])));
