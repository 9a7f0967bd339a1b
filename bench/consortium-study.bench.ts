/**
 * From a request to the attested result over the real network of the demonstration consortium: `npm run bench -- consortium-study [patients] [folder]`. Six members
 * in processes of their own, founded and filled by `consilium demo`, talk over loopback by libp2p; a program asks at the university by `consilium study submit` and
 * `result`. The package of the answer is then checked with nothing but its own verifier, once as it came and once with one number changed.
 *
 * 10,400 patients have about 100,000 visits. With a folder the demonstration is kept, and a second run goes on with it.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { buildCommandLine, root } from '../src/main/cli/cli.test-kit.ts'
import { loadDemonstration } from '../src/main/demonstration/demonstration-folder.ts'
import { nodeStarter } from '../src/main/demonstration/node-process.ts'
import { runDemonstration } from '../src/main/demonstration/running.ts'
import { noDesktop } from '../src/main/desktop.ts'
import { DEMONSTRATION_PASSPHRASE } from '../src/main/headless.ts'
import { EVERYBODY } from '../src/shared/domain/everybody.ts'
import { realWorld } from '../src/main/world.ts'

const patients = process.argv[2] ?? '10400'
const kept = process.argv[3] ?? null
const UNIVERSITY = 'island-university'
/** Whoever waits longer than this for a snapshot or an answer waits for nothing. */
const PATIENCE_MS = 600_000

const scratch = await mkdtemp(join(tmpdir(), 'consilium-bench-'))
const folder = kept ?? join(scratch, 'demonstration')
const built = await buildCommandLine()
const program = ['--import', pathToFileURL(join(root, 'bin/polyfill-node20.mjs')).href, join(built, 'cli.js')]

interface Ended {
  readonly code: number
  readonly out: string
}
function node(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...args], { cwd, env, maxBuffer: 1 << 26 }, (error, out) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out }),
    )
    child.stderr?.pipe(process.stderr)
    child.stdin?.end()
  })
}
/** @throws where the command fails */
async function consilium<T>(...words: string[]): Promise<T> {
  const env = { ...process.env, CONSILIUM_PASSPHRASE: DEMONSTRATION_PASSPHRASE }
  const { code, out } = await node([...program, ...words], scratch, env)
  if (code !== 0) throw new Error(`consilium ${words.join(' ')}: ${out}`)
  return JSON.parse(out.trimEnd().split('\n').at(-1)!) as T
}
async function until<T>(look: () => Promise<T | null>, what: string): Promise<T> {
  const end = performance.now() + PATIENCE_MS
  while (performance.now() < end) {
    const found = await look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`it does not come: ${what}`)
}
const secondsSince = (from: number): number => Math.round((performance.now() - from) / 100) / 10

try {
  await mkdir(folder, { recursive: true })
  const foundedAt = performance.now()
  const { final: visits } = await consilium<{ final: number }>(
    ...['demo', '--dir', folder, '--patients', patients, '--seed', '7', '--exit-when-final'],
  )
  const filledSeconds = secondsSince(foundedAt)

  const demonstration = (await loadDemonstration(folder))!
  const running = await runDemonstration({
    demonstration,
    startNode: nodeStarter([process.execPath, ...program]),
    desktop: noDesktop,
    emit: () => {},
    world: realWorld(),
  })
  try {
    const { account } = demonstration.members.find((member) => member.folder.endsWith(UNIVERSITY))!.people[0]!
    const profile = ['--profile', join(folder, UNIVERSITY), '--as', account]
    const snapshot = await until(async () => {
      const said = await running.services().snapshots.propose(undefined)
      return said.kind === 'proposed' ? said.hash : null
    }, 'the snapshot')
    await until(async () => {
      const { snapshots } = await consilium<{ snapshots: { hash: string }[] }>('catalog', ...profile)
      return snapshots.some(({ hash }) => hash === snapshot) ? true : null
    }, 'the snapshot at the university')

    /** @returns seconds from the first command to the numbers and the package in the hand of whoever asked */
    const ask = async (ageEdges: readonly number[], name: string): Promise<number> => {
      const request = {
        title: 'By age and sex',
        purpose: 'research',
        snapshot,
        price: 20_000,
        cohort: EVERYBODY,
        output: {
          kind: 'table',
          axes: [
            { variable: 'age-years', edges: ageEdges },
            { variable: 'sex', edges: [] },
          ],
          counted: { unit: 'patients' },
        },
      }
      await writeFile(join(scratch, 'request.json'), JSON.stringify(request))
      const askedAt = performance.now()
      const { studyHash } = await consilium<{ studyHash: string }>(
        ...['study', 'submit', ...profile, join(scratch, 'request.json')],
      )
      const { provenance } = await consilium<{ provenance: { attestedBy: string[] } }>(
        ...['study', 'result', ...profile, '--wait', '300', '--package', join(scratch, name), studyHash],
      )
      const seconds = secondsSince(askedAt)
      const { state } = await consilium<{ state: string }>('study', 'status', ...profile, studyHash)
      if (state !== 'answered' || provenance.attestedBy.length < 3) throw new Error(`it is ${state}`)
      return seconds
    }
    // Gateways begin to read their records when the snapshot is declared: the first request comes while they do.
    const whileReadingSeconds = await ask([40, 60, 75], 'first.zip')
    const requestToResultSeconds = await ask([50, 70], 'study.zip')

    // Nothing of ours but the two files that whoever gets the package has: it and its verifier.
    const elsewhere = join(scratch, 'elsewhere')
    await mkdir(elsewhere)
    const files = unzipSync(await readFile(join(scratch, 'study.zip')))
    await writeFile(join(elsewhere, 'verify.mjs'), files['verify.mjs']!)
    const verify = async (bytes: Uint8Array): Promise<Ended> => {
      await writeFile(join(elsewhere, 'package.zip'), bytes)
      return node(['verify.mjs', 'package.zip'], elsewhere, {})
    }
    const whole = await verify(await readFile(join(scratch, 'study.zip')))
    const lines = strFromU8(files['result.csv']!).split('\r\n')
    const place = lines.findIndex((line, i) => i > 0 && /^"[^"]+","\d+"/.test(line))
    lines[place] = lines[place]!.replace(
      /^("[^"]+",")(\d+)"/,
      (_, name: string, value: string) => `${name}${Number(value) + 1}"`,
    )
    const changed = await verify(zipSync({ ...files, 'result.csv': strToU8(lines.join('\r\n')) }))
    const named =
      changed.out.split('\n').find((line) => line.includes(`Line ${place + 1} of result.csv`)) ?? ''
    process.stderr.write(`${whole.out.trimEnd().split('\n').at(-1)!}\n${named.trim()}\n`)
    process.stdout.write(
      `${JSON.stringify({
        bench: 'consortium-study',
        patients: Number(patients),
        visits,
        members: demonstration.members.length,
        filledSeconds,
        whileReadingSeconds,
        requestToResultSeconds,
        isPackageGood: whole.code === 0,
        isChangeFound: changed.code === 1 && named !== '',
      })}\n`,
    )
  } finally {
    await running.close()
  }
} finally {
  await rm(built, { recursive: true, force: true })
  await rm(scratch, { recursive: true, force: true })
}
