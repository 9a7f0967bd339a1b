/**
 * `npm run attacks`                       every attack against the naive gate and ours; the last line is
 *                                         {"attacks":…,"failedAgainstOurs":…,"succeededOnNaive":…}
 * `npm run attacks -- --without NAME`     ours without noise, threshold, budget or overlap-audit: the attacks that it stops must
 *                                         succeed now
 * `npm run attacks -- --only A8`          one of them; `--short` with fewer trials
 */
import { parseArgs } from 'node:util'
import { CONTROLS, hasSucceeded, type Attack, type Control, type Outcome } from './attack.ts'
import { ATTACKS } from './attacks.ts'
import { lastLine } from './last-line.ts'

const { values } = parseArgs({
  options: { without: { type: 'string' }, only: { type: 'string' }, short: { type: 'boolean' } },
})
const effort = values.short === true ? 'short' : 'full'
const attacks = ATTACKS.filter(({ name }) => values.only === undefined || name === values.only)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

if (values.without === undefined) runAll()
else if ((CONTROLS as readonly string[]).includes(values.without)) runWithout(values.without as Control)
else {
  process.stderr.write(`No such control. There are: ${CONTROLS.join(', ')}\n`)
  process.exitCode = 2
}

function runAll(): void {
  const tried = attacks.map((attack) => {
    const naive = attack.run({ gate: 'naive', without: null }, effort)
    const ours = attack.run({ gate: 'ours', without: null }, effort)
    say(`${headOf(attack)}  naive ${worded(naive)}  ours ${worded(ours)}  bound ${number(ours.bound)}`)
    return { attack, naive, ours }
  })
  const { line, isInOrder } = lastLine(tried)
  say(line)
  process.exitCode = isInOrder ? 0 : 1
}

function runWithout(without: Control): void {
  const stopped = attacks.filter(({ stoppedBy }) => stoppedBy.includes(without))
  let succeeded = 0
  for (const attack of stopped) {
    const outcome = attack.run({ gate: 'ours', without }, effort)
    if (hasSucceeded(outcome)) succeeded++
    say(`${headOf(attack)}  ours without ${without} ${worded(outcome)}  bound ${number(outcome.bound)}`)
  }
  say(JSON.stringify({ without, attacks: stopped.length, succeeded }))
  process.exitCode = succeeded === stopped.length ? 0 : 1
}

function headOf({ name, title }: Attack): string {
  return `${name.padEnd(3)} ${title.padEnd(44)}`
}

function worded(outcome: Outcome): string {
  return `${number(outcome.advantage)} ${hasSucceeded(outcome) ? 'succeeded' : 'failed   '}`
}

function number(value: number): string {
  return value.toFixed(3)
}
