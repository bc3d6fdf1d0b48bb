// People who come from other providers, in a real browser: there and back, and what becomes of their accounts. Genkan,
// the providers and the app are on two hosts, so that what a provider's page posts is posted from another site.
//
// ISSUER, APP, LOOKS, SCREENSHOTS and CHROMIUM: as for browser.mjs; LANGUAGES: "en ja", in turn; PROVIDERS: the names
// of the providers and where each is, in JSON; PERSON: somebody with an account and a password, in JSON, whose verified
// address `staff` tells, too.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { App } from './app.mjs'
import { mail } from './mail_journeys.mjs'
import { Visitor, launch } from './visitor.mjs'

const { ISSUER: issuer } = process.env
const languages = process.env.LANGUAGES.split(' ')
const providers = JSON.parse(process.env.PROVIDERS)
const person = JSON.parse(process.env.PERSON)
const app = new App(issuer, JSON.parse(process.env.APP))
const origins = [issuer, app.origin, ...Object.values(providers)]

/** From the sign-in page to a provider, with the keyboard alone. */
async function goesTo(visitor, name) {
  const button = `login-with-${name}`
  await visitor.byId(button).waitFor()
  await visitor.tabTo(button)
  assert.notEqual(await visitor.byId(button).evaluate((link) => getComputedStyle(link).outlineStyle), 'none')
  await visitor.page.keyboard.press('Enter')
  await visitor.byId('upstream-allow').waitFor()
  assert.equal(new URL(visitor.page.url()).origin, providers[name])
}

/** Agrees to whatever is asked, until the app is there; the claims of the person. */
async function goesOn(visitor, request) {
  const next = visitor.page.locator('#welcome-submit, #consent-allow, h1:text-is("The app")').first()
  for (let pages = 0; pages < 3; pages++) {
    await next.waitFor()
    const id = await next.getAttribute('id')
    if (!id) return app.redeem(request, visitor.page)
    if (id === 'welcome-submit') {
      await visitor.shows('welcome')
      await visitor.fill({ name: 'Hana' })
    }
    await visitor.press(id)
    await visitor.byId(id).waitFor({ state: 'detached' })
  }
  assert.fail(`pages without end, the last at ${visitor.page.url()}`)
}

/** They turn back at first. */
async function comesFrom(visitor, name) {
  const request = app.request()
  await visitor.open(request.url)
  await visitor.sees(`login-with-${name}`, 'sign-in-providers')
  await goesTo(visitor, name)
  await visitor.press('upstream-deny')
  await visitor.page.getByRole('status').waitFor()
  await visitor.sees('login-submit', 'sign-in-cancelled')
  await goesTo(visitor, name)
  await visitor.press('upstream-allow')
  const { sub, amr } = await goesOn(visitor, request)
  assert.deepEqual(amr, ['fed'])
  return sub
}

/** Signing out is not undone by the provider; and the button of before is marked. */
async function comesBack(visitor, name, sub) {
  await visitor.open('/logout')
  await visitor.press('logout-confirm')
  await visitor.byId('logout-confirm').waitFor({ state: 'detached' })
  const request = app.request()
  await visitor.open(request.url)
  await visitor.sees(`last-used-${name}`, 'sign-in-last-used')
  assert.equal(await visitor.page.locator('.last-used').count(), 1)
  await goesTo(visitor, name)
  await visitor.press('upstream-allow')
  assert.equal((await goesOn(visitor, request)).sub, sub)
  const silent = app.request({ prompt: 'none' })
  await visitor.open(silent.url)
  assert.equal((await app.redeem(silent, visitor.page)).sub, sub)
}

/** Without an address and a password, the one way in stays. */
async function keepsTheOnlyWayIn(visitor) {
  await visitor.open('/account/ways-in')
  await visitor.page.locator('summary').click()
  await visitor.page.locator('[id^="unlink-"]').click()
  await visitor.page.getByRole('alert').waitFor()
  await visitor.shows('ways-in-only')
}

/** LINE's app leads some people back in another browser than the one they left. */
async function beginsAgainElsewhere(visitor) {
  await visitor.open(app.request().url)
  await goesTo(visitor, 'line')
  const other = await Visitor.arrive(browser, visitor)
  await other.open(visitor.page.url())
  await other.press('upstream-allow')
  await other.sees('begin-again', 'begin-again')
  await other.press('begin-again')
  await other.byId('upstream-allow').waitFor()
  assert.equal(new URL(other.page.url()).origin, providers.line)
  await other.press('upstream-allow')
  await other.page.waitForURL((url) => url.origin === app.origin)
  await other.leave()
}

/** Apple's form is posted on by the person, where no script does it. */
async function comesFromAppleWithoutScripts(visitor) {
  const request = app.request()
  await visitor.open(request.url)
  await visitor.press('login-with-apple')
  await visitor.press('upstream-allow')
  await visitor.press('upstream-continue')
  await visitor.press('form-post-continue')
  await app.redeem(request, visitor.page)
}

/** The address that the provider tells is that of an account: whose it is shows that first. */
async function provesFirst(visitor) {
  const request = app.request()
  await visitor.open(request.url)
  await goesTo(visitor, 'staff')
  await visitor.press('upstream-allow')
  await visitor.page.getByRole('status').waitFor()
  await visitor.sees('login-submit', 'sign-in-prove-first')
  await visitor.signIn(person)
  await visitor.sees('link-submit', 'link-account')
  await visitor.press('link-submit')
  assert.equal((await goesOn(visitor, request)).sub, person.sub)
  return mail(issuer, person.email, '/account/ways-in/undo?')
}

const linked = (visitor) => visitor.page.locator('[id^="unlink-"]')

/** Linked from the account page, by way of the form that Apple's page posts; and removed again. */
async function addsAndRemoves(visitor) {
  await visitor.open('/account')
  await visitor.page.locator('a[href="/account/ways-in"]').click()
  await visitor.sees('link-club', 'ways-in')
  assert.equal(await linked(visitor).count(), 1)
  for (const [decision, then] of [['upstream-deny'], ['upstream-allow', 'link-later'], ['upstream-allow', 'link-submit']]) {
    await visitor.press('link-club')
    await visitor.byId('upstream-allow').waitFor()
    assert.equal(new URL(visitor.page.url()).origin, providers.club)
    await visitor.press(decision)
    if (then) {
      await visitor.sees(then, 'link-account-alone')
      await visitor.press(then)
    } else {
      await visitor.page.getByRole('status').waitFor()
      await visitor.shows('ways-in-cancelled')
    }
    await visitor.page.waitForURL((url) => url.pathname === '/account/ways-in')
    await visitor.page.locator('h1').waitFor()
    assert.equal(await linked(visitor).count(), then === 'link-submit' ? 2 : 1)
  }
  await visitor.shows('ways-in-several')
  const entry = visitor.page.locator('li', { has: linked(visitor) }).last()
  await entry.locator('summary').last().click()
  await entry.getByRole('button').click()
  await visitor.byId('link-club').waitFor()
  assert.equal(await linked(visitor).count(), 1)
}

/** The mail that told of it takes it back, and everybody is out. */
async function undoesByMail(visitor, { link }) {
  await visitor.open(link)
  await visitor.sees('undo-link-submit', 'undo-link')
  await visitor.press('undo-link-submit')
  await visitor.sees('undo-link-onward', 'undo-link-done')
  await visitor.press('undo-link-onward')
  await visitor.byId('login-submit').waitFor()
  await visitor.open((await mail(issuer, person.email, '/reset?')).link)
  await visitor.fill({ password: randomBytes(12).toString('hex') })
  await visitor.press('reset-submit')
  await visitor.page.waitForURL((url) => url.pathname === '/account')
  await visitor.open('/account/ways-in')
  await visitor.sees('link-staff', 'ways-in-none')
  assert.equal(await linked(visitor).count(), 0)
}

const browser = await launch()
await app.listen()

async function journey(options, walk) {
  const visitor = await Visitor.arrive(browser, { origins, ...options })
  await walk(async (done, ...rest) => {
    try {
      return await done(visitor, ...rest)
    } catch (error) {
      console.error(`${done.name} ${rest}, at ${visitor.page.url()}; ${visitor.faults.join('; ')}`)
      throw error
    }
  })
  await visitor.leave()
}

const [first, second] = languages
for (const [at, name] of Object.keys(providers).entries()) {
  if (['staff', 'club'].includes(name)) continue
  await journey({ language: languages[at % languages.length] }, async (step) => {
    const sub = await step(comesFrom, name)
    await step(comesBack, name, sub)
    if (name === 'instagram') await step(keepsTheOnlyWayIn)
  })
  console.log(`${name}: passed`)
}
await journey({ language: first }, (step) => step(beginsAgainElsewhere))
await journey({ language: second, scripts: false }, (step) => step(comesFromAppleWithoutScripts))
await journey({ language: first }, async (step) => {
  const undo = await step(provesFirst)
  await step(addsAndRemoves)
  await step(undoesByMail, undo)
})
await browser.close()
app.close()
