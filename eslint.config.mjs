// What oxlint cannot say, of the folders that it is about: a test may leave the purity of what it tests. All other rules are in
// .oxlintrc.json, which reads a file in a tenth of the time (ADR 0020). The format is Prettier's.
import tseslint from 'typescript-eslint'

const PURE = [
  'src/shared/**/*.ts',
  'src/main/stats/**/*.ts',
  'src/main/privacy/**/*.ts',
  'src/main/pricing/**/*.ts',
  'src/main/generator/**/*.ts',
  'src/main/analytics/cleaning/**/*.ts',
  'src/main/analytics/cohort/**/*.ts',
  'src/main/analytics/comparison/**/*.ts',
  'src/main/analytics/facts/**/*.ts',
  'src/main/analytics/gated/**/*.ts',
  'src/main/analytics/intervals/**/*.ts',
  'src/main/analytics/models/**/*.ts',
  'src/main/analytics/pathways/**/*.ts',
  'src/main/analytics/persons/**/*.ts',
  'src/main/analytics/twin/**/*.ts',
  'src/main/records/fhir/**/*.ts',
  'src/main/records/hl7v2/**/*.ts',
  'src/main/records/tables/**/*.ts',
  'src/main/node/crypto/**/*.ts',
  'src/main/node/chain/**/*.ts',
  'src/main/node/consensus/core/**/*.ts',
  'src/main/node/membership/**/*.ts',
]
// Their results are signed and must have the same bits on every machine.
const DETERMINISTIC = [
  'src/main/stats/**/*.ts',
  'src/main/privacy/**/*.ts',
  'src/main/pricing/**/*.ts',
  'src/main/generator/**/*.ts',
  'src/main/analytics/cleaning/**/*.ts',
  'src/main/analytics/gated/**/*.ts',
  'src/main/analytics/intervals/**/*.ts',
  'src/main/analytics/models/**/*.ts',
  'src/main/analytics/pathways/**/*.ts',
]
const TESTS = ['**/*.test.ts', '**/*.test.tsx', '**/*.contract.ts', '**/*.test-kit.ts']

const banned = (object, property, message) => ({ object, property, message })
const clockDiceLocale = [
  banned('Date', 'now', 'Pure code has no clock: take the time as an argument.'),
  banned('Math', 'random', 'Pure code has no dice: take randomness as an argument.'),
]
const bannedSyntax = [
  {
    selector: "NewExpression[callee.name='Date']",
    message: 'Pure code has no Date: use src/shared/std dates or an argument.',
  },
  {
    selector: "CallExpression[callee.name='Date']",
    message: 'Pure code has no Date: use src/shared/std dates or an argument.',
  },
  {
    selector: "MemberExpression[property.name='localeCompare']",
    message: 'Order depends on the locale: compare code units or bytes.',
  },
  { selector: 'MemberExpression[property.name=/^toLocale/]', message: 'The result depends on the locale.' },
  {
    selector: "MemberExpression[object.name='Intl'], NewExpression[callee.object.name='Intl']",
    message: 'The result depends on the locale.',
  },
  { selector: ':function[async=true]', message: 'Pure code is synchronous: decide here, do elsewhere.' },
  { selector: 'AwaitExpression', message: 'Pure code is synchronous: decide here, do elsewhere.' },
]
const INEXACT =
  'exp expm1 log log2 log10 log1p pow sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh cbrt hypot'.split(
    ' ',
  )
const inexactMaths = INEXACT.map((name) =>
  banned('Math', name, `Math.${name} differs between processors: use src/main/stats/det.`),
)
const inexactPower = {
  selector:
    "BinaryExpression[operator='**']:not([right.type='Literal'][right.raw=/^\\d+n?$/]), AssignmentExpression[operator='**=']",
  message: '** with anything but a small literal integer differs between processors: use src/main/stats/det.',
}
export default tseslint.config(
  { ignores: ['out/**', 'release/**', 'node_modules/**', '.cache/**', 'test-results/**', 'docs/**'] },
  {
    files: ['src/renderer/**/*.{ts,tsx}', ...PURE],
    ignores: TESTS,
    languageOptions: { parser: tseslint.parser },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['src/renderer/**/*.{ts,tsx}'],
    ignores: TESTS,
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'Text of a record is shown as text (E16).',
        },
        {
          selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML)$/]',
          message: 'Text of a record is shown as text (E16).',
        },
        {
          selector:
            "CallExpression[callee.property.name='slice'][callee.object.callee.name='formatInstant'][arguments.1.value=16]",
          message: 'It cuts off the zone: formatMinute says it where it must be said.',
        },
      ],
    },
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-properties': ['error', ...clockDiceLocale],
      'no-restricted-syntax': ['error', ...bannedSyntax],
    },
  },
  {
    files: DETERMINISTIC,
    ignores: TESTS,
    rules: {
      'no-restricted-properties': ['error', ...clockDiceLocale, ...inexactMaths],
      'no-restricted-syntax': ['error', ...bannedSyntax, inexactPower],
    },
  },
  {
    files: ['scripts/**/*.mjs', 'bin/**/*.mjs', '*.cjs', '*.mjs'],
    rules: {
      'prefer-const': 'error',
      'no-var': 'error',
      eqeqeq: ['error', 'smart'],
      'no-unsafe-finally': 'error',
    },
  },
)
