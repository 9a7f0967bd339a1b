/** The rules that the specifications number, and the code that keeps them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const CODE = ['node', 'governance', 'profile', 'services', 'workers'].map((name) => `src/main/${name}`)
const SPECS = [
  ['consensus', 'R'],
  ['network', 'N'],
  ['membership', 'M'],
] as const

const code = CODE.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('.test'))
    .map((name) => readFileSync(join(folder, name), 'utf8')),
).join('\n')

it.each(SPECS)(
  'every rule of docs/spec/%s.md is cited by the code that keeps it, and no other number is',
  (spec, letter) => {
    const text = readFileSync(`docs/spec/${spec}.md`, 'utf8')
    const numbersOf = (from: string, pattern: string) =>
      [...new Set([...from.matchAll(new RegExp(pattern, 'g'))].map(([, number]) => Number(number)))].sort(
        (a, b) => a - b,
      )
    const rules = numbersOf(text, `\\*\\*${letter}(\\d+)\\b`)
    expect(rules.length).toBeGreaterThan(10)
    expect(numbersOf(code, `\\b${letter}(\\d+)\\b`)).toEqual(rules)
  },
)
