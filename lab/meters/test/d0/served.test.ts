// If these failed, who learns or tests with a virtual meter would learn what no meter does.

import { connect } from "node:net";
import { P1Stream, readOut, type Line, type Timer, withProgramming } from "@siegel/iec62056-21";
import { SecretKey } from "@siegel/crypto";
import { expect, test } from "vitest";
import { type D0Mode, serveD0Meter, serveP1Port } from "../../src/index.ts";

const start = Date.UTC(2026, 0, 15, 12) / 1_000;
const timer: Timer = {
  after: (milliseconds, run) => {
    const waiting = setTimeout(run, milliseconds);
    return () => clearTimeout(waiting);
  },
};

test.each(["A", "B", "C", "E"] as const)("a meter of mode %s is read out by our own reader", async (mode: D0Mode) => {
  const running = await serveD0Meter({ port: 0, seed: 7, mode, start });
  const line = lineTo(running.address!.port);
  const telegram = await readOut(line, timer, { address: running.meter.address });
  line.close();
  expect(telegram.warnings).toEqual([]);
  const values = new Map(
    telegram.values.map(({ id, reading, text }) => [id, reading?.kind === "number" ? reading.value.toString() : text]),
  );
  expect(values.get("C.1.0")).toBe(running.meter.label);
  expect(values.get("0.9.2")).toBe("26-01-15");
  expect(Number(values.get("1.8.0"))).toBeGreaterThan(1_000);
  expect(Number(values.get("32.7.0"))).toBeGreaterThan(200);
  await running.close();
});

test("its programming mode: registers and profile for everybody, writing with the password", async () => {
  const running = await serveD0Meter({ port: 0, seed: 7, start });
  const line = lineTo(running.address!.port);
  const password = () => ({ digit: "1", text: running.meter.password }) as const;
  const answers = await withProgramming(line, timer, { password }, async (session) => [
    await session.send({ letter: "R", digit: "1", data: "1.8.0()" }),
    await session.send({ letter: "R", digit: "3", data: "P.01()" }),
    await session.send({ letter: "W", digit: "1", data: "0.4.128(mine)" }),
    await session.send({ letter: "R", digit: "1", data: "0.4.128()" }),
    await session.send({ letter: "W", digit: "1", data: "1.8.0(0)" }),
  ]);
  line.close();
  expect(answers.map(({ kind }) => kind)).toEqual(["data", "data", "acknowledged", "data", "refused"]);
  const [, profile, , own] = answers;
  expect(profile?.kind === "data" && profile.data.lines.flat().length).toBe(96);
  expect(own?.kind === "data" && own.data.lines[0]?.[0]?.groups).toEqual(["mine"]);
  await running.close();
});

test.each([false, true])("the P1 port pushes whole telegrams of the household, encrypted: %j", async (encrypted) => {
  const running = await serveP1Port({ port: 0, seed: 7, encrypted, start });
  const keys = () => ({ encryption: SecretKey.fromBytes(running.p1.keyOctets) });
  const stream = new P1Stream({ strict: true, ...(encrypted ? { keys } : {}) });
  const line = lineTo(running.address!.port);
  const seen: string[] = [];
  for await (const chunk of line.chunks()) {
    for (const event of stream.push(chunk)) {
      expect(event.kind).toBe("telegram");
      if (event.kind !== "telegram") continue;
      const { telegram } = event;
      expect([telegram.warnings, telegram.version, telegram.trust]).toEqual([
        [],
        "50",
        encrypted ? "authenticated" : "clear",
      ]);
      expect(telegram.meter?.toString()).toBe(running.p1.label);
      expect(telegram.devices.map(({ deviceType }) => deviceType)).toEqual([3, 7]);
      seen.push(String(telegram.at));
    }
    if (seen.length >= 2) break;
  }
  line.close();
  // Each second another one.
  expect(Date.parse(seen[1]!) - Date.parse(seen[0]!)).toBe(1_000);
  await running.close();
});

function lineTo(port: number): Line & { close(): void } {
  const socket = connect(port, "127.0.0.1");
  return {
    write: (bytes) => new Promise((done) => socket.write(bytes, () => done())),
    chunks: () => socket as AsyncIterable<Uint8Array>, // a Buffer is one
    close: () => socket.destroy(),
  };
}
