/** Where a served meter can be read: a port with many listeners, or a pseudo terminal with one line. */

/** Takes what the meter pushes. Never waits and never lets it pile up: who does not read misses it. */
export interface Outlet {
  push(file: Uint8Array): void;
  close(): Promise<void>;
}
