/** The demonstration consortium in the real application: six nodes as processes, and a visitor who is one person after another. */
import { expect, test } from './fixtures.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { wordsOf } from './pages/words.ts'

test('a visitor is a clerk, an administrator elsewhere, a researcher; the chain is one and the same', async ({
  launch,
}) => {
  test.setTimeout(600_000)
  const { page, app } = await launch()
  const t = wordsOf('en')
  await startDemonstration(page, t, '20')

  const who = page.getByLabel(t.shell.youAre)
  await expect(who.locator('optgroup')).toHaveCount(6)
  await expect(page.getByText(t.shell.synthetic)).toBeVisible()
  const pill = page.getByTestId('status-pill')
  await expect(page.getByTestId('visit-row').first()).toBeVisible({ timeout: 120_000 })

  // What the job says ends when every member has the same chain.
  await untilComplete(page)
  const tipOf = () =>
    page.evaluate(async () => {
      const answer = await window.consilium.node.status()
      if (!answer.ok) throw new Error(answer.error.code)
      const { tip, blockCount, voterCount, peerCount } = answer.value as Record<string, unknown>
      return { tip, blockCount, voterCount, peerCount }
    })
  const atNorth = await tipOf()
  expect(atNorth).toMatchObject({ voterCount: 4 })
  expect(atNorth.blockCount).toBeGreaterThan(0)
  await expect(page.getByRole('link', { name: t.shell.rooms.record })).toBeVisible()

  await who.selectOption('hill-hospital/administrator')
  await expect(page.getByText('Hill Hospital (synthetic)', { exact: true }).first()).toBeVisible()
  await expect(page.getByRole('link', { name: t.shell.rooms.record })).toHaveCount(0)
  await expect(pill).toBeVisible()
  expect((await tipOf()).tip).toBe(atNorth.tip)

  // What is proposed at one institution waits for an answer at another, by itself.
  const proposed = await page.evaluate(() =>
    window.consilium.governance.propose({
      plan: { kind: 'policy', name: 'smallestCount', value: 20 },
      note: 'The ethics committee asked for it.',
      passphrase: null,
    }),
  )
  expect(proposed).toMatchObject({ ok: true, value: { kind: 'proposed' } })
  await who.selectOption('north-hospital/administrator')
  await expect(page.getByText(t.upkeep.checklist.proposal.title(1))).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: t.upkeep.checklist.proposal.action, exact: true }).click()
  await expect(page.getByTestId('proposal')).toContainText('Hill Hospital')
  await expect(page.getByRole('button', { name: t.network.proposals.approve })).toBeVisible()

  // Outsiders to care hold the whole chain and cannot read a record of it.
  await who.selectOption('island-university/researcher')
  await expect(page.getByText('Island University (synthetic)', { exact: true }).first()).toBeVisible()
  expect(await tipOf()).toMatchObject({ tip: atNorth.tip, blockCount: atNorth.blockCount })

  // Quitting ends the members' processes too.
  const nodes = await app.evaluate(({ app: electron }) =>
    electron
      .getAppMetrics()
      .filter(({ name }) => name === 'Consilium node')
      .map(({ pid }) => pid),
  )
  expect(nodes).toHaveLength(6)
  await app.close()
  await expect.poll(() => nodes.filter(isRunning)).toEqual([])
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
