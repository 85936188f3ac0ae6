/**
 * What opening a telegram said: opened, or why not.
 *
 * Each code is a different thing to do for a person: another key, another meter setting, an alarm. `isAttack` marks what a
 * meter in order never causes, so that a gateway raises an alarm for it.
 * Outside, to whoever sent it, all of them look the same: a radio telegram that is refused gets no answer.
 */

export const refusals = {
  "no-key": { blame: "caller", isAttack: false, text: "encrypted, and no key for this meter is known" },
  "wrong-key": { blame: "caller", isAttack: false, text: "no known key gives anything that could be readings" },
  "bad-check-bytes": {
    blame: "peer",
    isAttack: false,
    text: "decrypts to records, but not to 2F2F before them: the meter leaves them out, or something was changed",
  },
  "mac-mismatch": { blame: "peer", isAttack: true, text: "the MAC does not hold: changed on its way, or another key" },
  "already-plain": {
    blame: "environment",
    isAttack: true,
    text: "says that it is encrypted and is clear text: somebody decrypted it on its way, or made it",
  },
  replay: { blame: "peer", isAttack: true, text: "its counter was used before" },
  "counter-wrapped": { blame: "peer", isAttack: true, text: "its counter is at its end; the meter needs another key" },
  downgrade: { blame: "peer", isAttack: true, text: "protected less than this meter has to" },
  "unknown-signature": {
    blame: "peer",
    isAttack: false,
    text: "a compact frame whose format was not heard yet: a full frame comes sooner or later",
  },
  "bad-signature": {
    blame: "peer",
    isAttack: false,
    text: "a format frame, or a known format, with another signature",
  },
  "bad-frame-crc": { blame: "peer", isAttack: false, text: "the records of a compact frame do not have its checksum" },
  "bad-payload-crc": {
    blame: "peer",
    isAttack: false,
    text: "the checksum within the extended link layer does not hold",
  },
  truncated: { blame: "peer", isAttack: false, text: "ends before its fields do, or is not as long as it says" },
  malformed: { blame: "peer", isAttack: false, text: "a header is not as the standard says" },
  "bad-fragment": { blame: "peer", isAttack: false, text: "a fragment that does not follow the one before it" },
  "fragment-flood": {
    blame: "peer",
    isAttack: true,
    text: "more messages in fragments, or longer ones, than are kept",
  },
  "unsupported-mode": { blame: "caller", isAttack: false, text: "protected in a way that is known by name only" },
  "unsupported-layer": { blame: "caller", isAttack: false, text: "a layer that is known by name only" },
  "wrong-direction": { blame: "peer", isAttack: true, text: "a telegram to a meter, where one from it is expected" },
  "denied-default-key": {
    blame: "caller",
    isAttack: false,
    text: "opens with a key that everybody knows; give the meter one of its own",
  },
  "not-stored": { blame: "environment", isAttack: false, text: "its counter could not be stored, so it is not used" },
} as const satisfies Readonly<
  Record<
    string,
    { readonly blame: "peer" | "caller" | "environment"; readonly isAttack: boolean; readonly text: string }
  >
>;

export type RefusalCode = keyof typeof refusals;
export type Verdict = "opened" | RefusalCode;

/** Opened, and yet somebody should look. */
export const openWarnings = {
  "already-plain": "says that it is encrypted and is clear text",
  "default-key": "opens with a key that everybody knows",
  "short-mac": "its MAC has fewer than 4 octets: made by chance within hours",
  "obsolete-cipher": "DES: whoever wants reads and makes such telegrams",
  "trailing-clear": "what follows the encrypted part is clear text",
} as const;
export type OpenWarning = keyof typeof openWarnings;
