/** Whether the head-end answers and can store. */

import { type Static, Type } from "typebox";

import { exactly } from "./words.ts";

export const Health = exactly("Health", { status: Type.Enum(["ok", "degraded"]) });
export type Health = Static<typeof Health>;
