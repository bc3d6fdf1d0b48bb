// A real browser: every page of the administration, in each language, by whoever owns the instance.
//
// ISSUER; OWNER: { email, password } in JSON; LANGUAGES: "en ja"; LOOKS, SCREENSHOTS and CHROMIUM as for browser.mjs.
import assert from 'node:assert/strict'
import { Visitor, launch } from './visitor.mjs'

const { ISSUER: issuer, OWNER } = process.env
const owner = JSON.parse(OWNER)
const languages = process.env.LANGUAGES.split(' ')

/** One of a kind is enough: what names one thing is left out, and so is a query but for its names. */
const kind = ({ pathname, searchParams }) => {
  const parts = pathname.split('/').map((part) => (/^[0-9a-f]{32}$|\d/.test(part) ? 'one' : part))
  return [parts.join('-').slice(1), ...[...searchParams.keys()].filter((name) => name !== 'ui_locales')].join('-')
}

/** Opens what is folded. Of the API's operations, which are all alike and very many, a few stand for the rest. */
const unfolds = () => {
  for (const fold of document.querySelectorAll('details:not(.operation)')) fold.open = true
  for (const fold of [...document.querySelectorAll('details.operation')].slice(0, 8)) fold.open = true
}

/** Where the page leads, within the administration; not what is downloaded. */
const links = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('main a[href], nav a[href]')]
      .filter((link) => !link.hasAttribute('hreflang') && !link.hasAttribute('download') && !link.pathname.includes('/export'))
      .map((link) => link.href),
  )

/** What only a new instance leads to; the last is where the second ends. */
const firstSteps = ['name', 'app', 'sign-in'].map((step) => `/admin/first-steps/${step}`)
const starts = ['/admin', ...firstSteps, '/admin/apps/web/start?kind=web&steps=1']

async function walks(visitor) {
  const ahead = starts.map((path) => new URL(path, issuer)).reverse()
  const seen = new Set()
  while (ahead.length) {
    const url = ahead.pop()
    const name = kind(url)
    if (seen.has(name)) continue
    seen.add(name)
    const answer = await visitor.open(url.href)
    assert.equal(answer.status(), 200, url.href)
    if (visitor.scripts) await visitor.page.evaluate(unfolds)
    await visitor.shows(name)
    assert.ok(!/admin-[a-z]+-|event-[a-z]|role-[a-z]/.test(await visitor.page.locator('main').innerText()), `${name}: a word is missing`)
    for (const link of await links(visitor.page)) {
      const to = new URL(link)
      if (to.origin === new URL(issuer).origin && to.pathname.startsWith('/admin')) ahead.push(to)
    }
  }
  return seen
}

/** Lists answer while somebody types, and grow, and the page stays the one that was opened. */
async function isQuick(visitor, another) {
  const { page } = visitor
  const rows = page.locator('#rows > tr')
  await visitor.open('/admin/users')
  await page.evaluate(() => document.body.classList.add('opened-once'))
  assert.equal(await rows.count(), 50)
  await visitor.press('users-more')
  await rows.nth(55).waitFor()
  await visitor.byId('users-more').waitFor({ state: 'detached' })
  await visitor.byId('q').pressSequentially('owner')
  await rows.nth(1).waitFor({ state: 'detached' })
  assert.equal(await rows.count(), 1)
  assert.equal(await visitor.focused(), 'q')
  assert.equal(new URL(page.url()).searchParams.get('q'), 'owner')
  await visitor.byId('role').selectOption('support')
  await rows.first().waitFor({ state: 'detached' })
  assert.equal(await page.locator('body.opened-once').count(), 1)
  // No page is in store, its address alone; a style that the policy forbids would be among the visitor's faults.
  const stored = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])
  assert.deepEqual(stored, ['htmx-current-path-for-history'])

  await visitor.open('/admin/apps')
  await visitor.byId('q').fill('nothing has this name')
  await page.locator('#results > .soft').waitFor()

  await visitor.open('/admin/audit?kind=signed_in_anew')
  await visitor.press('follow')
  await visitor.byId('live').waitFor()
  const before = await rows.count()
  await another()
  await rows.nth(before).waitFor()
  await page.locator('form[role=search] summary').click()
  await visitor.byId('address').fill('192.0.2.1')
  await visitor.byId('audit-none').waitFor()
  await visitor.byId('live').waitFor()

  // Whoever is signed out meanwhile is led to sign in, with the whole page.
  await visitor.open('/admin/users')
  await visitor.context.clearCookies()
  await visitor.byId('q').fill('x')
  await page.waitForURL((url) => url.pathname === '/login')
  await visitor.byId('login-submit').waitFor()
}

const arrives = async (options) => {
  const visitor = await Visitor.arrive(browser, { origins: [new URL(issuer).origin], ...options })
  await visitor.open('/account')
  await visitor.signIn(owner)
  await visitor.page.locator('dl.facts').waitFor()
  return visitor
}

const browser = await launch()
try {
  for (const language of languages) {
    let all
    for (const scripts of [true, false]) {
      const visitor = await arrives({ language, scripts })
      const seen = await walks(visitor)
      // What there is, there is without scripts, too.
      all ??= seen
      assert.deepEqual([...all].filter((name) => !seen.has(name)), [])
      await visitor.leave()
    }
    const visitor = await arrives({ language })
    await isQuick(visitor, async () => (await arrives({ language })).leave())
    await visitor.leave()
    console.log(language, [...all].sort().join(' '))
  }
} finally {
  await browser.close()
}
