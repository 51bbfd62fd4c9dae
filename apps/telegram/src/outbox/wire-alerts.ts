import type { Clock, Mode, Position } from '@mexc-bot/core';
import type { Logger, Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { createAlertText } from '../cards/alert-text.ts';
import { createCardText, type ModelAnswer } from '../cards/card-text.ts';
import { createCards } from '../cards/cards.ts';
import { createDigest } from '../digest/digest.ts';
import { isWithin, type LocalTime, minutesOf } from '../digest/local-time.ts';
import type { Button, Messenger } from '../messenger.ts';
import { createOutbox, type Outbox } from './deliver.ts';

export interface AlertsDeps {
  readonly store: Store;
  readonly messenger: Messenger;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: Settings;
  /** the owner's clock */
  readonly time: LocalTime;
  /** who is told; asked before each message, so that it may grow */
  readonly chats: () => readonly number[];
  /** under the card of an open trade */
  readonly cardButtons?: (position: Position) => readonly (readonly Button[])[];
  /** what the models said before a purchase; nothing unless given */
  readonly answersOf?: (position: Position) => readonly ModelAnswer[];
}

export interface Alerts {
  readonly outbox: Outbox;
  /** the text of a trade's card, for whoever shows it elsewhere */
  readonly cardText: (position: Position) => string;
  /** the owner's clock */
  readonly time: LocalTime;
  /** Delivers, and writes digests when they are due, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const DIGEST_LOOK_MS = 20_000;

/** Everything the bot says by itself. */
export function wireAlerts(deps: AlertsDeps): Alerts {
  const { store, clock, log, settings, time } = deps;
  const { language, loudness, quietHours, digest: digestTimes } = settings.telegram;
  const mode = (): Mode => store.state.mode() ?? settings.mode;

  const cardText = createCardText({ language, time, answersOf: deps.answersOf ?? (() => []) });
  const digest = createDigest({ store, clock, time, at: digestTimes, language, mode });
  const cards = createCards({
    store,
    clock,
    wanted: loudness.bought !== 'off',
    render: cardText,
    ...(deps.cardButtons === undefined ? {} : { buttons: deps.cardButtons }),
  });
  const texts = createAlertText({ language, time, mode, digest: digest.text });
  const outbox = createOutbox({
    ...deps,
    loudness,
    quiet,
    present: texts.text,
    lateness: texts.lateness,
    unguarded: texts.unguarded,
    cards,
  });

  function quiet(wallAt: number): 'hold' | 'silent' | null {
    const { from, to, notices } = quietHours;
    if (from === null || to === null) return null;
    return isWithin(time.minuteOfDay(wallAt), minutesOf(from), minutesOf(to)) ? notices : null;
  }

  async function writeDigests(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        digest.check();
      } catch (error) {
        log.error('the digest could not be written', { error });
      }
      await clock.sleepWall(DIGEST_LOOK_MS, signal);
    }
  }

  return {
    outbox,
    cardText,
    time,
    run: async (signal) => {
      await Promise.all([outbox.run(signal), writeDigests(signal)]);
    },
  };
}
