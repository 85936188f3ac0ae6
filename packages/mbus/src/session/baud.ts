/** Speeds of the wired bus and the CI that asks a meter to change to one. Source: EN 13757-3, CI B8 to BF; facts §4.1. */

const speeds: readonly number[] = [300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 38_400];
const firstCi = 0xb8;

/** CI that switches to this speed; undefined where there is none. */
export function ciOfBaud(baud: number): number | undefined {
  const index = speeds.indexOf(baud);
  return index < 0 ? undefined : firstCi + index;
}

/** Bits a second that this CI asks for; undefined when it is another CI. */
export function baudOfCi(ci: number): number | undefined {
  return speeds[ci - firstCi];
}

/** What a bus speaks until somebody changes it. */
export const usualBaud = 2_400;
