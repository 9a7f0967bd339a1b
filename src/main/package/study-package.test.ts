import { describe, expect, it } from 'vitest'
import { toHex, utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import {
  compareClaims,
  csvOfLines,
  filesOfZip,
  linesOfAnswer,
  verifyPackage,
} from '../../verifier/verify-package.js'
import { encode } from '../node/chain/codec.ts'
import { crypto } from '../node/chain/consortium.test-kit.ts'
import { decodeSignedItem } from '../node/chain/item.ts'
import { encodeRelease } from '../privacy/answers/release.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import { packagedStudy, type PackagedStudy, type StudyAsked } from './package.test-kit.ts'
import { packageBytes, packageFiles } from './study-package.ts'

const reportOf = async (study: PackagedStudy, change: (files: Map<string, Bytes>) => void = () => {}) => {
  const files = packageFiles(crypto, study)
  change(files)
  return verifyPackage(await filesOfZip(packageBytes(files)), toHex(study.consortium.chainId))
}
const failing = (report: Awaited<ReturnType<typeof reportOf>>) =>
  report.checks.filter(({ ok }) => !ok).map(({ id }) => id)

/** Whoever changes a file can change the list of files too: nothing rests on that list. */
function changed(files: Map<string, Bytes>, name: string, bytes: Bytes): void {
  files.set(name, bytes)
  const crate = JSON.parse(utf8Decode(files.get('ro-crate-metadata.json')!)) as {
    '@graph': { '@id': string; sha256?: string }[]
  }
  for (const entity of crate['@graph'])
    if (entity['@id'] === name) entity.sha256 = toHex(crypto.sha256(bytes))
  files.set('ro-crate-metadata.json', utf8Encode(JSON.stringify(crate)))
}

const by: StudyAsked = {
  byRule: {
    findings: [
      {
        name: 'model/1',
        kind: 'model',
        patients: '1240',
        events: '310',
        coefficients: [{ term: 'hba1c', coefficient: '0.223', error: '0.05', low: '0.12', high: '0.33' }],
      },
    ],
  },
}

const plan = {
  title: 'Another title',
  purpose: 'teaching',
  lane: 'automatic',
  cohort: { entry: 'somebody else', title: '' },
  cleaning: null,
  followUp: null,
  output: ['count'],
}

describe('a study package', () => {
  it('holds, says who asked, what it cost, who computed it again and who reviewed it, and gives the released numbers', async () => {
    const study = await packagedStudy()
    const report = await reportOf(study)
    expect(failing(report)).toEqual([])
    expect(report.ok).toBe(true)
    expect(report.study).toMatchObject({
      askedBy: 'university 1',
      chargeMicroRho: 2_000,
      studyHash: toHex(study.studyHash),
      recomputations: [{ outcome: 'identical' }],
      reviews: [{ by: 'university 1', verdict: 'confirmed' }],
    })
    expect(report.lines).toEqual([{ name: 'patients', value: '120', low: '89', high: '151' }])
    expect(report.checks.find(({ id }) => id === 'attested')?.detail).toContain('4 of 5')
  })

  it('is the same file whenever it is made', async () => {
    const study = await packagedStudy()
    expect(packageBytes(packageFiles(crypto, study))).toEqual(packageBytes(packageFiles(crypto, study)))
  })

  it('names the cell of a number that was changed (R16)', async () => {
    const report = await reportOf(await packagedStudy(), (files) => {
      const csv = utf8Decode(files.get('result.csv')!).replace('"120"', '"121"')
      changed(files, 'result.csv', utf8Encode(csv))
    })
    expect(failing(report)).toEqual(['numbers'])
    expect(report.differences).toMatchObject([
      {
        line: 2,
        name: 'patients',
        written: '"patients","121","89","151"',
        attested: '"patients","120","89","151"',
      },
    ])
  })

  it.each([
    ['the answer', 'answer.bin', ['answer']],
    ['the question', 'question.json', ['question']],
    ['what was asked', 'document.cbor', ['question']],
    ['the proof', 'proof.cbor', ['founding']],
  ])('does not hold with %s changed', async (_, name, checks) => {
    const study = await packagedStudy()
    const report = await reportOf(study, (files) => {
      const bytes = files.get(name)!.slice()
      bytes[Math.floor(bytes.length / 40)]! ^= 1
      changed(files, name, bytes)
    })
    expect(report.ok).toBe(false)
    expect(failing(report)).toEqual(expect.arrayContaining(checks))
  })

  it('fails at every byte of the proof that is flipped', async () => {
    const study = await packagedStudy()
    const files = packageFiles(crypto, study)
    const proof = files.get('proof.cbor')!
    for (let at = 0; at < proof.length; at += 97) {
      const bytes = proof.slice()
      bytes[at]! ^= 0x10
      const report = await verifyPackage(
        new Map(files).set('proof.cbor', bytes),
        toHex(study.consortium.chainId),
      )
      expect(
        report.checks.filter(({ id, ok }) => !ok && id !== 'files'),
        `byte ${at}`,
      ).not.toEqual([])
    }
  })

  it('is of another chain where another one is expected', async () => {
    const files = packageFiles(crypto, await packagedStudy())
    expect((await verifyPackage(files, '00'.repeat(32))).ok).toBe(false)
  })

  it('of lane B asks for two hospitals that approved these very bytes', async () => {
    const report = await reportOf(await packagedStudy(by))
    expect(failing(report)).toEqual([])
    expect(report.lines).toContainEqual({
      name: 'model/1; coefficients; hba1c; coefficient',
      value: '0.223',
      low: null,
      high: null,
    })
  })

  it('of lane B asks for as many hospitals as the consortium has decided, which its snapshot names', async () => {
    const enough = await packagedStudy({ ...by, checkersMin: 3, checkers: 3 })
    expect(failing(await reportOf(enough))).toEqual([])
    const { proof } = enough
    const kindOf = ({ bytes }: { bytes: Bytes }) => decodeSignedItem(crypto, bytes)?.item.clear.kind
    const checks = proof.items.filter((each) => kindOf(each) === 'check')
    const oneLess = proof.items.filter((each) => each !== checks[0])
    const tooFew = await reportOf({ ...enough, proof: { ...proof, items: oneLess } })
    expect(failing(tooFew)).toEqual(['checked'])
    expect(tooFew.checks.find(({ id }) => id === 'checked')?.detail).toMatch(
      /^2 other hospitals .* 3 are needed/,
    )
    const two = await packagedStudy(by)
    const one = two.proof.items.filter((_, i, all) => i !== all.findIndex((each) => kindOf(each) === 'check'))
    expect(failing(await reportOf({ ...two, proof: { ...two.proof, items: one } }))).toEqual(['checked'])
    // Whoever leaves the decision out of the proof would have the old rule hold.
    const items = proof.items.filter((each) => kindOf(each) !== 'policy')
    const without = await reportOf({ ...enough, proof: { ...proof, items } })
    expect(failing(without)).toEqual(['snapshot'])
  })

  it('of a registered model holds with its protocol and with no other and none', async () => {
    const study = await packagedStudy({ plan, isRegisteredModel: true })
    expect(failing(await reportOf(study))).toEqual([])
    const missing = await reportOf({ ...study, protocol: null })
    expect(failing(missing)).toEqual(['registered'])
    expect(missing.checks.find(({ id }) => id === 'registered')?.detail).toContain('not in the package')
    const protocol = utf8Encode(utf8Decode(study.protocol!).replace('"text":""', '"text":"later"'))
    expect(failing(await reportOf({ ...study, protocol }))).toEqual(['registered'])
  })

  it('has no two lines of one name by rule, and says what a number counts where its name does not', () => {
    const column = { name: 'baseline/age' }
    const findings = [
      { ...column, kind: 'mean', value: '63' },
      ...['250', '500', '750'].map((perMille) => ({ ...column, kind: 'quantile', perMille, value: '60' })),
      {
        name: 'curve/1',
        kind: 'curve',
        steps: ['30', '60'].map((day) => ({ day, survival: '0.9', atRisk: '40' })),
      },
      {
        name: 'baseline/sex',
        kind: 'table',
        axes: [{ variable: 'sex', levels: ['female', 'male'] }],
        cells: ['70', null],
        margins: [['70', '0']],
        total: '70',
      },
    ]
    const lines = linesOfAnswer(encode(['release-by-rule/1', JSON.stringify({ findings })]), new Uint8Array())
    const names = lines.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('baseline/age; mean; value')
    expect(names).toContain('baseline/age; 250 per mille; value')
    expect(names).toContain('curve/1; steps; day 30; survival')
    expect(lines.slice(-3).map(({ name, value }) => [name, value])).toEqual([
      ['baseline/sex; sex female', '70'],
      ['baseline/sex; sex male', null],
      ['baseline/sex; all shown', '70'],
    ])
    const output = { kind: 'mean', variable: 'hba1c-tenths', least: 40, greatest: 140 } as const
    const hash = new Uint8Array(32)
    const request = { snapshot: hash, cohort: hash, cleaning: null, followUp: null, output, microRho: 2_000 }
    const mean = { value: [72, 0], low: [70, 0], high: [74, 0] } as const
    const release = { kind: 'mean', mean, count: { value: 90n, halfWidth: 9n } } as const
    expect(linesOfAnswer(encodeRelease(release), encodeRequest(request))[0]).toMatchObject({
      name: 'mean of hba1c-tenths (tenths of a per cent)',
      value: '72',
    })
  })

  it('says where the protocol that was registered and what was run part', async () => {
    const report = await reportOf(await packagedStudy({ plan }))
    expect(failing(report)).toEqual([])
    expect(report.protocolDifferences).toEqual([
      { path: 'cohort.entry', planned: 'somebody else', run: 'anybody' },
    ])
  })

  it('holds a manuscript against released numbers only, to the digits that it prints', () => {
    const lines = [
      { name: 'log ratio; sex male', value: '0.2231', low: '0.1', high: '0.3' },
      { name: 'patients', value: '120', low: '89', high: '151' },
      { name: 'sex other', value: null, low: null, high: null },
    ]
    const claims = [
      { name: 'log ratio; sex male', value: '0.22' },
      { name: 'ratio; sex male', value: '1.25' },
      { name: 'ratio; sex male', value: '1.26' },
      { name: 'patients', value: '121' },
      { name: 'sex other', value: '4' },
      { name: 'sex unknown', value: '4' },
    ]
    expect(compareClaims(lines, claims).map(({ verdict }) => verdict)).toEqual([
      'same',
      'same',
      'differs',
      'differs',
      'withheld',
      'no-such-cell',
    ])
  })

  it('is checked by the program inside it, without the application', async () => {
    const files = packageFiles(crypto, await packagedStudy())
    const page = utf8Decode(files.get('verify.html')!)
    expect(page).toContain(utf8Decode(files.get('verify.mjs')!))
    expect(page).not.toMatch(/src=|href=|https?:\/\/(?!w3id)/)
    expect(utf8Decode(files.get('verify.mjs')!).split('\n').length).toBeLessThan(1_000)
  })

  it('writes each number once: a line of the table says what the answer says', () => {
    expect(csvOfLines([{ name: 'a "b", c', value: null, low: null, high: null }])).toBe(
      '"name","value","low","high"\r\n"a ""b"", c","","",""\r\n',
    )
    expect(linesOfAnswer(new Uint8Array([0x81, 0x69, ...utf8Encode('refused/1')]), new Uint8Array())).toEqual(
      [],
    )
  })
})
