/** Coming in and deciding by the command line alone, each command a profile opened and closed. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { PASSPHRASE, testWorld } from '../governance/institution.test-kit.ts'
import { ownPort } from '../node/network/own-ports.test-kit.ts'
import { COMMANDS, runCommand, type CommandResult } from './commands.ts'
import { MEMBERSHIP_COMMANDS } from './membership-commands.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-cli-members-'))
  folders.push(folder)
  return folder
}

async function run(...words: string[]): Promise<CommandResult & { answer: Record<string, unknown> }> {
  const [name, ...argv] = words
  const command = { ...COMMANDS, ...MEMBERSHIP_COMMANDS }[name!]!
  const result = await runCommand(command, argv, {
    profileWorld: testWorld(),
    env: { CONSILIUM_PASSPHRASE: PASSPHRASE },
    stdin: process.stdin,
    stderr: process.stderr,
    say: () => {},
  })
  return result as CommandResult & { answer: Record<string, unknown> }
}

describe('the command line', () => {
  it('founds, admits, invites and lets in, and refuses what it should', { timeout: 120_000 }, async () => {
    const at = await scratch()
    const [north, east, strange] = [join(at, 'north'), join(at, 'east'), join(at, 'strange')]
    const [request, invitation] = [join(at, 'east.request'), join(at, 'east.invitation')]
    expect(await run('found', '--profile', north, '--name', 'North Hospital')).toMatchObject({ exit: 0 })
    const requested = await run('request', '--profile', east, '--name', 'East', '--out', request)
    expect(requested).toMatchObject({ exit: 0, answer: { kind: 'requested' } })
    const { fingerprint, memberId } = requested.answer['candidate'] as {
      fingerprint: string
      memberId: string
    }

    const invite = (number: string) =>
      run('invite', '--profile', north, '--request', request, '--fingerprint', number, '--out', invitation)
    expect(await invite('00000 00000 00000 00000 00000')).toMatchObject({
      exit: 1,
      answer: { error: { code: 'fingerprint-differs' } },
    })
    // Nobody could reach anybody.
    expect(await invite(fingerprint)).toMatchObject({ exit: 1, answer: { reason: 'no-address' } })
    const port = await ownPort()
    expect(await run('listen', '--profile', north, '--at', 'nowhere')).toMatchObject({ exit: 1 })
    expect(await run('listen', '--profile', north, '--at', `127.0.0.1:${port}`)).toMatchObject({ exit: 0 })
    // Admitted by the first try: only the file is missing.
    const invited = await invite(fingerprint)
    expect(invited).toMatchObject({ exit: 0, answer: { kind: 'invited' } })

    const members = await run('members', '--profile', north)
    expect(members.answer).toMatchObject({ strength: { voters: 1, quorum: 1 } })
    expect((members.answer['members'] as { name: string }[]).map(({ name }) => name).toSorted()).toEqual([
      'East',
      'North Hospital',
    ])

    // Damaged, for somebody else, and at last the right one.
    const bytes = await readFile(invitation)
    const damaged = join(at, 'damaged')
    await writeFile(damaged, bytes.subarray(0, bytes.length - 3))
    const join1 = (profile: string, file: string, ...more: string[]) =>
      run('join', '--profile', profile, '--invitation', file, ...more)
    const number = invited.answer['chainFingerprint'] as string
    expect(await join1(east, damaged, '--fingerprint', number)).toMatchObject({
      exit: 1,
      answer: { reason: 'damaged' },
    })
    await run('request', '--profile', strange, '--name', 'Strange', '--out', join(at, 'strange.request'))
    expect(await join1(strange, invitation, '--fingerprint', number)).toMatchObject({
      exit: 1,
      answer: { reason: 'other-institution' },
    })
    expect(await join1(east, invitation, '--look')).toMatchObject({
      exit: 0,
      answer: { chainFingerprint: number },
    })
    // Nobody joins without the number of a telephone call, nor with another one.
    expect(await join1(east, invitation)).toMatchObject({ exit: 2 })
    expect(await join1(east, invitation, '--fingerprint', '00000 00000 00000 00000 00000')).toMatchObject({
      exit: 1,
      answer: { error: { code: 'fingerprint-differs' } },
    })
    expect(await join1(east, invitation, '--fingerprint', number)).toMatchObject({
      exit: 0,
      answer: { kind: 'joined' },
    })
    expect(await run('status', '--profile', east)).toMatchObject({
      exit: 0,
      answer: { name: 'North Hospital' },
    })

    const weighed = await run('propose', '--profile', north, '--weigh', 'give-vote', memberId)
    expect(weighed).toMatchObject({ exit: 1, answer: { reason: 'voter-count' } })
    const decided = await run('propose', '--profile', north, 'policy', 'smallestCount', '20')
    expect(decided).toMatchObject({ exit: 0, answer: { standing: 'decided' } })
    expect(await run('propose', '--profile', north, 'dance', 'now')).toMatchObject({ exit: 2 })
    expect(await run('propose', '--profile', north, 'policy', 'smallestCount', '0')).toMatchObject({
      exit: 1,
      answer: { reason: 'policy-out-of-bounds' },
    })

    expect(await run('change-keys', '--profile', north, '--stolen')).toMatchObject({ exit: 2 })
    const changed = await run('change-keys', '--profile', north, '--note', 'every year')
    // In effect already when it answers; it still says what was decided.
    expect(changed).toMatchObject({
      exit: 0,
      answer: { standing: 'decided', changes: [{ kind: 'new-keys', memberName: 'North Hospital' }] },
    })
    // The new keys, since the chain knows the institution by no others, decide on.
    const after = await run('propose', '--profile', north, 'policy', 'smallestCount', '25')
    expect(after).toMatchObject({ exit: 0, answer: { standing: 'decided' } })
    // Stolen ones are no proof of anything: the file goes to another member, and the screen says by which number it is known.
    const plan = join(at, 'stolen.request')
    const stolen = await run('change-keys', '--profile', north, '--stolen', '--out', plan)
    expect(stolen).toMatchObject({ exit: 0, answer: { kind: 'saved', path: plan } })
    expect(stolen.answer['fingerprint']).toMatch(/^(\d{5} ){4}\d{5}$/)
    expect((await readFile(plan)).length).toBeGreaterThan(100)
  })
})
