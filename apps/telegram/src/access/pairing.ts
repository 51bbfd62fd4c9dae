import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { PairingOffer, Store } from '@mexc-bot/store';

const MINUTES = 10;
/** A user's own: strangers must not use up the owner's. */
const TRIES_EACH = 5;
/** All users together, of some 850 billion codes. */
const TRIES = 1_000;
/** Without letters and digits that look alike. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const LENGTH = 8;
const CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

const hashOf = (code: string, salt: string): Buffer => createHash('sha256').update(`${salt}:${code}`).digest();

/** `abcd-efgh`, `ABCD EFGH` and `/start ABCDEFGH` are the same code; null: no code at all */
function codeIn(text: string): string | null {
  if (text.length > 40) return null;
  const code = text
    .replace(/^\/start\s+/, '')
    .toUpperCase()
    .replace(/[\s-]/g, '');
  return CODE.test(code) ? code : null;
}

/** Makes a code that is good once, for ten minutes and five tries a user; only its hash is stored. An offer before it is void. */
export function offerPairing(
  store: Pick<Store, 'telegram'>,
  wallNow: number,
): { readonly code: string; readonly minutes: number } {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const salt = randomBytes(16).toString('hex');
  store.telegram.setPairing(
    {
      salt,
      hash: hashOf(letters, salt).toString('hex'),
      expiresWallAt: wallNow + MINUTES * 60_000,
      triesLeft: TRIES,
      triesEach: TRIES_EACH,
    },
    wallNow,
  );
  return { code: `${letters.slice(0, 4)}-${letters.slice(4)}`, minutes: MINUTES };
}

/** @returns whether the user is an owner from now on; a text that is no code costs no try */
export function tryPairing(store: Pick<Store, 'telegram'>, user: number, text: string, wallNow: number): boolean {
  const code = codeIn(text);
  if (code === null || store.telegram.pairing() === null) return false;
  const isRight = ({ salt, hash }: PairingOffer): boolean =>
    timingSafeEqual(hashOf(code, salt), Buffer.from(hash, 'hex'));
  return store.telegram.tryPairing(user, wallNow, isRight);
}
