import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Account, openAccount, resetAccount } from './account.ts';
import { createEngine, type Engine } from './engine.ts';
import { journalOf } from './journal-file.ts';
import { createQuotes, type Quotes } from './quotes.ts';
import { CorruptSnapshot, loadSnapshot, type SavedPlans, snapshotPath } from './snapshot.ts';
import { createStateFile, type StateFile } from './state-file.ts';
import { createSyntheticMarket } from './synthetic-market.ts';

const source = createSyntheticMarket(1, 12);
const { identity, startAt } = source;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An exchange whose state is saved after every change, as before an answer. */
class Kept {
  readonly path = snapshotPath(folder, identity);
  readonly journal = journalOf(this.path);
  readonly quotes: Quotes = createQuotes(source);
  readonly engine: Engine = createEngine({ quotes: this.quotes, idSeed: 1 });
  readonly account: Account = openAccount('a', '…1234', { USDT: '1000000' });
  readonly file: StateFile = createStateFile(this.path);
  plans: SavedPlans = { plan: null, counts: [] };
  now = startAt;

  constructor() {
    this.engine.ledger.addAccount(this.account);
  }

  add(): void {
    this.file.add(this.saved(), false);
  }
  saved() {
    return { identity, marketTime: this.now, ledger: this.engine.ledger, plans: this.plans };
  }
  /** @param share of the last price; a MARKET order without */
  order(side: 'BUY' | 'SELL', share?: number): boolean {
    const last = this.quotes.last(this.quotes.find('BTCUSDT', this.now)!, this.now);
    const price = share === undefined ? undefined : (last * share).toFixed(2);
    const type = share === undefined ? 'MARKET' : 'LIMIT';
    const request = { symbol: 'BTCUSDT', side, type, quantity: '0.01', price };
    return this.engine.place(this.now, this.account, request).ok;
  }
  cancelOldest(): void {
    const [order] = this.engine.ledger.open();
    if (order) this.engine.cancel(this.now, this.account, { symbol: order.symbol, orderId: order.orderId });
  }
  reset(): void {
    this.engine.reset();
    resetAccount(this.account);
  }
}

/** What must be found again. */
const shown = (saved: ReturnType<Kept['saved']>): unknown => {
  const { ledger, marketTime, plans } = saved;
  return textOf(marketTime, ledger.sequence(), ledger.accounts(), ledger.orders(), ledger.trades(), plans);
};
const found = (path: string): unknown => {
  const { marketTime, sequence, accounts, orders, trades, plans } = loadSnapshot(path, identity)!;
  return textOf(marketTime, sequence, accounts, orders, trades, plans);
};
function textOf(marketTime: number, sequence: number, accounts: readonly Account[], ...rest: readonly unknown[]) {
  const money = accounts.map(({ id, balances, mxDeduct }) => ({ id, balances: [...balances], mxDeduct }));
  return JSON.parse(JSON.stringify({ marketTime, sequence, money, rest }));
}

describe('the saved state', () => {
  it('is after every change what the exchange knows', () => {
    const action = fc.oneof(
      fc.constantFrom('buy', 'sell', 'rest', 'cancel', 'mx', 'plans', 'nothing'),
      fc.constantFrom('wait', 'wait long'),
      { weight: 1, arbitrary: fc.constantFrom('reset', 'replace', 'lose the journal') },
    );
    let [rests, fills] = [0, 0];
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30, size: 'max' }), (actions) => {
        const kept = new Kept();
        for (const name of actions) {
          if (name === 'buy') kept.order('BUY');
          else if (name === 'sell') kept.order('SELL');
          else if (name === 'rest') kept.order('BUY', 0.9995);
          else if (name === 'cancel') kept.cancelOldest();
          else if (name === 'mx') kept.account.mxDeduct = !kept.account.mxDeduct;
          else if (name === 'plans')
            kept.plans = { plan: {}, counts: [{ id: 'a', matched: kept.now, fired: 1, seed: 7 }] };
          else if (name === 'wait') kept.now += 7_000;
          else if (name === 'wait long') kept.now += 1_800_000;
          else if (name === 'reset') kept.reset();
          else if (name === 'replace') kept.file.replace(kept.saved());
          else if (name === 'lose the journal') rmSync(kept.journal, { force: true });
          kept.engine.advance(kept.now);
          kept.add();
          rests += kept.engine.ledger.open().length;
          fills += kept.engine.ledger.trades().filter(({ isMaker }) => isMaker).length;
          expect(found(kept.path)).toEqual(shown(kept.saved()));
        }
      }),
      { numRuns: 100, seed: 4 },
    );
    // orders rested and filled later: what changes after it was written was put to the test
    expect(rests).toBeGreaterThan(50);
    expect(fills).toBeGreaterThan(10);
  });

  it('costs an order no more with thousands before it', () => {
    const kept = new Kept();
    for (let n = 0; n < 4_000; n++) expect(kept.order(n % 2 === 0 ? 'BUY' : 'SELL')).toBe(true);
    kept.add();
    const before = statSync(kept.journal).size;
    for (let n = 0; n < 10; n++) {
      kept.order(n % 2 === 0 ? 'BUY' : 'SELL');
      kept.add();
    }
    expect((statSync(kept.journal).size - before) / 10).toBeLessThan(3_000);
    expect(statSync(kept.path).size).toBeGreaterThan(1_000_000);
    expect(found(kept.path)).toEqual(shown(kept.saved()));
  });

  it('is written whole again before its journal outgrows it', () => {
    const kept = new Kept();
    kept.add();
    for (let n = 0; !kept.file.isFull(); n++) {
      expect(n).toBeLessThan(3_000);
      kept.order(n % 2 === 0 ? 'BUY' : 'SELL');
      kept.add();
    }
    expect(statSync(kept.journal).size).toBeGreaterThan(1024 * 1024);
    kept.file.replace(kept.saved());
    expect(kept.file.isFull()).toBe(false);
    expect(statSync(kept.journal).size).toBeLessThan(100);
    expect(found(kept.path)).toEqual(shown(kept.saved()));
  });

  it('of a kill while a line was being written is the state before that line', () => {
    const kept = new Kept();
    kept.order('BUY');
    kept.add();
    kept.order('SELL');
    kept.add();
    const before = shown(kept.saved());
    const whole = readFileSync(kept.journal, 'utf8');
    kept.order('BUY', 0.9);
    kept.add();
    const line = readFileSync(kept.journal, 'utf8').slice(whole.length);
    for (const length of [0, 1, Math.floor(line.length / 2), line.length - 1]) {
      writeFileSync(kept.journal, whole + line.slice(0, length));
      expect(found(kept.path)).toEqual(before);
    }
  });

  it('of a kill between writing it whole and beginning its journal does not take the old journal for its own', () => {
    const kept = new Kept();
    kept.add();
    kept.order('BUY');
    kept.add();
    const old = readFileSync(kept.journal, 'utf8');
    kept.order('SELL');
    kept.file.replace(kept.saved());
    writeFileSync(kept.journal, old);
    expect(found(kept.path)).toEqual(shown(kept.saved()));
  });

  it('with a damaged line in its journal is refused, and the line named', () => {
    const kept = new Kept();
    for (let n = 0; n < 3; n++) {
      kept.add();
      kept.order('BUY');
    }
    const lines = readFileSync(kept.journal, 'utf8').split('\n');
    writeFileSync(kept.journal, lines.with(1, '{"marketTime":').join('\n'));
    expect(() => found(kept.path)).toThrow(CorruptSnapshot);
    expect(() => found(kept.path)).toThrow(/line 2 of its journal/);
  });

  it('lets only its owner read either file', () => {
    const kept = new Kept();
    kept.add();
    expect(readdirSync(folder)).toHaveLength(2);
    if (process.platform === 'win32') return;
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });
});
