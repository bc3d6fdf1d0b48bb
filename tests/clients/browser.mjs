// A real browser: every page a person meets, in a language, with scripts and without.
//
// ISSUER; SETUP: the link to the owner's page; EMAIL: an address that has an account; APP: the registration (RFC 7591)
// of a public client in JSON, whose redirect URI is on a port of this machine; LANGUAGES: "en ja"; LOOKS: how axe-core
// looks at every page, such as "wide-light narrow-dark", unless in all four ways; SCREENSHOTS: a folder to show them in;
// CHROMIUM: where the browser is, unless Debian installed it.
import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { App, PATIENCE } from './app.mjs'
import { changesTheAddress, confirmsTheAddress, forgetsThePassword, signsInByMail } from './mail_journeys.mjs'
import { Visitor, launch } from './visitor.mjs'

const { ISSUER: issuer, EMAIL: taken, SETUP: setup } = process.env
const languages = process.env.LANGUAGES.split(' ')
const app = new App(issuer, JSON.parse(process.env.APP))

/** A picture that is there. */
const PICTURE = fileURLToPath(new URL('../../docs/images/sign-in-light-390.png', import.meta.url))
const HOSTILE = '"><svg onload=alert(1)>'
const SAYS = {
  en: { signIn: 'Sign in', other: 'ja' },
  ja: { signIn: 'ログイン', other: 'en' },
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

  await visitor.fill({ ...person, email: taken })
  await visitor.press('signup-submit')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('signup-submit', 'sign-up-error')
  assert.equal(await visitor.byId('email').inputValue(), taken)
  assert.equal(await visitor.byId('name').inputValue(), person.name)
  assert.equal(await visitor.byId('password').inputValue(), '')

  await visitor.fill({ email: person.email, password: person.password })
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
}

async function keepsTheAccount(visitor, person) {
  await visitor.open('/account')
  await visitor.shows('account')
  assert.ok((await visitor.page.locator('main').innerText()).includes(person.email))

  await visitor.open('/account/password')
  await visitor.sees('password-submit', 'password')
  const changed = `${person.password} changed`
  await visitor.fill({ current: 'not the password', password: changed })
  await visitor.press('password-submit')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('password-submit', 'password-error')
  await visitor.fill({ current: person.password, password: changed })
  await visitor.press('password-submit')
  await visitor.page.getByRole('status').waitFor()
  await visitor.shows('password-changed')
  person.password = changed

  const elsewhere = await Visitor.arrive(browser, visitor)
  await elsewhere.open('/account')
  await elsewhere.signIn(person)
  await elsewhere.page.locator('dl.facts').waitFor()
  await visitor.open('/account/sessions')
  await visitor.sees('sessions-end-others', 'sessions')
  await visitor.press('sessions-end-others')
  await visitor.byId('sessions-end-others').waitFor({ state: 'detached' })
  await elsewhere.open('/account')
  await elsewhere.sees('login-submit')
  await elsewhere.leave()
}

/** A picture and a few words; what is none of either is told. */
async function saysWhoTheyAre(visitor) {
  await visitor.open('/account/profile')
  await visitor.sees('profile-submit', 'profile')
  await visitor.byId('picture').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') })
  await visitor.press('picture-submit')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('profile-submit', 'profile-picture-error')
  await visitor.byId('picture').setInputFiles(PICTURE)
  await visitor.press('picture-submit')
  await visitor.page.getByRole('status').waitFor()
  const drawn = visitor.page.locator('.portrait img')
  if (visitor.scripts) assert.ok(await drawn.evaluate((image) => image.decode().then(() => image.naturalWidth === 256)))

  for (const fold of await visitor.page.locator('summary').all()) await fold.click()
  await visitor.fill({ nickname: 'Nickname', birthdate: 'yesterday' })
  await visitor.byId('locale').selectOption(visitor.language)
  await visitor.press('profile-submit')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('profile-submit', 'profile-error')
  assert.equal(await visitor.byId('nickname').inputValue(), 'Nickname')
  await visitor.fill({ birthdate: '1990-04-01' })
  await visitor.press('profile-submit')
  await visitor.page.getByRole('status').waitFor()
  await visitor.shows('profile-saved')
  assert.equal(await visitor.byId('birthdate').inputValue(), '1990-04-01')
}

/** The code of an authenticator app (RFC 6238), so many steps from now. */
function totp(secret, steps = 0) {
  const digits = [...secret.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c))
  const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const mac = createHmac('sha1', key).update(counter).digest()
  const number = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** A second factor: turned on, asked for at the next sign-in, and turned off. */
async function addsASecondFactor(visitor, person) {
  await visitor.open('/account/two-step')
  await visitor.sees('two-step-start', 'two-step')
  await visitor.press('two-step-start')
  await visitor.sees('two-step-confirm', 'two-step-setting-up')
  const drawn = visitor.page.locator('.qr img')
  if (visitor.scripts) assert.ok(await drawn.evaluate((image) => image.decode().then(() => image.naturalWidth >= 240)))
  const secret = await visitor.byId('two-step-secret').innerText()
  await visitor.fill({ code: '1' })
  await visitor.press('two-step-confirm')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('two-step-confirm', 'two-step-setting-up-error')
  await visitor.fill({ code: totp(secret) })
  await visitor.press('two-step-confirm')
  await visitor.sees('two-step-done', 'two-step-codes')
  const codes = await visitor.page.locator('.codes li').allInnerTexts()
  assert.equal(codes.length, 10)
  await visitor.press('two-step-done')
  await visitor.sees('two-step-codes-left', 'two-step-on')

  await visitor.context.clearCookies()
  await visitor.open('/account/two-step')
  await visitor.signIn(person)
  await visitor.sees('second-factor-submit', 'second-factor')
  assert.equal(await visitor.byId('code').getAttribute('autocomplete'), 'one-time-code')
  await visitor.fill({ code: '1' })
  await visitor.press('second-factor-submit')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('second-factor-submit', 'second-factor-error')
  await visitor.fill({ code: totp(secret, 1) })
  await visitor.press('second-factor-submit')
  await visitor.byId('two-step-codes-left').waitFor()

  const off = visitor.page.locator('details', { has: visitor.byId('two-step-off') })
  await off.locator('summary').click()
  await visitor.fill({ 'off-code': '1' })
  await visitor.press('two-step-off')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('two-step-off', 'two-step-off-error')
  await visitor.fill({ 'off-code': codes[0] })
  await visitor.press('two-step-off')
  await visitor.sees('two-step-start')
}

/** Somebody else signs in beside them, and one of the two is chosen. */
async function sharesTheBrowser(visitor, person) {
  const other = someone('Other Person')
  await visitor.open('/signup')
  await visitor.fill(other)
  await visitor.press('signup-submit')
  await visitor.page.waitForURL((url) => url.pathname === '/account')
  const request = app.request({ prompt: 'select_account' })
  await visitor.open(request.url)
  await visitor.sees('account-continue', 'select-account-several')
  const choices = visitor.page.locator('.choices .choice')
  assert.equal(await choices.count(), 3)
  await choices.filter({ hasText: person.email }).click()
  await visitor.page.waitForURL((url) => url.origin === app.origin)
  await app.redeem(request, visitor.page)
  await visitor.open('/select-account')
  await choices.filter({ hasText: other.email }).click()
  await visitor.open('/logout')
  await visitor.sees('logout-everybody', 'sign-out-several')
  await visitor.press('logout-confirm')
  await visitor.open('/account')
  assert.ok((await visitor.page.locator('main').innerText()).includes(person.email))
}

/** What happened, and a copy of it all; the account is left, and they come back to it. */
async function leavesAndComesBack(visitor, person) {
  await visitor.open('/account/activity')
  await visitor.shows('activity')
  assert.ok((await visitor.page.locator('.entries li').count()) > 5)
  await visitor.open('/account/leave')
  await visitor.sees('leave-export', 'leave')
  const download = visitor.page.waitForEvent('download')
  await visitor.press('leave-export')
  assert.equal((await download).suggestedFilename(), 'account.json')
  const part = visitor.page.locator('details', { has: visitor.byId('leave-delete') })
  await part.locator('summary').click()
  await visitor.byId('delete-sure').check()
  await visitor.press('leave-delete')
  await visitor.page.getByRole('status').waitFor()
  await visitor.shows('leaving')
  await visitor.open('/account')
  await visitor.signIn(person)
  await visitor.sees('returning-submit', 'returning')
  await visitor.press('returning-submit')
  await visitor.page.waitForURL((url) => url.pathname === '/account')
}

/** What the app may have is taken back, and given again. */
async function takesBack(visitor) {
  await visitor.open('/account/apps')
  await visitor.shows('apps')
  const entry = visitor.page.locator('.entries li', { hasText: 'Example App' })
  await entry.getByRole('button').click()
  await entry.waitFor({ state: 'detached' })
  await visitor.shows('apps-none')

  const silent = app.request({ prompt: 'none' })
  await visitor.open(silent.url)
  assert.equal((await app.answer(silent, visitor.page)).error, 'consent_required')
  const request = app.request()
  await visitor.open(request.url)
  await visitor.press('consent-allow')
  await app.redeem(request, visitor.page)
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
  if (visitor.scripts) await looksAtTheForm(visitor)
  const request = app.request({ response_mode: 'form_post' })
  // The page sends itself on, where scripts run, before it is complete.
  const leavesAtOnce = (error) => assert.match(error.message, /ERR_ABORTED/)
  await visitor.open(request.url, { waitUntil: 'commit' }).catch(leavesAtOnce)
  if (!visitor.scripts) await visitor.page.locator('main form button').click()
  const claims = await app.redeem(request, visitor.page)
  assert.deepEqual([claims.method, claims.sub], ['POST', sub])
}

/** The page that sends itself on, which stays because the app answers nothing. */
async function looksAtTheForm(visitor) {
  const nothing = (route) => route.fulfill({ status: 204 })
  await visitor.page.route(app.redirectUri, nothing)
  await visitor.open(app.request({ response_mode: 'form_post' }).url, { waitUntil: 'commit' })
  await visitor.page.locator('main form button').waitFor()
  await visitor.shows('form-post')
  await visitor.page.unroute(app.redirectUri, nothing)
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

/** The owner's page, by the link that the server prints; it works once. */
async function isWelcomed(visitor, person) {
  await visitor.open(setup)
  await visitor.sees('signup-submit', 'setup')
  // The others only look at it.
  if (visitor.scripts) return
  await visitor.fill({ ...person, email: `owner-of-${person.email}` })
  await visitor.press('signup-submit')
  await visitor.page.waitForURL((url) => url.pathname === '/admin/first-steps/name')
  await visitor.sees('name-save')
  const response = await visitor.open(setup)
  assert.ok(response.status() >= 400 && response.status() < 500)
  await visitor.sees('error-code')
}

/** From the address bar on, with the keyboard alone. */
async function usesTheKeyboard(visitor, person) {
  await visitor.context.clearCookies()
  const request = app.request({ prompt: 'consent' })
  const { keyboard } = visitor.page
  await visitor.open(request.url)
  await visitor.tabTo('username')
  await keyboard.type(person.email)
  await keyboard.press('Tab')
  assert.equal(await visitor.focused(), 'password')
  await keyboard.type(person.password)
  await keyboard.press('Tab')
  assert.equal(await visitor.focused(), 'remember')
  await keyboard.press('Tab')
  assert.equal(await visitor.focused(), 'login-submit')
  await keyboard.press('Enter')

  await visitor.sees('consent-allow')
  await visitor.tabTo('consent-allow')
  assert.notEqual(await visitor.byId('consent-allow').evaluate((button) => getComputedStyle(button).outlineStyle), 'none')
  await keyboard.press('Enter')
  await app.redeem(request, visitor.page)
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
  await visitor.sees('login-submit', 'sign-in-again')
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

const browser = await launch()
await app.listen()
const journeys = [...languages.map((language) => ({ language })), { language: languages[0], scripts: false }]
for (const journey of journeys) {
  const visitor = await Visitor.arrive(browser, { origins: [issuer, app.origin], ...journey })
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
  await step(confirmsTheAddress, person)
  await step(keepsTheAccount, person)
  await step(saysWhoTheyAre)
  await step(addsASecondFactor, person)
  await step(sharesTheBrowser, person)
  await step(leavesAndComesBack, person)
  await step(takesBack)
  await step(declines)
  await step(isAnsweredByAForm, sub)
  await step(signsOut)
  await step(forgetsThePassword, person)
  await step(signsInByMail, person, app, sub)
  await step(changesTheAddress, person)
  await step(signsOut)
  await step(mistypes, person)
  await step(isKeptFromAStranger)
  await step(isWelcomed, person)
  await step(changesTheLanguage, person)
  if (visitor.scripts) {
    await step(usesTheKeyboard, person)
    await step(isProtected)
  }
  await visitor.leave()
  console.log(`${JSON.stringify(journey)}: passed`)
}
await browser.close()
app.close()
