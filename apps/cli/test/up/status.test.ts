import { readConfig } from "@siegel/gateway";
import { radioStreet } from "@siegel/lab-meters/radio-street";
import { toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import type { Terminal } from "../../src/terminal.ts";
import { Status } from "../../src/up/status.ts";
import { street } from "../../src/up/household-list.ts";
import { gatewayConfig, headendConfig, radioKeys } from "../../src/up/configs.ts";

function screen(interactive: boolean): { terminal: Terminal; shown: () => string } {
  let text = "";
  const terminal: Terminal = {
    out: (more) => (text += more),
    err: (more) => (text += more),
    bytes: () => {},
    drained: async () => {},
    interactive,
    showsProgress: interactive,
    columns: 40,
    rows: 20,
    style: (_, plain) => plain,
    ended: new AbortController().signal,
  };
  return { terminal, shown: () => text };
}

test("the line says how much came, and how long ago", () => {
  // A lab that has stopped delivering must look different from one that works.
  let now = 0;
  const status = new Status(screen(false).terminal, () => now);
  expect(status.line()).toBe("0 deliveries verified and stored, none yet");
  status.committed({ deliveries: 1, quarantined: 0 });
  now = 4_400;
  expect(status.line()).toBe("1 delivery verified and stored, last 4 s ago");
  status.committed({ deliveries: 2, quarantined: 1 });
  expect(status.line()).toBe("3 deliveries verified and stored, last 0 s ago, 1 blocks in quarantine");
});

test("on a screen it stays one line, and gives way to what is printed", () => {
  // A status that scrolls buries the link.
  const { terminal, shown } = screen(true);
  const status = new Status(terminal, () => 0);
  status.start();
  status.print("a link\n");
  status.stop();
  expect(shown()).toBe("\r0 deliveries verified and stored, none \u001b[K\r\u001b[Ka link\n");
});

test("a neighbour has a meter and a page of his own; a replayed meter is yours", () => {
  // Whoever starts the lab could see the neighbour's meter as his own, and the lab would show the opposite of its point.
  const { meters, consumers } = street({ households: 2, replay: "/tmp/x" });
  expect(meters.map(({ name, person }) => [name, person])).toEqual([
    ["household", "you"],
    ["roof", "you"],
    ["radio", "you"],
    ["replay", "you"],
    ["neighbour-1", "neighbour-1"],
    ["neighbour-2", "neighbour-2"],
  ]);
  const known = meters.map(({ name, person }, at) => ({
    id: `0${at}`,
    person,
    source: `tcp://127.0.0.1:${at} ${name}`,
  }));
  const place = {
    data: "d",
    trust: { root: "r", chain: [], crls: "c" },
    ingestPort: 1,
    portalPort: 2,
    files: "f",
    encCertificate: "e",
    radioKeys: "k",
  };
  expect(headendConfig({ meters, consumers, operators: [] }, known, place)).toMatchObject({
    consumers: [
      { id: "you", meters: ["00", "01", "02", "03"] },
      { id: "neighbour-1", meters: ["04"] },
      { id: "neighbour-2", meters: ["05"] },
    ],
  });
  expect(gatewayConfig(known, place)).not.toHaveProperty("radioKeys");
  expect(gatewayConfig(known, place)).toMatchObject({ receiver: { url: "https://127.0.0.1:1/v1/deliveries" } });
});

test("keys of radio meters stand in a file of their own, and never in the configuration", () => {
  // Whoever helps with a configuration would read the neighbour's gas from then on.
  const radio = radioStreet(3).map(({ id, key, protection }) => ({ id: id.id, radio: { key, protection } }));
  const known = radio.map((one) => ({ ...one, person: "you", source: "tcp://127.0.0.1:9" }));
  const place = {
    data: "d",
    trust: { root: "r", chain: [], crls: "c" },
    ingestPort: 1,
    encCertificate: "e",
    radioKeys: "k",
  };
  const config = gatewayConfig(known, place);
  expect(config).toMatchObject({
    radioKeys: "k",
    meters: [{ floor: "authenticated" }, { floor: "encrypted" }, { floor: "authenticated" }],
  });
  for (const { id, key } of radioStreet(3)) {
    expect(JSON.stringify(config)).not.toContain(toHex(key));
    expect(radioKeys(known)).toHaveProperty(id.id, toHex(key));
  }
  expect(readConfig(JSON.stringify(config), "/").meters).toHaveLength(3);
});
