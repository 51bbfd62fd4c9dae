import { type Listing, quantityDecimalsFor } from './market-source.ts';
import { createRandom, hash, normal } from './random.ts';

/**
 * - `background`: BTC and ETH, large, calm, no pumps
 * - `sleeping`: hardly trades until it is revived
 * - `dead`: never trades
 * - `flat`: a stable coin
 */
export type TokenCharacter = 'background' | 'ordinary' | 'lively' | 'sleeping' | 'dead' | 'flat';

/** What decides a token's candles. */
export interface TokenTraits {
  readonly character: TokenCharacter;
  /** quote per base the price keeps coming back to, over days */
  readonly basePrice: number;
  /** standard deviation of a 5 m return, without events */
  readonly volatility: number;
  /** mean quote traded in 24 h, without events */
  readonly quoteVolume: number;
  /** how much of BTC's return it takes part in */
  readonly beta: number;
}

export interface SyntheticToken {
  readonly listing: Listing;
  readonly traits: TokenTraits;
}

const SYLLABLES = ['PE', 'DO', 'GO', 'SHI', 'BA', 'MO', 'ZU', 'KI', 'LA', 'RU', 'WO', 'TI', 'FLO', 'KA', 'NE', 'SU'];
const ENDINGS = ['', 'X', 'AI', 'INU', 'FI', 'CAT', 'DAO', 'VERSE', 'PAD', 'MEME'];
/** Leaves five digits to a price: fine enough for 0.01 % moves. */
const PRICE_DIGITS = 5;

/** Everything the exchange lists: BTC, ETH, `count` tokens, and a few that no one should trade. */
export function createTokens(seed: number, count: number, listedAt: number): readonly SyntheticToken[] {
  const random = createRandom(hash(seed, 11, 0));
  const between = (low: number, high: number): number => low + (high - low) * random();
  const names = new Set<string>();

  const background: SyntheticToken[] = [
    token('BTC', 'Bitcoin', { basePrice: 95_000, volatility: 0.0007, quoteVolume: 4e8, beta: 0 }, 2),
    token('ETH', 'Ethereum', { basePrice: 3_400, volatility: 0.0005, quoteVolume: 2e8, beta: 1.1 }, 2),
  ];

  const tokens = Array.from({ length: count }, (): SyntheticToken => {
    const name = freshName(random, names);
    const character = characterOf(random());
    const basePrice = 10 ** between(-9, Math.log10(500));
    const volume = 60_000 * Math.exp(1.1 * normal(random));
    const volatility = between(0.0015, 0.004);
    const beta = between(0.2, 0.7);
    const traits: Record<typeof character, Omit<TokenTraits, 'basePrice' | 'beta'>> = {
      ordinary: { character, volatility, quoteVolume: Math.max(3_000, volume) },
      lively: { character, volatility: volatility * 1.5, quoteVolume: Math.max(60_000, volume * 4) },
      sleeping: { character, volatility: volatility * 0.5, quoteVolume: Math.max(2_000, volume / 2) },
      dead: { character, volatility: 0, quoteVolume: 0 },
    };
    return { listing: listingOf(name, name, basePrice, {}), traits: { ...traits[character], basePrice, beta } };
  });

  const odd = (base: string, price: number, changes: Partial<Listing>): SyntheticToken => ({
    listing: listingOf(base, base, price, changes),
    traits: { character: 'lively', basePrice: price, volatility: 0.003, quoteVolume: 400_000, beta: 0.5 },
  });
  const oddities: SyntheticToken[] = [
    odd('NOAPI1', 0.42, { apiTradable: false }),
    odd('NOAPI2', 0.0031, { apiTradable: false }),
    odd('RISKY1', 0.00072, { riskFlagged: true }),
    odd('RISKY2', 1.9, { riskFlagged: true }),
    odd('BUYONLY', 0.055, { tradeSideType: 2 }),
    odd('SELLONLY', 0.61, { tradeSideType: 3 }),
    odd('PAUSED', 0.012, { status: '2' }),
    odd('OFFLINE', 0.2, { status: '3' }),
    odd('BTC3L', 4.4, { fullName: '3X Long BTC' }),
    odd('BTC3S', 0.9, { fullName: '3X Short BTC' }),
    {
      listing: listingOf('USDC', 'USD Coin', 1, { priceDecimals: 4 }),
      traits: { character: 'flat', basePrice: 1, volatility: 0.00005, quoteVolume: 5e6, beta: 0 },
    },
  ];
  return [...background, ...tokens, ...oddities];

  function token(
    base: string,
    fullName: string,
    traits: Omit<TokenTraits, 'character'>,
    priceDecimals: number,
  ): SyntheticToken {
    const listing = listingOf(base, fullName, traits.basePrice, { priceDecimals });
    return { listing, traits: { character: 'background', ...traits } };
  }

  function listingOf(base: string, fullName: string, price: number, changes: Partial<Listing>): Listing {
    return {
      symbol: `${base}USDT`,
      base,
      quote: 'USDT',
      fullName,
      priceDecimals: Math.max(2, PRICE_DIGITS - 1 - Math.floor(Math.log10(price))),
      quantityDecimals: quantityDecimalsFor(price),
      status: '1',
      apiTradable: true,
      tradeSideType: 1,
      riskFlagged: false,
      listedAt,
      ...changes,
    };
  }
}

function characterOf(draw: number): 'ordinary' | 'lively' | 'sleeping' | 'dead' {
  if (draw < 0.06) return 'dead';
  if (draw < 0.28) return 'sleeping';
  return draw < 0.5 ? 'lively' : 'ordinary';
}

function freshName(random: () => number, taken: Set<string>): string {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)]!;
  for (;;) {
    const name = pick(SYLLABLES) + pick(SYLLABLES) + (random() < 0.4 ? pick(SYLLABLES) : '') + pick(ENDINGS);
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
