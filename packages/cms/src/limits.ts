/** Most of everything that a stranger may send. Checked before anything is allocated. In octets unless named otherwise. */

/** A whole delivery; also the longest body that the head-end takes. */
export const maxDeliveryBytes = 1 << 22;
export const maxReceiptBytes = 1 << 15;
export const maxBundleBytes = 1 << 24;
/** One day block. */
export const maxBlockBytes = 1 << 20;
/** Blocks of one delivery. */
export const maxBlocks = 4096;
/** Characters of a profile's name. */
export const maxProfileLength = 64;
/** One embedded certificate. */
export const maxCertificateBytes = 1 << 13;
/** Embedded certificates: the signer's and those of authorities. */
export const maxCertificates = 4;
/** The signed attributes together: 4,096 commitments, a header and the small ones. */
export const maxAttributeBytes = 1 << 18;
/** Receivers named in one envelope. */
export const maxRecipients = 8;
export const maxBundleCertificates = 32;
export const maxBundleCrls = 32;
export const maxCrlBytes = 1 << 20;

export const keyIdBytes = 20;
export const messageIdBytes = 16;
export const saltBytes = 32;
export const hashBytes = 32;
/** Content is padded to a multiple of this, so that its size tells little. */
export const paddingStep = 512;
