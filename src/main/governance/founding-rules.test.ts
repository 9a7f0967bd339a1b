import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { assert } from '../../shared/std/assert.ts'
import { createTown, PASSPHRASE, type Town } from './institution.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

it(
  'whoever draws a founding up sets its rules, and all see what they sign (A1)',
  { timeout: 60_000 },
  async () => {
    town = await createTown()
    const { files } = town
    const asked = []
    for (const name of ['north', 'east']) {
      const institution = await town.start(name)
      const requested = await institution.ask.joining.request({
        folder: institution.folder,
        institutionName: `${name} hospital`,
        personName: 'Admin',
        kind: 'hospital',
        zone: 'Asia/Taipei',
        wishesVote: true,
        addresses: [],
        listen: null,
        passphrase: PASSPHRASE,
        path: join(files, `${name}.request`),
      })
      assert(requested.kind === 'requested', JSON.stringify(requested))
      asked.push({ institution, path: requested.path })
    }
    const [north, east] = asked
    assert(north !== undefined && east !== undefined, 'two take part')
    const { ask, folder } = north.institution
    const draft = (rules: Record<string, number>) =>
      ask.joining.draftFounding({
        folder,
        passphrase: PASSPHRASE,
        consortiumName: 'Island',
        paths: [east.path],
        voters: null,
        allowFewVoters: true,
        rules,
        savePath: join(files, 'island.founding'),
      })
    const usual = await ask.joining.rules({})
    expect(usual.find(({ name }) => name === 'smallestCount')).toEqual({
      name: 'smallestCount',
      value: 11,
      standard: 11,
      bounds: { least: 1, greatest: 1_000_000 },
    })
    expect(await draft({ smallestCount: 0 })).toMatchObject({ reason: 'rule-out-of-bounds' })
    expect(await draft({ smallestCounts: 20 })).toMatchObject({ reason: 'rule-unknown' })
    const drafted = await draft({ smallestCount: 20, gatewayEpochDays: 30 })
    assert(drafted.kind === 'drafted', JSON.stringify(drafted))

    const before = await east.institution.ask.joining.openFounding({
      folder: east.institution.folder,
      paths: [drafted.path],
    })
    assert(before.kind === 'opened', JSON.stringify(before))
    expect(before.round.rules).toEqual(drafted.round.rules)
    expect(before.round.rules.map(({ name }) => name)).toEqual(usual.map(({ name }) => name))
    const others = before.round.rules.filter(({ value, standard }) => value !== standard)
    expect(others.map(({ name, value }) => [name, value])).toEqual([
      ['gatewayEpochDays', 30],
      ['smallestCount', 20],
      ['votersBelowFourAllowed', 1],
    ])
  },
)
