import { createRequire } from 'node:module';
import util from 'node:util';

export type TensorFlow = typeof import('@tensorflow/tfjs');

/** Ways to get at TensorFlow.js; each rejects where it cannot work. */
export interface TensorFlowSources {
  native(): Promise<TensorFlow>;
  wasm(): Promise<TensorFlow>;
  cpu(): Promise<TensorFlow>;
}

export type TensorFlowBackend = keyof TensorFlowSources;

export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  readonly backend: TensorFlowBackend;
  /** why the faster ones are not used */
  readonly passedOver: readonly string[];
}

/** Where `npm run tensorflow:native` puts it. */
const NATIVE_FOLDER = new URL('../../../../../node_modules/.tensorflow-native/', import.meta.url);

/** Loads tfjs-node from the packages of a folder. It is CommonJS, and its native library is found missing only here. */
export async function nativeFrom(folder: URL): Promise<TensorFlow> {
  const tf = createRequire(new URL('package.json', folder))('@tensorflow/tfjs-node') as TensorFlow;
  await tf.ready();
  return tf;
}

async function onBackend(name: 'wasm' | 'cpu'): Promise<TensorFlow> {
  const tf = await import('@tensorflow/tfjs');
  if (!(await tf.setBackend(name))) throw new Error(`the ${name} backend does not start`);
  return tf;
}

const SOURCES: TensorFlowSources = {
  native: () => nativeFrom(NATIVE_FOLDER),
  wasm: async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    return onBackend('wasm');
  },
  cpu: () => onBackend('cpu'),
};

/**
 * TensorFlow.js with its fastest backend that works here: native, else WebAssembly, else plain JavaScript.
 *
 * @throws {Error} none works; the message says why for each
 */
export async function loadTensorFlow(sources: TensorFlowSources = SOURCES): Promise<LoadedTensorFlow> {
  // Node 23 removed what tfjs-node 4.22 still calls
  Object.assign(util, { isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined });
  const passedOver: string[] = [];
  for (const backend of ['native', 'wasm', 'cpu'] as const) {
    try {
      return { tf: await sources[backend](), backend, passedOver };
    } catch (error) {
      passedOver.push(`${backend}: ${firstLine(error)}`);
    }
  }
  throw new Error(`TensorFlow.js does not load. ${passedOver.join('; ')}`);
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]!;
}
