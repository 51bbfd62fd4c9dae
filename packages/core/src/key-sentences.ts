/**
 * What is said of the API key, sentence by sentence, `{days}` filled in. Alerts keep them as they are here; whoever speaks another
 * language finds each by its name.
 */
export const KEY_SENTENCES = {
  invalid: 'MEXC does not know the API key, or it has expired. Make a new key and write it to .env.',
  signature:
    'MEXC refuses the signature: MEXC_API_SECRET does not belong to MEXC_API_KEY, or the key has expired. Write both to .env anew.',
  ip_not_listed:
    'MEXC refuses the API key from this IP address. Add the address to the key in the API settings of MEXC, or make a new key.',
  no_permission:
    'The API key lacks a permission. It needs to read the account and to read and write spot orders: set that in the API settings of MEXC.',
  account: 'MEXC has restricted the account or sub-account of the API key. Ask its support.',
  may_not_trade:
    'The API key may read but not trade. Allow spot trading for it in the API settings of MEXC, or make a new key.',
  may_withdraw:
    'The API key may withdraw coins, which the suite never needs. Make a key without that permission, or set security.allowWithdrawKey to true.',
  age: 'It is {days} days old.',
  expires_tomorrow: 'The API key expires in 1 day: renew it at MEXC.',
  expires: 'The API key expires in {days} days: renew it at MEXC.',
  expired: 'The API key is {days} days old and should have expired: renew it, or correct exchange.keyCreatedAt.',
  order_refused: 'MEXC refused an order: buys are stopped, sales are tried on.',
  order_untold: 'MEXC does not tell what became of an order: buys are stopped, sales are tried on.',
  resume: 'When that is done: /resume or npm run resume.',
  works_again: 'The API key works again; buys go on.',
} as const;

export type KeySentence = keyof typeof KEY_SENTENCES;

export const withDays = (sentence: string, days: number): string => sentence.replace('{days}', String(days));
