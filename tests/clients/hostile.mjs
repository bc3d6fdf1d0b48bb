// Another site, and people with hostile names, in a real browser.
//
// ISSUER; PORT: where that other site is to be, on this machine; SCENE: "attack" or "names"; ROUTES: every path with
// its methods, in JSON. For "attack", VICTIM and ATTACKER: an address and a password each, in JSON, and an app `h0`.
// For "names", NAMES: what is hostile, in JSON, each of them the name of an app `h0`, `h1` …; CHROMIUM as elsewhere.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { chromium } from 'playwright-core'
import { PATIENCE } from './app.mjs'
import { Visitor } from './visitor.mjs'

const { ISSUER: issuer, PORT: port, SCENE: scene } = process.env
// What stands for a name in a path is one here.
const routes = JSON.parse(process.env.ROUTES.replace(/[{](\w+)[}]/g, '$1'))
const site = `http://127.0.0.1:${port}`

// What a POST to them does needs no token: clients authenticate, or the person is asked first.
const WITHOUT_TOKEN = ['/authorize', '/introspect', '/logout', '/native/nonce', '/revoke', '/token', '/userinfo']

// What takes a file, and so its form in parts.
const WITH_A_FILE = '/account/profile/picture'

const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** The other site: each path shows what was put there. */
const shown = new Map()
const other = createServer((request, response) => {
  const { pathname } = new URL(request.url, site)
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(`<!doctype html><title>Another site</title>${shown.get(pathname) ?? ''}`)
})

const show = (path, html) => {
  shown.set(path, html)
  return site + path
}

function authorization(client, more = {}) {
  const url = new URL('/authorize', issuer)
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url')
  url.search = new URLSearchParams({
    response_type: 'code', client_id: client, redirect_uri: `${site}/callback`, scope: 'openid profile email',
    state: 'state', code_challenge: challenge, code_challenge_method: 'S256', ...more,
  })
  return url.href
}

async function signIn(page, { email, password }) {
  await page.goto(`${issuer}/login`)
  await page.locator('#username').fill(email)
  await page.locator('#password').fill(password)
  await page.locator('#login-submit').click()
  await page.waitForURL(`${issuer}/account`)
}

async function isSignedIn(context, { email }) {
  const page = await context.newPage()
  await page.goto(`${issuer}/account`)
  assert.equal(new URL(page.url()).pathname, '/account')
  assert.ok((await page.locator('main').innerText()).includes(email))
  await page.close()
}

/** A form of the other site, which sends itself: the answer. */
async function forge(page, path, fields) {
  const enctype = path === WITH_A_FILE ? 'multipart/form-data' : 'application/x-www-form-urlencoded'
  const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${escape(value)}">`)
  const url = show('/forge', `<form method="post" action="${issuer}${path}" enctype="${enctype}">${inputs.join('')}</form>
    <script>document.forms[0].submit()</script>`)
  const answered = page.waitForResponse((response) => response.url() === issuer + path)
  await page.goto(url, { waitUntil: 'commit' })
  const response = await answered
  await page.waitForLoadState()
  return response
}

const TEMPTING = {
  email: 'new@people.test', name: 'New', password: 'another horse 77 battery', current: 'x', code: '123456',
  decision: 'allow', choice: 'continue', action: 'start', sid: 'others', client_id: 'h0',
}

async function forgesForms(context, victim, attacker) {
  const page = await context.newPage()
  for (const { path } of routes.filter(({ methods }) => methods.includes('POST'))) {
    for (const token of [{}, { csrf: 'AAAA' }]) {
      const response = await forge(page, path, { ...TEMPTING, username: attacker.email, ...token })
      const asked = path === '/logout' && !token.csrf
      // What comes from a provider has its state in place of a token; here there is no provider.
      const ofProvider = path.startsWith('/callback/')
      // A stranger's file is not even read: the form comes without the cookies of whoever is signed in.
      if (asked || path === WITH_A_FILE) assert.equal(response.status(), 303, path)
      else if (ofProvider) assert.equal(response.status(), 404, path)
      else if (!WITHOUT_TOKEN.includes(path) || path === '/logout') assert.equal(response.status(), 403, path)
      // A script gets no further: it may send, and sees nothing.
      await page.goto(show('/script', ''))
      const seen = await page.evaluate(async ([url, body]) => {
        const sent = (mode) => fetch(url, { method: 'POST', mode, credentials: 'include', body: new URLSearchParams(body) })
        const { type } = await sent('no-cors')
        return [type, await sent('cors').then(({ type }) => type, () => 'nothing')]
      }, [issuer + path, { ...TEMPTING, ...token }])
      assert.equal(seen[0], 'opaque')
      if (!ofProvider && !WITHOUT_TOKEN.includes(path)) assert.equal(seen[1], 'nothing', path)
    }
  }
  await page.close()
  await isSignedIn(context, victim)
}

async function signsNobodyIn(browser, context, victim, attacker) {
  const fields = { username: attacker.email, password: attacker.password }
  const page = await context.newPage()
  assert.equal((await forge(page, '/login', fields)).status(), 403)
  await page.close()
  await isSignedIn(context, victim)
  // With the attacker's own token, too, and where nobody is signed in.
  const [theirs, fresh] = [await browser.newContext(), await browser.newContext()]
  const form = await theirs.newPage()
  await form.goto(`${issuer}/login`)
  const csrf = await form.locator('input[name=csrf]').first().inputValue()
  const target = await fresh.newPage()
  await target.goto(`${issuer}/login`)
  assert.equal((await forge(target, '/login', { ...fields, csrf })).status(), 403)
  await target.goto(`${issuer}/account`)
  assert.equal(new URL(target.url()).pathname, '/login')
  await theirs.close()
  await fresh.close()
}

async function signsNobodyOut(context, victim) {
  const page = await context.newPage()
  const out = `${issuer}/logout?client_id=h0`
  const ways = ['img', 'iframe', 'embed', 'script', 'video'].map((tag) => `<${tag} src="${escape(out)}"></${tag}>`)
  await page.goto(show('/logout-pictures', `${ways.join('')}<link rel="stylesheet" href="${escape(out)}">`))
  await isSignedIn(context, victim)
  await page.goto(out)
  await page.locator('#logout-confirm').waitFor()
  await isSignedIn(context, victim)
  await forge(page, '/logout', { client_id: 'h0' })
  await page.locator('#logout-confirm').waitFor()
  await page.close()
  await isSignedIn(context, victim)
}

/** A frame, an object or what else of each page: nothing of it is shown. */
async function embedsNothing(context) {
  const page = await context.newPage()
  const paths = routes.filter(({ methods }) => methods.includes('GET')).map(({ path }) => path)
  for (const path of [...paths, '/nowhere', new URL(authorization('h0')).pathname]) {
    if (path.includes('{')) continue
    const url = escape(issuer + path)
    const html = `<iframe src="${url}"></iframe><iframe sandbox="allow-scripts allow-forms" src="${url}"></iframe>
      <object data="${url}" type="text/html"></object><embed src="${url}" type="text/html">`
    await page.goto(show('/frames', html))
    for (const frame of page.frames().slice(1)) {
      const shows = await frame.evaluate(() => location.href).catch(() => 'about:blank')
      assert.ok(['chrome-error:', 'about:'].includes(new URL(shows).protocol), `${path} is shown: ${shows}`)
    }
  }
  await page.close()
}

/** A window that the other site opens knows nothing of it, and it nothing of the window. */
async function holdsNoWindow(context, victim) {
  const page = await context.newPage()
  for (const path of ['/login', '/account', '/account/password', '/logout', '/nowhere', authorization('h0')]) {
    await page.goto(show('/opener', '<script>let held</script>'))
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate((url) => { globalThis.held = open(url, 'held') }, new URL(path, issuer).href),
    ])
    await popup.waitForURL((url) => url.origin === issuer)
    await popup.waitForLoadState()
    assert.equal(await popup.evaluate(() => globalThis.opener), null, path)
    // The browser takes the window away a moment after the page is there.
    await page.waitForFunction(() => globalThis.held.closed).catch(() => assert.fail(`${path} is still held`))
    await popup.close()
  }
  // And where a page leads to an app's own site, that site does not hold the page.
  await context.route('https://app.example/**', (route) => route.fulfill({ contentType: 'text/html', body: '<p>App' }))
  await page.goto(authorization('h0'))
  await page.locator('#consent-allow').waitFor()
  const [linked] = await Promise.all([
    context.waitForEvent('page'), page.locator('a[href^="https://app.example/"]').first().click(),
  ])
  await linked.waitForLoadState()
  assert.deepEqual(await linked.evaluate(() => [globalThis.opener, document.referrer]), [null, ''])
  await linked.close()
  await page.close()
  await isSignedIn(context, victim)
}

async function attack(browser) {
  const [victim, attacker] = [process.env.VICTIM, process.env.ATTACKER].map((text) => JSON.parse(text))
  const context = await browser.newContext({ locale: 'en' })
  context.setDefaultTimeout(PATIENCE)
  await signIn(await context.newPage(), victim)
  await forgesForms(context, victim, attacker)
  await signsNobodyIn(browser, context, victim, attacker)
  await signsNobodyOut(context, victim)
  await embedsNothing(context)
  await holdsNoWindow(context, victim)
  await context.close()
}

/** Somebody of this name, with a browser of this name, in an app of this name, on every page. */
async function names(browser) {
  const isPage = async (path) => {
    const { status, headers } = await fetch(issuer + path, { redirect: 'manual' })
    return (status > 300 && status < 304) || headers.get('content-type')?.startsWith('text/html')
  }
  const pages = []
  for (const { path, methods } of routes) if (methods.includes('GET') && await isPage(path)) pages.push(path)
  assert.ok(pages.length > 10, pages.join())
  for (const [number, name] of JSON.parse(process.env.NAMES).entries()) {
    const options = { origins: [issuer, site], language: 'en', userAgent: `Mozilla/5.0 (${name}) Firefox/140.0` }
    const visitor = await Visitor.arrive(browser, options)
    const { page } = visitor
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`a policy had to stop ${event.violatedDirective} at ${location}`)))
    const said = { login_hint: name, ui_locales: name, error: name, error_description: name, error_hint: name, user_code: name }
    await visitor.open(authorization(`h${number}`, said))
    await visitor.byId('login-submit').waitFor()
    await visitor.fill({ username: name, password: name })
    await visitor.press('login-submit')
    await page.getByRole('alert').waitFor()
    await page.locator('a[href*="/signup"]').first().click()
    await visitor.byId('signup-submit').waitFor()
    const password = randomBytes(12).toString('hex')
    await visitor.fill({ name, email: `h${number}@people.test`, password })
    await visitor.press('signup-submit')
    await visitor.byId('consent-allow').waitFor()
    assert.ok((await page.locator('main').innerText()).includes(name))
    await visitor.press('consent-allow')
    await page.waitForURL(`${site}/callback?**`)
    for (const path of pages) {
      await visitor.open(path)
      const query = new URLSearchParams({ ...said, interaction: name, return: name, token: name, client_id: name })
      await visitor.open(`${path}?${query}`)
    }
    await visitor.open(`/nowhere/${encodeURIComponent(name)}`)
    await visitor.open('/logout')
    assert.ok((await page.locator('main').innerText()).includes(name))
    await visitor.leave()
  }
}

other.listen(Number(port), '127.0.0.1')
await once(other, 'listening')
const executablePath = process.env.CHROMIUM || '/usr/bin/chromium'
const quiet = ['--no-proxy-server', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet] })
try {
  await { attack, names }[scene](browser)
} finally {
  await browser.close()
  other.close()
}
