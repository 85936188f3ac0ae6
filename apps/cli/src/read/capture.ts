/** A capture to be replayed: the SML files in these bytes, or in those that a hex dump stands for; else why there are none. */

import type { Capture } from "@siegel/lab-meters";
import { CommandError, exitCode } from "../exit.ts";

/**
 * @param note  Told when the input was a text form of the bytes.
 * @throws {CommandError} when there is no telegram in it.
 */
export async function recorded(file: string, bytes: Uint8Array, note: (text: string) => void): Promise<Capture> {
  // Loaded here: `siegel up` needs neither of them unless it replays.
  const { captureOf, ServeError } = await import("@siegel/lab-meters");
  try {
    return captureOf(bytes);
  } catch (error) {
    if (!(error instanceof ServeError)) throw error;
    const { diagnose } = await import("@siegel/sml");
    const [first] = diagnose({ bytes, events: [], files: [], fromLine: false });
    if (first?.decoded !== undefined) {
      note(`${first.text} Replaying the bytes that it stands for.`);
      return recorded(file, first.decoded, note);
    }
    const reason = first === undefined ? "" : ` ${first.text} ${first.advice}`;
    throw new CommandError(exitCode.failed, `no telegram in ${file}.${reason}`, { cause: error });
  }
}

/** A day of one file a second is about 30 MB. */
export const maxCaptureBytes = 256 * 2 ** 20;
