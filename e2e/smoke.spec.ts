import { expect, test } from './fixtures.ts'

test('the window opens on our own page with the typed bridge and nothing of Node', async ({ consilium }) => {
  const { page } = consilium
  await expect(page.locator('#root')).not.toBeEmpty()
  expect(await page.evaluate(() => location.origin)).toBe('app://consilium')
  const seen = await page.evaluate(async () => ({
    hasNode: 'require' in window || 'process' in window || 'Buffer' in window,
    session: await window.consilium.app.session(),
    wrongInput: await window.consilium.chain.block({ index: -1 }),
  }))
  expect(seen.hasNode).toBe(false)
  expect(seen.session).toMatchObject({ ok: true, value: { state: 'none' } })
  expect(seen.wrongInput).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
})

test('it starts again on the same folders', async ({ consilium }) => {
  const again = await consilium.relaunch()
  await expect(again.page.locator('#root')).not.toBeEmpty()
})
