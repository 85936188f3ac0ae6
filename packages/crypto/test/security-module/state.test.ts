/** The stored form: a state of version 1 stays readable, and comes back as it was. */

import { expect, test } from "vitest";

import { ModuleError } from "../../src/index.ts";
import { decodeState, encodeState, type State } from "../../src/security-module/state.ts";
import { digest, PublicKey } from "../../src/verify/index.ts";
import { pointOfScalar, privateKeyOf } from "../keys.ts";
import { hex, hexOf, joined } from "../octets.ts";
import { certificateOf } from "./x509.ts";

const curve = "brainpoolP256r1";
const publicKey = PublicKey.fromPoint(curve, pointOfScalar(curve, 7n));
const certificate = certificateOf(publicKey.toSpki());
const state: State = {
  slots: new Map([
    [
      "enc-1",
      {
        slot: "enc-1",
        purpose: "ENC",
        state: "retired",
        publicKey,
        privateKey: privateKeyOf(curve, 7n),
        certificate,
        opensUntilMs: 1_800_000_000_000,
      },
    ],
    [
      "sig-1",
      {
        slot: "sig-1",
        purpose: "SIG",
        state: "destroyed",
        publicKey,
        privateKey: undefined,
        certificate: undefined,
        opensUntilMs: undefined,
      },
    ],
  ]),
  counters: new Map([["delivery", 2n ** 62n + 1n]]),
};

/** The state above, as version 1 wrote it. The private number is 7: a key of nobody. */
const versionOne = hex(`
  53494547454c534d000100020005656e632d310204427a3185c5000000005c305a301406072a8648ce3d020106092b240303
  0208010107034200046b8bb7f53e36b6824d3300afbc27257bd432568e24e5fb5702295ecd04e9de4c382f9af51ce9a3d309
  65a09661223af5646067c55b1a928f7252376bfc79ebf000443042020100301406072a8648ce3d020106092b240303020801
  0107042730250201010420000000000000000000000000000000000000000000000000000000000000000700d03081cd3081
  b3a003020102020109300a06082a8648ce3d040302300d310b300906035504030c024341301e170d32363031303130303030
  30305a170d3237303130313030303030305a30123110300e06035504030c0767617465776179305a301406072a8648ce3d02
  0106092b2403030208010107034200046b8bb7f53e36b6824d3300afbc27257bd432568e24e5fb5702295ecd04e9de4c382f
  9af51ce9a3d30965a09661223af5646067c55b1a928f7252376bfc79ebf0300a06082a8648ce3d0403020309003006020101
  02010100057369672d3101067ff8000000000000005c305a301406072a8648ce3d020106092b240303020801010703420004
  6b8bb7f53e36b6824d3300afbc27257bd432568e24e5fb5702295ecd04e9de4c382f9af51ce9a3d30965a09661223af56460
  67c55b1a928f7252376bfc79ebf0000000000001000864656c69766572794000000000000001f9bac24d15541e15cb51f22e
  d7cc33368ee0a16eac656e0e241ddd288779658c
`);

test("a state goes in and comes out", () => {
  // Wrong: after a restart a key is gone, or opens longer than it should.
  for (const one of [decodeState(encodeState(state)), decodeState(versionOne)]) {
    expect([...one.counters]).toEqual([...state.counters]);
    expect([...one.slots.keys()]).toEqual(["enc-1", "sig-1"]);
    for (const [name, slot] of one.slots) {
      const { publicKey: key, privateKey, ...rest } = slot;
      const { publicKey: _, privateKey: expected, ...others } = state.slots.get(name)!;
      expect(rest).toEqual(others);
      expect(key.equals(publicKey)).toBe(true);
      expect(privateKey?.export({ format: "der", type: "pkcs8" })).toEqual(
        expected?.export({ format: "der", type: "pkcs8" }),
      );
    }
  }
});

test("version 1 is written as it always was", () => {
  // Wrong: the gateway of yesterday cannot read what the one of today wrote, and nobody meant to change it.
  expect(hexOf(encodeState(state))).toBe(hexOf(versionOne));
});

test("another version is said to be one, and left alone", () => {
  // Wrong: keys are thrown away, because a newer program wrote them.
  const later = versionOne.slice(0, -32).with(9, 2);
  expect(codeOf(joined(later, digest("SHA-256", later)))).toBe("unsupported-version");
});

test("a whole and well hashed state that no module wrote is refused", () => {
  // Wrong: a private key that does not belong to its public key signs what nobody can verify.
  const forged = (change: (octets: Uint8Array) => Uint8Array): Uint8Array => {
    const octets = change(versionOne.slice(0, -32));
    return joined(octets, digest("SHA-256", octets));
  };
  const purposeAt = 8 + 2 + 2 + 2 + 5;
  expect(codeOf(forged((octets) => octets))).toBe("opened");
  expect(codeOf(forged((octets) => octets.with(purposeAt, 3)))).toBe("damaged-state");
  expect(codeOf(forged((octets) => octets.with(purposeAt + 1, 7)))).toBe("damaged-state");
  expect(codeOf(forged((octets) => octets.with(11, 3)))).toBe("damaged-state"); // one slot more than there are
  expect(codeOf(forged((octets) => joined(octets, [0])))).toBe("damaged-state");
  const secretAt = hexOf(versionOne).indexOf(`0420${"00".repeat(31)}07`) / 2 + 33;
  expect(codeOf(forged((octets) => octets.with(secretAt, 8)))).toBe("damaged-state");
  expect(codeOf(new Uint8Array(0))).toBe("damaged-state");
  expect(codeOf(new Uint8Array(100))).toBe("damaged-state");
});

function codeOf(octets: Uint8Array): string {
  try {
    decodeState(octets);
    return "opened";
  } catch (error) {
    if (error instanceof ModuleError) return error.code;
    throw error;
  }
}
