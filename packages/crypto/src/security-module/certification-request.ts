/**
 * Whether octets are a certification request for a given key, as far as a security module has to know.
 *
 * In: what is to be signed, the slot's SubjectPublicKeyInfo.  Out: yes or no.
 * Why at all: a key that signs anything before it is certified could sign deliveries in advance that look valid later.
 * Names and attributes are pki's to judge; here only the shape counts, in which nothing else that we sign can come: signed
 * attributes begin with SET, a certificate has no SubjectPublicKeyInfo in third place, a list of revocations has none.
 * Source: RFC 2986 §4.1, CertificationRequestInfo ::= SEQUENCE { version INTEGER 0, subject Name, subjectPKInfo,
 * attributes [0] }.
 */

/** One whole CertificationRequestInfo with this key. */
export function isRequestFor(spki: Uint8Array, octets: Uint8Array): boolean {
  const whole = element(octets, 0);
  if (whole?.tag !== sequence || whole.end !== octets.length) return false;
  const version = element(octets, whole.start);
  if (version?.tag !== integer || version.end !== version.start + 1 || octets[version.start] !== 0) return false;
  const subject = element(octets, version.end);
  if (subject?.tag !== sequence) return false;
  const key = octets.subarray(subject.end, subject.end + spki.length);
  if (key.length !== spki.length || !spki.every((octet, at) => octet === key[at])) return false;
  const attributes = element(octets, subject.end + spki.length);
  return attributes?.tag === attributesTag && attributes.end === octets.length;
}

interface Element {
  readonly tag: number;
  /** Of the content. */
  readonly start: number;
  /** Behind the content. */
  readonly end: number;
}

/** The element at this place, if it ends within the octets. Lengths of up to three octets, spelled the shortest way. */
function element(octets: Uint8Array, at: number): Element | undefined {
  const tag = octets[at];
  const first = octets[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  const lengthOctets = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || lengthOctets > 3) return undefined;
  const start = at + 2 + lengthOctets;
  let length = lengthOctets === 0 ? first : 0;
  for (let place = at + 2; place < start; place++) length = length * 256 + (octets[place] ?? 0);
  const isShortest = lengthOctets === 0 || (length >= 0x80 && length >= 256 ** (lengthOctets - 1));
  return isShortest && start + length <= octets.length ? { tag, start, end: start + length } : undefined;
}

const sequence = 0x30;
const integer = 0x02;
const attributesTag = 0xa0;
