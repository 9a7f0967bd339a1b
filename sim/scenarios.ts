/** The transcripts of `sim/scenarios`, read from the project's folder. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(process.cwd(), 'sim', 'scenarios')

export const scenarioNames = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => file.slice(0, -4))
    .sort((a, b) => (a < b ? -1 : 1))

export const scenarioText = (name: string): string => readFileSync(join(folder, `${name}.txt`), 'utf8')

export const writeScenario = (name: string, text: string): void =>
  writeFileSync(join(folder, `${name}.txt`), text)
