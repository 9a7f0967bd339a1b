/** The short way of `requests.spec.ts`, on a small demonstration: a university asks a table, gets it and saves its package. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import type { Catalog } from '../src/shared/contract/requests.ts'
import { answerSaveDialogs, expect, test } from './fixtures.ts'
import { as, ask, at } from './pages/bridge.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { ANSWERED_MS, countedAt, rowOf, submit, untilState } from './pages/requests.ts'
import { wordsOf } from './pages/words.ts'

const t = wordsOf('en')

test('a university asks a table of all hospitals, gets its answer and saves its package', async ({
  launch,
}) => {
  const { app, page, scratchFolder } = await launch()
  await startDemonstration(page, t, '200')
  await untilComplete(page)
  await as(page, 'island-university/researcher', '#/requests')
  const catalog = (): Promise<Catalog> => ask<Catalog>(page, 'requests.catalog')
  await expect.poll(async () => (await catalog()).snapshots.length, { timeout: ANSWERED_MS }).toBe(1)
  const asked = countedAt((await catalog()).snapshots[0]!.hash, {
    output: {
      kind: 'histogram',
      axis: { variable: 'age-years', edges: [50] },
      counted: { unit: 'patients' },
    },
  })
  const { answer } = await submit(page, asked, 'Below fifty and above')
  expect(answer.kind).toBe('submitted')
  await untilState(page, 'Below fifty and above', 'answered')
  const path = join(scratchFolder, 'package.zip')
  await answerSaveDialogs(app, path)
  await at(page, `#/requests/list/${(await rowOf(page, 'Below fifty and above'))!.studyHash}`)
  await page.getByRole('button', { name: t.reviews.save.make, exact: true }).click()
  await expect(page.getByText(t.reviews.save.saved(path))).toBeVisible({ timeout: ANSWERED_MS })
  const files = unzipSync(new Uint8Array(await readFile(path)))
  expect(strFromU8(files['result.csv']!)).toContain('age-years below 50')
})
