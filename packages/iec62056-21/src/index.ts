/** IEC 62056-21 and P1: bytes to data sets to readings and back; reader and meter as state machines. */

export {};
