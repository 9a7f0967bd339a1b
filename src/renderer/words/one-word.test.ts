/** One word for one thing, where two were in use beside each other. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const read = (...path: string[]) => readFileSync(join(import.meta.dirname, ...path), 'utf8')

it('a tariff that is not approved is 退回, as its button says', () => {
  expect(read('tariffs.ts')).not.toContain('駁回')
})

it('an insurer’s claims are 理賠; what a hospital bills is 申報', () => {
  expect(read('requests.ts')).not.toContain('申報')
  expect(read('..', '..', 'main', 'demonstration', 'demonstration-titles.ts')).not.toContain('申報')
})
