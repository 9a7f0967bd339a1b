/** Kill -9 of a real process during an import and single submissions: one case is ten kills on one profile. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildCommandLine, PASSPHRASE, runHere, tinyBundle } from '../src/main/cli/cli.test-kit.ts'
import { lookAfter, runAndKill } from '../src/main/cli/crash.test-kit.ts'
import { foundProfile } from '../src/main/headless.ts'
import { realWorld } from '../src/main/world.ts'
import { longPart } from './part.ts'

const KILLS = 10
const PATIENTS = 6
const VISITS_EACH = 40
let built: Promise<string> | null = null

export const part = longPart({
  title: `kill -9 during an import, ${KILLS} kills a case`,
  caseCount: 10,
  async run(index, { folder }) {
    built ??= buildCommandLine()
    const input = join(folder, 'input')
    await mkdir(input)
    for (let p = 0; p < PATIENTS; p++)
      await writeFile(join(input, `${p}.json`), tinyBundle(1000 * index + p, VISITS_EACH))
    const profile = join(folder, 'profile')
    await foundProfile(
      {
        folder: profile,
        institutionName: 'Crash Hospital (synthetic)',
        personName: 'Crash',
        passphrase: PASSPHRASE,
        zone: 'Asia/Taipei',
        isSynthetic: true,
      },
      { ...realWorld(), scryptCost: 2 ** 10 },
    )
    const acknowledged: string[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const run = await runAndKill(await built, profile, input, Math.random() * 600)
      if (run.stderr !== '') return run.stderr
      acknowledged.push(...run.acknowledged)
    }
    const after = await lookAfter(profile, acknowledged)
    const again = await runHere(['import', '--profile', profile, '--wait', input])
    const { visits, duplicates } = again.answer as { visits: number; duplicates: number }
    const whole = await lookAfter(profile, acknowledged)
    const wrong = [
      ...after.missing.map((root) => `missing ${root}`),
      ...whole.duplicates.map((root) => `twice ${root}`),
      ...(after.verified === 'ok' && whole.verified === 'ok' ? [] : [after.verified, whole.verified]),
      ...(visits + duplicates === PATIENTS * VISITS_EACH ? [] : [`${visits} + ${duplicates} visits`]),
      ...(whole.blocks === after.blocks + visits && whole.waiting === 0 ? [] : ['blocks do not add up']),
    ]
    return wrong.length === 0 ? null : wrong.join('; ')
  },
})
