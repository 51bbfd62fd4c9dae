import { type ExitReason, KEY_SENTENCES, type KeySentence, type Regime } from '@mexc-bot/core';
import { foundWords } from '../text/checks.ts';
import { plainCode } from '../text/plain-code.ts';
import { enReasons } from '../text/reasons-en.ts';
import { lvReasons } from '../text/reasons-lv.ts';

export type Language = 'en' | 'lv';

/** Kinds worth a second look in a digest. */
const ALARM_KINDS = [
  'order_unknown',
  'order_unclear',
  'order_not_booked',
  'order_unfinished',
  'trades_missing',
  'exit_refused',
  'market_refuses_orders',
  'order_unexpected',
  'request_expired',
  'coins_gone',
  'no_price',
  'held_market',
  'worker_silent',
  'worker_failing',
] as const;
type AlarmKind = (typeof ALARM_KINDS)[number];
export const isAlarmKind = (kind: string): kind is AlarmKind => ALARM_KINDS.some((each) => each === kind);

/** What cards, alerts and digests are made of. Placeholders in braces are filled in. */
export interface Words {
  readonly bought: string;
  readonly levelHit: string;
  readonly sold: string;
  readonly closed: string;
  readonly entry: string;
  readonly stop: string;
  readonly risk: string;
  readonly peak: string;
  readonly levels: string;
  readonly held: string;
  readonly left: string;
  readonly soFar: string;
  readonly opened: string;
  readonly confidence: string;
  readonly noModel: string;
  readonly globalModel: string;
  readonly ownModel: string;
  readonly selling: string;
  readonly late: string;
  readonly unguarded: string;
  readonly many: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly reasons: Readonly<Record<ExitReason, string>>;
  readonly regimes: Readonly<Record<Regime, string>>;
  /** by reason code, strategies among them */
  readonly codes: Readonly<Record<string, string>>;
  /** null: as they are */
  readonly keySentences: Readonly<Record<KeySentence, string>> | null;
  /** how a digest counts them */
  readonly alarms: Readonly<Record<AlarmKind, string>>;
  /** by kind of alert, and its state where it has one */
  readonly alerts: Readonly<Record<string, string>>;
  readonly morning: string;
  readonly evening: string;
  readonly openPositions: string;
  readonly noTrades: string;
  readonly trades: string;
  readonly wins: string;
  readonly paused: string;
  readonly crash: string;
  readonly told: string;
}

const EN: Words = {
  bought: 'bought',
  levelHit: 'level {level} of {levels}',
  sold: 'sold a part',
  closed: 'closed',
  entry: 'entry',
  stop: 'stop',
  risk: 'risk',
  peak: 'peak',
  levels: 'levels',
  held: 'held',
  left: 'left',
  soFar: 'so far',
  opened: 'opened',
  confidence: 'confidence',
  noModel: 'no model asked',
  globalModel: 'global',
  ownModel: 'own',
  selling: 'selling now',
  late: 'at {time}, told {ago} late',
  unguarded:
    'nobody guards it yet, the tracker has not taken it up. /status shows whether it runs, /startbot starts it.',
  many: 'Much happened at once',
  day: 'd',
  hour: 'h',
  minute: 'min',
  reasons: {
    stop_loss: 'stop-loss',
    trailing_stop: 'trailing stop',
    take_profit: 'take-profit',
    trailing_take_profit: 'fell from the peak',
    break_even: 'break-even stop',
    time_stop: 'held too long',
    forced: 'on command',
    gone: 'the coins are gone',
  },
  codes: enReasons,
  keySentences: null,
  alarms: {
    order_unknown: 'orders without an answer',
    order_unclear: 'unclear orders',
    order_not_booked: 'orders not booked',
    order_unfinished: 'orders without an end',
    trades_missing: 'trades missing',
    exit_refused: 'sales refused',
    market_refuses_orders: 'markets that refuse orders',
    order_unexpected: 'odd refusals',
    request_expired: 'requests expired',
    coins_gone: 'coins gone',
    no_price: 'no price',
    held_market: 'trouble in a held market',
    worker_silent: 'silent processes',
    worker_failing: 'failing processes',
  },
  regimes: { crash: 'crashing', bearish: 'bearish', neutral: 'neutral', bullish: 'bullish' },
  alerts: {
    stop_raised: 'stop raised to {stop}',
    order_unknown: 'an order has no answer; it is looked up, nothing is sent twice',
    order_unfinished: 'the exchange took an order and does not tell its end; it is looked up',
    trades_missing:
      'an order is booked at its own average of {price}, as its trades are not listed; corrected when they are',
    order_unclear: 'an order may have been placed or not; its market stays reserved',
    order_not_booked: 'an order cannot be booked, its market stays reserved: {why}',
    exit_refused: 'the exchange refuses the sale, it is tried again: {reason}',
    order_absent: 'an order without an answer never reached the exchange',
    market_refuses_orders: 'the market refuses orders; the sale is tried again',
    'market_refuses_orders over': 'the market takes orders again',
    order_unexpected: 'the exchange did not take an order for a reason of its own: {reason}',
    'request_expired sell':
      'was not sold: the tracker did not run for ten minutes after you asked. If you still mean it: /sell',
    'request_expired panic':
      'nothing was sold: the tracker did not run for ten minutes after the /panic. If you still mean it: /panic',
    below_exchange_minimum: 'what is left is too little for the exchange to sell at this price',
    coins_gone: 'fewer coins than booked: {owned} of {booked}',
    coins_without_position: 'coins without a position: {owned} {asset}, booked {booked}',
    api_key: 'API key: {words}',
    'regime crash': 'the market crashes; nothing is bought, positions are guarded',
    regime: 'the crash is over: the market is {regime}',
    'universe_collapsed collapsed':
      'the exchange lists far fewer markets than before ({before}); the list is not believed, nothing is bought. If it is right: /resume',
    'universe_collapsed recovered': 'the list of markets is whole again',
    'universe_collapsed believed': 'the shorter list of markets is believed now',
    'held_market halted': 'trading is halted in a market you hold: it cannot be sold now',
    'held_market delisted': 'a market you hold is no longer listed: it cannot be sold now',
    'held_market closed_to_api': 'a market you hold takes no orders of programs: sell it by hand',
    'held_market one_sided': 'a market you hold takes orders of one side only: it may not be possible to sell',
    'held_market no_limit_orders': 'a market you hold takes no limit orders any more',
    'held_market risk_flagged': 'the exchange flags a market you hold as risky: it may be delisted soon',
    'held_market tradable': 'trading goes on in a market you hold',
    clock: '{words}',
    'clock behind':
      "this machine's clock is {seconds} s behind the exchange's; live trading needs it within 1 s. Open positions are guarded all the same.",
    'clock ahead':
      "this machine's clock is {seconds} s ahead of the exchange's; live trading needs it within 1 s. Open positions are guarded all the same.",
    account_stop_live: 'nothing is bought for a while: {code}',
    'account_stop_live none': 'what stopped buys is over',
    account_stop_test: 'nothing is bought for a while: {code}',
    'account_stop_test none': 'what stopped buys is over',
    'no_price missing': 'no price for a position: its stop cannot be judged',
    'no_price back': 'there is a price again',
    'worker_silent unguarded': '{process} is silent for {seconds} s with {positions} position(s) open; it is restarted',
    'worker_silent stopped':
      '{process} is stopped while {positions} position(s) are open: nothing guards them. /startbot starts it',
    'worker_silent missed': '{process} is stopped while the scanner runs: nothing is bought. /startbot starts it',
    'worker_silent silent': '{process} gives no sign of life for {seconds} s',
    'worker_silent back': '{process} works again',
    'worker_failing failing': '{process} fails, {failures} times in a row: {error}',
    'worker_failing back': '{process} works without errors again',
    model_unusable: 'a model cannot be used, {message}',
    'model_review rolled_back': 'model {scope}: the one before it does better and is asked again',
    'model_review distrusted': 'model {scope} is proven no more: it does worse than it promised',
  },
  morning: 'Good morning',
  evening: 'The day',
  openPositions: 'open',
  noTrades: 'nothing was closed',
  trades: 'closed',
  wins: 'won',
  paused: 'buys are paused',
  crash: 'the market is in a crash: nothing is bought',
  told: 'alarms',
};

const LV: Words = {
  bought: 'nopirkts',
  levelHit: '{level}. līmenis no {levels}',
  sold: 'pārdota daļa',
  closed: 'slēgts',
  entry: 'ieeja',
  stop: 'stops',
  risk: 'risks',
  peak: 'virsotne',
  levels: 'līmeņi',
  held: 'turēts',
  left: 'atlikums',
  soFar: 'līdz šim',
  opened: 'atvērts',
  confidence: 'pārliecība',
  noModel: 'modelis nav jautāts',
  globalModel: 'kopējais',
  ownModel: 'savs',
  selling: 'tiek pārdots',
  late: 'notika {time}, ziņots ar {ago} kavēšanos',
  unguarded: 'to vēl neviens nesargā, tracker to nav pārņēmis. /status rāda, vai tas darbojas, /startbot to palaiž.',
  many: 'Daudz notikumu reizē',
  day: 'd',
  hour: 'h',
  minute: 'min',
  reasons: {
    stop_loss: 'stop-loss',
    trailing_stop: 'sekojošais stops',
    take_profit: 'peļņas līmenis',
    trailing_take_profit: 'kritums no virsotnes',
    break_even: 'bezzaudējumu stops',
    time_stop: 'turēts pārāk ilgi',
    forced: 'pēc komandas',
    gone: 'monētu vairs nav',
  },
  codes: lvReasons,
  keySentences: {
    invalid: 'MEXC šo API atslēgu nezina, vai tā ir beigusies. Izveido jaunu un ieraksti to failā .env.',
    signature:
      'MEXC noraida parakstu: MEXC_API_SECRET neatbilst MEXC_API_KEY, vai atslēga ir beigusies. Ieraksti abus failā .env no jauna.',
    ip_not_listed:
      'MEXC noraida API atslēgu no šīs IP adreses. Pievieno adresi atslēgai MEXC API iestatījumos vai izveido jaunu.',
    no_permission:
      'API atslēgai trūkst atļaujas. Tai jālasa konts un jālasa un jāraksta spot orderi: iestati to MEXC API iestatījumos.',
    account: 'MEXC ir ierobežojusi API atslēgas kontu vai apakškontu. Jautā tās atbalstam.',
    may_not_trade:
      'API atslēga drīkst lasīt, bet ne tirgot. Atļauj tai spot tirdzniecību MEXC API iestatījumos vai izveido jaunu.',
    may_withdraw:
      'API atslēga drīkst izņemt monētas, bet sistēmai tas nekad nav vajadzīgs. Izveido atslēgu bez šīs atļaujas vai iestati security.allowWithdrawKey uz true.',
    age: 'Tā ir {days} dienas veca.',
    expires_tomorrow: 'API atslēga beigsies pēc 1 dienas: atjauno to MEXC.',
    expires: 'API atslēga beigsies pēc {days} dienām: atjauno to MEXC.',
    expired: 'API atslēga ir {days} dienas veca, tai vajadzēja beigties: atjauno to vai izlabo exchange.keyCreatedAt.',
    order_refused: 'MEXC noraidīja orderi: pirkumi ir apturēti, pārdot mēģinām tālāk.',
    order_untold: 'MEXC nesaka, kas noticis ar orderi: pirkumi ir apturēti, pārdot mēģinām tālāk.',
    resume: 'Kad tas izdarīts: /resume vai npm run resume.',
    works_again: 'API atslēga atkal darbojas; pirkumi turpinās.',
  },
  alarms: {
    order_unknown: 'orderi bez atbildes',
    order_unclear: 'neskaidri orderi',
    order_not_booked: 'neiegrāmatoti orderi',
    order_unfinished: 'orderi bez beigām',
    trades_missing: 'trūkst darījumu',
    exit_refused: 'noraidītas pārdošanas',
    market_refuses_orders: 'tirgi noraida orderus',
    order_unexpected: 'neparasti noraidījumi',
    request_expired: 'novecojušas komandas',
    coins_gone: 'trūkst monētu',
    no_price: 'nav cenas',
    held_market: 'raizes tirgū ar pozīciju',
    worker_silent: 'klusējoši procesi',
    worker_failing: 'kļūdaini procesi',
  },
  regimes: { crash: 'strauji krītošs', bearish: 'krītošs', neutral: 'neitrāls', bullish: 'augošs' },
  alerts: {
    stop_raised: 'stops pacelts uz {stop}',
    order_unknown: 'orderim nav atbildes; tas tiek meklēts, nekas netiek sūtīts divreiz',
    order_unfinished: 'birža pieņēma orderi, bet nesaka, kā tas beidzās; tas tiek meklēts',
    trades_missing: 'orderis iegrāmatots par tā vidējo cenu {price}, jo darījumi vēl nav redzami; tiks precizēts',
    order_unclear: 'nav skaidrs, vai orderis ir izvietots; tā tirgus paliek rezervēts',
    order_not_booked: 'orderi nevar iegrāmatot, tā tirgus paliek rezervēts: {why}',
    exit_refused: 'birža noraida pārdošanu, tiek mēģināts vēlreiz: {reason}',
    order_absent: 'orderis bez atbildes biržu nesasniedza',
    market_refuses_orders: 'tirgus noraida orderus; pārdošana tiek mēģināta vēlreiz',
    'market_refuses_orders over': 'tirgus atkal pieņem orderus',
    order_unexpected: 'birža nepieņēma orderi neparasta iemesla dēļ: {reason}',
    'request_expired sell':
      'nav pārdots: trekeris pēc tavas komandas desmit minūtes nedarbojās. Ja joprojām vēlies: /sell',
    'request_expired panic':
      'nekas nav pārdots: trekeris pēc /panic desmit minūtes nedarbojās. Ja joprojām vēlies: /panic',
    below_exchange_minimum: 'atlikums ir par mazu, lai birža to par šo cenu pārdotu',
    coins_gone: 'monētu ir mazāk nekā grāmatās: {owned} no {booked}',
    coins_without_position: 'monētas bez pozīcijas: {owned} {asset}, grāmatās {booked}',
    api_key: 'API atslēga: {words}',
    'regime crash': 'tirgus krīt; nekas netiek pirkts, pozīcijas tiek sargātas',
    regime: 'kritums beidzies: tirgus ir {regime}',
    'universe_collapsed collapsed':
      'birža rāda daudz mazāk tirgu nekā iepriekš ({before}); sarakstam neticam, nekas netiek pirkts. Ja tas ir pareizs: /resume',
    'universe_collapsed recovered': 'tirgu saraksts atkal ir pilns',
    'universe_collapsed believed': 'īsākajam tirgu sarakstam tagad ticam',
    'held_market halted': 'tirdzniecība apturēta tirgū, kurā ir pozīcija: tagad pārdot nevar',
    'held_market delisted': 'tirgus, kurā ir pozīcija, vairs nav biržas sarakstā: tagad pārdot nevar',
    'held_market closed_to_api': 'tirgus, kurā ir pozīcija, nepieņem programmu orderus: pārdod ar roku',
    'held_market one_sided': 'tirgus, kurā ir pozīcija, pieņem tikai vienas puses orderus: varbūt pārdot nevar',
    'held_market no_limit_orders': 'tirgus, kurā ir pozīcija, vairs nepieņem limita orderus',
    'held_market risk_flagged': 'birža brīdina par tirgu, kurā ir pozīcija: to var drīz izņemt no saraksta',
    'held_market tradable': 'tirdzniecība turpinās tirgū, kurā ir pozīcija',
    clock: '{words}',
    'clock behind':
      'šī datora pulkstenis par {seconds} s atpaliek no biržas; dzīvai tirdzniecībai pieļaujama 1 s. Atvērtās pozīcijas tik un tā tiek sargātas.',
    'clock ahead':
      'šī datora pulkstenis par {seconds} s ir priekšā biržai; dzīvai tirdzniecībai pieļaujama 1 s. Atvērtās pozīcijas tik un tā tiek sargātas.',
    account_stop_live: 'kādu laiku nekas netiek pirkts: {code}',
    'account_stop_live none': 'pirkumus vairs nekas neaptur',
    account_stop_test: 'kādu laiku nekas netiek pirkts: {code}',
    'account_stop_test none': 'pirkumus vairs nekas neaptur',
    'no_price missing': 'pozīcijai nav cenas: tās stopu nevar pārbaudīt',
    'no_price back': 'cena atkal ir',
    'worker_silent unguarded': '{process} klusē {seconds} s, atvērtas pozīcijas: {positions}; tiek palaists no jauna',
    'worker_silent stopped':
      '{process} ir apturēts, bet atvērtas pozīcijas: {positions}; tās neviens nesargā. /startbot to palaiž',
    'worker_silent missed': '{process} ir apturēts, bet skeneris darbojas: nekas netiek pirkts. /startbot to palaiž',
    'worker_silent silent': '{process} nedod dzīvības zīmi {seconds} s',
    'worker_silent back': '{process} atkal strādā',
    'worker_failing failing': '{process} kļūdās {failures} reizes pēc kārtas: {error}',
    'worker_failing back': '{process} atkal strādā bez kļūdām',
    model_unusable: 'modeli nevar lietot, {message}',
    'model_review rolled_back': 'modelis {scope}: iepriekšējais ir labāks un atkal tiek jautāts',
    'model_review distrusted': 'modelis {scope} vairs nav pierādīts: tas ir sliktāks, nekā solīja',
  },
  morning: 'Labrīt',
  evening: 'Diena',
  openPositions: 'atvērtas',
  noTrades: 'nekas netika slēgts',
  trades: 'slēgti',
  wins: 'ar peļņu',
  paused: 'pirkumi ir apturēti',
  crash: 'tirgus krīt: nekas netiek pirkts',
  told: 'trauksmes',
};

export const WORDS: Readonly<Record<Language, Words>> = { en: EN, lv: LV };

/** A code in words, also where the exchange's own words follow it; its sentences stay as they are. */
export const codeText = (value: string, { codes }: Pick<Words, 'codes'>): string =>
  foundWords(value, (code) => codes[code] ?? (code === value && CODE.test(code) ? plainCode(code) : undefined));

const CODE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/;

/** What is said of the API key: known sentences in the owner's language, MEXC's own words as they are. */
export function keyText(text: string, { keySentences }: Pick<Words, 'keySentences'>): string {
  if (keySentences === null) return text;
  return KEY_PATTERNS.reduce(
    (known, [name, pattern]) =>
      known.replace(pattern, (_, days: string | undefined) => keySentences[name].replace('{days}', days ?? '')),
    text,
  );
}

const KEY_PATTERNS = (Object.entries(KEY_SENTENCES) as [KeySentence, string][]).map(([name, sentence]) => {
  const literal = sentence.replace(/[.*+?^$()|[\]\\/]/g, '\\$&');
  return [name, new RegExp(literal.replace('{days}', '(\\d+)'))] as const;
});

/** Fills `{name}` in; a name that is not given stays visible. */
export const fill = (text: string, values: Readonly<Record<string, unknown>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (values[name] === undefined ? whole : String(values[name])));

/** `1 d 3 h`, `1 h 20 min`, `5 min`: the two greatest units. */
export function durationText(ms: number, words: Pick<Words, 'day' | 'hour' | 'minute'>): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const parts = [
    [Math.floor(minutes / 1_440), words.day],
    [Math.floor((minutes % 1_440) / 60), words.hour],
    [minutes % 60, words.minute],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return `0 ${words.minute}`;
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}
