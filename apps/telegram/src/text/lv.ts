import { checkWords, foundWords } from './checks.ts';
import type { Texts } from './en.ts';
import { plainCode } from './plain-code.ts';
import { lvChecks, lvReasons, lvStages } from './reasons-lv.ts';

/** 1, 21, 31 … are singular in Latvian, 11 is not. */
const one = (count: number): boolean => count % 10 === 1 && count % 100 !== 11;
const positions = (count: number): string => `${count} pozīcij${one(count) ? 'a' : 'as'}`;
/** The label of a message speaks of one mode alone. */
const byMode = (live: number, test: number): string =>
  [live > 0 ? `${live} LIVE` : '', test > 0 ? `${test} TEST` : ''].filter((text) => text !== '').join(', ') || '0';
const models = (count: number): string => `${count} model${one(count) ? 'is' : 'i'}`;

const states: Readonly<Record<string, string>> = {
  online: 'darbojas',
  launching: 'startē',
  stopping: 'apstājas',
  stopped: 'apturēts',
  errored: 'kļūda',
  'waiting restart': 'gaida atkārtotu startu',
  'not started': 'nav startēts',
};

export const lv: Texts = {
  commands: {
    startbot: { usage: '', does: 'startēt skeneri un trekeri' },
    stopbot: { usage: '', does: 'apturēt skeneri un trekeri: pozīcijas neviens nesargā' },
    restartbot: { usage: '', does: 'restartēt skeneri un trekeri' },
    stopall: { usage: '', does: 'apturēt visus procesus, izņemot šo botu' },
    restartloop: { usage: '', does: 'restartēt šo botu' },
    process: { usage: 'start|stop|restart NOSAUKUMS', does: 'viens process' },
    status: { usage: '', does: 'procesi, sirdspuksti, režīms, datu vecums, pēdējā skenēšana' },
    ping: { usage: '', does: 'vai bots ir klāt' },
    help: { usage: '', does: 'šis saraksts' },
    pause: { usage: '', does: 'nepirkt neko jaunu; pozīcijas tiek sargātas' },
    resume: { usage: '', does: 'atkal pirkt' },
    sell: { usage: 'SIMBOLS', does: 'pārdot pozīciju' },
    panic: { usage: '', does: 'pārdot visu un apturēt pirkšanu' },
    testmode_on: { usage: '', does: 'jaunās pozīcijas ar izdomātu naudu' },
    testmode_off: { usage: '', does: 'jaunās pozīcijas ar īstu naudu' },
    summary: { usage: '[live|test]', does: 'kapitāls un rezultāti' },
    testsummary: { usage: '', does: 'tas pats testa režīmam' },
    performance: { usage: '[live|test] [dienas]', does: 'rezultāti pēc stratēģijas un izejas' },
    daily: { usage: '[live|test] [dienas]', does: 'rezultāti pa dienām' },
    balance: { usage: '[live|test]', does: 'brīvs, rīkojumos, pozīcijās' },
    tracked: { usage: '[SIMBOLS]', does: 'atvērtās pozīcijas vai viena kā grafiks' },
    testtracked: { usage: '[SIMBOLS]', does: 'tas pats testa režīmam' },
    activity: { usage: '[lapa]', does: 'skenēšana, kāpēc nekas nav pirkts, notikumi' },
    testactivity: { usage: '[lapa]', does: 'tas pats testa režīmam' },
    why: { usage: 'SIMBOLS', does: 'kāpēc žetons nopirkts vai nav' },
    teststatus: { usage: '', does: 'testa konts' },
    starttrain: { usage: '[pending|all|symbol SIMBOLS]', does: 'apmācīt modeļus' },
    stoptrain: { usage: '', does: 'apturēt apmācību' },
    retrainfeedback: { usage: '', does: 'pārmācīt atgriezeniskās saites modeli' },
    models: { usage: '', does: 'modeļi un ko tie prot' },
    clearmodels: { usage: '', does: 'dzēst novecojušos modeļus, pēc tam visus' },
    resync: { usage: '', does: 'atjaunot pozīcijas no biržas vēstures' },
    cleartracked: { usage: '', does: 'aizvērt pozīcijas, kuru monētu vairs nav' },
    cleanup: { usage: '', does: 'dzēst vecās sveces un eksportus' },
    cleartestdata: { usage: '[force]', does: 'dzēst visu testa režīma vēsturi' },
    settings: { usage: '[sadaļa]', does: 'spēkā esošie iestatījumi' },
  },
  groups: {
    processes: 'Procesi',
    trading: 'Tirdzniecība',
    results: 'Rezultāti',
    learning: 'Mācīšanās',
    upkeep: 'Uzturēšana',
  },
  reason: (code) => lvReasons[code] ?? plainCode(code),
  kind: (code) => lvReasons[code] ?? plainCode(code),
  stage: (name) => (lvStages as Readonly<Record<string, string>>)[name] ?? plainCode(name),
  check: (name) => checkWords(name, (part) => lvChecks[part] ?? lvReasons[part]),
  found: (value) => foundWords(value, (code) => lvReasons[code] ?? lvReasons[`order_${code}`]),

  yesCancel: 'Atcelt',
  answerWithin: (seconds) => `Derīgs ${seconds} s, vienu reizi.`,
  cancelled: 'Atcelts: nekas nav izdarīts.',
  cancelledShort: 'Atcelts',
  tooLate: 'Šī poga vairs nav derīga. Dod komandu vēlreiz.',
  notYours: 'Šis jautājums bija kādam citam.',
  working: 'Strādāju …',
  doing: 'Daru …',
  updated: 'Atjaunots',
  failed: (what) => `Neizdevās: ${what}`,
  seeLog: 'Sīkāk telegram žurnālā.',
  viewersLook: 'Tu drīksti skatīties, bet šī komanda kaut ko maina. Prasi īpašniekam.',
  late: 'Kādu laiku tevi nedzirdēju, un šis pienāca par vēlu: nekas nav izdarīts. Sūti vēlreiz, ja vēl gribi.',
  unknownCommand: (word, meant) =>
    `Nav komandas /${word}.${meant === null ? '' : ` Vai domāji /${meant}?`} Visas komandas: /help`,
  saySomething: 'Komandas sākas ar slīpsvītru. Visas: /help',
  paired: 'Savienots: šis telefons tagad vada sistēmu. Ko tas prot: /help',
  refresh: '🔄 Atjaunot',
  newer: '◀ jaunāki',
  older: 'vecāki ▶',
  page: (page, pages) => `${page}. lapa no ${pages}`,
  andMore: (count) => `un vēl ${count}`,
  took: (duration) => `Ilga ${duration}.`,

  notWhole: (word, min, max) => `"${word}" jābūt veselam skaitlim no ${min} līdz ${max}.`,
  notOneOf: (word, allowed, meant) =>
    `"${word}" nav zināms.${meant === null ? '' : ` Vai domāji ${meant}?`} Atļauts: ${allowed.join(', ')}.`,
  noArguments: (words) => `Šai komandai nekas vairs nav jāpievieno, bet bija "${words}".`,
  symbolMissing: 'Kuru? Nosauc simbolu, piemēram, PEPE.',
  symbolUnknown: (word, meant, among) =>
    [
      among === null ? `Nav tirgus ${word}.` : `Nav atvērtas pozīcijas ${word}.`,
      meant === null ? '' : ` Vai domāji ${meant}?`,
      among === null ? '' : among.length === 0 ? ' Nekas nav nopirkts.' : ` Pieder: ${among.slice(0, 20).join(', ')}.`,
    ].join(''),

  processState: (status) => states[status] ?? status,
  lastLines: 'Nestartēja. Pēdējās rindas:',
  afterStopbot: (names) =>
    `Vēl darbojas: ${names.length === 0 ? '' : `${names.join(', ')} un `}šis bots. Nekas netiek pirkts, un pozīcijas neviens nesargā.`,
  afterStopall: (self) => `Vēl darbojas: ${self}. /startbot atkal sāk tirdzniecību, npm start – visu.`,
  askStopbot: (open) =>
    `Atvērts: ${positions(open)}. Kamēr trekeris ir izslēgts, stopus neviens neuzrauga. Tomēr apturēt?\nNepirkt, bet sargāt: /pause`,
  askStopall: (names, open) =>
    `Tiks apturēti: ${names}.${open === 0 ? '' : ` Atvērts: ${positions(open)}, un neviens tās nesargās.`} Apturēt?`,
  nothingRuns: 'Nekas cits nedarbojas.',
  yesStop: 'Apturēt',
  notUnderPm2: 'Šis bots nedarbojas zem PM2: restartē to tur, kur tas startēts.',
  restartingSelf: 'Restartēju šo botu …',
  restarted: (duration) => `Bots ir atpakaļ pēc ${duration}.`,

  statusTitle: (live, test, paused) =>
    `Atvērts: ${byMode(live, test)}${paused ? ', PAUZE: nekas jauns netiek pirkts' : ''}`,
  statusColumns: ['process', 'puksts', 'MB', 'rest.'],
  nothingUnderPm2: 'PM2 nezina nevienu sistēmas procesu: npm start.',
  failing: (name, times, error) => `! ${name}: ${times} kļūmes pēc kārtas: ${error}`,
  noScan: 'Skenēšanas vēl nav bijis.',
  noData: 'Tirgus datu vēl nav.',
  dataAge: (age) => `Tirgus dati: jaunākā svece noslēdzās pirms ${age}.`,
  lastScan: (age, seen, bought) => `Pēdējā skenēšana pirms ${age}: ${seen} tirgi, nopirkti ${bought}.`,
  stillStopped: (why) => `Tomēr nekas netiek pirkts: ${why}.`,
  exchangeIs: (venue) => (venue === 'mexc' ? 'Birža: MEXC' : 'Birža: simulators'),
  keyDays: (days) =>
    days === null ? 'API atslēgas vecums nav zināms (exchange.keyCreatedAt)' : `API atslēga: atlikušas ${days} dienas`,
  pong: (uptime, memory) => `Esmu. Darbojos ${uptime}, ${memory} MB.`,

  equityIs: (amount, quote) => `Kapitāls ${amount} ${quote}`,
  openIs: (count, result, quote) => `Atvērts ${count}: ${result} ${quote}`,
  startedWith: (amount, quote) => `Sākuma atlikums ${amount} ${quote}`,
  today: 'šodien',
  lastDays: (count) => `${count} dienas`,
  allTime: 'kopā',
  span: '',
  day: 'diena',
  wonOfClosed: 'uzvar.',
  performanceTitle: (result, quote, days) => `${result} ${quote} ${days} dienās`,
  performanceFacts: (closed, wins, losses, open) =>
    `Aizvērts ${closed}: ${wins} ar peļņu, ${losses} ar zaudējumu; atvērts ${open}`,
  openHaveSold: (result, quote) => `Bez tam pārdotas atvērto pozīciju daļas: līdz šim ${result} ${quote}`,
  performanceFees: (fees, quote) => `Komisijas ${fees} ${quote}, jau atskaitītas`,
  performanceQuality: (mean, factor, best, worst) =>
    `Vidēji ${mean}, peļņas faktors ${factor}, labākais ${best}, sliktākais ${worst}`,
  byStrategy: 'stratēģija',
  byExit: 'izeja',
  dailyTitle: (result, quote, days) => `${result} ${quote} ${days} dienās`,
  nothingClosed: 'Šajās dienās nekas nav aizvērts.',
  free: 'brīvs',
  locked: 'rīkojumos',
  inPositions: (count) => positions(count),
  otherCoins: (names, count) => `Monētas bez pozīcijas: ${names}${count > 15 ? ' …' : ''}`,

  noPositions: 'Nekas nav nopirkts.',
  positionsTitle: (count, result, quote) => `Atvērts ${count}: ${result} ${quote}`,
  positionColumns: (quote) => ['', quote, 'cena', 'līm.'],
  starMeansSelling: '* tiek pārdots',
  positionTitle: (base, result, quote) => `${base}: ${result} ${quote}`,
  positionFacts: (strategy, confidence, since) => `${strategy}, pārliecība ${confidence}, kopš ${since}`,
  priceNow: 'tagad',
  entry: 'ieeja',
  stop: 'stops',
  peak: 'virsotne',
  quantity: 'pieder',
  level: (index) => `${index}. līmenis`,
  selling: (why) => `Tiek pārdots: ${why}`,
  sellButton: 'Pārdot …',
  askSell: (base, quantity, worth, result, quote) =>
    `Pārdot ${quantity} ${base}, apmēram ${worth} ${quote}? Rezultāts tad apmēram ${result} ${quote}.`,
  yesSell: (base) => `Pārdot ${base}`,
  sellRequested: (base) => `Trekerim uzdots pārdot ${base}. Rezultāts pienāks ziņā.`,
  trackerIsOff:
    '! Trekeris nedarbojas: nekas netiks pārdots līdz /startbot, un, kas līdz tam gaidījis ilgāk par 10 minūtēm, tiek atmests.',
  askPanic: (count) =>
    count === 0
      ? 'Nekas nav nopirkts. Apturēt pirkšanu?'
      : `Tūlīt pārdot visu (${positions(count)}) un apturēt pirkšanu?`,
  yesPanic: 'PĀRDOT VISU',
  panicking: (count) =>
    count === 0
      ? 'Pauze. Nekas nebija nopirkts.'
      : `Pauze, un trekerim uzdots pārdot visu: ${positions(count)}. Atkal pirkt: /resume`,
  buysUnderWay: (count) => `! Pirkumi bez atbildes: ${count}, tie vēl var izpildīties. Pēc minūtes paskaties /tracked.`,

  boughtInSpan: (bought, scans) => `24 stundās nopirkts ${bought}, skenēšanas: ${scans}`,
  funnelSeen: 'redzēti tirgi',
  funnelHype: 'ažiotāža',
  funnelClassified: 'klasificēti',
  funnelBought: 'nopirkti',
  whyNotBought: 'Aplūkoti tuvāk un nav pirkti',
  whereMarketsWent: 'Kur palika visi tirgi',
  eventsTitle: 'Notikumi',
  nothingHappened: 'Vēl nekā.',
  neverLooked: (market) => `${market} neviena skenēšana nav aplūkojusi tuvāk: tas nav bijis starp stiprākajiem.`,
  cameFurther: (time, why) => `Tālāk tas tika ${time}: ${why}.`,
  checksForgotten: 'Šī lēmuma pārbaudes vairs netiek glabātas.',
  wasBought: 'nopirkts',
  wasNotBought: (why) => `nav pirkts, ${why}`,
  lookFacts: (price, strategy, confidence) =>
    `par ${price}, ${strategy === null ? 'bez stratēģijas' : strategy}${confidence === null ? '' : `, pārliecība ${confidence}`}`,

  pausedNow: (live, test, guarded) => {
    const held = byMode(live, test);
    const guard =
      live + test === 0
        ? 'Nekas nav nopirkts.'
        : guarded === null
          ? `Atvērtās pozīcijas: ${held}; vai trekeris tās sargā, nav zināms: /status`
          : guarded
            ? `Tiek sargātas pozīcijas: ${held}.`
            : `! Atvērtās pozīcijas: ${held}, un tās neviens nesargā: trekeris nedarbojas. /startbot to palaiž.`;
    return `Pauze: nekas jauns netiek pirkts. ${guard} Atkal pirkt: /resume`;
  },
  resumedNow: 'Turpinām: skeneris atkal pērk.',
  pauseOver: 'Pauze beigusies.',
  peakForgotten: 'Krituma robeža noņemta: augstākais kapitāls skaitās no šī brīža.',
  pausedSince: 'Pa to laiku prasīta pauze: nekas netiek pirkts.',
  marketsBelieved: 'Īsākajam tirgu sarakstam no šī brīža ticam.',
  ordersRetried: 'Rīkojumi, ko noraidīja ar API atslēgu, tiek mēģināti vēlreiz.',
  buysStopped: (why, until) =>
    `Nekas netiek pirkts ${until === null ? 'līdz kapitāla pieaugumam vai /resume' : `līdz ${until}`}: ${why}.`,
  modeIs: (mode, others) =>
    `Turpmāk jaunās pozīcijas: ${mode === 'live' ? 'ĪSTA nauda' : 'izdomāta nauda'}.${others === 0 ? '' : ` Otrā režīma atvērtās (${positions(others)}) tiek sargātas līdz aizvēršanai.`}`,
  modeIsAlready: (mode) => `Tirdzniecības režīms: ${mode}.`,
  liveNeedsKey: 'Live režīmam vajag API atslēgu: ieraksti MEXC_API_KEY un MEXC_API_SECRET failā .env, tad restartē.',
  askLive: (venue, min, max, quote, open) =>
    `Turpmāk katrs pirkums tērēs ${venue === 'mexc' ? 'ĪSTU NAUDU MEXC biržā' : 'simulatora live kontu'}, ${min} līdz ${max} ${quote}.${open === 0 ? '' : ` Testa pozīcijas (${open}) paliek, kā ir.`} Sākt live?`,
  yesLive: 'Sākt live',
  testPositionsOpen: (open, underWay) =>
    `Atvērtas testa pozīcijas: ${open}${underWay === 0 ? '' : `, testa rīkojumi ceļā: ${underWay}`}. Vispirms tās pārdod, vai /cleartestdata force`,
  noTestData: 'Testa režīmam nekā nav.',
  askClearTest: (balance, quote) =>
    `Dzēst visu testa režīmu un sākt no jauna ar ${balance} ${quote}? Rindas pa tabulām:`,
  clearedTest: (rows) => `Dzēstas testa režīma rindas: ${rows}. Live dati nav aiztikti.`,
  yesDelete: 'Dzēst',
  settingsTitle: 'Spēkā esošie iestatījumi',
  settingsSections: 'Vairāk: /settings un viena no',

  toolFailed: (what) => `${what} neizdevās.`,
  nothingToResync: 'Nav ko atjaunot: grāmatas zina visas monētas, ko pirka mūsu rīkojumi.',
  askResync: (count, names) => `Var atjaunot (${positions(count)}): ${names}. Ierakstīt?`,
  yesAdd: 'Ierakstīt',
  resynced: (names) => `Atjaunots: ${names}. Trekeris tās tagad sargā.`,
  unclearOrder: (side, market, age, evidence) =>
    `⚠️ ${side === 'buy' ? 'Pirkumam' : 'Pārdošanai'} ${market} jau ${age} nav atbildes; tā tirgus paliek rezervēts. Konts: ${evidence}.`,
  endsByItself: (id) => `Trekeris to (${id}) pats izbeigs, kad vēl dažas pārbaudes būs teikušas to pašu.`,
  forgetWith: 'Pārbaudi biržas lapās; ja no tā nekas nav sanācis, uz servera:',
  accountUnread: 'Kontu neizdevās nolasīt, tāpēc nekas nav secināts. Mēģini pēc minūtes.',
  nothingToClear: 'Nav ko aizvērt: katrai pozīcijai ir savas monētas.',
  askClearTracked: (names) =>
    `Pieder mazāk nekā grāmatās: ${names}. Aizvērt vai samazināt? Konts vispirms tiks nolasīts vēlreiz, tas aizņem laiku.`,
  yesClose: 'Aizvērt',
  clearedTracked: (count, names) => (count === 0 ? 'Nekas nav mainīts.' : `Aizvērts vai samazināts: ${names}.`),
  cleanedUp: 'Iztīrīts.',

  trainsAlready: (duration) => `Apmācība darbojas jau ${duration}. Apturēt: /stoptrain`,
  trainingIn: (what) => `Apmācība: ${what}. Tā beigsies pati; rezultāti: /models`,
  trainsNot: 'Apmācība nedarbojas.',
  noModels: 'Modeļu vēl nav: /starttrain',
  modelsTitle: (count, proven) => `${models(count)}, pierādīti ${proven}`,
  modelColumns: ['', 'AUC', '95 %', 'neto', ''],
  stale: 'vecs',
  proven: 'pierād.',
  unproven: '–',
  noneProven: (live, test) =>
    `Neviens modelis nav pierādīts: neviens nav labāks par svārstīgumu vien un nepelna pēc izmaksām. Pirkumi, kam to vajag: live ${live}, test ${test}.`,
  provenMeans: 'Pierādīts: labāks par svārstīgumu vien, un tā labākā desmitdaļa pelna pēc izmaksām ārpus parauga.',
  modelsGone: (count) => `Dzēsti: ${models(count)}.`,
  noStaleModels: 'Neviens modelis nav novecojis.',
  askStaleModels: (count, names) =>
    `Novecojuši (${models(count)}), veidoti citām pazīmēm un netiek lietoti: ${names}. Dzēst?`,
  askAllModels: (count) => `Dzēst arī pārējos (${models(count)})? Tie būs jāapmāca no jauna.`,
};
