/**
 * The five curves: their numbers, and how a public key on them is spelled in DER.
 *
 * Public data only: the arithmetic here is on `bigint` and not constant-time. No module of Node: this runs in a browser too.
 * Source: RFC 5639 §3.4, §3.6, §3.7 (brainpool), SEC 2 v2.0 §2.2.2, §2.4.2 (secp192r1, secp256r1: in FIPS 186-4 D.1.2 P-192,
 * P-256); RFC 5480 §2 (SubjectPublicKeyInfo). All five groups have cofactor 1.
 */

/** Our own keys are on brainpool curves. P-* are verified only: keys of meters. */
export type CurveName = "brainpoolP256r1" | "brainpoolP384r1" | "brainpoolP512r1" | MeterCurve;

/** P-192 is legacy: there are meters in the field that sign with it. Nothing of ours is made with it. */
export type MeterCurve = "P-192" | "P-256";

/** y² = x³ + ax + b over the integers mod p; the base point has order n. */
export interface CurveNumbers<Name extends CurveName = CurveName> {
  readonly curve: Name;
  /** Octets of one coordinate, and of r and s each. p and n have eight times as many bits, all five. */
  readonly byteLength: number;
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
  readonly base: readonly [x: bigint, y: bigint];
  readonly n: bigint;
  /** DER of SubjectPublicKeyInfo up to and without the octet 04 of the uncompressed point. */
  readonly spkiPrefix: Uint8Array;
}

/** Whether the point lies on the curve. Both coordinates are below p. The identity has no coordinates, so it never is. */
export function isOnCurve({ p, a, b }: CurveNumbers, x: bigint, y: bigint): boolean {
  return (y * y - ((x * x + a) * x + b)) % p === 0n;
}

/** Unsigned big-endian number of these octets. */
export function toNumber(octets: Uint8Array): bigint {
  let digits = "0x0";
  for (const octet of octets) digits += hexPairs[octet];
  return BigInt(digits);
}

const hexPairs = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"));

/* SEQUENCE { SEQUENCE { OID id-ecPublicKey 1.2.840.10045.2.1, OID of the curve }, BIT STRING, no unused bits { … } } */
const ecPublicKey = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const algorithmX962 = [0x30, 0x13, ...ecPublicKey, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01]; // 1.2.840.10045.3.1.…
const algorithmBrainpool = [0x30, 0x14, ...ecPublicKey, 0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01]; // 1.3.36.3.3.2.8.1.1.…

export const p192: CurveNumbers<"P-192"> = {
  curve: "P-192",
  byteLength: 24,
  p: 0xffffffff_ffffffff_ffffffff_fffffffe_ffffffff_ffffffffn,
  a: 0xffffffff_ffffffff_ffffffff_fffffffe_ffffffff_fffffffcn,
  b: 0x64210519_e59c80e7_0fa7e9ab_72243049_feb8deec_c146b9b1n,
  base: [
    0x188da80e_b03090f6_7cbf20eb_43a18800_f4ff0afd_82ff1012n,
    0x07192b95_ffc8da78_631011ed_6b24cdd5_73f977a1_1e794811n,
  ],
  n: 0xffffffff_ffffffff_ffffffff_99def836_146bc9b1_b4d22831n,
  spkiPrefix: Uint8Array.of(0x30, 0x49, ...algorithmX962, 0x01, 0x03, 0x32, 0x00),
};

export const p256: CurveNumbers<"P-256"> = {
  curve: "P-256",
  byteLength: 32,
  p: 0xffffffff_00000001_00000000_00000000_00000000_ffffffff_ffffffff_ffffffffn,
  a: 0xffffffff_00000001_00000000_00000000_00000000_ffffffff_ffffffff_fffffffcn,
  b: 0x5ac635d8_aa3a93e7_b3ebbd55_769886bc_651d06b0_cc53b0f6_3bce3c3e_27d2604bn,
  base: [
    0x6b17d1f2_e12c4247_f8bce6e5_63a440f2_77037d81_2deb33a0_f4a13945_d898c296n,
    0x4fe342e2_fe1a7f9b_8ee7eb4a_7c0f9e16_2bce3357_6b315ece_cbb64068_37bf51f5n,
  ],
  n: 0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n,
  spkiPrefix: Uint8Array.of(0x30, 0x59, ...algorithmX962, 0x07, 0x03, 0x42, 0x00),
};

const brainpoolP256r1: CurveNumbers<"brainpoolP256r1"> = {
  curve: "brainpoolP256r1",
  byteLength: 32,
  p: 0xa9fb57db_a1eea9bc_3e660a90_9d838d72_6e3bf623_d5262028_2013481d_1f6e5377n,
  a: 0x7d5a0975_fc2c3057_eef67530_417affe7_fb8055c1_26dc5c6c_e94a4b44_f330b5d9n,
  b: 0x26dc5c6c_e94a4b44_f330b5d9_bbd77cbf_95841629_5cf7e1ce_6bccdc18_ff8c07b6n,
  base: [
    0x8bd2aeb9_cb7e57cb_2c4b482f_fc81b7af_b9de27e1_e3bd23c2_3a4453bd_9ace3262n,
    0x547ef835_c3dac4fd_97f8461a_14611dc9_c2774513_2ded8e54_5c1d54c7_2f046997n,
  ],
  n: 0xa9fb57db_a1eea9bc_3e660a90_9d838d71_8c397aa3_b561a6f7_901e0e82_974856a7n,
  spkiPrefix: Uint8Array.of(0x30, 0x5a, ...algorithmBrainpool, 0x07, 0x03, 0x42, 0x00),
};

const brainpoolP384r1: CurveNumbers<"brainpoolP384r1"> = {
  curve: "brainpoolP384r1",
  byteLength: 48,
  p: 0x8cb91e82_a3386d28_0f5d6f7e_50e641df_152f7109_ed5456b4_12b1da19_7fb71123_acd3a729_901d1a71_87470013_3107ec53n,
  a: 0x7bc382c6_3d8c150c_3c72080a_ce05afa0_c2bea28e_4fb22787_139165ef_ba91f90f_8aa5814a_503ad4eb_04a8c7dd_22ce2826n,
  b: 0x04a8c7dd_22ce2826_8b39b554_16f0447c_2fb77de1_07dcd2a6_2e880ea5_3eeb62d5_7cb43902_95dbc994_3ab78696_fa504c11n,
  base: [
    0x1d1c64f0_68cf45ff_a2a63a81_b7c13f6b_8847a3e7_7ef14fe3_db7fcafe_0cbd10e8_e826e034_36d646aa_ef87b2e2_47d4af1en,
    0x8abe1d75_20f9c2a4_5cb1eb8e_95cfd552_62b70b29_feec5864_e19c054f_f9912928_0e464621_77918111_42820341_263c5315n,
  ],
  n: 0x8cb91e82_a3386d28_0f5d6f7e_50e641df_152f7109_ed5456b3_1f166e6c_ac0425a7_cf3ab6af_6b7fc310_3b883202_e9046565n,
  spkiPrefix: Uint8Array.of(0x30, 0x7a, ...algorithmBrainpool, 0x0b, 0x03, 0x62, 0x00),
};

const brainpoolP512r1: CurveNumbers<"brainpoolP512r1"> = {
  curve: "brainpoolP512r1",
  byteLength: 64,
  p: 0xaadd9db8_dbe9c48b_3fd4e6ae_33c9fc07_cb308db3_b3c9d20e_d6639cca_70330871_7d4d9b00_9bc66842_aecda12a_e6a380e6_2881ff2f_2d82c685_28aa6056_583a48f3n,
  a: 0x7830a331_8b603b89_e2327145_ac234cc5_94cbdd8d_3df91610_a83441ca_ea9863bc_2ded5d5a_a8253aa1_0a2ef1c9_8b9ac8b5_7f1117a7_2bf2c7b9_e7c1ac4d_77fc94can,
  b: 0x3df91610_a83441ca_ea9863bc_2ded5d5a_a8253aa1_0a2ef1c9_8b9ac8b5_7f1117a7_2bf2c7b9_e7c1ac4d_77fc94ca_dc083e67_984050b7_5ebae5dd_2809bd63_8016f723n,
  base: [
    0x81aee4bd_d82ed964_5a21322e_9c4c6a93_85ed9f70_b5d916c1_b43b62ee_f4d0098e_ff3b1f78_e2d0d48d_50d1687b_93b97d5f_7c6d5047_406a5e68_8b352209_bcb9f822n,
    0x7dde385d_566332ec_c0eabfa9_cf7822fd_f209f700_24a57b1a_a000c55b_881f8111_b2dcde49_4a5f485e_5bca4bd8_8a2763ae_d1ca2b2f_a8f05406_78cd1e0f_3ad80892n,
  ],
  n: 0xaadd9db8_dbe9c48b_3fd4e6ae_33c9fc07_cb308db3_b3c9d20e_d6639cca_70330870_553e5c41_4ca92619_41866119_7fac1047_1db1d381_085ddadd_b5879682_9ca90069n,
  spkiPrefix: Uint8Array.of(0x30, 0x81, 0x9b, ...algorithmBrainpool, 0x0d, 0x03, 0x81, 0x82, 0x00),
};

export const curves: { readonly [Name in CurveName]: CurveNumbers<Name> } = {
  brainpoolP256r1,
  brainpoolP384r1,
  brainpoolP512r1,
  "P-256": p256,
  "P-192": p192,
};
