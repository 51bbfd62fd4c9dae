import { expect, it } from 'vitest';
import { type Status, statusText } from './status.ts';

const status: Status = {
  mode: 'live',
  paused: false,
  exchange: 'mexc',
  marketTime: null,
  processes: [],
  regime: null,
  accountStop: null,
  entriesStopped: null,
  comesBack: null,
  openPositions: 2,
  unclearOrders: [],
  lastScan: null,
};

it('says in one line when nothing seems to start the suite after a reboot', () => {
  const said = (comesBack: boolean | null) =>
    statusText({ ...status, comesBack })
      .split('\n')
      .filter((line) => line.includes('reboot'));
  expect(said(false)).toEqual(['! nothing seems to start the suite after a reboot: docs/operations.md']);
  expect(said(true)).toEqual([]);
  expect(said(null)).toEqual([]);
});
