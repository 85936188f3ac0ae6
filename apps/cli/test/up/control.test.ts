/** The socket in the data folder: who may ask for a link, and what a stranger's bytes do. */

import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ControlSocket, type LinkAnswer } from "../../src/up/control.ts";
import { DataFolder } from "../../src/up/data-folder.ts";
import { siegel } from "../support.ts";

const people: Readonly<Record<string, LinkAnswer>> = {
  you: { url: "http://127.0.0.1:1/#token=a" },
  operator: { url: "http://127.0.0.1:1/#token=b" },
};

async function controlled(path = join(mkdtempSync(join(tmpdir(), "siegel-control-")), "data")) {
  const folder = DataFolder.open(path);
  const link = async (person = "you") => {
    await new Promise((resolve) => setTimeout(resolve, 20)); // the head-end is asked
    return people[person] ?? { problem: "nobody here is called that" };
  };
  const control = await ControlSocket.open(folder, link);
  const { control: socket } = JSON.parse(readFileSync(folder.at("running.json"), "utf8"));
  return { path, socket, close: async () => (await control.close(), folder.close()) };
}

test("siegel link prints a fresh link, for the person asked for", async () => {
  // The first link works once; whoever closes the browser would have to restart the lab.
  const { path, socket, close } = await controlled();
  expect(await siegel(["link", "--data", path])).toEqual({ code: 0, out: "http://127.0.0.1:1/#token=a\n", err: "" });
  expect((await siegel(["link", "--data", path, "--for", "operator"])).out).toBe("http://127.0.0.1:1/#token=b\n");
  const refused = await siegel(["link", "--data", path, "--for", "mallory"]);
  expect(refused).toEqual({ code: 1, out: "", err: "siegel: nobody here is called that\n" });
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  await close();
  expect(await siegel(["link", "--data", path])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^siegel: no siegel up runs on .*\n$/),
  });
});

test("a folder too deep for a socket has it elsewhere", async () => {
  // The address of a socket is short; a path may be long.
  const path = join(mkdtempSync(join(tmpdir(), "siegel-control-")), "deep".repeat(30));
  mkdirSync(path, { mode: 0o700 });
  const { socket, close } = await controlled(path);
  expect(socket.length).toBeLessThan(100);
  expect((await siegel(["link", "--data", path])).out).toContain("#token=a");
  await close();
});

test.each([
  ["nonsense", "hello\n", "this is no question"],
  ["another question", '{"ask":"stop"}\n', "this is no question"],
  ["a line without end", "x".repeat(5_000), ""],
])("%s gives no link and harms nobody", async (_, bytes, expected) => {
  // Any program of the same user can write there.
  const { path, socket, close } = await controlled();
  const client = connect(socket);
  let said = "";
  client.on("data", (chunk) => (said += chunk));
  client.on("error", () => {}); // cut is what the last case is about
  client.write(bytes);
  await once(client, "close");
  expect(said).not.toContain("token");
  expect(said).toContain(expected);
  expect((await siegel(["link", "--data", path])).code).toBe(0);
  await close();
});
