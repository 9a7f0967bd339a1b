/**
 * Getting at one person, and spending more than there is, in the real application on the demonstration consortium: by the window's own
 * bridge, as a program would that somebody changed. What the answers give away in numbers is measured by `npm run attacks`.
 */
import type { Asked, Budget, Catalog, OpenRequest, Price } from '../src/shared/contract/requests.ts'
import { withCompeting } from '../src/shared/domain/intervals.ts'
import type { StudyDocument } from '../src/shared/domain/study.ts'
import { expect, test } from './fixtures.ts'
import { ask } from './pages/bridge.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { ANSWERED_MS, countedAt, everybody, rowOf, submit as submitAt, untilState } from './pages/requests.ts'
import { wordsOf } from './pages/words.ts'

const t = wordsOf('en')
test(
  'R10, R13: masks, repeats and one hospital alone give nothing away, and a spent budget stays spent whoever asks',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(3_600_000)
    const { page } = await launch()
    await startDemonstration(page, t, '200')
    await untilComplete(page)
    await page.getByLabel(t.shell.youAre).selectOption('island-university/researcher')
    await expect(page.getByLabel(t.shell.youAre)).toBeEnabled()
    await page.evaluate(() => void (location.hash = '#/requests'))
    await expect(page.getByRole('heading', { level: 1, name: t.requests.title })).toBeVisible()
    await untilState(page, 'Patients by age at the first visit', 'answered')
    const byRule = 'Seen again within four months, by sex'
    await untilState(page, byRule, 'to-be-checked')
    const snapshot = (await ask<Catalog>(page, 'requests.catalog')).snapshots[0]!.hash
    // What hospitals published for everybody is here by now; of the few of one year nothing may be shown.
    await expect
      .poll(
        async () =>
          (await ask<Catalog>(page, 'requests.catalog')).coverage.map(
            ({ variable, year }) => `${variable} ${year}`,
          ),
        { timeout: ANSWERED_MS },
      )
      .toEqual(expect.arrayContaining(['sex null', 'hba1c-tenths null']))

    const submit = async (asked: Asked, title: string, over: { microRho?: number } = {}) =>
      (await submitAt(page, asked, title, over)).answer

    // R10: a mask of few, the same column twice, and the people of one hospital, each as a study by rule.
    const row = (await rowOf(page, byRule))!
    const { question } = await ask<OpenRequest>(page, 'requests.open', { studyHash: row.studyHash })
    if (question?.lane !== 'rule') throw new Error('no study by rule')
    const { study } = question
    const [model] = study.models
    const emergency = { kind: 'visit' as const, classes: ['EMER' as const] }
    const before = { from: -36_525, to: 0 }
    const withColumns = (
      covariates: StudyDocument['intervals']['covariates'],
      title: string,
    ): StudyDocument => ({
      ...study,
      title,
      intervals: { ...study.intervals, covariates },
      models: [{ ...model!, covariates: covariates.map(({ name }) => name), factors: [] }],
    })
    const few = { kind: 'result' as const, test: 'hba1c', value: { above: '13' } }
    const { members } = await ask<{ members: { memberId: string; name: string; kind: string }[] }>(
      page,
      'governance.overview',
    )
    const one = members.find(({ kind }) => kind === 'hospital')!
    const attempts: StudyDocument[] = [
      withColumns([{ kind: 'before', name: 'mask', event: few, window: before, as: 'any' }], 'A mask of few'),
      withColumns(
        ['once', 'again'].map((name) => ({
          kind: 'before' as const,
          name,
          event: emergency,
          window: before,
          as: 'any' as const,
        })),
        'One column twice',
      ),
      {
        ...study,
        title: 'One hospital',
        cohort: {
          ...study.cohort,
          steps: [{ use: 'include', rule: { kind: 'hospital', anyOf: [one.memberId] } }],
        },
      },
      // What competes is one of the rules' events too: naming it opens no other way to few people.
      {
        ...withColumns(
          [{ kind: 'before', name: 'mask', event: few, window: before, as: 'any' }],
          'A mask beside what competes',
        ),
        intervals: withCompeting(
          {
            ...study.intervals,
            covariates: [{ kind: 'before', name: 'mask', event: few, window: before, as: 'any' }],
          },
          { kind: 'visit', classes: ['IMP'] },
        ),
      },
    ]
    for (const attempt of attempts) {
      expect(await submit({ lane: 'rule', snapshot, study: attempt }, attempt.title)).toMatchObject({
        kind: 'submitted',
      })
      await untilState(page, attempt.title, 'refused')
      const refused = (await rowOf(page, attempt.title))!
      expect(refused).toMatchObject({ microRho: 0 })
      const { answer } = await ask<OpenRequest>(page, 'requests.open', { studyHash: refused.studyHash })
      expect(answer).toEqual({ kind: 'refused' })
    }

    const counted = (change: Parameters<typeof countedAt>[1]) => countedAt(snapshot, change)
    // A formula is no variable of the dictionary, whoever writes it into the request.
    const formula = { kind: 'mean', variable: 'age-years*(sex==1)', least: 0, greatest: 100 } as never
    const said = await ask<Price>(page, 'requests.price', {
      asked: counted({ output: formula, microRho: 200_000 }),
      wished: null,
    }).catch((error: unknown) => String(error))
    expect(typeof said === 'string' || said.kind === 'problems').toBe(true)
    // The same again and again is the same bytes for nothing: no averaging.
    await submit(counted({}), 'Everybody')
    await untilState(page, 'Everybody', 'answered')
    const answerOf = async (title: string) => {
      const { studyHash } = (await rowOf(page, title))!
      return (await ask<OpenRequest>(page, 'requests.open', { studyHash })).answer
    }
    const first = await answerOf('Everybody')
    for (const time of ['second', 'third']) {
      await submit(counted({}), `The ${time} time`)
      await untilState(page, `The ${time} time`, 'answered')
      expect(await answerOf(`The ${time} time`)).toEqual(first)
      expect(await rowOf(page, `The ${time} time`)).toMatchObject({ microRho: 0, chargeKind: 'repeat' })
    }

    // R13: spent to nothing, by the dearest requests that there are, then by what is left.
    const roomNow = async () => {
      const budget = await ask<Budget | null>(page, 'requests.budget', { snapshot, isPublished: false })
      return budget!.limits.find(({ limit }) => limit === 'requester')!.room
    }
    const { chargeMost } = (await ask<Budget>(page, 'requests.budget', { snapshot, isPublished: false }))!
    const registered = await ask<{ kind: string; hash: string }>(page, 'requests.register', {
      title: 'Seen again by sex',
      text: 'Once for each age.',
      asked: modelOf(0, 1_000, null),
      purpose: 'research',
    })
    expect(registered.kind).toBe('registered')
    await expect
      .poll(
        async () =>
          (await ask<{ hash: string }[]>(page, 'requests.registrations')).some(
            ({ hash }) => hash === registered.hash,
          ),
        { timeout: ANSWERED_MS },
      )
      .toBe(true)
    for (let n = 0; (await roomNow()) > 0; n++) {
      const room = await roomNow()
      const asked =
        room >= chargeMost.count * 4
          ? modelOf(n, Math.min(room, chargeMost['registered-model']), registered.hash)
          : counted({ cohort: fromAge(n), microRho: Math.min(room, chargeMost.count) })
      const title = `Spending ${n}`
      expect(await submit(asked, title)).toMatchObject({ kind: 'submitted' })
      await expect
        .poll(async () => (await rowOf(page, title))?.answeredAt ?? null, { timeout: ANSWERED_MS })
        .not.toBeNull()
    }
    // Nothing is left: neither the window's own request nor one with another price of a changed program goes through.
    const more = counted({ cohort: fromAge(90), microRho: 1_000 })
    expect(await submit(more, 'One more')).toMatchObject({ kind: 'refused', reason: 'budget' })
    expect(await submit(more, 'Cheaper', { microRho: 0 })).toEqual({
      kind: 'refused',
      reason: 'price-changed',
    })
    expect(await rowOf(page, 'One more')).toBeUndefined()
    await page.evaluate(() => void (location.hash = '#/requests/compose'))
    await expect(page.getByRole('button', { name: t.requests.compose.submit, exact: true })).toBeDisabled()
    // What was answered before is still given, and costs nothing.
    expect(await submit(counted({}), 'The fourth time')).toMatchObject({ kind: 'submitted' })
    await untilState(page, 'The fourth time', 'answered')
    expect(await roomNow()).toBe(0)

    function fromAge(atLeast: number) {
      return { ...everybody, steps: [{ use: 'include' as const, rule: { kind: 'age' as const, atLeast } }] }
    }
    function modelOf(n: number, microRho: number, registration: string | null): Asked {
      return counted({
        cohort: fromAge(n),
        followUp: { ...study.intervals, covariates: [] },
        output: { kind: 'cox', timeEdges: [30, 60, 120], covariates: [{ variable: 'sex', edges: [] }] },
        microRho,
        registration,
      })
    }
  },
)
