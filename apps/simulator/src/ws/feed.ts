import type { Quotes } from '../quotes.ts';
import type { PushBody } from './push.ts';

/** What one topic has to say; one feed serves all subscribers of its topic. */
export interface Feed {
  /** What a new subscriber is told at once; null: nothing until something happens. */
  greeting(now: number): PushBody | null;
  /** What happened since the last call, oldest first. Times must not run backwards. */
  next(now: number): readonly PushBody[];
  /** Told that someone was shown the topic's book at `now`. */
  bookSeen?(now: number): void;
}

export interface FeedDeps {
  /** undecorated: a feed that looks is nobody who was shown a book */
  readonly quotes: Quotes;
}

/** Says the state only where it differs from what was said last. */
export function feedOfState(state: (now: number) => PushBody | null): Feed {
  let said: string | null = null;
  return {
    greeting: state,
    next(now) {
      const body = state(now);
      if (body === null) return [];
      const text = JSON.stringify(body);
      if (text === said) return [];
      said = text;
      return [body];
    },
  };
}
