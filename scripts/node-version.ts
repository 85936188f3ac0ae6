/** The runtime that every script of ours asks for, with one clear line when it is another. */

/** Ends the program unless Node is 24 or later. */
export function requireNode(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= 24) return;
  process.stderr.write(
    `This needs Node 24 or later and runs on ${version}. After "npm ci" it is in node_modules/.bin: use "npm run …" or "npx".\n`,
  );
  process.exit(1);
}
