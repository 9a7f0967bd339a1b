// The walls between folders. The comment of a rule is what a person reads who runs into it.
const PURE =
  '^src/(shared|main/(stats|privacy|pricing|generator|analytics/(cleaning|cohort|comparison|facts|gated|intervals|models|pathways|persons|twin)|records/(fhir|hl7v2|tables)|node/(crypto|chain|consensus/core|membership)))/'
const TESTS = '\\.(test|property\\.test|contract|test-kit)\\.tsx?$'
const NODE_IO =
  '^(node:)?(fs|net|tls|http|https|http2|dgram|dns|child_process|worker_threads|cluster|os|path|url|crypto|process|timers|perf_hooks|v8|vm|readline|stream|zlib|events|util|buffer|async_hooks)(/|$)'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'pure-stays-pure',
      comment: 'The pure core must not reach I/O, even through a friend: pass bytes, time and randomness in.',
      severity: 'error',
      from: { path: PURE, pathNot: TESTS },
      to: { reachable: true, path: [NODE_IO, 'node_modules/(electron|classic-level|libp2p|@libp2p)/'] },
    },
    {
      name: 'pure-knows-only-pure',
      comment: 'A pure folder imports pure folders and zod. What it needs of the world is an argument.',
      severity: 'error',
      from: { path: PURE, pathNot: TESTS },
      to: { path: '^(src|node_modules)/', pathNot: [PURE, 'node_modules/(zod|@types/fhir)/'] },
    },
    {
      name: 'shared-imports-nobody',
      comment: 'src/shared is the language everybody speaks, so it speaks of nobody.',
      severity: 'error',
      from: { path: '^src/shared/', pathNot: TESTS },
      to: { path: '^src/(main|preload|renderer)/' },
    },
    {
      name: 'processes-meet-only-in-shared',
      comment: 'Main, preload and renderer talk through the contract in src/shared.',
      severity: 'error',
      from: { path: '^src/(main|preload|renderer)/' },
      to: { path: '^src/(main|preload|renderer)/', pathNot: '^src/$1/' },
    },
    {
      name: 'electron-only-at-the-door',
      comment:
        'Only src/main/app, src/main/main.ts and the preload know Electron: the node also runs without it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main/(app/|main\\.ts$)|preload/)' },
      to: { path: '(^|node_modules/)electron(/|$)' },
    },
    {
      name: 'nobody-imports-the-door',
      comment: 'src/main/app serves the services; nothing inside may depend on it.',
      severity: 'error',
      from: { path: '^src/main/', pathNot: '^src/main/(app/|main\\.ts$)' },
      to: { path: '^src/main/(app/|main\\.ts$)' },
    },
    {
      name: 'adapters-only-from-compose',
      comment: 'Depend on the port; compose.ts picks the adapter.',
      severity: 'error',
      from: {
        path: '^src/main/',
        pathNot: [
          '^src/main/(compose|headless|world|libp2p-network|app/self-test)\\.ts$',
          '^src/main/cli/',
          '^src/main/workers/',
          TESTS,
        ],
      },
      to: { path: '^src/main/node/(storage/level|network/libp2p)\\.ts$' },
    },
    {
      name: 'core-does-not-know-engine',
      comment: 'The core decides, the engine does: crypto ◄ chain ◄ consensus/core ◄ consensus/engine.',
      severity: 'error',
      from: { path: '^src/main/node/(crypto|chain|consensus/core|membership)/', pathNot: TESTS },
      to: { path: '^src/main/node/(consensus/engine|network|storage|sync)/' },
    },
    {
      name: 'features-are-strangers',
      comment: 'Share through parts/ or ui/, never feature to feature.',
      severity: 'error',
      from: { path: '^src/renderer/features/([^/]+/[^/]+)/' },
      to: { path: '^src/renderer/features/', pathNot: '^src/renderer/features/$1/' },
    },
    {
      name: 'features-have-one-door',
      comment: 'The shell imports a feature by its route.tsx only.',
      severity: 'error',
      from: { path: '^src/renderer/(app/|main\\.tsx$)' },
      to: { path: '^src/renderer/features/', pathNot: '/route\\.tsx$' },
    },
    {
      name: 'ui-knows-no-domain',
      comment: 'ui/ is the domain-free kit: ui ◄ parts ◄ features ◄ app.',
      severity: 'error',
      from: { path: '^src/renderer/ui/' },
      to: { path: '^src/(renderer/(parts|features|app)/|shared/(domain|contract)/)' },
    },
    {
      name: 'parts-know-no-features',
      comment: 'parts/ serves the features and never looks at them.',
      severity: 'error',
      from: { path: '^src/renderer/parts/' },
      to: { path: '^src/renderer/(features|app)/' },
    },
    {
      name: 'product-does-not-import-tests',
      comment: 'Tests, simulator and benchmarks import the product, never the other way round.',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: ['^(sim|attacks|bench|long|e2e|scripts)/', TESTS] },
    },
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or hide a third.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'This import leads nowhere.',
      severity: 'error',
      from: { path: '^src/' },
      // fhir/r4 is the compiler's name for the types of @types/fhir; there is no such package at run time.
      to: { couldNotResolve: true, pathNot: '\\?(nodeWorker|modulePath|url|raw|worker)|^fhir/r4$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
