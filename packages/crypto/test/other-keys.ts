/** Well-formed public keys that are none for us. Made once with `openssl ecparam`, `genpkey` and `pkey -pubout`. */

export const otherKeys: readonly { readonly name: string; readonly der: string }[] = [
  {
    name: "brainpoolP256r1",
    der:
      "305a301406072a8648ce3d020106092b2403030208010107034200040e439234ce78baabeef7d3b00692742ec64b68983e2ac0fde9ab7b96" +
      "f72351ce2d2fad1eb2665e637c25d7e370e4742515412d1de16d0a2ed8d52899ae127902",
  },
  {
    name: "secp256k1",
    der:
      "3056301006072a8648ce3d020106052b8104000a0342000470fadb4a7347a1ed7d9bd19b1dd6ad236bf72a8a76f11d4b1baa3d6c194e1bcd" +
      "74dbe37647c1ed19de26e78fc5f6b288e0c8f5abd388525111fd6952f817f077",
  },
  {
    // As long as a P-192 key; the curve's name differs in one bit pair.
    name: "prime192v2",
    der:
      "3049301306072a8648ce3d020106082a8648ce3d030102033200049adbfe36aa8310c26493adb3345bb90399ce6af482a858d74a3c08f2" +
      "ff8342da08a4b81c2881a316d05ea13cf6c055e8",
  },
  {
    name: "P-384",
    der:
      "3076301006072a8648ce3d020106052b8104002203620004557b322c1f1a89731814c8a2b2d87e8d7bb700f5e93f255f38c92cdb7fe4307e" +
      "2d850501d2721f16ef80bfff27cac98044beda25820dd51ae1f8797bfa4815fa6522313623af10a735a43d3902622cd2ac50c1d70588e7b0" +
      "602f4e16d3cc3547",
  },
  { name: "Ed25519", der: "302a300506032b65700321008ca34349ac47374c3c0b006d7609d2502bd482fab68e1c608c8050260267c2c3" },
  {
    // P-256 itself, but its numbers spelled out: a stranger's base point is never taken over (as in CVE-2020-0601).
    name: "P-256 with explicit parameters",
    der:
      "3082014b3082010306072a8648ce3d02013081f7020101302c06072a8648ce3d0101022100ffffffff000000010000000000000000000000" +
      "00ffffffffffffffffffffffff305b0420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa" +
      "3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b031500c49d360886e704936a6678e1139d26b7819f7e900441046b17d1" +
      "f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb640" +
      "6837bf51f5022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551020101034200045c20b6aa5af083ab4d" +
      "5dd28fd537fa406debb54f4bfe082613f1d36ac737770036844909adaf4c11d2de44ca4f1e302b3c5802ae5c2ccfc52280ebc63b8c8625",
  },
  {
    name: "P-256 with a compressed point",
    der: "3039301306072a8648ce3d020106082a8648ce3d03010703220002a9a7664688dcfe9db885ac19941868d6bc9533eba18a6fc708fcd1e7629105bc",
  },
];
