/** One line of an annotated dump; every room's dump has lines of this shape. */
export interface DumpLine {
  /** First byte, counted in the whole input. */
  readonly offset: number;
  /** The field's own bytes, those of its children excluded. */
  readonly bytes: Uint8Array;
  /** 0 for the parts of the link layer, one more for each level. */
  readonly depth: number;
  /** In the standard's words. */
  readonly field: string;
  /** For a person; empty where the name says it all. */
  readonly meaning: string;
  /** Present where the input departs from the format. */
  readonly error?: { readonly code: string; readonly path: string };
}
