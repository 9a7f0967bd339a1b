import { afterEach, describe, expect, it } from 'vitest'
import { PASSPHRASE, until } from '../governance/institution.test-kit.ts'
import { openHouse, type House } from '../work-place/house.test-kit.ts'
import { runHere } from './cli.test-kit.ts'

let house: House | null = null
afterEach(async () => {
  await house?.close()
  house = null
})
const run = (args: readonly string[]) => runHere(args, { CONSILIUM_PASSPHRASE: PASSPHRASE })

describe('consilium work-places', { timeout: 120_000 }, () => {
  it('pairs, lists and removes at a node that runs', async () => {
    house = await openHouse()
    const profile = ['--profile', house.node.folder]
    expect(await run(['work-places', 'list', ...profile])).toMatchObject({
      code: 0,
      answer: { listening: { kind: 'off' }, places: [], pairing: null },
    })
    const paired = await run([
      'work-places',
      'pair',
      ...profile,
      '--name',
      'Ward 1',
      '--listen',
      '127.0.0.1:0',
    ])
    const { code, addresses } = paired.answer as { code: string; addresses: string[] }
    const place = await house.start('Ward 1')
    expect(
      await place.ask.joining.pairWorkPlace({ folder: place.folder, code, address: addresses[0]! }),
    ).toMatchObject({ kind: 'opened' })
    const { ask } = house.node
    await until(ask.workPlaces.list, ({ places }) => places[0]?.isConnected === true)
    expect(await run(['work-places', 'list', ...profile])).toMatchObject({
      answer: { places: [{ name: 'Ward 1', isConnected: true, pairedBy: 'Ada' }] },
    })
    expect(await run(['work-places', 'remove', ...profile, '--name', 'Ward 2'])).toMatchObject({
      code: 1,
      answer: { error: { code: 'unknown-work-place' } },
    })
    expect(await run(['work-places', 'remove', ...profile, '--name', 'Ward 1'])).toMatchObject({
      code: 0,
      answer: { places: [] },
    })
    expect(await run(['work-places', 'listen', ...profile, '--listen', 'off'])).toMatchObject({
      code: 0,
      answer: { listening: { kind: 'off' } },
    })
    await ask.app.closeProfile()
    // A code would end with this command.
    expect(await run(['work-places', 'pair', ...profile, '--name', 'Ward 3'])).toMatchObject({
      code: 1,
      answer: { error: { code: 'node-not-running' } },
    })
  })

  it('says what is wrong with the question', async () => {
    for (const args of [
      ['work-places', 'burn', '--profile', 'x'],
      ['work-places', 'pair', '--profile', 'x'],
      ['work-places', 'remove', '--profile', 'x'],
      ['work-places', 'listen', '--profile', 'x'],
    ])
      expect((await run(args)).code).toBe(2)
  })
})
