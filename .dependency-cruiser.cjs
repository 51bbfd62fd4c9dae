/** Dependencies point one way: apps → execution → runtime, store, exchange → indicators, core. */
const TEST = '\\.test\\.ts$';
const own = (folder) => `^packages/${folder}/`;

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: { pathNot: 'node_modules' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-is-pure',
      comment: 'core decides; it talks to nothing but its decimal library',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: TEST },
      to: { pathNot: [own('core'), 'node_modules/.*decimal\\.js'] },
    },
    {
      name: 'indicators-are-pure',
      severity: 'error',
      from: { path: '^packages/indicators/src/', pathNot: TEST },
      to: { pathNot: [own('indicators'), own('core')] },
    },
    {
      name: 'models-and-backtest-are-pure',
      comment:
        'they learn and replay; what they read and write is handed to them (TensorFlow.js is a library, not an edge of ours)',
      severity: 'error',
      from: { path: '^packages/(models|backtest|charts)/src/', pathNot: TEST },
      to: { path: '^packages/(runtime|store|exchange|execution)/' },
    },
    {
      name: 'only-telegram-knows-telegraf',
      severity: 'error',
      from: { pathNot: '^apps/telegram/src/telegraf-messenger\\.ts$|node_modules|\\.test\\.ts$' },
      to: { path: 'node_modules/telegraf' },
    },
    {
      name: 'only-training-loads-tensorflow',
      comment: 'a process that predicts must not carry it: one file imports it, when the first network is trained',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: `^packages/models/src/engines/tensorflow/|${TEST}` },
      to: { path: 'node_modules/@tensorflow' },
    },
    {
      name: 'tensorflow-is-imported-late',
      severity: 'error',
      from: { path: '^packages/models/src/engines/tensorflow/', pathNot: TEST },
      to: { path: 'node_modules/@tensorflow', dynamic: false, dependencyTypesNot: ['type-only', 'type-import'] },
    },
    {
      name: 'edges-do-not-know-each-other',
      comment: 'runtime, store and exchange are wired together by execution and the apps',
      severity: 'error',
      from: { path: '^packages/(runtime|store|exchange)/', pathNot: TEST },
      to: { path: '^packages/(runtime|store|exchange|execution)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'packages-do-not-know-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-do-not-know-each-other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'only-through-the-front-door',
      comment: 'a package is used by its exports, not by its files',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/', pathNot: TEST },
      to: { path: '^packages/[^/]+/src/(?!index\\.ts$)', pathNot: '^$1/$2/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default'],
    },
  },
};
