/** A researcher follows a cohort through time, keeps cohorts and code sets, and holds two cohorts side by side, in the real application. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { answerSaveDialogs, expect, test } from './fixtures.ts'
import { bringAxe, seriousFindings } from './pages/axe.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { arePicturesKept, inEachLook, inLook, keepPicture, type Look } from './pages/pictures.ts'
import { wordsOf } from './pages/words.ts'

test(
  'R3, R5: ways of a cohort, waits, trajectories and invented persons; kept cohorts, versions of codes, two cohorts side by side',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(900_000)
    const { app, page, scratchFolder } = await launch()
    const t = wordsOf('en')
    const w = t.pathways
    await startDemonstration(page, t, '200')
    await untilComplete(page)
    await page.getByLabel(t.shell.youAre).selectOption('north-hospital/researcher')
    await page.evaluate(() => void (location.hash = '#/pathways'))
    await expect(page.getByRole('heading', { level: 1, name: w.title })).toBeVisible()
    const ended = () =>
      expect(page.getByRole('button', { name: w.run, exact: true })).toBeEnabled({ timeout: 300_000 })

    // It can be asked as it is.
    await page.getByRole('button', { name: w.run, exact: true }).click()
    await ended()
    const result = page.getByTestId('pathways-result')
    await expect(result).toBeVisible()
    await expect(result.getByRole('img', { name: /^Flows of persons/ })).toBeVisible()
    await expect(result.getByRole('table', { name: w.sequence })).toBeVisible()
    await expect(page.getByTestId('exemplars')).toContainText(w.exemplarsNote)
    await expect(page.getByTestId('exemplars')).toContainText(w.realOnes)
    // A researcher has no right to a patient, so no way leads there.
    await expect(page.getByRole('link', { name: w.toPatients })).toHaveCount(0)
    const hash = await page.getByTestId('pathways-hash').getAttribute('title')

    // A question of one's own: a circulatory diagnosis, then the next admission.
    await page.getByRole('button', { name: w.addEvent }).click()
    const third = page.getByTestId('pathway-event').nth(2)
    await third.getByLabel(w.eventNumber('3'), { exact: true }).selectOption('diagnosis')
    await third.getByLabel(t.cohorts.codes, { exact: true }).fill('I*')
    await third.getByLabel(t.cohorts.codesName, { exact: true }).fill('circulatory disease')
    await expect(page.getByText(w.stale)).toBeVisible()
    await page.getByLabel(w.waitTo, { exact: true }).selectOption('2')
    await page.keyboard.press('Control+Enter')
    await ended()
    await expect(page.getByText(w.stale)).toHaveCount(0)
    await expect(page.getByTestId('pathways-hash')).not.toHaveAttribute('title', hash!)
    await expect(page.getByTestId('wait')).toContainText(w.waitRows.persons)
    await page.getByLabel(w.undo).click()
    await expect(page.getByText(w.stale)).toBeVisible()
    await page.getByLabel(w.redo).click()
    await expect(page.getByText(w.stale)).toHaveCount(0)

    // What leaves is marked.
    const svg = join(scratchFolder, 'flows.svg')
    await answerSaveDialogs(app, svg)
    await page
      .getByRole('button', { name: `${t.question.releaseOf.figure}: ${w.sequence}` })
      .first()
      .click()
    await page.getByRole('menuitem', { name: t.question.releaseAs.svg }).click()
    await expect(page.getByText(t.question.released(svg))).toBeVisible()
    expect(await readFile(svg, 'utf8')).toMatch(/^<svg[^>]*><metadata>For use within .* only:/)

    await bringAxe(page)
    const picture = async (name: string, look: Look, at: Locator) => {
      if (!arePicturesKept) return
      await at.scrollIntoViewIfNeeded()
      await keepPicture(page, inLook(name, look))
    }
    await page.setViewportSize({ width: 1280, height: 800 })
    await inEachLook(page, async (look) => {
      expect(await seriousFindings(page)).toEqual([])
      const { sequence } = wordsOf(look.locale).pathways
      await picture('pathways', look, page.getByTestId('pathway-event').first())
      await picture('pathways-flows', look, page.getByRole('table', { name: sequence }))
      await picture('pathways-wait', look, page.getByTestId('wait'))
      await picture('pathways-exemplars', look, page.getByTestId('exemplars'))
    })

    // Cohorts under names, with a version of a code set; a new version says that the definition changed.
    const c = t.cohorts
    await page.evaluate(() => void (location.hash = '#/cohorts'))
    await page.getByLabel(c.kept.saveAs).fill('Everybody')
    await page.getByRole('button', { name: c.kept.save, exact: true }).click()
    await page.getByRole('button', { name: c.kept.of(c.kept.count, 'Everybody') }).click()
    const kept = page.getByTestId('kept-cohorts')
    await expect(kept).toContainText(/persons, up to block/, { timeout: 60_000 })
    await page.getByLabel(c.entryEvent, { exact: true }).selectOption('diagnosis')
    await page.getByLabel(c.codes, { exact: true }).fill('I*')
    await page.getByLabel(c.codesName, { exact: true }).fill('circulatory')
    await page.getByRole('button', { name: `${c.codeSets.keep}: circulatory` }).click()
    await expect(page.getByTestId('code-sets')).toContainText('version 1 of “circulatory”')
    await page.getByLabel(c.kept.saveAs).fill('Circulatory')
    await page.getByRole('button', { name: c.kept.save, exact: true }).click()
    await page.getByRole('button', { name: c.kept.of(c.kept.count, 'Circulatory') }).click()
    await expect(kept.getByText(/persons, up to block/)).toHaveCount(2, { timeout: 60_000 })
    await page.getByLabel(c.codes, { exact: true }).fill('I*, E11*')
    await expect(page.getByTestId('code-sets')).toContainText(c.codeSets.typed)
    await page.getByRole('button', { name: `${c.codeSets.keep}: circulatory` }).click()
    await expect(page.getByTestId('code-sets')).toContainText('version 2 of “circulatory”')
    await expect(kept).toContainText(c.kept.outdated('circulatory', '1', '2'))
    await page.getByLabel(c.kept.saveAs).fill('Circulatory')
    await page.getByRole('button', { name: c.kept.save, exact: true }).click()
    await expect(kept).toContainText(c.kept.changed)

    // Two cohorts side by side.
    await page.getByLabel(c.compare.first, { exact: true }).selectOption('Everybody')
    await page.getByLabel(c.compare.second, { exact: true }).selectOption('Circulatory')
    await page.getByRole('button', { name: c.compare.run, exact: true }).click()
    const comparison = page.getByTestId('comparison')
    await expect(comparison).toBeVisible({ timeout: 120_000 })
    await expect(comparison.getByRole('table', { name: c.compare.overlap })).toBeVisible()
    await inEachLook(page, async (look) => {
      expect(await seriousFindings(page)).toEqual([])
      await picture('cohorts-kept', look, page.getByTestId('code-sets'))
      await picture('cohorts-compare', look, comparison)
    })
  },
)
