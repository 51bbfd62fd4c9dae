import type { Clock, Decimal, ExchangeSymbol, Mode } from '@mexc-bot/core';
import type { Logger, Pm2, Settings } from '@mexc-bot/runtime';
import type { DailySummaryRow, Store } from '@mexc-bot/store';
import type { Role } from '../access/access.ts';
import type { Button } from '../messenger.ts';
import type { CommandName, Texts } from '../text/en.ts';
import type { Format } from '../text/format.ts';

/** What a command says. */
export interface Answer {
  /** Telegram's HTML subset; the mode is put before it */
  readonly html: string;
  /** whose money it speaks of; the trading mode unless given */
  readonly mode?: Mode;
  readonly buttons?: readonly (readonly Button[])[];
  /** PNG shown above the text; null, or refused by Telegram: the text alone */
  readonly photo?: Uint8Array | null;
  /** asks with buttons before it does anything */
  readonly question?: Question;
  /** once the message is on the phone; null: it could not be brought there */
  readonly afterwards?: (messageId: number | null) => void;
  /** for the audit; `done` unless given */
  readonly outcome?: string;
}

interface Question {
  /** on the button that does it */
  readonly yes: string;
  /** what happens on yes */
  readonly action: () => Promise<Answer>;
}

/** Who calls a command, and with what. */
export interface Call {
  readonly user: number;
  readonly chat: number;
  readonly role: Role;
  readonly args: readonly string[];
}

export const GROUPS = ['processes', 'trading', 'results', 'learning', 'upkeep'] as const;
type Group = (typeof GROUPS)[number];

export interface Command {
  readonly name: CommandName;
  readonly aliases?: readonly string[];
  readonly group: Group;
  /** viewers may look and change nothing */
  readonly role: Role;
  /** not in the lists: it is what buttons do */
  readonly hidden?: boolean;
  /** takes no arguments */
  readonly bare?: boolean;
  /** takes seconds: the owner sees at once that it began */
  readonly slow?: boolean;
  readonly run: (call: Call) => Answer | Promise<Answer>;
}

/** Pictures for those who would rather look; null where there is nothing to draw, or it cannot be drawn. None rejects. */
export interface Pictures {
  /** @param since market ms UTC: what was earned from then on; everything unless given */
  equity(mode: Mode, since?: number): Promise<Uint8Array | null>;
  /** @param days every day shown, `2026-11-22`, oldest first */
  daily(mode: Mode, rows: readonly DailySummaryRow[], days: readonly string[]): Promise<Uint8Array | null>;
  candleChart(positionId: string): Promise<Uint8Array | null>;
}

/** A command of an app, run as a process of its own. */
export type RunTool = (
  app: 'suite' | 'scanner' | 'tracker' | 'collector' | 'trainer',
  args: readonly string[],
) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;

/** One model as its own card tells it. */
export interface ModelLook {
  /** folder under `models` */
  readonly name: string;
  /** made for another set of features: never used */
  readonly stale: boolean;
  /** beat ATR alone and earned after costs, out of sample */
  readonly proven: boolean;
  /** out of sample; null where it was not measured */
  readonly auc: number | null;
  readonly aucLow: number | null;
  readonly aucHigh: number | null;
  /** mean net return of the top decile after costs, a fraction */
  readonly netReturn: number | null;
  readonly rows: number | null;
  /** wall ms UTC */
  readonly trainedAt: number | null;
}

/** The models on disk. */
export interface ModelShelf {
  list(): Promise<readonly ModelLook[]>;
  /** @returns the names removed */
  clear(which: 'stale' | 'all'): Promise<readonly string[]>;
}

export interface CommandDeps {
  readonly store: Store;
  readonly pm2: Pm2;
  readonly pictures: Pictures;
  readonly models: ModelShelf;
  readonly runTool: RunTool;
  /** Best bids now, of those that could be read. */
  readonly bids: (markets: readonly ExchangeSymbol[]) => Promise<ReadonlyMap<ExchangeSymbol, Decimal>>;
  readonly settings: Settings;
  readonly clock: Pick<Clock, 'wallNow' | 'sleepWall'>;
  /** the market's time as far as it is known, ms UTC */
  readonly marketNow: () => number;
  readonly log: Logger;
  readonly texts: Texts;
  readonly format: Format;
  /** Wall ms the bot began, and MB it takes. */
  readonly self: () => { readonly startedAt: number; readonly memoryMb: number };
}

/** The owner asked for something that cannot be: said as it is, and nothing was done. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
