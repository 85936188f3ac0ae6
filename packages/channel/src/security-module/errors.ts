/**
 * Why a security module in a process of its own cannot be had, beside what the module itself refuses (`ModuleError`).
 *
 * Codes are stable. No message and no cause carries a key.
 */

import { type Blame, MeterError } from "@siegel/wire";

export const moduleProcessErrorCodes = {
  "not-a-folder": { blame: "caller", says: "where the state should be is no folder, or none can be made" },
  "permission-denied": { blame: "environment", says: "this user may not write into the folder of the state" },
  "not-private": {
    blame: "environment",
    says: "others may read the stored keys; take their rights away (chmod -R go= FOLDER), and consider whether to replace the keys",
  },
  "in-use": { blame: "caller", says: "another process has this state open" },
  "start-failed": { blame: "environment", says: "the process of the security module did not start" },
  "too-many-requests": { blame: "caller", says: "more requests are open than the module takes" },
  "internal-error": {
    blame: "bug",
    says: "the process of the security module failed in a way that it has no code for",
  },
} as const satisfies Record<string, { readonly blame: Blame; readonly says: string }>;

export type ModuleProcessErrorCode = keyof typeof moduleProcessErrorCodes;

export class ModuleProcessError extends MeterError {
  override readonly name = "ModuleProcessError";
  override readonly code: ModuleProcessErrorCode;
  override readonly blame: Blame;

  constructor(code: ModuleProcessErrorCode, options: { cause?: unknown } = {}) {
    const { blame, says } = moduleProcessErrorCodes[code];
    super(`${code}: ${says}`, "cause" in options ? { cause: options.cause } : {});
    this.code = code;
    this.blame = blame;
  }
}
