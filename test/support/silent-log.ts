import type { Logger } from '@mexc-bot/runtime';

const nothing = () => undefined;

/** A log for tests that do not look at it. */
export const silentLog: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
