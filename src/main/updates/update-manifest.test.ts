import { execFile } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import releaseKeys from '../../../resources/release-keys.json' with { type: 'json' }
import { runCommand } from '../cli/commands.ts'
import { updateCommands } from '../cli/update-commands.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { realWorld } from '../world.ts'
import { readUpdate, type Installed } from './update-manifest.ts'

const crypto = createNodeCrypto()
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

interface Envelope {
  signed: string
  signatures: { publicKey: string; signature: string }[]
}

let folder: string
let packagePath: string
let listPath: string
let list: Envelope
let publicKey: string
const today = new Date().toISOString().slice(0, 10)

/** What the owners do: a key with a passphrase, and the script over a package. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-update-'))
  packagePath = join(folder, 'consilium-0.10.0-linux-amd64.deb')
  await writeFile(packagePath, 'the bytes of a package')
  const { privateKey } = generateKeyPairSync('ed25519')
  const keyPath = join(folder, 'key.pem')
  await writeFile(
    keyPath,
    privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'of a test' }),
  )
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['scripts/sign-release.mjs', '--key', keyPath, '--version', '0.10.0', packagePath],
    { env: { ...process.env, CONSILIUM_RELEASE_PASSPHRASE: 'of a test' } },
  )
  const said = JSON.parse(stdout) as { manifest: string; publicKey: string }
  publicKey = said.publicKey
  listPath = said.manifest
  list = JSON.parse(await readFile(listPath, 'utf8')) as Envelope
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const installed = (version = '0.9.1'): Installed => ({ version, keys: [publicKey] })
const read = (envelope: unknown, about = installed(), day = today) =>
  readUpdate(crypto, bytesOf(envelope), about, day)
const refused = (reason: string) => ({ kind: 'refused', reason })

/** Signed by a key of this test, whatever it says. */
function signedBy(text: string): { envelope: Envelope; key: string } {
  const pair = generateKeyPairSync('ed25519')
  const key = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('hex')
  const signature = sign(null, Buffer.from(`consilium update manifest 1\n${text}`), pair.privateKey)
  return {
    envelope: { signed: text, signatures: [{ publicKey: key, signature: signature.toString('hex') }] },
    key,
  }
}

describe('the list of a release (E12, T30)', () => {
  it('is taken where a known key signed it and it is newer, by number and not by letter', () => {
    expect(read(list)).toMatchObject({ kind: 'update', key: publicKey, manifest: { version: '0.10.0' } })
  })

  it('is refused without a signature, under another key, and by an installation that knows no key', () => {
    expect(read({ ...list, signatures: [] })).toEqual(refused('not-signed'))
    expect(read(signedBy(list.signed).envelope)).toEqual(refused('unknown-key'))
    expect(read(list, { version: '0.9.1', keys: [] })).toEqual(refused('no-release-key'))
  })

  it('is refused where its text, its signature or the key beside it was altered', () => {
    expect(read({ ...list, signed: list.signed.replace('0.10.0', '0.11.0') })).toEqual(refused('altered'))
    const { signature } = list.signatures[0]!
    const flipped = signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
    expect(read({ ...list, signatures: [{ publicKey, signature: flipped }] })).toEqual(refused('altered'))
    // Somebody else's good signature under our key's name.
    const other = signedBy(list.signed).envelope.signatures[0]!
    expect(read({ ...list, signatures: [{ ...other, publicKey }] })).toEqual(refused('altered'))
    // A signature of the same text for another purpose is none of a release.
    const { envelope, key } = signedBy(list.signed)
    const bare = { ...envelope, signed: `consilium update manifest 1\n${list.signed}` }
    expect(read(bare, { version: '0.9.1', keys: [key] })).toEqual(refused('altered'))
  })

  it('is refused where it offers what is installed, or less, or came too late', () => {
    // An installation that is called otherwise, as one that was built for a trial, is older than nothing for certain.
    for (const version of ['0.10.0', '0.10.1', '1.0.0', '0.10.1-trial', '0.x.0'])
      expect(read(list, installed(version)), version).toEqual(refused('not-newer'))
    expect(read(list, installed(), '2999-01-01')).toEqual(refused('expired'))
  })

  it('is not read further than its signature allows, and refuses a signed text of another form', () => {
    for (const bytes of [new Uint8Array(), Uint8Array.of(0xff, 0xfe), bytesOf(null), bytesOf([list])])
      expect(readUpdate(crypto, bytes, installed(), today)).toEqual(refused('not-a-manifest'))
    const { envelope, key } = signedBy(JSON.stringify({ ...JSON.parse(list.signed), more: 1 }))
    expect(read(envelope, { version: '0.9.1', keys: [key] })).toEqual(refused('not-a-manifest'))
  })
})

describe('consilium check-update', () => {
  const run = async (keys: readonly string[], ...args: string[]) => {
    const command = updateCommands(keys)['check-update']!
    const profileWorld = { ...realWorld(), applicationVersion: '0.9.1' }
    const world = { profileWorld, env: {}, stdin: process.stdin, stderr: process.stderr, say: () => {} }
    return (await runCommand(command, args, world)) as { exit: number; answer: Record<string, unknown> }
  }

  it('says that a package is the one that was released, and of another what differs', async () => {
    const name = 'consilium-0.10.0-linux-amd64.deb'
    expect(await run([publicKey], listPath, packagePath)).toMatchObject({
      exit: 0,
      answer: { version: '0.10.0', installed: '0.9.1', files: [{ name, verdict: 'genuine' }] },
    })
    const elsewhere = await mkdtemp(join(folder, 'other-'))
    const verdictOf = async (file: string, text: string) => {
      await writeFile(join(elsewhere, file), text)
      const { exit, answer } = await run([publicKey], listPath, join(elsewhere, file))
      expect(exit).toBe(1)
      return (answer['error'] as { detail: { files: unknown } }).detail.files
    }
    expect(await verdictOf(name, 'the bytes of a packagE')).toEqual([{ name, verdict: 'other-bytes' }])
    expect(await verdictOf(name, 'short')).toEqual([{ name, verdict: 'other-size' }])
    expect(await verdictOf('other.deb', 'the bytes of a package')).toMatchObject([{ verdict: 'not-listed' }])
  })

  it('refuses, with the version that is installed, before it looks at any package', async () => {
    expect(await run([], listPath, join(folder, 'absent'))).toMatchObject({
      exit: 1,
      answer: { error: { code: 'no-release-key', detail: { installed: '0.9.1' } } },
    })
    expect(await run([publicKey], join(folder, 'absent'), packagePath)).toMatchObject({
      answer: { error: { code: 'not-readable' } },
    })
  })

  it('knows only keys of the form that a signature can be checked with', () => {
    for (const key of releaseKeys.keys as string[]) expect(key).toMatch(/^[0-9a-f]{64}$/)
  })
})
