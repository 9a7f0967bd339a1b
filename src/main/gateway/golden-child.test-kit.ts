/** Golden answers in a process of its own, with whatever zone and language it was started: one line of JSON. */
import { goldenHashes } from './golden.test-kit.ts'

const [from, to, threads, runBlocks] = process.argv.slice(2).map(Number)
process.stdout.write(JSON.stringify(await goldenHashes(from!, to!, threads!, runBlocks!)))
