import { readFile } from 'node:fs/promises'
import { StatsFailure } from '../stats/failure.ts'
import { failureSentence } from './failure-sentences.ts'
import { readCsvColumns } from '../stats/model/csv-columns.ts'
import { fitModel } from '../stats/model/fit-model.ts'
import { columnsOf } from '../stats/model/model-frame.ts'
import { ModelSpec, unknownOptions } from '../stats/model/model-spec.ts'
import { resultLine } from '../stats/model/result-line.ts'
import { singleThreadHooks } from '../workers/cox-team.ts'

const USAGE = 'usage: consilium fit --data FILE.csv --model MODEL.json'

/**
 * `consilium fit --data FILE.csv --model MODEL.json`: prints one JSON object on the last line of standard output.
 * Exit codes: 0 fitted, 1 the data or the model give no answer (`{"ok":false,"error":{"code":…}}`), 2 wrong usage.
 */
export async function runFit(argv: readonly string[]): Promise<number> {
  const options = new Map<string, string>()
  for (let i = 0; i < argv.length; i++) {
    const [name, inline] = splitOption(argv[i]!)
    if (name !== '--data' && name !== '--model') return usage(`unknown argument ${argv[i]!}`)
    const value = inline ?? argv[++i]
    if (value === undefined) return usage(`${name} needs a file`)
    options.set(name, value)
  }
  const dataFile = options.get('--data')
  const modelFile = options.get('--model')
  if (!dataFile || !modelFile) return usage('--data and --model are needed')

  let parsed: unknown
  try {
    parsed = JSON.parse(await readFile(modelFile, 'utf8'))
  } catch (error) {
    return failed({ code: 'unreadable-model', file: modelFile, reason: reasonOf(error) })
  }
  const model = ModelSpec.safeParse(parsed)
  if (!model.success) {
    const issues = model.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
    return failed({ code: 'bad-model', issues })
  }
  let bytes: Uint8Array
  try {
    bytes = await readFile(dataFile)
  } catch (error) {
    return failed({ code: 'unreadable-data', file: dataFile, reason: reasonOf(error) })
  }
  try {
    const table = readCsvColumns(bytes, columnsOf(model.data))
    const result = fitModel(table, model.data, singleThreadHooks())
    const line = resultLine(result, unknownOptions(parsed))
    const { warnings } = JSON.parse(line) as { warnings: unknown[] }
    for (const warning of warnings) process.stderr.write(`warning: ${JSON.stringify(warning)}\n`)
    await print(line)
    return 0
  } catch (error) {
    if (error instanceof StatsFailure) return failed(error.detail)
    throw error
  }
}

function splitOption(argument: string): [string, string | null] {
  const at = argument.indexOf('=')
  return argument.startsWith('--') && at > 0
    ? [argument.slice(0, at), argument.slice(at + 1)]
    : [argument, null]
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  return code ?? (error instanceof SyntaxError ? 'not-json' : 'unknown')
}

async function usage(problem: string): Promise<number> {
  process.stderr.write(`${failureSentence('usage', problem)}\n${USAGE}\n`)
  await print(JSON.stringify({ ok: false, error: { code: 'usage', detail: problem } }))
  return 2
}

async function failed({ code, ...detail }: { code: string } & Record<string, unknown>): Promise<number> {
  process.stderr.write(`${failureSentence(code, detail)}\n`)
  await print(JSON.stringify({ ok: false, error: { code, detail } }))
  return 1
}

/** Waits until the line is out: a result may be larger than a pipe takes at once. */
function print(line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${line}\n`, (error) => (error ? reject(error) : resolve()))
  })
}
