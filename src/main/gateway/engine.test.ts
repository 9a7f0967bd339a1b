import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { isEngine } from '../node/chain/study-items.ts'
import { GATEWAY_ENGINE } from './engine.ts'

it('a gateway names an engine that the chain takes, with the warehouse that is installed', () => {
  expect(isEngine(GATEWAY_ENGINE)).toBe(true)
  // What else gives the bytes has its own number, so that a change of it is told from a lie.
  const numbered = GATEWAY_ENGINE.split(' ').map((name) => name.replace(/\/.*$/, ''))
  expect(numbered).toEqual(['study', 'det', 'facts', 'gate', 'formula', 'outputs', 'questions', 'duckdb'])
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Record<string, string>
  }
  expect(GATEWAY_ENGINE.split(' ')).toContain(`duckdb/${dependencies['@duckdb/node-api']}`)
})
