/** What an export says of who recorded a visit, and what becomes of it when it comes back. */
import type * as fhir from 'fhir/r4'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { version } from '../../../package.json' with { type: 'json' }
import { fromHex } from '../../shared/std/bytes.ts'
import { PASSPHRASE, runHere, tinyBundle } from '../cli/cli.test-kit.ts'
import { openHeadless } from '../headless.ts'
import { authorFromCbor, checkAuthor } from '../node/chain/author.ts'
import { decode } from '../node/chain/codec.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-provenance-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

const identified = (reference: fhir.Reference | undefined) => reference?.identifier

describe('the provenance of an export', { timeout: 120_000 }, () => {
  it('names person, hospital, time, program, block and signature of every visit, and is known when it comes back', async () => {
    const profile = join(scratch, 'north')
    await runHere(['found', '--profile', profile, '--name', 'North', '--zone', 'Asia/Taipei'])
    const input = join(scratch, 'a.json')
    await writeFile(input, tinyBundle(30, 3))
    await runHere(['import', '--profile', profile, '--wait', input])
    const out = join(scratch, 'out')
    await runHere(['export', '--profile', profile, '--format', 'fhir', '--out', out])
    const [name] = await readdir(out)
    const bundle = JSON.parse(await readFile(join(out, name!), 'utf8')) as fhir.Bundle
    const entries = bundle.entry!.filter(({ resource }) => resource!.resourceType === 'Provenance')
    expect(entries).toHaveLength(3)

    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const { patients, records } = headless.handlers
    const { patientId } = (await patients.search({ text: '', limit: 1 })).patients[0]!
    const { visits } = await records.ofPatient({ patientId, limit: 10 })
    const { ledger, facts } = headless.institution.profile
    const chain = Buffer.from(ledger.chainId).toString('hex')
    const keyOf = (member: Uint8Array) => ledger.authorKeys().get(Buffer.from(member).toString('hex')) ?? null
    const crypto = createNodeCrypto()
    for (const { merkleRoot, record } of visits) {
      const { visitId, recordedAt, recorder } = record.envelope
      const encounter = bundle.entry!.find(
        ({ resource }) =>
          resource!.resourceType === 'Encounter' &&
          (resource as fhir.Encounter).identifier!.some(({ value }) => value === visitId),
      )!
      const found = entries.find(({ resource }) =>
        (resource as fhir.Provenance).target.some(({ reference }) => reference === encounter.fullUrl),
      )!
      const provenance = found.resource as fhir.Provenance
      // Everything that was written of the visit, and nothing that is not in the file.
      const urls = new Set(bundle.entry!.map(({ fullUrl }) => fullUrl))
      expect(provenance.target.every(({ reference }) => urls.has(reference))).toBe(true)
      expect(provenance.target.length).toBeGreaterThan(1)
      expect(found.request).toEqual({ method: 'PUT', url: `Provenance/${provenance.id}` })
      expect(provenance.recorded).toBe(recordedAt)
      const [author, program] = provenance.agent
      expect(identified(author!.who)?.value).toBe(recorder.userKeyId)
      expect(identified(author!.onBehalfOf)?.value).toBe(facts.memberId)
      expect(program!.who.display).toBe(`Consilium ${version}`)
      expect(identified(provenance.entity![0]!.what)).toEqual({
        system: 'urn:consilium:block',
        value: `${chain}:${merkleRoot}`,
      })
      // Whoever has the founding document can check that this hospital signed it.
      const bytes = new Uint8Array(Buffer.from(provenance.signature![0]!.data!, 'base64'))
      const decoded = decode(bytes)
      const signed = decoded.kind === 'decoded' ? authorFromCbor(decoded.value) : null
      expect(checkAuthor(crypto, ledger.chainId, fromHex(merkleRoot), signed!, keyOf)).toBeNull()
      expect(checkAuthor(crypto, ledger.chainId, fromHex('00'.repeat(32)), signed!, keyOf)).not.toBeNull()
    }
    await headless.close()

    const again = await runHere(['import', '--profile', profile, '--wait', out])
    expect(again.answer).toMatchObject({ visits: 0, duplicates: 3, rejected: [] })
    expect(again.answer['warnings']).toContainEqual({ reason: 'provenance-known', count: 3 })
    // A statement of somebody else about something else is listed as ever.
    const foreign = join(scratch, 'foreign.json')
    const statement = {
      resourceType: 'Provenance',
      target: [{ reference: 'Patient/1' }],
      recorded: '2020-01-01T00:00:00Z',
    }
    const { entry } = JSON.parse(tinyBundle(31, 1)) as { entry: object[] }
    await writeFile(
      foreign,
      JSON.stringify({
        resourceType: 'Bundle',
        type: 'collection',
        entry: [...entry, { resource: statement }],
      }),
    )
    expect((await runHere(['import', '--profile', profile, '--wait', foreign])).answer).toMatchObject({
      rejected: [{ reason: 'not-part-of-a-visit' }],
    })
  })
})
