/**
 * One JSON line an event: codes, counts and ids only.
 *
 * Not here: readings, keys, certificates, addresses with passwords. A field is a string, number or boolean, so that no object
 * can slip in with more than was meant.
 */

export type Level = "info" | "warn" | "alarm";
/** None may take the place of a line's own three. */
export type LogFields = Readonly<Record<string, string | number | boolean>> & {
  readonly [own in "at" | "level" | "event"]?: never;
};
export type Log = (level: Level, event: string, fields?: LogFields) => void;

/** Writes lines with an instant; `write` gets each line without its end. */
export function logTo(write: (line: string) => void, clock: { wallMs(): number }): Log {
  return (level, event, fields = {}) => {
    write(JSON.stringify({ at: new Date(clock.wallMs()).toISOString(), level, event, ...fields }));
  };
}
