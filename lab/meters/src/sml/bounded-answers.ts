/**
 * A device as one file of requests sees it: the rows of all its answers together are bounded.
 *
 * In: a device, a number of rows.  Out: the same device, which refuses what would be more.
 * Why: a request is forty octets long, its answer may be forty thousand. A few kilobytes of requests would otherwise
 * ask for more than can be written into one file.
 */

import type { Refusal, SmlDevice } from "@siegel/sml";

/** @param maxRows  What goes beyond is answered with `value-out-of-range`; the requests behind it still have a chance. */
export function boundedRows(device: SmlDevice, maxRows: number): SmlDevice {
  let left = maxRows;
  const within = <T extends object>(answer: T | Refusal, rowsOf: (answer: T) => number): T | Refusal => {
    if (typeof answer === "string") return answer;
    const rows = rowsOf(answer);
    if (rows > left) return "value-out-of-range";
    left -= rows;
    return answer;
  };
  return {
    serverId: device.serverId,
    now: () => device.now(),
    mayAsk: (kind, credentials) => device.mayAsk(kind, credentials),
    list: (listName) => device.list(listName),
    profileList: (question) => within(device.profileList(question), (rows) => rows.length),
    profilePack: (question) => within(device.profilePack(question), ({ periodList }) => periodList.length),
    parameter: (path, attribute) => device.parameter(path, attribute),
    setParameter: (path, tree) => device.setParameter(path, tree),
  };
}
