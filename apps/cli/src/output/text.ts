/** Text for a screen: columns, and what a stranger's octets may do there. */

/**
 * Octets as text when they are text; else `undefined`.
 *
 * A meter's string goes to a terminal only without control characters: an escape sequence in a meter's name could
 * otherwise rewrite the screen or answer for the user (docs/threats.md).
 */
export function printableText(octets: Uint8Array): string | undefined {
  if (octets.length < 2) return undefined;
  try {
    const text = utf8.decode(octets);
    return isPrintable(text) ? text : undefined;
  } catch {
    return undefined; // not UTF-8: shown as hex
  }
}

/** A meter's text for one line of the screen: whatever would do more than take up its place becomes a question mark. */
export function harmless(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}

/** Whether every character takes up its place and does nothing else. */
function isPrintable(text: string): boolean {
  return !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
}

/** Lines with aligned columns; numbers to the right. The last column is not padded. */
export function columns(rows: readonly (readonly string[])[], align: readonly ("left" | "right")[]): string[] {
  const widths = align.map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        if (align[column] === "right") return cell.padStart(widths[column] ?? 0);
        return column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
      })
      .join("  ")
      .trimEnd(),
  );
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
