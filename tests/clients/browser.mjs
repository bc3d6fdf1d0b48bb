// A real browser: every page a person meets, in a language, with scripts and without.
//
// ISSUER; APP: the registration (RFC 7591) of a public client in JSON, whose redirect URI is on a port of this
// machine; LANGUAGES: "en ja"; AUDIT: whether every page is to be examined by axe-core, light and dark, narrow and
// wide; SCREENSHOTS: a folder to show them in; CHROMIUM: where the browser is, unless Debian installed it.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { App, PATIENCE } from './app.mjs'

const { ISSUER: issuer, SCREENSHOTS: screenshots, AUDIT: audited } = process.env
const languages = process.env.LANGUAGES.split(' ')
const app = new App(issuer, JSON.parse(process.env.APP))
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 320, height: 640 }
const HOSTILE = '"><svg onload=alert(1)>'
const SAYS = {
  en: { signIn: 'Sign in', other: 'ja' },
  ja: { signIn: 'ログイン', other: 'en' },
}

/** A browser of its own, which writes down whatever should not happen. */
class Visitor {
  faults = []

  static async arrive(browser, { language, scripts = true, ...options }) {
    const visitor = new Visitor()
    const context = await browser.newContext({
      locale: language,
      javaScriptEnabled: scripts,
      viewport: WIDE,
      reducedMotion: 'reduce',
      ...options,
    })
    context.setDefaultTimeout(PATIENCE)
    const page = await context.newPage()
    Object.assign(visitor, { context, page, language, scripts })
    visitor.#watch()
    return visitor
  }

  #watch() {
    const { page, faults } = this
    page.on('pageerror', (error) => faults.push(`a script failed: ${error}`))
    page.on('dialog', (dialog) => {
      faults.push(`a dialog: ${dialog.message()}`)
      return dialog.dismiss()
    })
    page.on('console', (message) => {
      // An answer that is an error is judged below.
      const answered = message.text().startsWith('Failed to load resource: the server responded')
      if (['error', 'warning'].includes(message.type()) && !answered) faults.push(`the console: ${message.text()}`)
    })
    page.on('response', (response) => {
      const isPage = response.request().isNavigationRequest()
      if (response.status() >= (isPage ? 500 : 400)) faults.push(`${response.url()} answered ${response.status()}`)
    })
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (![issuer, app.origin].includes(origin) && protocol !== 'data:') faults.push(`it asked ${request.url()}`)
    })
    page.on('requestfailed', (request) => faults.push(`${request.url()}: ${request.failure().errorText}`))
  }

  async leave() {
    for (const cookie of await this.context.cookies(issuer)) {
      assert.ok(cookie.httpOnly && ['Lax', 'Strict'].includes(cookie.sameSite), JSON.stringify(cookie))
    }
    await this.context.close()
    assert.deepEqual(this.faults, [])
  }

  open(url, options) {
    return this.page.goto(new URL(url, issuer).href, options)
  }

  byId(id) {
    return this.page.locator(`[id="${id}"]`)
  }

  async press(id) {
    await this.byId(id).click()
  }

  async fill(fields) {
    for (const [id, value] of Object.entries(fields)) await this.byId(id).fill(value)
  }

  /** Looks at the page there is, once it has a button (or another element) of this id. */
  async sees(id, name) {
    await this.byId(id).waitFor()
    await this.shows(name)
  }

  async shows(name) {
    assert.equal(await this.page.locator('html').getAttribute('lang'), this.language)
    if (name && this.scripts) await examine(this, name)
  }

  async signIn(person) {
    await this.fill({ username: person.email, password: person.password })
    await this.press('login-submit')
  }
}

/** The page as everybody has it: light and dark, narrow and wide. */
async function examine({ page, language }, name) {
  if (!audited && !screenshots) return
  for (const viewport of [WIDE, NARROW]) {
    await page.setViewportSize(viewport)
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme })
      const view = `${name}-${language}-${viewport.width}-${colorScheme}`
      if (screenshots) await page.screenshot({ path: `${screenshots}/${view}.png`, fullPage: true })
      if (audited) await audit(page, view)
    }
  }
  await page.setViewportSize(WIDE)
  await page.emulateMedia({ colorScheme: 'light' })
}

async function audit(page, view) {
  // Through the debugger, so that the page's policy, which forbids it, holds for all the rest.
  await page.evaluate(axe)
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { preload: false }))
  assert.ok(passes.length > 10, `${view}: axe-core looked`)
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`)
  assert.deepEqual(found, [], view)
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.equal(beyond, 0, `${view} does not fit into the window`)
}

const someone = (name) => {
  const [local, password] = [0, 1].map(() => randomBytes(12).toString('hex'))
  return { name, email: `${local}@people.test`, password }
}

async function signsUp(visitor, person) {
  const request = app.request()
  await visitor.open(request.url)
  await visitor.sees('login-submit', 'sign-in')
  assert.ok((await visitor.page.title()).startsWith(SAYS[visitor.language].signIn), await visitor.page.title())
  await visitor.page.locator('a[href*="/signup"]').click()
  await visitor.sees('signup-submit', 'sign-up')

  await visitor.fill({ ...person, password: 'password1' })
  await visitor.press('signup-submit')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('signup-submit', 'sign-up-error')
  assert.equal(await visitor.byId('email').inputValue(), person.email)
  assert.equal(await visitor.byId('name').inputValue(), person.name)
  assert.equal(await visitor.byId('password').inputValue(), '')

  await visitor.fill({ password: person.password })
  await visitor.press('signup-submit')
  await visitor.sees('consent-allow', 'consent')
  // What they call themselves is text and nothing else.
  assert.ok((await visitor.page.locator('main').innerText()).includes(person.name))
  assert.equal(await visitor.page.locator('svg[onload]').count(), 0)
  await visitor.press('consent-allow')
  const { sub } = await app.redeem(request, visitor.page)
  return sub
}

async function isKnown(visitor, sub) {
  const codes = []
  for (const prompt of [{}, { prompt: 'none' }]) {
    const request = app.request(prompt)
    await visitor.open(request.url)
    const claims = await app.redeem(request, visitor.page)
    assert.equal(claims.sub, sub)
    codes.push(claims.code)
  }
  assert.notEqual(codes[0], codes[1])

  const request = app.request({ prompt: 'select_account' })
  await visitor.open(request.url)
  await visitor.sees('account-continue', 'select-account')
  await visitor.press('account-continue')
  assert.equal((await app.redeem(request, visitor.page)).sub, sub)

  await visitor.open('/account')
  await visitor.shows('account')
  assert.ok((await visitor.page.locator('main').innerText()).includes('@people.test'))
}

async function declines(visitor) {
  const request = app.request({ prompt: 'consent' })
  await visitor.open(request.url)
  await visitor.sees('consent-deny')
  await visitor.press('consent-deny')
  const answer = await app.answer(request, visitor.page)
  assert.equal(answer.error, 'access_denied')
  assert.equal(answer.code, undefined)
}

async function isAnsweredByAForm(visitor, sub) {
  const request = app.request({ response_mode: 'form_post' })
  // The page sends itself on, where scripts run, before it is complete.
  await visitor.open(request.url, { waitUntil: 'commit' })
  if (!visitor.scripts) await visitor.page.locator('main form button').click()
  const claims = await app.redeem(request, visitor.page)
  assert.deepEqual([claims.method, claims.sub], ['POST', sub])
}

async function signsOut(visitor) {
  await visitor.open('/logout')
  await visitor.sees('logout-confirm', 'sign-out')
  await visitor.press('logout-confirm')
  await visitor.page.waitForURL((url) => url.origin === issuer)
  await visitor.byId('logout-confirm').waitFor({ state: 'detached' })
  await visitor.shows('signed-out')

  const request = app.request({ prompt: 'none' })
  await visitor.open(request.url)
  const answer = await app.answer(request, visitor.page)
  assert.equal(answer.error, 'login_required')
}

async function mistypes(visitor, person) {
  const request = app.request()
  await visitor.open(request.url)
  await visitor.signIn({ ...person, password: 'not the password' })
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('login-submit', 'sign-in-error')
  assert.equal(await visitor.byId('username').inputValue(), person.email)
  assert.equal(await visitor.byId('password').inputValue(), '')

  await visitor.signIn(person)
  await app.redeem(request, visitor.page)
}

/** From the address bar on, with the keyboard alone. */
async function usesTheKeyboard(visitor, person) {
  await visitor.context.clearCookies()
  const request = app.request({ prompt: 'consent' })
  const { keyboard } = visitor.page
  await visitor.open(request.url)
  await tabTo(visitor, 'username')
  await keyboard.type(person.email)
  await keyboard.press('Tab')
  assert.equal(await focused(visitor), 'password')
  await keyboard.type(person.password)
  await keyboard.press('Tab')
  assert.equal(await focused(visitor), 'login-submit')
  await keyboard.press('Enter')

  await visitor.sees('consent-allow')
  await tabTo(visitor, 'consent-allow')
  assert.notEqual(await visitor.byId('consent-allow').evaluate((button) => getComputedStyle(button).outlineStyle), 'none')
  await keyboard.press('Enter')
  await app.redeem(request, visitor.page)
}

const focused = ({ page }) => page.evaluate(() => document.activeElement.id)

async function tabTo(visitor, id) {
  for (let stops = 0; stops < 20; stops++) {
    if ((await focused(visitor)) === id) return
    await visitor.page.keyboard.press('Tab')
  }
  assert.fail(`the Tab key does not lead to ${id}`)
}

async function isKeptFromAStranger(visitor) {
  const request = app.request({ redirect_uri: 'https://evil.test/cb' })
  const response = await visitor.open(request.url)
  assert.equal(response.status(), 400)
  assert.equal(new URL(visitor.page.url()).origin, issuer)
  await visitor.sees('error-code', 'error')
  assert.equal(await visitor.byId('error-code').innerText(), 'invalid_request')
  assert.match(await visitor.byId('error-id').innerText(), /\S{8,}/)
}

async function changesTheLanguage(visitor, person) {
  await visitor.context.clearCookies()
  const request = app.request()
  await visitor.open(request.url)
  await visitor.sees('login-submit')
  const { other } = SAYS[visitor.language]
  await visitor.page.locator(`a[hreflang="${other}"]`).click()
  await visitor.page.locator(`html[lang="${other}"]`).waitFor()
  // It is still the same way to the same app.
  await visitor.signIn(person)
  await app.redeem(request, visitor.page)
}

/** The policy stops what must not run, and `faults` would have told. */
async function isProtected(visitor) {
  await visitor.open(app.request({ prompt: 'login' }).url)
  await visitor.sees('login-submit')
  assert.deepEqual(visitor.faults, [])
  const ran = await visitor.page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'globalThis.ran = true'
    document.body.append(script)
    return globalThis.ran ?? false
  })
  assert.equal(ran, false)
  const deadline = Date.now() + PATIENCE
  while (!visitor.faults.length && Date.now() < deadline) await visitor.page.waitForTimeout(20)
  assert.match(visitor.faults.splice(0).join(), /Content Security Policy/)
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--no-proxy-server',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
await app.listen()
const journeys = [...languages.map((language) => ({ language })), { language: languages[0], scripts: false }]
for (const journey of journeys) {
  const visitor = await Visitor.arrive(browser, journey)
  const person = someone(HOSTILE)
  const step = async (done, ...rest) => {
    try {
      return await done(visitor, ...rest)
    } catch (error) {
      console.error(`${JSON.stringify(journey)}, ${done.name}, at ${visitor.page.url()}; ${visitor.faults.join('; ')}`)
      throw error
    }
  }
  const sub = await step(signsUp, person)
  await step(isKnown, sub)
  await step(declines)
  await step(isAnsweredByAForm, sub)
  await step(signsOut)
  await step(mistypes, person)
  await step(isKeptFromAStranger)
  await step(changesTheLanguage, person)
  if (visitor.scripts ?? true) {
    await step(usesTheKeyboard, person)
    await step(isProtected)
  }
  await visitor.leave()
  console.log(`${JSON.stringify(journey)}: passed`)
}
await browser.close()
app.close()
