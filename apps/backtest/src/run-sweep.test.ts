import { expect, it } from 'vitest';
import { jobQueue } from './run-sweep.ts';

it.each([
  [10, 1],
  [10, 3],
  [3, 3],
  [7, 4],
])('%i jobs go to %i threads, each once, neighbours to the same one', (jobs, threads) => {
  const take = jobQueue(jobs, threads);
  const given: number[][] = Array.from({ length: threads }, () => []);
  for (let job = take(0), turn = 0; job !== null; turn++, job = take(turn % threads)) given[turn % threads]!.push(job);
  expect(given.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: jobs }, (_, i) => i));
  if (jobs >= 2 * threads) for (const own of given) expect(own[1]).toBe(own[0]! + 1);
});

it('a thread that is done helps the one with most left', () => {
  const take = jobQueue(6, 2);
  expect(Array.from({ length: 6 }, () => take(0))).toEqual([0, 1, 2, 5, 4, 3]);
  expect(take(0)).toBeNull();
  expect(take(1)).toBeNull();
});
