/**
 * A profile with a chain of so many visits in the cache: `npm run bench -- chain [VISITS] [read]` (50,000: about a million facts; `read`: the
 * hospital has asked of its records before). Its last line is the folder, for tests of the window that need one
 * (`e2e/research-sizes.spec.ts`).
 */
import { chainOf } from './make-chain.ts'

const visits = Number(process.argv[2] ?? 50_000)
const records = process.argv[3] === 'read' ? 'read' : 'distinct'
process.stdout.write(`${await chainOf(visits, (line) => process.stderr.write(`${line}\n`), records)}\n`)
