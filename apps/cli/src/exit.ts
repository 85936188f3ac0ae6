/** How a command ends. The codes are part of the contract. */

export const exitCode = {
  /** Done; for `read`: something decoded. */
  ok: 0,
  /** For `read`: nothing decoded, or `--strict` met an error. */
  failed: 1,
  /** The command was called wrongly: nothing was done. */
  usage: 2,
} as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends a command with one line that says what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exit: ExitCode;

  constructor(exit: ExitCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.exit = exit;
  }
}
