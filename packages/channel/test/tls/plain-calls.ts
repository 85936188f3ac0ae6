/**
 * A program that makes one call on a brainpool certificate, and says “survived” if it still can. Started by ./crash.test.ts.
 *
 * The folder holds root.pem, chain.pem, own.pem and own.key of a gateway; the port is that of a head-end.
 */

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";

import { withoutLegacyCertificates } from "../../src/tls/peer-certificates.ts";
import { profileOptions } from "../../src/tls/profile.ts";

/** What it can be told to do. */
export type PlainCall = "toLegacyObject" | "plain" | "guarded";

const [, , call, folder = "", port = ""] = process.argv;
const read = (name: string): string => readFileSync(`${folder}/${name}`, "utf8");

if (call === "toLegacyObject") {
  // oxlint-disable-next-line no-restricted-properties -- the test is about this call
  new X509Certificate(read("own.pem")).toLegacyObject();
  console.log("survived");
} else {
  // A stack that trusts the root: as soon as its check succeeds, Node's client asks for the older object.
  const socket = connect({
    ...profileOptions(),
    host: "127.0.0.1",
    port: Number(port),
    ca: [read("root.pem"), read("chain.pem")],
    cert: read("own.pem") + read("chain.pem"),
    key: read("own.key"),
    ...(call === "guarded" && { checkServerIdentity: () => undefined }),
  });
  if (call === "guarded") withoutLegacyCertificates(socket);
  socket.on("error", (error) => console.log(error.message));
  socket.on("secureConnect", () => {
    console.log("survived");
    socket.end();
  });
}
