import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Mode } from '@mexc-bot/core';
import { UserError } from '@mexc-bot/runtime';
import type { Candidate, Store } from '@mexc-bot/store';
import Papa from 'papaparse';
import { CANDIDATE_COLUMNS, candidateCells } from './candidate-row.ts';

export interface CandidateExport {
  readonly files: readonly { readonly path: string; readonly rows: number }[];
}

const PAGE = 1_000;
const LABEL_COLUMNS = ['profit_after_6h', 'label'] as const;

/**
 * Writes `candidate_tokens.csv` (every candidate) and `labeled_candidates.csv` (those with a label), page by page, each whole or not
 * at all.
 *
 * @throws {UserError} the folder cannot be written
 */
export function exportCandidates(
  store: Pick<Store, 'candidates' | 'candles'>,
  folder: string,
  mode?: Mode,
): CandidateExport {
  const labelOf = ({ label }: Candidate) => (label.state === 'labelled' ? [label.closeReturn, label.label] : null);
  return {
    files: [
      write(join(folder, 'candidate_tokens.csv'), CANDIDATE_COLUMNS, pages(), (each) => candidateCells(store, each)),
      write(
        join(folder, 'labeled_candidates.csv'),
        [...CANDIDATE_COLUMNS, ...LABEL_COLUMNS],
        pages('labelled'),
        (each) => [...candidateCells(store, each), ...(labelOf(each) ?? [])],
      ),
    ],
  };

  function* pages(state?: 'labelled'): Generator<readonly Candidate[]> {
    for (let after = 0; ; ) {
      const page = store.candidates.page({
        after,
        limit: PAGE,
        ...(state !== undefined && { state }),
        ...(mode !== undefined && { mode }),
      });
      if (page.length === 0) return;
      yield page;
      after = page.at(-1)!.id;
    }
  }

  function write(
    path: string,
    columns: readonly string[],
    source: Iterable<readonly Candidate[]>,
    cells: (candidate: Candidate) => readonly (string | number | null)[],
  ): { path: string; rows: number } {
    const part = `${path}.part`;
    let rows = 0;
    try {
      mkdirSync(folder, { recursive: true });
      const file = openSync(part, 'w');
      try {
        writeSync(file, `${columns.join(',')}\n`);
        for (const page of source) {
          writeSync(file, `${Papa.unparse(page.map(cells) as unknown[][], { newline: '\n', header: false })}\n`);
          rows += page.length;
        }
      } finally {
        closeSync(file);
      }
      renameSync(part, path);
    } catch (cause) {
      if (existsSync(part)) rmSync(part);
      const { code } = cause as NodeJS.ErrnoException;
      if (code === undefined) throw cause;
      const hint = code === 'ENOSPC' ? 'The disk is full: free some space.' : 'Name another folder: --folder.';
      throw new UserError(`${path} cannot be written: ${(cause as Error).message}`, hint, { cause });
    }
    return { path, rows };
  }
}
