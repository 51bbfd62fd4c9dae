import type { Database } from 'better-sqlite3';

/** A one-time code that makes whoever sends it an owner; only its hash is kept. */
export interface PairingOffer {
  readonly salt: string;
  readonly hash: string;
  readonly expiresWallAt: number;
  /** of all users together */
  readonly triesLeft: number;
  /** how often one user may try */
  readonly triesEach: number;
  /** how often users tried, by id; absent: nobody did */
  readonly tried?: Readonly<Record<string, number>>;
}

/** Where the bot says that it is back after a restart it was told to do. */
export interface RestartNote {
  readonly chat: number;
  readonly messageId: number;
  readonly wallAt: number;
}

/** What the telegram process remembers over restarts. */
export interface TelegramRepository {
  pairing(): PairingOffer | null;
  setPairing(offer: PairingOffer | null, wallAt: number): void;
  /** user ids that were paired, in that order */
  paired(): readonly number[];
  /**
   * Takes one try of the open offer, and of the user's own: whoever has none left takes none of the others'.
   *
   * @param judge whether the code that was sent is the one offered
   * @returns whether the user is an owner from now on; the offer is then gone, and gone too once its tries or time are used up
   */
  tryPairing(user: number, wallAt: number, judge: (offer: PairingOffer) => boolean): boolean;
  /** Forgets every paired user. */
  unpair(wallAt: number): void;
  restartNote(): RestartNote | null;
  setRestartNote(note: RestartNote | null, wallAt: number): void;
}

export function createTelegram(db: Database): TelegramRepository {
  const select = db.prepare<[string], string>('SELECT value FROM state WHERE key = ?').pluck();
  const upsert = db.prepare<[string, string, number]>(
    'INSERT INTO state (key, value, wall_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, wall_at = excluded.wall_at',
  );
  const get = <T>(key: string): T | null => JSON.parse((select.get(key) as string | undefined) ?? 'null') as T | null;
  const set = (key: string, value: unknown, wallAt: number): void => {
    upsert.run(key, JSON.stringify(value), wallAt);
  };

  const pairing = (): PairingOffer | null => get<PairingOffer>('telegram_pairing');
  const paired = (): readonly number[] => get<number[]>('telegram_paired') ?? [];

  const tryPairing = db.transaction((user: number, wallAt: number, judge: (offer: PairingOffer) => boolean) => {
    const offer = pairing();
    if (offer === null) return false;
    if (wallAt >= offer.expiresWallAt || offer.triesLeft < 1) {
      set('telegram_pairing', null, wallAt);
      return false;
    }
    const tries = offer.tried?.[user] ?? 0;
    if (tries >= offer.triesEach) return false;
    const right = judge(offer);
    const triesLeft = offer.triesLeft - 1;
    const tried = { ...offer.tried, [user]: tries + 1 };
    set('telegram_pairing', right || triesLeft === 0 ? null : { ...offer, triesLeft, tried }, wallAt);
    if (right) set('telegram_paired', [...new Set([...paired(), user])], wallAt);
    return right;
  });

  return {
    pairing,
    setPairing: (offer, wallAt) => set('telegram_pairing', offer, wallAt),
    paired,
    tryPairing: (user, wallAt, judge) => tryPairing.immediate(user, wallAt, judge),
    unpair: (wallAt) => set('telegram_paired', [], wallAt),
    restartNote: () => get<RestartNote>('telegram_restart'),
    setRestartNote: (note, wallAt) => set('telegram_restart', note, wallAt),
  };
}
