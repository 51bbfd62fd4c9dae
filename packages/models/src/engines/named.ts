import type { Engine, EngineName } from '../engine.ts';
import { createGbdt } from './gbdt.ts';
import { createLogistic } from './logistic.ts';
import { createMlp } from './mlp.ts';

export const ENGINES = ['logistic', 'gbdt', 'mlp'] as const satisfies readonly EngineName[];

export function engineNamed(name: EngineName): Engine {
  switch (name) {
    case 'logistic':
      return createLogistic() as Engine;
    case 'gbdt':
      return createGbdt() as Engine;
    case 'mlp':
      return createMlp() as Engine;
  }
}
