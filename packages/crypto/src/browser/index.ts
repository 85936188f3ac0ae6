/** The door `verify` in a browser. */

export { KeyError, keyErrorCodes } from "../errors.ts";
