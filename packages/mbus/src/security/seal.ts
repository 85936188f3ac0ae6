/**
 * Telegrams made: the writer of every mode that is opened here, DES excepted.
 *
 * In: whose telegram, content, protection.  Out: everything from the first CI on, for a link frame (../framing/wireless), in
 * one piece or in fragments.
 * Whoever seals takes care that a counter is used once per key: ../downlink/fresh-counter.ts for the gateway, the virtual
 * meter's own state for meters.
 */

import { shortCcmSeal, type ShortKey } from "@siegel/crypto";
import { concatBytes, EncodeError } from "@siegel/wire";
import type { MeterAddress } from "../framing/wireless/address.ts";
import { type Afl, encodeAfl, macCodeOf, macPrefix } from "../messages/afl.ts";
import { ciMeaning } from "../messages/ci.ts";
import { encodeEll, payloadWithCrc } from "../messages/ell.ts";
import { encodeTpl } from "../messages/tpl.ts";
import { type Direction, messageKeys } from "./kdf.ts";
import { ellCounterBlock, mode10Nonce, mode5Vector } from "./modes.ts";

export type Protect =
  | { readonly mode: 0 }
  | { readonly mode: 5; readonly key: ShortKey }
  | {
      readonly mode: 7;
      readonly key: ShortKey;
      readonly counter: number;
      /** 2, 4, 8, 12 or 16; 8 unless told. */
      readonly macBytes?: number;
      readonly keyId?: number;
      readonly keyVersion?: number;
      /** Counter in the transport header instead of AFL.MCR. */
      readonly counterInTpl?: boolean;
      /** Write ML even where nothing is fragmented. */
      readonly messageLength?: boolean;
      readonly keyInformation?: number;
    }
  | {
      readonly mode: 10;
      readonly key: ShortKey;
      readonly counter: number;
      /** 4, 8, 12 or 16; 8 unless told. */
      readonly tagBytes?: number;
      readonly keyId?: number;
      readonly keyVersion?: number;
    };

export interface Telegram {
  /** Decides header and direction: 7A, 72, 5A, 5B and so on. */
  readonly ci: number;
  /** Whose key and number: written in long headers, known from the link otherwise. */
  readonly meter: MeterAddress;
  readonly access: number;
  readonly status?: number;
  readonly protect: Protect;
  /** Records. Padding and check octets are put around them as the mode wants. */
  readonly content: Uint8Array;
  /** Records behind the encrypted part, modes 5 and 7. In mode 5 nothing protects them. */
  readonly clearTail?: Uint8Array;
  /** Modes 0 and 5: as B and A of the extended link layer. */
  readonly bidirectional?: boolean;
  readonly accessible?: boolean;
}

/** The message from AFL or the transport header on, not in fragments. @throws {EncodeError} */
export function sealMessage(telegram: Telegram): Uint8Array {
  const { afl, octets } = sealed(telegram);
  return afl === undefined ? octets : concatBytes(encodeAfl(afl), octets);
}

/**
 * The same in fragments: each item is what stands behind link header (and extended link layer) of one frame.
 *
 * @param maxBytes  Longest item.
 * @throws {EncodeError} "too-long" when more than 255 would be needed.
 */
export function sealFragments(telegram: Telegram, maxBytes: number): Uint8Array[] {
  const { afl, octets } = sealed(telegram, true);
  if (afl === undefined) throw new EncodeError("wrong-type", "AFL");
  return fragmentsOf(afl, octets, maxBytes);
}

/** A message cut for AFL. One that fits stays whole. */
export function fragmentsOf(afl: Omit<Afl, "byteLength">, octets: Uint8Array, maxBytes: number): Uint8Array[] {
  const whole = concatBytes(encodeAfl({ ...afl, moreFragments: false, fragment: 0 }), octets);
  if (whole.length <= maxBytes) return [whole];
  const bare = {
    messageControl: undefined,
    keyInformation: undefined,
    counter: undefined,
    mac: undefined,
    messageLength: undefined,
  };
  const first = encodeAfl({ ...afl, mac: undefined, moreFragments: true, fragment: 1 });
  const lastBytes = encodeAfl({ ...bare, mac: afl.mac, moreFragments: false, fragment: 255 }).length;
  const room = { first: maxBytes - first.length, next: maxBytes - Math.max(lastBytes, 4) };
  if (room.first < 1 || room.next < 1) throw new EncodeError("too-long", "AFL");
  const fragments = [concatBytes(first, octets.subarray(0, room.first))];
  for (let at = room.first; at < octets.length; at += room.next) {
    const fragment = fragments.length + 1;
    if (fragment > 255) throw new EncodeError("too-long", "AFL.FID");
    const moreFragments = at + room.next < octets.length;
    const layer = encodeAfl({ ...bare, mac: moreFragments ? undefined : afl.mac, moreFragments, fragment });
    fragments.push(concatBytes(layer, octets.subarray(at, at + room.next)));
  }
  return fragments;
}

/** An extended link layer before a message. @param key  With a session number: encrypt it; without key it stays clear. */
export function withEll(
  a: {
    readonly link: MeterAddress;
    readonly communicationControl: number;
    readonly access: number;
    readonly address?: MeterAddress;
    readonly session?: number;
    readonly key?: ShortKey;
  },
  message: Uint8Array,
): Uint8Array {
  const { communicationControl, access, address } = a;
  const ci = 0x8c + (a.session === undefined ? 0 : 1) + (address === undefined ? 0 : 2);
  const session =
    a.session === undefined ? undefined : ((a.session & 0x1fff_ffff) | (a.key === undefined ? 0 : 0x2000_0000)) >>> 0;
  const layer = encodeEll({ ci, communicationControl, access, address, session });
  if (session === undefined) return concatBytes(layer, message);
  const payload = payloadWithCrc(message);
  if (a.key === undefined) return concatBytes(layer, payload);
  return concatBytes(layer, a.key.ctr(ellCounterBlock(a.link, communicationControl, session), payload));
}

function sealed(
  telegram: Telegram,
  withLength = false,
): { afl: Omit<Afl, "byteLength"> | undefined; octets: Uint8Array } {
  const { ci, meter, access, status = 0, protect, content, clearTail = new Uint8Array() } = telegram;
  const meaning = ciMeaning(ci, "wireless");
  if (meaning === undefined) throw new EncodeError("out-of-range", "TPL.CI");
  const direction: Direction = meaning.toMeter ? "to-meter" : "from-meter";
  const address = meaning.header === "long" ? meter : undefined;
  const header = { ci, address, access, status };
  const flags = { bidirectional: telegram.bidirectional ?? false, accessible: telegram.accessible ?? false };
  switch (protect.mode) {
    case 0: {
      const tpl = meaning.header === "none" ? { ci } : { ...header, configuration: { mode: 0 as const, ...flags } };
      return { afl: undefined, octets: concatBytes(encodeTpl(tpl), content, clearTail) };
    }
    case 5: {
      const padded = withChecks(content);
      const tpl = encodeTpl({ ...header, configuration: { mode: 5, blocks: padded.length / 16, ...flags } });
      const ciphertext = protect.key.encryptCbc(mode5Vector(meter, access), padded);
      return { afl: undefined, octets: concatBytes(tpl, ciphertext, clearTail) };
    }
    case 7: {
      const { counter, macBytes = 8, keyId = 0, keyVersion, keyInformation } = protect;
      const keys = messageKeys(protect.key, { direction, counter, identification: meter.identification });
      const padded = withChecks(content);
      const tpl = encodeTpl({
        ...header,
        configuration: {
          mode: 7,
          blocks: padded.length / 16,
          keyId,
          ...(keyVersion === undefined ? {} : { keyVersion }),
          ...(protect.counterInTpl === true ? { counter } : {}),
        },
      });
      const octets = concatBytes(tpl, keys.encryption.encryptCbc(new Uint8Array(16), padded), clearTail);
      const isLong = withLength || protect.messageLength === true;
      const control = (isLong ? 0x40 : 0) | 0x20 | (keyInformation === undefined ? 0 : 0x10) | macCodeOf(macBytes);
      const fields = {
        messageControl: control,
        keyInformation,
        counter,
        messageLength: isLong ? octets.length : undefined,
      };
      const mac = keys.mac.cmac(macPrefix(fields), octets).subarray(0, macBytes);
      return { afl: { ...fields, mac, moreFragments: false, fragment: 0 }, octets };
    }
    case 10: {
      const { counter, tagBytes = 8, keyId = 0, keyVersion } = protect;
      if (clearTail.length > 0) throw new EncodeError("wrong-type", "clearTail");
      const keys = messageKeys(protect.key, { direction, counter, identification: meter.identification });
      const tpl = encodeTpl({
        ...header,
        configuration: {
          mode: 10,
          encryptedBytes: "all",
          tagBytes,
          keyId,
          counter,
          ...(keyVersion === undefined ? {} : { keyVersion }),
        },
      });
      const { ciphertext, tag } = shortCcmSeal({
        key: keys.encryption,
        nonce: mode10Nonce(meter, counter),
        aad: tpl.subarray(0, tpl.length - 4),
        plaintext: content,
        tagBytes,
      });
      return { afl: undefined, octets: concatBytes(tpl, ciphertext, tag) };
    }
  }
}

/** 2F2F before, 2F behind up to a whole block. */
function withChecks(content: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((2 + content.length) / 16) * 16).fill(0x2f);
  padded.set(content, 2);
  return padded;
}
