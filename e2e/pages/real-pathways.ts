/** A researcher at a university, whose own people are invented, asks all hospitals for the real pathways in the room itself, and takes them along. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answerSaveDialogs, expect, type Consilium } from '../fixtures.ts'
import { bringAxe, seriousFindings } from './axe.ts'
import { at } from './bridge.ts'
import { ALL_LOOKS, arePicturesKept, inEachLook, inLook, keepPicture } from './pictures.ts'
import { ANSWERED_MS } from './requests.ts'
import { wordsOf } from './words.ts'

const t = wordsOf('en')

/** R3, from a university's researcher with a declared snapshot on: the price and what remains, the answer beside what is invented, and its way out. */
export async function askRealPathways({
  app,
  page,
  scratchFolder,
}: Pick<Consilium, 'app' | 'page' | 'scratchFolder'>): Promise<void> {
  const w = t.pathways.real
  await at(page, '#/pathways')

  // The price of what stands in the form, and what it leaves, before anything is asked.
  const panel = page.getByTestId('real-pathways')
  const price = panel.getByTestId('real-price')
  const costs = /It costs ρ = [0-9.]+/
  await expect(price).toContainText(costs)
  const usual = costs.exec((await price.textContent()) ?? '')![0]
  await expect(panel.getByTestId('real-remains')).toContainText('more')
  await panel.getByText(t.requests.price.presets.fine, { exact: true }).click()
  await expect(price).toContainText(costs)
  await expect(price).not.toContainText(usual)
  const button = panel.getByRole('button', { name: w.ask })
  await expect(button).toBeEnabled()
  await button.scrollIntoViewIfNeeded()
  await keepPicture(page, 'real-pathways-price.en.light')
  await button.click()
  const answer = panel.getByTestId('real-answer')
  await expect(answer).toBeVisible({ timeout: ANSWERED_MS })

  // The real ones, with their noise, beside what is invented; the same question is not paid for twice.
  await expect(page.getByText(w.mark, { exact: true })).toBeVisible()
  await expect(answer.getByRole('img', { name: /^Flows of persons/ })).toBeVisible()
  await expect(answer.getByRole('table', { name: w.sequence })).toContainText(
    /From entry \([0-9]+ ± [0-9]+\)/,
  )
  await expect(answer.getByRole('table', { name: w.waits })).toBeVisible()
  await expect(panel.getByText(w.same)).toBeVisible()
  await expect(button).toBeDisabled()

  // Out by the one door, with the mark of its study.
  const csv = join(scratchFolder, 'ways.csv')
  await answerSaveDialogs(app, csv)
  await answer
    .getByRole('button', { name: `${t.question.release}: ${w.sequence}` })
    .last()
    .click()
  await page.getByRole('menuitem', { name: t.question.releaseAs.csv }).click()
  await expect(page.getByText(t.question.released(csv))).toBeVisible()
  expect(await readFile(csv, 'utf8')).toContain(w.fewNote.slice(0, 40))

  await bringAxe(page)
  await page.setViewportSize({ width: 1280, height: 800 })
  await inEachLook(
    page,
    async (look) => {
      if (look.theme === (look.locale === 'en' ? 'light' : 'dark'))
        expect(await seriousFindings(page)).toEqual([])
      if (!arePicturesKept) return
      await panel.getByTestId('real-price').evaluate((each) => each.scrollIntoView({ block: 'center' }))
      await keepPicture(page, inLook('real-pathways-asked', look))
      await answer.getByRole('img').evaluate((each) => each.scrollIntoView({ block: 'center' }))
      await keepPicture(page, inLook('real-pathways', look))
      await answer.getByRole('table').first().scrollIntoViewIfNeeded()
      await keepPicture(page, inLook('real-pathways-table', look))
      await answer.getByRole('table').last().scrollIntoViewIfNeeded()
      await keepPicture(page, inLook('real-pathways-waits', look))
    },
    arePicturesKept ? ALL_LOOKS : undefined,
  )
}
