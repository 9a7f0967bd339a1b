/**
 * How fast passphrases can be tried against a stolen `keys.json` on one core, beside bare scrypt of the same parameters:
 * `npm run bench -- vault [guesses]`. security-privacy T28 wants 15 guesses a second and core at most.
 */
import { randomBytes, scryptSync } from 'node:crypto'
import { createNodeCrypto } from '../src/main/node/crypto-node.ts'
import { createInstitution } from '../src/main/node/founding.ts'
import { sealInstitution } from '../src/main/node/vault/institution-vault.ts'
import { openPeople, parsePeopleFile } from '../src/main/node/vault/people-keys.ts'

const guesses = Number(process.argv[2] ?? 20)
const crypto = createNodeCrypto()
const random = (count: number) => new Uint8Array(randomBytes(count))
const { keys } = createInstitution(crypto, random, {
  institutionName: 'Bench Hospital',
  personName: 'Nobody',
  roles: ['administrator'],
  kind: 'hospital',
  isVoter: true,
})
const text = await sealInstitution({ crypto, random, now: Date.now }, keys, 'a passphrase nobody guesses')
const parsed = parsePeopleFile(text)
if (parsed.kind !== 'ok') throw new Error(parsed.kind)
const { N, r, p } = parsed.body.kdf

const triedAt = performance.now()
for (let i = 0; i < guesses; i++) {
  const opened = await openPeople(crypto, text, { account: '', passphrase: `a guess of number ${i}` })
  if (opened.kind !== 'refused' || opened.reason !== 'wrong-passphrase') throw new Error('a guess was right')
}
const guessesPerSecond = guesses / ((performance.now() - triedAt) / 1000)

const bareAt = performance.now()
for (let i = 0; i < guesses; i++)
  scryptSync(`a guess of number ${i}`, random(32), 32, { N, r, p, maxmem: 256 * N * r })
const barePerSecond = guesses / ((performance.now() - bareAt) / 1000)

console.log(
  JSON.stringify({
    bench: 'vault',
    kdf: { N, r, p, mebibytes: (128 * N * r) / 2 ** 20 },
    guessesPerSecond: Number(guessesPerSecond.toFixed(2)),
    bareScryptPerSecond: Number(barePerSecond.toFixed(2)),
    ratio: Number((guessesPerSecond / barePerSecond).toFixed(2)),
  }),
)
