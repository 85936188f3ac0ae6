/** The escape sequences of SML's transport protocol. Source: SML 1.04, transport protocol (BSI TR-03109-1, Anlage IV). */

/** Every mark is this byte four times, then four bytes that say what it is. */
export const escapeByte = 0x1b;

export const startVersion1 = 0x01;
export const startVersion2 = 0x02;
export const endMark = 0x1a;

/** Largest number of fill bytes; they bring the payload to a multiple of four. */
export const maxFill = 3;
