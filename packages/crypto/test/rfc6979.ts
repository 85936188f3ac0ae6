/** Keys and signatures with SHA-256 from RFC 6979, A.2.3 (P-192) and A.2.5 (P-256). Facts, for tests. */

import type { MeterCurve } from "../src/curves.ts";

export interface Vector {
  readonly curve: MeterCurve;
  /** The private number x, hexadecimal. */
  readonly scalar: string;
  /** Ux ‖ Uy. */
  readonly publicKey: string;
  /** ASCII. */
  readonly message: string;
  /** r ‖ s. */
  readonly signature: string;
}

const keyP192 = {
  curve: "P-192",
  scalar: "6fab034934e4c0fc9ae67f5b5659a9d7d1fefd187ee09fd4",
  publicKey: "ac2c77f529f91689fea0ea5efec7f210d8eea0b9e047ed563bc723e57670bd4887ebc732c523063d0a7c957bc97c1c43",
} as const;

const keyP256 = {
  curve: "P-256",
  scalar: "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
  publicKey:
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" +
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
} as const;

export const vectors: readonly Vector[] = [
  {
    ...keyP192,
    message: "sample",
    signature: "4b0b8ce98a92866a2820e20aa6b75b56382e0f9bfd5ecb55ccdb006926ea9565cbadc840829d8c384e06de1f1e381b85",
  },
  {
    ...keyP192,
    message: "test",
    signature: "3a718bd8b4926c3b52ee6bbe67ef79b18cb6eb62b1ad97ae5662e6848a4a19b1f1ae2f72acd4b8bbe50f1eac65d9124f",
  },
  {
    ...keyP256,
    message: "sample",
    signature:
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
  },
  {
    ...keyP256,
    message: "test",
    signature:
      "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367" +
      "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
  },
];
