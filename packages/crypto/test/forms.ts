/** The two forms of the door `verify`, for tests that hold for both. */

import * as browser from "../src/browser/index.ts";
import * as node from "../src/verify/index.ts";

type Class<T> = { readonly [Name in keyof T]: T[Name] };

/** What pki and cms see of the door, without the private parts that make the two classes different types. */
export interface VerifyDoor {
  readonly digest: typeof node.digest;
  readonly equalSecrets: typeof node.equalSecrets;
  readonly KeyError: typeof node.KeyError;
  readonly keyErrorCodes: typeof node.keyErrorCodes;
  readonly PublicKey: {
    fromSpki(der: Uint8Array): Key;
    fromPoint(curve: node.CurveName, point: Uint8Array): Key;
  };
  readonly MeterPublicKey: { parse(octets: Uint8Array): Class<node.MeterPublicKey> };
}

export type Key = Omit<Class<node.PublicKey>, "equals">;

// That these two lines compile is a test: each form has the whole shape.
export const nodeForm = node satisfies VerifyDoor;
export const browserForm = browser satisfies VerifyDoor;

// And so do these: a name or a member that only one form has is an error here.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
export const sameShape: {
  readonly names: Same<keyof typeof node, keyof typeof browser>;
  readonly key: Same<Key, Omit<Class<browser.PublicKey>, "equals">>;
  readonly keyMembers: Same<keyof node.PublicKey, keyof browser.PublicKey>;
  readonly keyStatics: Same<keyof typeof node.PublicKey, keyof typeof browser.PublicKey>;
  readonly meterKey: Same<Class<node.MeterPublicKey>, Class<browser.MeterPublicKey>>;
  readonly functions: Same<
    [typeof node.digest, typeof node.equalSecrets],
    [typeof browser.digest, typeof browser.equalSecrets]
  >;
} = { names: true, key: true, keyMembers: true, keyStatics: true, meterKey: true, functions: true };

export const forms: readonly { readonly form: string; readonly door: VerifyDoor }[] = [
  { form: "node", door: nodeForm },
  { form: "browser", door: browserForm },
];
