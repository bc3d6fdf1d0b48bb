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
    if (visitor.scripts) await visitor.page.evaluate(() => document.querySelectorAll('details').forEach((fold) => (fold.open = true)))
    await visitor.shows(name)
    assert.ok(!/admin-[a-z]+-|event-[a-z]|role-[a-z]/.test(await visitor.page.locator('main').innerText()), `${name}: a word is missing`)
    for (const link of await links(visitor.page)) {
      const to = new URL(link)
      if (to.origin === new URL(issuer).origin && to.pathname.startsWith('/admin')) ahead.push(to)
    }
  }
  return seen
}

const browser = await launch()
try {
  for (const language of languages) {
    let all
    for (const scripts of [true, false]) {
      const visitor = await Visitor.arrive(browser, { origins: [new URL(issuer).origin], language, scripts })
      await visitor.open('/account')
      await visitor.signIn(owner)
      await visitor.page.locator('dl.facts').waitFor()
      const seen = await walks(visitor)
      // What there is, there is without scripts, too.
      all ??= seen
      assert.deepEqual([...all].filter((name) => !seen.has(name)), [])
      await visitor.leave()
    }
    console.log(language, [...all].sort().join(' '))
  }
} finally {
  await browser.close()
}
