/** What the window must not be able to do, tried from inside (E2-E9 of SECURITY.md). */
import { expect, sharedInFile, test } from './fixtures.ts'

const consiliumNow = sharedInFile()

test('the window opens on our own page with the typed bridge and nothing of Node (T22: E2, E3, E9)', async () => {
  const { page } = consiliumNow()
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

test('preferences of the window are the strict ones (T22: E2)', async () => {
  const consilium = consiliumNow()
  const preferences = await consilium.app.evaluate(({ BrowserWindow }) => {
    // Not in the typings, and the only way to see what the window really runs with.
    const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    return contents.getLastWebPreferences()
  })
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
})

test('inline scripts, remote scripts, images, frames and connections are refused, and no request leaves (T22: E4, E8; T23)', async () => {
  const consilium = consiliumNow()
  const { page, errors } = consilium
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  const seen = await page.evaluate(async () => {
    const directives: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => directives.push(event.effectiveDirective))
    const add = (tag: string, set: (element: never) => void) => {
      const element = document.createElement(tag)
      set(element as never)
      document.body.append(element)
    }
    add('script', (script: HTMLScriptElement) => (script.textContent = 'window.ran = true'))
    add('script', (script: HTMLScriptElement) => (script.src = 'https://example.com/x.js'))
    add('img', (image: HTMLImageElement) => (image.src = 'https://example.com/x.png'))
    add('iframe', (frame: HTMLIFrameElement) => (frame.src = 'https://example.com/'))
    add('div', (box: HTMLElement) => box.setAttribute('onclick', 'window.ran = true'))
    for (const button of document.querySelectorAll<HTMLElement>('div[onclick]')) button.click()
    const failed = await fetch('https://example.com/').then(
      () => false,
      () => true,
    )
    const failedFile = await fetch('file:///etc/hostname').then(
      () => false,
      () => true,
    )
    // The browser reports a frame when it comes to it; on a busy machine that is late.
    for (let i = 0; i < 100 && !directives.includes('frame-src'); i++)
      await new Promise((resolve) => setTimeout(resolve, 100))
    await new Promise((resolve) => setTimeout(resolve, 300))
    return { directives, failed, failedFile, ran: 'ran' in window }
  })
  expect(seen.ran).toBe(false)
  expect(seen.failed && seen.failedFile).toBe(true)
  for (const directive of ['script-src-elem', 'script-src-attr', 'img-src', 'frame-src', 'connect-src'])
    expect(seen.directives).toContain(directive)
  expect(
    requests.filter((url) => !/^(app|data|blob):/.test(url) && !url.startsWith('https://example.com')),
  ).toEqual([])
  errors.length = 0 // the refusals above are errors in the console, as they should be
})

test('nothing but our own files can be had from app:// (T22: E3)', async () => {
  const consilium = consiliumNow()
  const statuses = await consilium.page.evaluate(async () => {
    const paths = [
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/..%5c..%5cpackage.json',
      '/index.html%00.js',
      '/nothing-here.js',
      '/assets/',
      '/%ff',
    ]
    const answers: (number | string)[] = []
    for (const path of paths) answers.push((await fetch(path)).status)
    return answers
  })
  expect(new Set(statuses)).toEqual(new Set([404]))
  consilium.errors.length = 0
})

test('permissions are denied, navigation stays, no second window opens (T22: E5, E6)', async () => {
  const consilium = consiliumNow()
  const { app, page } = consilium
  const before = page.url()
  const seen = await page.evaluate(async () => {
    const states = await Promise.all(
      ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'].map(async (name) => {
        const { state } = await navigator.permissions.query({ name: name as PermissionName })
        return state
      }),
    )
    const opened = window.open('https://example.com/')
    location.href = 'https://example.com/'
    await new Promise((resolve) => setTimeout(resolve, 300))
    return { states, hasOpened: opened !== null }
  })
  expect(new Set(seen.states)).toEqual(new Set(['denied']))
  expect(seen.hasOpened).toBe(false)
  expect(page.url()).toBe(before)
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  consilium.errors.length = 0
})

test('each method of the contract survives what no honest window sends (T22: E9; T24)', async () => {
  const consilium = consiliumNow()
  const refused = await consilium.page.evaluate(async () => {
    const bridge = window.consilium as unknown as Record<
      string,
      Record<string, (input: unknown) => Promise<unknown>>
    >
    const needsPerson = new Set([
      'app.quit',
      'app.chooseFolder',
      'imports.chooseFiles',
      'app.saveRecoveryKit',
      'app.proveRecoveryKit',
    ])
    const deep: Record<string, unknown> = {}
    let inner = deep
    for (let i = 0; i < 300; i++) inner = inner['x'] = {} as Record<string, unknown>
    const inputs: unknown[] = [
      null,
      7,
      'x',
      [],
      { __proto__: { a: 1 } },
      deep,
      'x'.repeat(5_000_000),
      new Uint8Array(10),
      NaN,
    ]
    const wrong: string[] = []
    for (const [service, methods] of Object.entries(bridge)) {
      if (typeof methods !== 'object') continue
      for (const [method, ask] of Object.entries(methods)) {
        if (needsPerson.has(`${service}.${method}`)) continue
        for (const [index, input] of inputs.entries()) {
          try {
            const reply = (await ask(input)) as { ok: boolean }
            if (typeof reply.ok !== 'boolean') wrong.push(`${service}.${method} ${index}: no reply`)
          } catch (error) {
            wrong.push(`${service}.${method} ${index}: ${String(error)}`)
          }
        }
      }
    }
    return wrong
  })
  expect(refused).toEqual([])
  expect(consilium.app.process().exitCode).toBeNull()
})
