/**
 * What the window must not be able to do, tried from inside and from beside it (E2-E9 of SECURITY.md); once on the
 * built application and once on the packaged one. Where two controls stop the same thing, each is seen to.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Consilium, type LaunchOptions } from '../fixtures.ts'
import { countVisits } from './visits.ts'

/** With a camera and a microphone to be denied. */
export const HARDENED_LAUNCH: LaunchOptions = { args: ['--use-fake-device-for-media-stream'] }

export function hardeningTests(consiliumNow: () => Consilium): void {
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
    const visits = await countVisits()
    try {
      const seen = await page.evaluate(async (host) => {
        const directives: string[] = []
        document.addEventListener('securitypolicyviolation', (event) =>
          directives.push(event.effectiveDirective),
        )
        const add = (tag: string, set: (element: never) => void) => {
          const element = document.createElement(tag)
          set(element as never)
          document.body.append(element)
        }
        const failedScript = await import(`http://${host}/x.js`).then(
          () => false,
          () => true,
        )
        add('img', (image: HTMLImageElement) => (image.src = `http://${host}/x.png`))
        add('iframe', (frame: HTMLIFrameElement) => (frame.src = `http://${host}/`))
        add('iframe', (frame: HTMLIFrameElement) => (frame.src = 'javascript:parent.ran = true'))
        add('style', (style: HTMLStyleElement) => (style.textContent = `@import 'http://${host}/x.css'`))
        const failed = await fetch(`http://${host}/`).then(
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
        return { directives, failed, failedFile, failedScript, ran: 'ran' in window }
      }, visits.host)
      expect(seen.ran).toBe(false)
      expect(seen.failed && seen.failedFile && seen.failedScript).toBe(true)
      for (const directive of ['script-src-elem', 'style-src-elem', 'img-src', 'frame-src', 'connect-src'])
        expect(seen.directives).toContain(directive)
      expect(visits.count()).toBe(0)
    } finally {
      visits.close()
    }
    errors.length = 0 // the refusals above are errors in the console, as they should be
  })

  test('text becomes neither markup nor script, and no other policy can be made (T22: E4; T23)', async () => {
    const { page, errors } = consiliumNow()
    const seen = await page.evaluate(async () => {
      const violations: string[] = []
      document.addEventListener('securitypolicyviolation', (event) =>
        violations.push(`${event.effectiveDirective} ${event.sample.split('|')[0]}`),
      )
      const { trustedTypes } = window as unknown as {
        trustedTypes: { createPolicy(name: string, rules: object): unknown }
      }
      const make = document.createElement.bind(document)
      const markup = '<img src="x" onerror="window.ran = true">'
      const attempts: Record<string, () => unknown> = {
        innerHTML: () => (make('div').innerHTML = markup),
        outerHTML: () => {
          const inside = make('p')
          make('div').append(inside)
          inside.outerHTML = markup
        },
        insertAdjacentHTML: () => make('div').insertAdjacentHTML('beforeend', markup),
        setHTMLUnsafe: () => make('div').setHTMLUnsafe(markup),
        write: () => document.write(markup),
        parse: () => new DOMParser().parseFromString(markup, 'text/html'),
        fragment: () => document.createRange().createContextualFragment(markup),
        srcdoc: () => (make('iframe').srcdoc = markup),
        'style that ends': () => (make('style').innerHTML = `a{}</style>${markup}`),
        'script text': () => (make('script').textContent = 'window.ran = true'),
        'script address': () => (make('script').src = '/assets/x.js'),
        handler: () => make('div').setAttribute('onclick', 'window.ran = true'),
        worker: () => new Worker('/assets/x.js'),
        'another policy': () => trustedTypes.createPolicy('another', { createHTML: (text: string) => text }),
        'the same policy': () => trustedTypes.createPolicy('default', { createHTML: (text: string) => text }),
      }
      const done: string[] = []
      // Later: what the inspector itself starts may evaluate text.
      await new Promise((resolve) => setTimeout(resolve))
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          attempt()
          done.push(name)
        } catch {
          // As it should be.
        }
      }
      // By another name: the rule of our own sources against eval is not what is tried here.
      const evaluate = (window as unknown as Record<string, (text: string) => unknown>)['ev' + 'al']!
      await new Promise<void>((resolve) =>
        setTimeout(() => {
          try {
            evaluate('window.ran = true')
            done.push('eval')
          } catch {
            // As it should be.
          }
          resolve()
        }),
      )
      // What the controls need: rules of styles, which hold no element.
      const style = make('style')
      style.innerHTML = '.a{color:red}'
      await new Promise((resolve) => setTimeout(resolve, 200))
      return { done, violations, ran: 'ran' in window, rules: style.textContent }
    })
    expect(seen.done).toEqual([])
    expect(seen.ran).toBe(false)
    expect(seen.rules).toBe('.a{color:red}')
    for (const sink of [
      'Element innerHTML',
      'HTMLScriptElement src',
      'HTMLScriptElement textContent',
      'Worker constructor',
    ])
      expect(seen.violations).toContain(`require-trusted-types-for ${sink}`)
    expect(seen.violations.filter((each) => each.startsWith('trusted-types '))).toHaveLength(2)
    errors.length = 0
  })

  test('around the page’s policy the window has no network either, and each control holds alone (T22: E8; T40)', async () => {
    const consilium = consiliumNow()
    const { app, page, errors } = consilium
    const visits = await countVisits()
    const inspector = await page.context().newCDPSession(page)
    try {
      const asked = await app.evaluate(async ({ net, session }, host) => {
        const why = (request: Promise<unknown>) =>
          request.then(
            () => 'answered',
            (error: unknown) => String(error),
          )
        const page = session.fromPartition('consilium')
        const address = `http://${host}/`
        return {
          byWindow: await why(page.fetch(address)),
          proxy: await page.resolveProxy(address),
          // Nobody listens to the requests of this session: names are what is left.
          byProcess: await why(net.fetch(address)),
        }
      }, visits.host)
      expect(asked.byWindow).toContain('ERR_BLOCKED_BY_CLIENT')
      expect(asked.byProcess).toContain('ERR_NAME_NOT_RESOLVED')
      expect(asked.proxy).toBe('PROXY nowhere.invalid:1')
      expect(visits.count()).toBe(0)

      await inspector.send('Page.setBypassCSP', { enabled: true })
      await page.reload()
      await expect(page.locator('#root')).not.toBeEmpty()
      const seen = await page.evaluate(
        async ({ host, hosts }) => {
          const script = document.createElement('script')
          script.textContent = 'window.isUnderNoPolicy = true'
          document.head.append(script)
          const address = `http://${host}/`
          const answered: string[] = []
          const add = (tag: string, set: Record<string, string>) => {
            const element = document.createElement(tag)
            for (const [name, value] of Object.entries(set)) element.setAttribute(name, value)
            // What is refused leaves a frame empty, which is loaded then.
            if (tag !== 'iframe' && tag !== 'object')
              element.addEventListener('load', () => answered.push(`${tag} ${set['rel'] ?? ''}`))
            document.body.append(element)
          }
          add('img', { src: `${address}a.png` })
          add('script', { src: `${address}a.js` })
          add('iframe', { src: address, title: 'elsewhere' })
          add('video', { src: `${address}a.webm` })
          add('object', { data: address })
          for (const rel of ['stylesheet', 'preconnect', 'dns-prefetch', 'prefetch', 'modulepreload', 'icon'])
            add('link', { rel, href: address })
          const form = document.createElement('form')
          form.action = address
          form.target = 'elsewhere'
          document.body.append(form)
          form.submit()
          navigator.sendBeacon(address, 'x')
          const request = new XMLHttpRequest()
          request.addEventListener('load', () => answered.push('XMLHttpRequest'))
          request.open('GET', address)
          request.send()
          for (const open of [
            () => new WebSocket(`ws://${host}/`),
            () => new EventSource(address),
            () => new Worker(address),
            () => new WebTransport(`https://${host}/`),
          ]) {
            try {
              open()
            } catch {
              // Refused at once.
            }
          }
          await fetch(address, { mode: 'no-cors' }).then(
            () => answered.push('fetch'),
            () => undefined,
          )
          // Sockets that are no requests.
          const peer = new RTCPeerConnection({
            iceServers: hosts.flatMap((each) => [
              { urls: `stun:${each}` },
              { urls: `turn:${each}?transport=udp`, username: 'x', credential: 'x' },
              { urls: `turn:${each}?transport=tcp`, username: 'x', credential: 'x' },
            ]),
          })
          peer.createDataChannel('x')
          await peer.setLocalDescription(await peer.createOffer())
          await new Promise((resolve) => setTimeout(resolve, 2_000))
          peer.close()
          return { answered, isUnderNoPolicy: 'isUnderNoPolicy' in window }
        },
        { host: visits.host, hosts: visits.hosts },
      )
      expect(seen).toEqual({ answered: [], isUnderNoPolicy: true })
      expect(visits.count()).toBe(0)

      // The node, which is not Chromium, gets there: it was there to be visited.
      await app.evaluate((_, host) => fetch(`http://${host}/`).then(() => undefined), visits.host)
      expect(visits.count()).toBe(1)
    } finally {
      await inspector.send('Page.setBypassCSP', { enabled: false })
      await inspector.detach()
      visits.close()
    }
    await page.reload()
    await expect(page.locator('#root')).not.toBeEmpty()
    errors.length = 0
  })

  test('nothing but our own files can be had from app://, and none of them by others (T22: E3)', async () => {
    const consilium = consiliumNow()
    const paths = [
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/..%5c..%5cpackage.json',
      '/..%2fmain%2fmain.js',
      '/../main/main.js',
      '/..%2f..%2f..%2fapp.asar',
      '/index.html%00.js',
      '/nothing-here.js',
      '/assets/',
      '/%ff',
    ]
    const statuses = await consilium.page.evaluate(async (wanted) => {
      const answers: (number | string)[] = []
      for (const path of wanted) answers.push((await fetch(path)).status)
      answers.push((await fetch('/index.html', { method: 'POST' })).status)
      return answers
    }, paths)
    expect(new Set(statuses)).toEqual(new Set([404]))
    // From main, which no policy of the page stands before; and the page's own is there to be had.
    const asked = await consilium.app.evaluate(async ({ session }, wanted) => {
      const page = session.fromPartition('consilium')
      const statusOf = (address: string) =>
        page.fetch(address).then(
          ({ status }) => status,
          (error: unknown) => String(error),
        )
      return {
        answers: await Promise.all(wanted.map((path) => statusOf(`app://consilium${path}`))),
        other: await statusOf('app://other/index.html'),
        file: await statusOf('file:///etc/hostname'),
        own: await statusOf('app://consilium/index.html'),
      }
    }, paths)
    expect(new Set(asked.answers)).toEqual(new Set([404]))
    expect(asked).toMatchObject({
      other: expect.stringContaining('ERR_BLOCKED_BY_CLIENT'),
      file: expect.stringContaining('ERR_BLOCKED_BY_CLIENT'),
      own: 200,
    })
    consilium.errors.length = 0
  })

  test('permissions are denied when they are asked for (T22: E5)', async () => {
    const consilium = consiliumNow()
    const { page } = consilium
    const states = await page.evaluate(() =>
      Promise.all(
        [
          'geolocation',
          'notifications',
          'camera',
          'microphone',
          'clipboard-read',
          'midi',
          'idle-detection',
          'window-management',
          'local-fonts',
          'storage-access',
        ].map(async (name) => {
          const { state } = await navigator.permissions.query({ name: name as PermissionName })
          return `${name} ${state}`
        }),
      ),
    )
    expect(states.filter((each) => !each.endsWith(' denied'))).toEqual([])

    // Really called, with the click that some of them ask for.
    const asked = page.evaluate(
      () =>
        new Promise<Record<string, string>>((resolve) => {
          const button = document.createElement('button')
          button.id = 'ask-for-everything'
          Object.assign(button.style, { position: 'fixed', inset: '0', zIndex: '9999' })
          document.body.append(button)
          button.addEventListener('click', () => {
            const any = navigator as unknown as Record<
              string,
              Record<string, (given?: unknown) => Promise<unknown>>
            >
            const place = new Promise((got, failed) =>
              navigator.geolocation.getCurrentPosition(got, (error) =>
                failed(new Error(`code ${error.code}`)),
              ),
            )
            const calls: Record<string, () => Promise<unknown>> = {
              camera: () => navigator.mediaDevices.getUserMedia({ video: true }),
              microphone: () => navigator.mediaDevices.getUserMedia({ audio: true }),
              screen: () => navigator.mediaDevices.getDisplayMedia({ video: true }),
              geolocation: () => place,
              'clipboard-read': () => navigator.clipboard.readText(),
              notifications: () => Notification.requestPermission(),
              midi: () => navigator.requestMIDIAccess({ sysex: true }),
              usb: () => any['usb']!['requestDevice']!({ filters: [] }),
              serial: () => any['serial']!['requestPort']!(),
              hid: () => any['hid']!['requestDevice']!({ filters: [] }),
              fonts: () => (window as unknown as { queryLocalFonts(): Promise<unknown> }).queryLocalFonts(),
              screens: () =>
                (window as unknown as { getScreenDetails(): Promise<unknown> }).getScreenDetails(),
            }
            const given = Object.entries(calls).map(async ([name, call]) => {
              try {
                const late = new Promise((got) => setTimeout(() => got('no answer'), 20_000))
                const answer = await Promise.race([call(), late])
                return [name, Array.isArray(answer) && answer.length === 0 ? 'nothing' : String(answer)]
              } catch (error) {
                return [name, error instanceof Error ? `${error.name} ${error.message}` : 'refused']
              }
            })
            void Promise.all(given).then((all) => resolve(Object.fromEntries(all) as Record<string, string>))
          })
        }),
    )
    await page.locator('#ask-for-everything').click()
    const answers = await asked
    await page.evaluate(() => document.getElementById('ask-for-everything')!.remove())
    const denied = {
      camera: 'NotAllowedError',
      microphone: 'NotAllowedError',
      screen: 'NotAllowedError',
      geolocation: 'Error code 1',
      'clipboard-read': 'NotAllowedError',
      notifications: 'denied',
      midi: 'NotAllowedError',
      usb: 'NotFoundError',
      serial: 'NotFoundError',
      hid: 'nothing',
      fonts: 'nothing',
      screens: 'NotAllowedError',
    }
    const others = Object.entries(denied).filter(
      ([name, answer]) => answers[name]?.startsWith(answer) !== true,
    )
    expect(Object.fromEntries(others.map(([name]) => [name, answers[name]]))).toEqual({})
    consilium.errors.length = 0
  })

  test('navigation stays, no second window opens, nothing that is dropped or embedded loads (T22: E6)', async () => {
    const consilium = consiliumNow()
    const { app, page, scratchFolder } = consilium
    const visits = await countVisits()
    const before = page.url()
    try {
      const opened = await page.evaluate((host) => {
        const address = `http://${host}/`
        const links = document.createElement('div')
        links.id = 'ways-out'
        Object.assign(links.style, { position: 'fixed', inset: '0', zIndex: '9999', background: 'white' })
        for (const target of ['_self', '_blank', '_top', 'another']) {
          const link = document.createElement('a')
          Object.assign(link, { href: address, target, textContent: `to ${target} ` })
          links.append(link)
        }
        const saved = document.createElement('a')
        Object.assign(saved, { href: 'data:text/plain,x', download: 'x.txt', textContent: 'to a file' })
        links.append(saved)
        const view = document.createElement('webview')
        view.setAttribute('src', address)
        links.append(view)
        document.body.append(links)
        const isOpened = window.open(address) !== null || window.open('about:blank') !== null
        location.href = address
        location.assign('file:///etc/hostname')
        return { isOpened, isView: 'loadURL' in view }
      }, visits.host)
      expect(opened).toEqual({ isOpened: false, isView: false })
      // By the mouse itself: Playwright's own click waits for a navigation that never comes.
      const { mouse, keyboard } = page
      const places = await page.evaluate(() =>
        [...document.querySelectorAll('#ways-out a')].map((link) => {
          const { x, y, width, height } = link.getBoundingClientRect()
          return [x + width / 2, y + height / 2] as const
        }),
      )
      expect(places).toHaveLength(5)
      for (const [x, y] of places) await mouse.click(x, y)
      await mouse.click(...places[0]!, { button: 'middle' })
      for (const key of ['Shift', 'Control']) {
        await keyboard.down(key)
        await mouse.click(...places[0]!)
        await keyboard.up(key)
      }

      // Dropped as the system drops it, a link and a file.
      const file = join(scratchFolder, 'dropped.html')
      writeFileSync(file, 'dropped')
      const inspector = await page.context().newCDPSession(page)
      const link = { mimeType: 'text/uri-list', data: `http://${visits.host}/` }
      for (const data of [
        { items: [link], dragOperationsMask: 1 },
        { items: [], files: [file], dragOperationsMask: 1 },
      ])
        for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
          await inspector.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data })
      await inspector.detach()

      await page.waitForTimeout(500)
      expect(page.url()).toBe(before)
      expect(await page.locator('#ways-out').count()).toBe(1)
      const there = await app.evaluate(({ BrowserWindow, webContents }) => ({
        windows: BrowserWindow.getAllWindows().length,
        contents: webContents.getAllWebContents().filter((each) => each.getType() !== 'remote').length,
        urls: webContents.getAllWebContents().map((each) => each.getURL()),
      }))
      expect(there).toMatchObject({ windows: 1, contents: 1, urls: [before] })
      expect(visits.count()).toBe(0)
    } finally {
      visits.close()
      await page.evaluate(() => document.getElementById('ways-out')?.remove())
    }
    consilium.errors.length = 0
  })

  test('a frame of our page has no bridge, and another window with the same page and bridge is not answered (T22: E9)', async () => {
    const consilium = consiliumNow()
    const { app, page, said } = consilium
    const frames = await page.evaluate(() => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const inside = frame.contentWindow as unknown as Record<string, unknown>
      const seen = {
        isThere: inside !== null,
        hasBridge: 'consilium' in inside,
        hasNode: 'require' in inside,
      }
      frame.remove()
      return seen
    })
    expect(frames).toEqual({ isThere: true, hasBridge: false, hasNode: false })

    const saidBefore = said.length
    const answers = await app.evaluate(async ({ app: electron, BrowserWindow, session }) => {
      const ours = BrowserWindow.getAllWindows()[0]!.webContents
      const other = new BrowserWindow({
        show: false,
        webPreferences: {
          session: session.fromPartition('consilium'),
          preload: `${electron.getAppPath()}/out/preload/preload.cjs`,
          sandbox: true,
        },
      })
      try {
        await other.loadURL(ours.getURL())
        return (await other.webContents.executeJavaScript(`(async () => {
          const { app } = window.consilium
          return {
            session: await app.session(),
            found: await app.found({ folder: '/x', institutionName: 'x' }),
          }
        })()`)) as unknown
      } finally {
        other.destroy()
      }
    })
    const refused = { ok: false, error: { code: 'untrusted-sender' } }
    expect(answers).toEqual({ session: refused, found: refused })
    await expect
      .poll(() => said.slice(saidBefore).join(''))
      .toContain('refused app.session: untrusted-sender')
    // Ours goes on.
    expect(await page.evaluate(() => window.consilium.app.session())).toMatchObject({ ok: true })
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
}
