import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex, utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import {
  compareClaims,
  csvOfLines,
  differencesOf,
  filesOfZip,
  linesOfAnswer,
  verifyPackage,
} from '../../verifier/verify-package.js'
import { REVIEW_COMMANDS } from '../cli/review-commands.ts'
import { encodeDiffers } from '../gateway/differing-cells.ts'
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
  it('says the privacy loss as the rooms and the command line do', async () => {
    const packaged = await packagedStudy()
    const { study } = await reportOf(packaged)
    const { chargeMicroRho } = study!
    expect(study!.label).toBe(`privacy loss ρ = ${chargeMicroRho / 1e6}`)
    expect(study!.label).toMatch(/^privacy loss ρ = 0\.\d+$/)
    const folder = await mkdtemp(join(tmpdir(), 'consilium-review-'))
    const path = join(folder, 'package.zip')
    await writeFile(path, packageBytes(packageFiles(crypto, packaged)))
    const told: string[] = []
    const given = { options: new Map(), flags: new Set(), rest: [path] }
    await REVIEW_COMMANDS['review']!.run(given as never, { say: (line: string) => told.push(line) } as never)
    expect(told).toContain(`asked  ${study!.label}`)
    await rm(folder, { recursive: true })
  })

  it('says of the demonstration that its data are made up, and still holds', async () => {
    const study = await packagedStudy()
    const demonstration = packageFiles(crypto, { ...study, isDemonstration: true })
    const real = packageFiles(crypto, study)
    const text = (files: Map<string, Bytes>, name: string) => utf8Decode(files.get(name)!)
    for (const name of ['README.txt', 'ro-crate-metadata.json']) {
      expect(text(demonstration, name)).toContain('Synthetic data: none of these patients exist.')
      expect(text(real, name)).not.toContain('Synthetic data')
    }
    expect(text(demonstration, 'result.csv')).toBe(text(real, 'result.csv'))
    const zip = await filesOfZip(packageBytes(demonstration))
    const report = await verifyPackage(zip, toHex(study.consortium.chainId))
    expect(failing(report)).toEqual([])
  })

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

  it('tells which numbers a recomputation found otherwise, by the names of the table, and holds to what was attested', async () => {
    const study = await packagedStudy({
      output: { kind: 'histogram', axis: { variable: 'sex', edges: [] }, counted: { unit: 'patients' } },
      release: {
        kind: 'table',
        cells: [70n, 60n, null, null, null],
        halfWidth: 4n,
        margins: [[70n, 60n, 0n, 0n, 0n].map((value) => ({ value, halfWidth: 4n }))],
        total: { value: 130n, halfWidth: 8n },
      },
      differing: ['cells/1', 'total/value'],
    })
    const report = await reportOf(study)
    expect(failing(report)).toEqual([])
    expect(report.study?.recomputations).toMatchObject([
      { outcome: 'differs', cells: ['sex male', 'total/value'] },
    ])
    // Without the file the package holds too, and says less.
    const silent = await reportOf({ ...study, differing: [] })
    expect(failing(silent)).toEqual([])
    expect(silent.study?.recomputations).toMatchObject([{ outcome: 'differs', cells: [] }])
    const other = await reportOf({ ...study, differing: [encodeDiffers(['cells/0'])] })
    expect(failing(other)).toEqual(['again'])
    // Nothing in the chain says that a recomputation found it: the second result is that of the recomputation.
    const { proof } = study
    const results = proof.items.filter(
      ({ bytes }) => decodeSignedItem(crypto, bytes)?.item.clear.kind === 'result',
    )
    const items = proof.items.filter((each) => each !== results[1])
    expect(results).toHaveLength(2)
    expect(failing(await reportOf({ ...study, proof: { ...proof, items } }))).toEqual(['again'])
  })

  it('holds where hospitals agreed to an erasure before: that it is of words from after it is part of what was signed', async () => {
    const study = await packagedStudy({ isErasedBefore: true })
    expect(failing(await reportOf(study))).toEqual([])
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

  it('says which engine the hospitals ran, and of several which hospital ran which', async () => {
    const detailOf = async (engines?: readonly string[]) => {
      const report = await reportOf(await packagedStudy(engines === undefined ? {} : { engines }))
      expect(failing(report)).toEqual([])
      return report.checks.find(({ id }) => id === 'attested')?.detail
    }
    expect(await detailOf()).toMatch(/: 4 of [45], with test\/1$/)
    const several = await detailOf(['test/1', 'test/2', 'test/1', 'test/1'])
    expect(several).toMatch(/: 4 of [45], with .+, .+, .+: test\/1; [^;,]+: test\/2$/)
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

  it('withholds a sum of nothing but withheld cells, by rule and with noise, and takes the zeros of older packages', () => {
    const valuesOf = (lines: ReturnType<typeof linesOfAnswer>) =>
      lines.map(({ name, value, low, high }) => [name, value, low, high])
    const table = {
      name: 'baseline/a',
      kind: 'table',
      axes: [
        { variable: 'sex', levels: ['female', 'male'] },
        { variable: 'arm', levels: ['a', 'b'] },
      ],
      cells: [null, null, '20', null],
      margins: [
        ['0', '20'],
        ['20', '0'],
      ],
      total: '20',
    }
    const byRule = (finding: unknown) =>
      linesOfAnswer(encode(['release-by-rule/1', JSON.stringify({ findings: [finding] })]), new Uint8Array())
    expect(valuesOf(byRule(table)).slice(4)).toEqual([
      ['baseline/a; all shown; sex female', null, null, null],
      ['baseline/a; all shown; sex male', '20', null, null],
      ['baseline/a; all shown; arm a', '20', null, null],
      ['baseline/a; all shown; arm b', null, null, null],
      ['baseline/a; all shown', '20', null, null],
    ])
    const hash = new Uint8Array(32)
    const output = {
      kind: 'histogram',
      axis: { variable: 'age-years', edges: [40] },
      counted: { unit: 'patients' },
    } as const
    const request = { snapshot: hash, cohort: hash, cleaning: null, followUp: null, output, microRho: 2_000 }
    const nothing = { value: 0n, halfWidth: 0n }
    const release = { kind: 'table', cells: [null, null, null], halfWidth: 4n, total: nothing } as const
    const lines = linesOfAnswer(
      encodeRelease({ ...release, margins: [[nothing, nothing, nothing]] }),
      encodeRequest(request),
    )
    expect(valuesOf(lines).at(-1)).toEqual(['all shown', null, null, null])
    expect(compareClaims(lines, [{ name: 'all shown', value: '0' }])[0]?.verdict).toBe('withheld')
    const older = csvOfLines(lines).replace('"all shown","","",""', '"all shown","0","0","0"')
    expect(differencesOf(older, lines)).toEqual([])
    const cell = older.replace('"age-years below 40","","",""', '"age-years below 40","0","0","0"')
    expect(differencesOf(cell, lines)).toHaveLength(1)
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

  it('says of a recomputation who found the same, beside its result too', async () => {
    const report = await reportOf(await packagedStudy({ fifthFinds: 'same' }))
    expect(failing(report)).toEqual([])
    const [again] = report.study!.recomputations
    expect(again).toMatchObject({ outcome: 'identical', otherwise: [] })
    expect(again!.same).toHaveLength(5)
    expect(again!.same).toContain('Hospital 5')
  })

  it('holds a refusal, and what another version found, against nobody', async () => {
    for (const fifth of [
      { fifthFinds: 'nothing' },
      { fifthFinds: 'otherwise', fifthRuns: 'test/0' },
    ] as const) {
      const report = await reportOf(await packagedStudy(fifth))
      expect(failing(report)).toEqual([])
      expect(report.study!.recomputations).toMatchObject([{ outcome: 'identical', otherwise: [] }])
    }
  })

  it('names who found otherwise, by its own signed word or by the chain, however many agreed', async () => {
    const study = await packagedStudy({ fifthFinds: 'otherwise' })
    const report = await reportOf(study)
    expect(failing(report)).toEqual([])
    expect(report.study!.recomputations).toMatchObject([{ outcome: 'identical', otherwise: ['Hospital 5'] }])
    expect(report.study!.recomputations[0]!.same).toHaveLength(4)
    const named = await packagedStudy({ fifthFinds: 'otherwise', isSuspended: true })
    // Whoever leaves the word out leaves out what the chain says too, or it is told all the same.
    for (const words of [named.words!, []]) {
      const found = await reportOf({ ...named, words })
      expect(failing(found)).toEqual([])
      expect(found.study!.recomputations).toMatchObject([{ otherwise: ['Hospital 5 (suspended)'] }])
    }
    // A word that nobody signed is no word, for whom or against whom it may be.
    const [word] = study.words!
    for (const wrong of [
      { ...word!, resultHash: new Uint8Array(32) },
      { ...word!, memberId: study.consortium.institutions[0]!.member.memberId },
      { ...word!, erasureHeight: word!.erasureHeight + 1 },
    ])
      expect(failing(await reportOf({ ...study, words: [wrong] }))).toEqual(['words'])
  })

  it('is checked by the program inside it, by plain Node in an empty folder: one changed number is found and named', async () => {
    const study = await packagedStudy({ fifthFinds: 'otherwise' })
    const chainId = toHex(study.consortium.chainId)
    const run = async (change: (files: Map<string, Bytes>) => void) => {
      const files = packageFiles(crypto, study)
      change(files)
      const zip = packageBytes(files)
      const folder = await mkdtemp(join(tmpdir(), 'consilium-package-'))
      try {
        // As whoever gets the file does: nothing but what is in it.
        await writeFile(join(folder, 'PACKAGE.zip'), zip)
        await writeFile(join(folder, 'verify.mjs'), (await filesOfZip(zip)).get('verify.mjs')!)
        const asked = ['verify.mjs', 'PACKAGE.zip', chainId]
        return await new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
          const child = spawn(process.execPath, asked, { cwd: folder, env: {} })
          let [out, err] = ['', '']
          child.stdout.on('data', (piece) => (out += String(piece)))
          child.stderr.on('data', (piece) => (err += String(piece)))
          child.on('error', reject)
          child.on('close', (code) => resolve({ code, out, err }))
        })
      } finally {
        await rm(folder, { recursive: true })
      }
    }
    const good = await run(() => {})
    expect(good.err).toBe('')
    expect(good.out).toContain(`Chain ${chainId}`)
    expect(good.out).toContain('patients: 120 (89 to 151)')
    expect(good.out).toMatch(/Computed again .+: identical \(.+\); OTHERWISE: Hospital 5\n/)
    expect(good.out).not.toContain('FAILS')
    expect(good.out).toContain('The package holds.')
    expect(good.code).toBe(0)
    const tampered = await run((files) => {
      const csv = utf8Decode(files.get('result.csv')!).replace('"120"', '"121"')
      changed(files, 'result.csv', utf8Encode(csv))
    })
    expect(tampered.out.split('\n').filter((line) => line.startsWith('FAILS'))).toHaveLength(1)
    expect(tampered.out).toContain(
      'Line 2 of result.csv, "patients", was changed: it says "patients","121","89","151", attested is "patients","120","89","151".',
    )
    expect(tampered.out).toContain('The package does NOT hold.')
    expect(tampered.code).toBe(1)
  })

  it('has the program in its page too, with nothing from elsewhere', async () => {
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
