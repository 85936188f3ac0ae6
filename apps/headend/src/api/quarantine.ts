/** What was verified and not believed, for operators: never a value. */

import type { QuarantineCode, QuarantineList } from "@siegel/contract";

import type { Asked } from "./asked.ts";
import { instantText } from "./text.ts";

export async function getQuarantine({ grant: { may }, ports }: Asked<"getQuarantine">): Promise<QuarantineList> {
  const rows = await ports.store.readings.quarantine(may, most);
  return {
    entries: rows.map(({ gateway, number, position, code, meter, at }) => ({
      gateway,
      deliveryNumber: String(number),
      index: position,
      code: code as QuarantineCode, // written by ingest only, which has no others
      meter,
      at: instantText(at),
    })),
  };
}

const most = 1000;
