// Somebody at a real browser, and what is looked at wherever they come.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { PATIENCE } from './app.mjs'

const { SCREENSHOTS: screenshots, LOOKS } = process.env
const looks = (LOOKS ?? 'wide-light wide-dark narrow-light narrow-dark').split(' ')
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const WIDTHS = { wide: { width: 1280, height: 800 }, narrow: { width: 320, height: 640 } }

/** The browser, without whatever it would do unasked. */
export const launch = () => chromium.launch({
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

/** A browser of its own, which writes down whatever should not happen; `origins` are all that it may ask. */
export class Visitor {
  faults = []

  static async arrive(browser, { origins, language, scripts = true, userAgent }) {
    const visitor = new Visitor()
    const context = await browser.newContext({
      locale: language,
      userAgent,
      javaScriptEnabled: scripts,
      viewport: WIDTHS.wide,
      reducedMotion: 'reduce',
    })
    context.setDefaultTimeout(PATIENCE)
    const page = await context.newPage()
    Object.assign(visitor, { context, page, origins, language, scripts })
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
      if (!this.origins.includes(origin) && protocol !== 'data:') faults.push(`it asked ${request.url()}`)
    })
    page.on('requestfailed', (request) => {
      // One page was left for the next before all of it was there.
      const { errorText } = request.failure()
      if (errorText !== 'net::ERR_ABORTED') faults.push(`${request.url()}: ${errorText}`)
    })
  }

  async leave() {
    for (const cookie of await this.context.cookies(this.origins[0])) {
      assert.ok(cookie.httpOnly && ['Lax', 'Strict'].includes(cookie.sameSite), JSON.stringify(cookie))
    }
    await this.context.close()
    assert.deepEqual(this.faults, [])
  }

  open(url, options) {
    return this.page.goto(new URL(url, this.origins[0]).href, options)
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

  /** The id of what has the focus. */
  focused() {
    return this.page.evaluate(() => document.activeElement.id)
  }

  async tabTo(id) {
    for (let stops = 0; stops < 40; stops++) {
      if ((await this.focused()) === id) return
      await this.page.keyboard.press('Tab')
    }
    assert.fail(`the Tab key does not lead to ${id}`)
  }

  async signIn(person) {
    await this.fill({ username: person.email, password: person.password })
    await this.press('login-submit')
  }
}

/** What was examined already. */
const examined = new Set()

/** The page as everybody has it: light and dark, narrow and wide. Each is looked at once. */
async function examine({ page, language }, name) {
  if (examined.has(`${name}-${language}`)) return
  examined.add(`${name}-${language}`)
  // Through the debugger, so that the page's policy, which forbids it, holds for all the rest.
  await page.evaluate(axe)
  for (const look of looks) {
    const [width, colorScheme] = look.split('-')
    await page.setViewportSize(WIDTHS[width])
    await page.emulateMedia({ colorScheme })
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)))
    const view = `${name}-${language}-${look}`
    if (screenshots) await page.screenshot({ path: `${screenshots}/${view}.png`, fullPage: true })
    await audit(page, view)
  }
  await page.setViewportSize(WIDTHS.wide)
  await page.emulateMedia({ colorScheme: 'light' })
}

async function audit(page, view) {
  // LINE wants white on its green: whoever asks for contrast gets a darker one, which a test of the stylesheet measures.
  const context = { exclude: ['.provider-line > span'] }
  const options = { preload: false, resultTypes: ['violations'] }
  const { violations, passes } = await page.evaluate(
    ([context, options]) => globalThis.axe.run(context, options), [context, options])
  assert.ok(passes.length > 10, `${view}: axe-core looked`)
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`)
  assert.deepEqual(found, [], view)
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.equal(beyond, 0, `${view} does not fit into the window`)
}
