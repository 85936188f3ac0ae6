/** Signs of the page, drawn as paths. They repeat what a word beside them says, so they are hidden from screen readers. */

import type { JSX } from "preact";

export type IconName =
  | "seal"
  | "broken"
  | "person"
  | "clock"
  | "blocked"
  | "root"
  | "question"
  | "passed"
  | "failed"
  | "skipped"
  | "left"
  | "right"
  | "down"
  | "sun"
  | "moon"
  | "device"
  | "leave"
  | "save"
  | "copy"
  | "offline";

export function Icon({ name, size = 20 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

const ring = "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18z";
const paths: Readonly<Record<IconName, string>> = {
  seal: "M12 2.5l2.2 1.7 2.8-.3 1 2.6 2.5 1.3-.4 2.8 1.6 2.3-1.8 2.1.1 2.8-2.7.9-1.4 2.4-2.7-.7L12 22l-1.9-1.6-2.7.7L6 18.7l-2.7-.9.1-2.8-1.8-2.1 1.6-2.3-.4-2.8 2.5-1.3 1-2.6 2.8.3zM8.3 12.2l2.6 2.6 4.9-5.2",
  broken:
    "M12 2.5l2.2 1.7 2.8-.3 1 2.6 2.5 1.3-.4 2.8 1.6 2.3-1.8 2.1.1 2.8-2.7.9-1.4 2.4-2.7-.7L12 22M12 2.5L9.5 8l4 3.5-3 4L12 22M9.6 3.6l-2.5.3-1 2.6-2.5 1.3.4 2.8-1.6 2.3 1.8 2.1-.1 2.8 2.7.9 1.2 2.2",
  person: "M10 11.5a4 4 0 1 0 0-8 4 4 0 1 0 0 8zM3 20.5c.6-4 3.3-6 7-6s6.4 2 7 6M17.5 4.500l4 4M21.5 4.500l-4 4",
  clock: `${ring}M12 7v5.200l3.4 2`,
  blocked: `${ring}M5.7 5.700l12.6 12.6`,
  root: "M12 3v8M12 11l-6 5M12 11l6 5M12 11v6M4 21a2 2 0 1 0 0-4M6 16v2M18 16v2M12 17v3",
  question: `${ring}M9.5 9.300c.2-1.6 1.3-2.3 2.6-2.3 1.5 0 2.5 1 2.5 2.2 0 1.9-2.5 2-2.5 4.100M12 16.700v.3`,
  passed: "M5 12.500l4.5 4.500L19 7",
  failed: "M6.5 6.500l11 11M17.5 6.500l-11 11",
  skipped: "M6 12h12",
  left: "M14.5 5.500L8 12l6.5 6.5",
  right: "M9.5 5.500L16 12l-6.5 6.5",
  down: "M5.5 9.500L12 16l6.5-6.5",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 1 0 0-8zM12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M5.3 18.700l1.4-1.400M17.3 6.700l1.4-1.4",
  moon: "M20 14.500A8.3 8.3 0 0 1 9.5 4 8.3 8.3 0 1 0 20 14.500z",
  device: "M4 5h16v11H4zM9 20h6M12 16v4",
  leave: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9.5",
  save: "M12 4v11M7.5 11l4.5 4.5 4.5-4.500M5 20h14",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  offline:
    "M4 4l16 16M5 12.500a10 10 0 0 1 4-2.400M12.5 9.500c2.5.1 4.8 1.2 6.5 3M8.5 16a5 5 0 0 1 5.5-1M12 19.500v.1M2 9a14 14 0 0 1 4.5-2.900M10.5 5c4.3-.4 8.5 1 11.5 4",
};
