import { checkWords, foundWords } from './checks.ts';
import { plainCode } from './plain-code.ts';
import { enReasons } from './reasons-en.ts';

const s = (count: number): string => (count === 1 ? '' : 's');
const are = (count: number): string => (count === 1 ? 'is' : 'are');
/** The label of a message speaks of one mode alone. */
const byMode = (live: number, test: number): string =>
  [live > 0 ? `${live} LIVE` : '', test > 0 ? `${test} TEST` : ''].filter((text) => text !== '').join(', ') || '0';

const commands = {
  startbot: { usage: '', does: 'start scanner and tracker' },
  stopbot: { usage: '', does: 'stop scanner and tracker: nothing guards open positions then' },
  restartbot: { usage: '', does: 'restart scanner and tracker' },
  stopall: { usage: '', does: 'stop every process but this bot' },
  restartloop: { usage: '', does: 'restart this bot' },
  process: { usage: 'start|stop|restart NAME', does: 'one process' },
  status: { usage: '', does: 'processes, heartbeats, mode, age of the data, last scan' },
  ping: { usage: '', does: 'whether the bot is there' },
  help: { usage: '', does: 'this list' },
  pause: { usage: '', does: 'no new buys; positions are still guarded' },
  resume: { usage: '', does: 'buy again' },
  sell: { usage: 'SYMBOL', does: 'sell a position' },
  panic: { usage: '', does: 'sell everything and pause' },
  testmode_on: { usage: '', does: 'new positions with paper money' },
  testmode_off: { usage: '', does: 'new positions with real money' },
  summary: { usage: '[live|test]', does: 'equity and results' },
  testsummary: { usage: '', does: 'the same of test mode' },
  performance: { usage: '[live|test] [days]', does: 'results by strategy and exit' },
  daily: { usage: '[live|test] [days]', does: 'results by day' },
  balance: { usage: '[live|test]', does: 'free, locked, in positions' },
  tracked: { usage: '[SYMBOL]', does: 'open positions, or one as a chart' },
  testtracked: { usage: '[SYMBOL]', does: 'the same of test mode' },
  activity: { usage: '[page]', does: 'scans, why nothing was bought, events' },
  testactivity: { usage: '[page]', does: 'the same of test mode' },
  why: { usage: 'SYMBOL', does: 'why a token was bought or not' },
  teststatus: { usage: '', does: 'the paper account' },
  starttrain: { usage: '[pending|all|symbol SYMBOL]', does: 'train models' },
  stoptrain: { usage: '', does: 'stop the training' },
  retrainfeedback: { usage: '', does: 'train the feedback model anew' },
  models: { usage: '', does: 'models and what they can do' },
  clearmodels: { usage: '', does: 'delete stale models, then all' },
  resync: { usage: '', does: 'rebuild positions from the exchange' },
  cleartracked: { usage: '', does: 'close positions whose coins are gone' },
  cleanup: { usage: '', does: 'delete old candles and exports' },
  cleartestdata: { usage: '[force]', does: 'delete everything of test mode' },
  settings: { usage: '[section]', does: 'the settings in force' },
};

export type CommandName = keyof typeof commands;

/** Every word the bot says. Texts are plain: whoever shows them escapes them. */
export const en = {
  commands: commands as Readonly<Record<CommandName, { readonly usage: string; readonly does: string }>>,
  groups: {
    processes: 'Processes',
    trading: 'Trading',
    results: 'Results',
    learning: 'Learning',
    upkeep: 'Upkeep',
  },
  reason: (code: string): string => enReasons[code] ?? plainCode(code),
  kind: (code: string): string => enReasons[code] ?? plainCode(code),
  stage: (name: string): string => name,
  check: (name: string): string => checkWords(name, plainCode),
  found: (value: string): string => foundWords(value, (code) => enReasons[code]),

  // talking
  yesCancel: 'Cancel',
  answerWithin: (seconds: number) => `Good for ${seconds} s, once.`,
  cancelled: 'Cancelled: nothing was done.',
  cancelledShort: 'Cancelled',
  tooLate: 'This button is no longer good. Give the command again.',
  notYours: 'This question was asked of somebody else.',
  working: 'Working …',
  doing: 'Doing it …',
  updated: 'Updated',
  failed: (what: string) => `That failed: ${what}`,
  seeLog: 'The log of telegram has the details.',
  viewersLook: 'You may look, and this command changes something. Ask the owner.',
  late: 'I could not hear you for a while, and this came late: nothing was done. Send it again if you still mean it.',
  unknownCommand: (word: string, meant: string | null) =>
    `There is no /${word}.${meant === null ? '' : ` Did you mean /${meant}?`} All commands: /help`,
  saySomething: 'Commands begin with a slash. All of them: /help',
  paired: 'Paired: this phone commands the suite from now on. What it can do: /help',
  refresh: '🔄 Refresh',
  newer: '◀ newer',
  older: 'older ▶',
  page: (page: number, pages: number) => `Page ${page} of ${pages}`,
  andMore: (count: number) => `and ${count} more`,
  took: (duration: string) => `Took ${duration}.`,

  // arguments
  notWhole: (word: string, min: number, max: number) => `"${word}" must be a whole number from ${min} to ${max}.`,
  notOneOf: (word: string, allowed: readonly string[], meant: string | null) =>
    `"${word}" is unknown.${meant === null ? '' : ` Did you mean ${meant}?`} Allowed: ${allowed.join(', ')}.`,
  noArguments: (words: string) => `This command takes nothing more, and "${words}" was given.`,
  symbolMissing: 'Which one? Name a symbol, like PEPE.',
  symbolUnknown: (word: string, meant: string | null, among: readonly string[] | null) =>
    [
      among === null ? `No market is called ${word}.` : `No open position in ${word}.`,
      meant === null ? '' : ` Did you mean ${meant}?`,
      among === null ? '' : among.length === 0 ? ' Nothing is held.' : ` Held: ${among.slice(0, 20).join(', ')}.`,
    ].join(''),

  // processes
  processState: (status: string) => status,
  lastLines: 'It did not start. Its last lines:',
  afterStopbot: (names: readonly string[]) =>
    `Still on: ${names.length === 0 ? '' : `${names.join(', ')} and `}this bot. Nothing is bought, and nothing guards positions.`,
  afterStopall: (self: string) => `Still on: ${self}. /startbot starts trading again, npm start everything.`,
  askStopbot: (open: number) =>
    `${open} position${s(open)} ${are(open)} open. Nothing watches the stops while the tracker is off. Stop it all the same?\nTo buy nothing and keep the guard: /pause`,
  askStopall: (names: string, open: number) =>
    `This stops ${names}.${open === 0 ? '' : ` ${open} position${s(open)} ${are(open)} open, and nothing will guard them.`} Stop?`,
  nothingRuns: 'Nothing else runs.',
  yesStop: 'Stop',
  notUnderPm2: 'This bot does not run under PM2: restart it where it was started.',
  restartingSelf: 'Restarting this bot …',
  restarted: (duration: string) => `The bot is back after ${duration}.`,

  // status
  statusTitle: (live: number, test: number, paused: boolean) =>
    `${byMode(live, test)} open${paused ? ', PAUSED: no new buys' : ''}`,
  statusColumns: ['process', 'beat', 'MB', 'rest.'],
  nothingUnderPm2: 'No process of the suite is known to PM2: npm start.',
  failing: (name: string, times: number, error: string) => `! ${name} failed ${times} times in a row: ${error}`,
  noScan: 'No scan yet.',
  noData: 'No market data yet.',
  dataAge: (age: string) => `Market data: the newest candle closed ${age} ago.`,
  lastScan: (age: string, seen: number, bought: number) => `Last scan ${age} ago: ${seen} markets, ${bought} bought.`,
  stillStopped: (why: string) => `Nothing is bought all the same: ${why}.`,
  exchangeIs: (venue: string): string => (venue === 'mexc' ? 'Exchange: MEXC' : 'Exchange: the simulator'),
  keyDays: (days: number | null) =>
    days === null ? 'Age of the API key: not known (exchange.keyCreatedAt)' : `API key: ${days} days left`,
  pong: (uptime: string, memory: number) => `Here. Up ${uptime}, ${memory} MB.`,

  // money
  equityIs: (amount: string, quote: string) => `Equity ${amount} ${quote}`,
  openIs: (count: number, result: string, quote: string) => `${count} open: ${result} ${quote}`,
  startedWith: (amount: string, quote: string) => `Opening balance ${amount} ${quote}`,
  today: 'today',
  lastDays: (count: number) => `${count} days`,
  allTime: 'all',
  span: '',
  day: 'day',
  wonOfClosed: 'won',
  performanceTitle: (result: string, quote: string, days: number) => `${result} ${quote} in ${days} days`,
  performanceFacts: (closed: number, wins: number, losses: number, open: number) =>
    `${closed} closed: ${wins} won, ${losses} lost; ${open} open`,
  openHaveSold: (result: string, quote: string) =>
    `Besides, parts of open positions were sold: ${result} ${quote} so far`,
  performanceFees: (fees: string, quote: string) => `Fees ${fees} ${quote}, already taken off`,
  performanceQuality: (mean: string, factor: string, best: string, worst: string) =>
    `Mean ${mean}, profit factor ${factor}, best ${best}, worst ${worst}`,
  byStrategy: 'strategy',
  byExit: 'exit',
  dailyTitle: (result: string, quote: string, days: number) => `${result} ${quote} in ${days} days`,
  nothingClosed: 'Nothing was closed in these days.',
  free: 'free',
  locked: 'in orders',
  inPositions: (count: number) => `${count} position${s(count)}`,
  otherCoins: (names: string, count: number) => `Coins without a position: ${names}${count > 15 ? ' …' : ''}`,

  // positions
  noPositions: 'Nothing is held.',
  positionsTitle: (count: number, result: string, quote: string) => `${count} open: ${result} ${quote}`,
  positionColumns: (quote: string) => ['', quote, 'price', 'lev.'],
  starMeansSelling: '* is being sold',
  positionTitle: (base: string, result: string, quote: string) => `${base}: ${result} ${quote}`,
  positionFacts: (strategy: string, confidence: string, since: string) =>
    `${strategy}, confidence ${confidence}, since ${since}`,
  priceNow: 'now',
  entry: 'entry',
  stop: 'stop',
  peak: 'peak',
  quantity: 'held',
  level: (index: number) => `level ${index}`,
  selling: (why: string) => `Being sold: ${why}`,
  sellButton: 'Sell …',
  askSell: (base: string, quantity: string, worth: string, result: string, quote: string) =>
    `Sell ${quantity} ${base}, worth about ${worth} ${quote}? Result then about ${result} ${quote}.`,
  yesSell: (base: string) => `Sell ${base}`,
  sellRequested: (base: string) => `The tracker was told to sell ${base}. The result comes as a message.`,
  trackerIsOff:
    '! The tracker does not run: nothing is sold until /startbot, and what has waited for more than 10 minutes by then is dropped.',
  askPanic: (count: number) =>
    count === 0 ? 'Nothing is held. Pause all buys?' : `Sell all ${count} position${s(count)} now, then pause?`,
  yesPanic: 'SELL EVERYTHING',
  panicking: (count: number) =>
    count === 0
      ? 'Paused. Nothing was held.'
      : `Paused, and the tracker was told to sell ${count} position${s(count)}. Buy again: /resume`,
  buysUnderWay: (count: number) =>
    `! ${count} buy${s(count)} had no answer yet and may still fill: look at /tracked in a minute.`,

  // activity
  boughtInSpan: (bought: number, scans: number) => `${bought} bought in 24 h, ${scans} scan${s(scans)}`,
  funnelSeen: 'markets seen',
  funnelHype: 'hype',
  funnelClassified: 'classified',
  funnelBought: 'bought',
  whyNotBought: 'Looked at closely, and not bought',
  whereMarketsWent: 'Where all markets went',
  eventsTitle: 'Events',
  nothingHappened: 'Nothing yet.',
  neverLooked: (market: string) => `No scan has looked at ${market} closely: it never was among the strongest.`,
  cameFurther: (time: string, why: string) => `It came further at ${time}: ${why}.`,
  checksForgotten: 'The checks of this decision are no longer kept.',
  wasBought: 'bought',
  wasNotBought: (why: string) => `not bought, ${why}`,
  lookFacts: (price: string, strategy: string | null, confidence: string | null) =>
    `at ${price}, ${strategy === null ? 'no strategy' : strategy}${confidence === null ? '' : `, confidence ${confidence}`}`,

  // switches
  pausedNow: (live: number, test: number, guarded: boolean | null) => {
    const open = live + test;
    const held = `${byMode(live, test)} position${s(open)} ${are(open)}`;
    const guard =
      open === 0
        ? 'Nothing is held.'
        : guarded === null
          ? `${held} open; whether the tracker guards them is not known: /status`
          : guarded
            ? `${held} guarded on.`
            : `! ${held} open, and nothing guards them: the tracker does not run. /startbot starts it.`;
    return `Paused: nothing new is bought. ${guard} Buy again: /resume`;
  },
  resumedNow: 'Resumed: the scanner buys again.',
  pauseOver: 'The pause is over.',
  peakForgotten: 'The drawdown stop is lifted: the highest equity counts from now.',
  pausedSince: 'A pause was asked for since: nothing is bought.',
  marketsBelieved: 'The shorter list of markets is believed from now on.',
  ordersRetried: 'Orders that the API key was refused are tried again.',
  buysStopped: (why: string, until: string | null) =>
    `Nothing is bought until ${until ?? 'the equity recovers, or /resume'}: ${why}.`,
  modeIs: (mode: string, others: number) =>
    `New positions are ${mode === 'live' ? 'bought with REAL money' : 'paper money'} from now on.${others === 0 ? '' : ` ${others} open position${s(others)} of the other mode ${are(others)} guarded until closed.`}`,
  modeIsAlready: (mode: string) => `Trading mode: ${mode}.`,
  liveNeedsKey: 'Live mode needs an API key: write MEXC_API_KEY and MEXC_API_SECRET to .env, then restart.',
  askLive: (venue: string, min: string, max: string, quote: string, open: number) =>
    `From now on every buy spends ${venue === 'mexc' ? 'REAL MONEY at MEXC' : 'the simulator’s live account'}, ${min} to ${max} ${quote} each.${open === 0 ? '' : ` ${open} test position${s(open)} stay${open === 1 ? 's' : ''} as they are.`} Go live?`,
  yesLive: 'Go live',
  testPositionsOpen: (open: number, underWay: number) =>
    `${open} test position${s(open)} ${are(open)} open${underWay === 0 ? '' : `, ${underWay} test order${s(underWay)} under way`}: sell them first, or /cleartestdata force`,
  noTestData: 'There is nothing of test mode.',
  askClearTest: (balance: string, quote: string) =>
    `Delete all of test mode and begin again with ${balance} ${quote}? Rows by table:`,
  clearedTest: (rows: number) => `${rows} row${s(rows)} of test mode deleted. Live data was not touched.`,
  yesDelete: 'Delete',
  settingsTitle: 'Settings in force',
  settingsSections: 'More: /settings and one of',

  // upkeep
  toolFailed: (what: string) => `${what} failed.`,
  nothingToResync: 'Nothing to rebuild: the books know every coin our orders bought.',
  askResync: (count: number, names: string) => `${count} position${s(count)} can be rebuilt: ${names}. Write them?`,
  yesAdd: 'Write',
  resynced: (names: string) => `Rebuilt: ${names}. The tracker guards them from now on.`,
  unclearOrder: (side: 'buy' | 'sell', market: string, age: string, evidence: string) =>
    `⚠️ A ${side === 'buy' ? 'purchase' : 'sale'} of ${market} has had no answer for ${age}; its market stays reserved. The account: ${evidence}.`,
  endsByItself: (id: string) => `The tracker ends it (${id}) by itself when some more looks have said the same.`,
  forgetWith: 'Look at the exchange’s own pages; if nothing came of it, on the server:',
  accountUnread: 'The account could not be read, so nothing was concluded. Try again in a minute.',
  nothingToClear: 'Nothing to close: every position has its coins.',
  askClearTracked: (names: string) =>
    `Less is owned than booked: ${names}. Close or shrink them? The account is read again first, which takes a while.`,
  yesClose: 'Close',
  clearedTracked: (count: number, names: string) =>
    count === 0 ? 'Nothing was changed.' : `Closed or shrunk: ${names}.`,
  cleanedUp: 'Cleaned up.',

  // learning
  trainsAlready: (duration: string) => `A training has run for ${duration}. Stop it: /stoptrain`,
  trainingIn: (what: string) => `Training: ${what}. It ends by itself; results: /models`,
  trainsNot: 'No training runs.',
  noModels: 'There are no models yet: /starttrain',
  modelsTitle: (count: number, proven: number) => `${count} model${s(count)}, ${proven} proven`,
  modelColumns: ['', 'AUC', '95 %', 'net', ''],
  stale: 'stale',
  proven: 'proven',
  unproven: '–',
  noneProven: (live: string, test: string) =>
    `No model is proven: none beats volatility alone and earns after costs. Buys that need one: live ${live}, test ${test}.`,
  provenMeans: 'Proven: beats volatility alone, and its best tenth earns after costs, out of sample.',
  modelsGone: (count: number) => `${count} model${s(count)} deleted.`,
  noStaleModels: 'No model is stale.',
  askStaleModels: (count: number, names: string) =>
    `${count} model${s(count)} ${are(count)} stale, made for other features and never used: ${names}. Delete?`,
  askAllModels: (count: number) =>
    `Delete the other ${count} model${s(count)} too? They would have to be trained again.`,
};

export type Texts = typeof en;
