import { defineConfig } from 'vitest/config';

export default defineConfig({
  // workspace packages resolve to their TypeScript sources, so a test never runs a stale build
  // ('import' is not among them: Vite adds it where it holds, and a worker told so would hand `require` a package's ESM)
  ssr: { resolve: { conditions: ['source', 'node', 'module', 'default'] } },
  resolve: { conditions: ['source', 'node', 'module', 'default'] },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/count-reporter.mjs'],
  },
});
