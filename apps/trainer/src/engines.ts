import { createGbdt, createLogistic, createMlp, type Engine, type EngineName } from '@mexc-bot/models';

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
