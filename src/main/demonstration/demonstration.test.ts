/** Six real processes over loopback: one test, since each of them takes its time to start. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AllClients } from '../../shared/contract/index.ts'
import type { Session } from '../../shared/contract/app.ts'
import { buildCommandLine, root } from '../cli/cli.test-kit.ts'
import { compose } from '../compose.ts'
import { noDesktop, type Composed } from '../desktop.ts'
import { dispatch } from '../services/dispatch.ts'
import { realWorld } from '../world.ts'
import { nodeStarter } from './node-process.ts'

const PATIENCE_MS = 300_000
let built = ''
let scratch = ''
beforeAll(async () => {
  built = await buildCommandLine()
  scratch = await mkdtemp(join(tmpdir(), 'consilium-demonstration-'))
}, PATIENCE_MS)
afterAll(async () => {
  await rm(built, { recursive: true, force: true })
  await rm(scratch, { recursive: true, force: true })
})

function ask({ handlers, caller }: Composed): AllClients {
  const service = (name: string) =>
    new Proxy(
      {},
      {
        get: (_, method) => async (input: unknown) => {
          const reply = await dispatch(handlers, caller, `${name}.${String(method)}`, input)
          if (!reply.ok) throw Object.assign(new Error(reply.error.code), reply.error)
          return reply.value
        },
      },
    )
  return new Proxy({}, { get: (_, name) => service(String(name)) }) as AllClients
}

const opened = (session: Session) => {
  if (session.state !== 'open') throw new Error(session.state)
  return session
}

describe('the demonstration consortium', () => {
  it(
    'fills itself, lets the visitor be anybody of six institutions, and is there again after a close',
    async () => {
      const settingsFolder = join(scratch, 'settings')
      const polyfill = pathToFileURL(join(root, 'bin/polyfill-node20.mjs')).href
      const options = {
        settingsFolder,
        profileFolder: null,
        applicationVersion: '0.0.0',
        systemLocale: 'en',
        desktop: noDesktop,
        emit: () => {},
        startNode: nodeStarter([process.execPath, '--import', polyfill, join(built, 'cli.js')]),
      }
      const composed = await compose(options, realWorld())
      try {
        const { app, jobs, node, patients, people, records, tariffs, imports } = ask(composed)
        const answer = await app.openDemonstration({ patients: 10 })
        expect(answer.kind).toBe('opened')
        const first = opened(await app.session())
        expect(first.demonstration?.people.map(({ kind }) => kind)).toContain('insurer')
        for (;;) {
          const filling = (await jobs.list()).find(({ unit }) => unit === 'patients')
          if (filling?.state === 'failed') throw new Error(JSON.stringify(filling.error))
          if (filling?.state === 'done') break
          await new Promise((resolve) => setTimeout(resolve, 100))
        }

        // Everybody stands on the same chain, and each sees only what is theirs.
        const tips = new Set<string>()
        for (const { personId, role } of first.demonstration!.people) {
          expect((await app.changePerson({ personId })).kind).toBe('opened')
          expect(opened(await app.session()).person.roles).toEqual([role])
          tips.add((await node.status()).tip)
        }
        expect(tips.size).toBe(1)
        await app.changePerson({ personId: 'north-hospital/clerk' })
        const { total, patients: found } = await patients.search({ text: '', limit: 100 })
        expect(total).toBeGreaterThan(0)
        // Whoever took them in is named in the record as in the window.
        const { visits } = await records.ofPatient({ patientId: found[0]!.patientId, limit: 1 })
        const { person } = opened(await app.session())
        expect(visits[0]!.record.envelope.recorder.userKeyId).toBe(person.userKeyId)
        await app.changePerson({ personId: 'island-university/researcher' })
        const refused = { code: 'not-permitted' }
        await expect(patients.search({ text: '', limit: 100 })).rejects.toMatchObject(refused)
        await expect(
          imports.startSynthetic({ patients: 1, seed: 'x', part: 0, of: 1 }),
        ).rejects.toMatchObject(refused)
        await app.changePerson({ personId: 'north-hospital/clerk' })

        // Four eyes: the insurer has two people, whom its node knows apart whatever role they are in.
        const selves = new Map<string, string>()
        const keys = new Map<string, string>()
        for (const personId of ['analyst', 'administrator', 'analyst/2']) {
          await app.changePerson({ personId: `harvest-insurance/${personId}` })
          const known = await people.list()
          expect(known).toHaveLength(2)
          const [self, ...others] = known.filter(({ isSelf }) => isSelf)
          expect(others).toEqual([])
          expect(self!.name).toBe(opened(await app.session()).person.name)
          selves.set(personId, self!.personId)
          keys.set(personId, opened(await app.session()).person.userKeyId)
        }
        expect(selves.get('administrator')).toBe(selves.get('analyst'))
        expect(selves.get('analyst/2')).not.toBe(selves.get('analyst'))
        expect(keys.get('administrator')).toBe(keys.get('analyst'))
        expect(keys.get('analyst/2')).not.toBe(keys.get('analyst'))
        expect(await tariffs.list()).toEqual([])
        await app.changePerson({ personId: 'north-hospital/clerk' })

        // A lock shows nothing; the empty passphrase of made-up data opens it again.
        await app.lock()
        await expect(patients.search({ text: '', limit: 1 })).rejects.toMatchObject({ code: 'locked' })
        expect(await app.unlock({ passphrase: 'a guess' })).toMatchObject({ reason: 'wrong-passphrase' })
        expect(await app.unlock({ passphrase: '' })).toMatchObject({ kind: 'opened' })

        // Also from the list of recent folders, after it was closed.
        await app.closeProfile()
        const closed = await app.session()
        const folder = closed.state === 'none' ? closed.recentProfiles[0]!.folder : ''
        expect(await app.open({ folder, passphrase: '' })).toMatchObject({ kind: 'opened' })
        expect((await node.status()).tip).toBe([...tips][0])

        // A new one takes its place.
        expect((await app.openDemonstration({ patients: 10 })).kind).toBe('opened')
        expect(await readdir(join(settingsFolder, 'demonstrations'))).toHaveLength(1)
      } finally {
        await composed.close()
      }
    },
    PATIENCE_MS,
  )

  it(
    'runs from the command line until every visit is final at every member, and all six chains are verified',
    async () => {
      const kit = (await import(pathToFileURL(join(root, 'scripts/lib/demonstration.mjs')).href)) as {
        demonstrate(
          program: readonly string[],
          filledWith: readonly string[],
          options: object,
        ): Promise<{ code: number; output: string }>
      }
      const program = [
        '--import',
        pathToFileURL(join(root, 'bin/polyfill-node20.mjs')).href,
        join(built, 'cli.js'),
      ]
      const ran = await kit.demonstrate(program, ['--patients', '10', '--seed', '7'], { show: 'captured' })
      expect(ran.code, ran.output).toBe(0)
      expect(ran.output).toContain('synthetic')
      const [filled, ...verified] = ran.output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(filled).toMatchObject({ members: 6, distinctTips: 1 })
      expect(filled!['final']).toBe(filled!['visits'])
      expect(verified.map(({ ok, blocks }) => [ok, blocks])).toEqual(
        Array.from({ length: 6 }, () => [true, filled!['final']]),
      )
      expect(new Set(verified.map(({ tip }) => tip)).size).toBe(1)
    },
    PATIENCE_MS,
  )
})
