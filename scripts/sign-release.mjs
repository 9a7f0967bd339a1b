#!/usr/bin/env node
// npm run sign-release -- --key KEY.pem --days 90 PACKAGE…   writes consilium-VERSION.update.json beside the first package
// The key is made once by its owners, away from this machine: openssl genpkey -algorithm ed25519 -aes256 -out KEY.pem
// Its passphrase comes in CONSILIUM_RELEASE_PASSPHRASE. Its public part belongs into resources/release-keys.json.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './lib/terminal.mjs'

const DAY_MS = 86_400_000

const { values, positionals } = parseArgs({
  options: { key: { type: 'string' }, days: { type: 'string', default: '90' }, version: { type: 'string' } },
  allowPositionals: true,
})
const days = Number(values.days)
if (values.key === undefined || positionals.length === 0 || !Number.isSafeInteger(days) || days < 1) {
  process.stderr.write(
    'usage: npm run sign-release -- --key KEY.pem [--days 90] [--version X.Y.Z] PACKAGE…\n',
  )
  process.exit(2)
}
const passphrase = process.env['CONSILIUM_RELEASE_PASSPHRASE']
const key = createPrivateKey({
  key: readFileSync(values.key),
  ...(passphrase === undefined ? {} : { passphrase }),
})
if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${values.key} is no Ed25519 key`)
const publicKey = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x, 'base64url').toString('hex')
const version = values.version ?? JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version

const files = []
for (const path of positionals) {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  files.push({ name: basename(path), bytes, sha256: hash.digest('hex') })
}
const dayOf = (time) => new Date(time).toISOString().slice(0, 10)
const signed = JSON.stringify({
  schema: 'consilium-update/1',
  version,
  released: dayOf(Date.now()),
  validUntil: dayOf(Date.now() + days * DAY_MS),
  files,
})
const signature = sign(null, Buffer.from(`consilium update manifest 1\n${signed}`), key).toString('hex')
const out = join(dirname(positionals[0]), `consilium-${version}.update.json`)
writeFileSync(out, `${JSON.stringify({ signed, signatures: [{ publicKey, signature }] }, null, 2)}\n`)
process.stdout.write(`${JSON.stringify({ manifest: out, version, publicKey, files: files.length })}\n`)
