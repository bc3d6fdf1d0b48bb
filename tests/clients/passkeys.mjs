// A real browser with an authenticator (WebAuthn Level 3): passkeys, in a language.
//
// ISSUER; LANGUAGES: "en ja"; PEOPLE: an account for each language, as JSON: email and password; LOOKS, SCREENSHOTS,
// CHROMIUM: as browser.mjs has them.
import assert from 'node:assert/strict'
import { PATIENCE } from './app.mjs'
import { Visitor, launch } from './visitor.mjs'

const { ISSUER: issuer } = process.env
const people = JSON.parse(process.env.PEOPLE)
const PAGE = '/account/passkeys'

/** An authenticator of this machine that knows its owner; through the debugger (CDP's WebAuthn domain). */
async function authenticator(visitor) {
  const session = await visitor.context.newCDPSession(visitor.page)
  await session.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  const send = (method, params) => session.send(`WebAuthn.${method}`, { authenticatorId, ...params })
  return {
    /** Whether somebody is there to be asked. */
    isThere: (enabled) => send('setAutomaticPresenceSimulation', { enabled }),
    knows: (isUserVerified) => send('setUserVerified', { isUserVerified }),
    credentials: async () => (await send('getCredentials')).credentials,
  }
}

async function signsOut(visitor) {
  await visitor.open('/logout')
  await visitor.press('logout-confirm')
  await visitor.byId('logout-confirm').waitFor({ state: 'detached' })
}

/** After the password, where the browser can make one, it is offered; and not again once declined. */
async function isOfferedOne(visitor, person) {
  await visitor.open('/login')
  await visitor.sees('login-passkey', 'sign-in-passkey')
  await visitor.signIn(person)
  await visitor.sees('offer-add', 'account-offer')
  await visitor.press('offer-later')
  await visitor.page.locator('dl.facts').waitFor()
  await visitor.byId('offer-add').waitFor({ state: 'hidden' })
  assert.equal(await visitor.page.locator('[data-passkey-offer]').count(), 0)
}

async function addsOne(visitor, keys) {
  await visitor.open(PAGE)
  await visitor.sees('passkeys-add', 'passkeys-none')
  await visitor.press('passkeys-add')
  await visitor.page.locator('.passkeys li').waitFor()
  await visitor.shows('passkeys')
  const [credential, ...others] = await keys.credentials()
  assert.deepEqual([credential.isResidentCredential, credential.rpId, others], [true, 'localhost', []])

  // The same authenticator says that it has one.
  await visitor.press('passkeys-add')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.shows('passkeys-known')
  assert.equal(await visitor.page.locator('.passkeys li').count(), 1)
}

async function namesIt(visitor, name) {
  const entry = visitor.page.locator('.passkeys li')
  await entry.locator('summary').first().click()
  await entry.getByRole('textbox').fill(name)
  await visitor.shows('passkeys-rename')
  await entry.locator('button[value=rename]').click()
  await entry.getByText(name, { exact: true }).first().waitFor()
  assert.equal(await entry.locator('strong').innerText(), name)
}

async function signsInByButton(visitor, keys) {
  await signsOut(visitor)
  // Nobody who is not there: what the browser says then is in their words.
  await keys.knows(false)
  await visitor.open(`/login?return=${PAGE}`)
  await visitor.press('login-passkey')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.shows('sign-in-passkey-cancelled')
  await keys.knows(true)
  await visitor.press('login-passkey')
  await visitor.page.locator('.passkeys li').waitFor()
}

/** With nothing typed and nothing pressed. */
async function signsInByItself(visitor, keys) {
  await signsOut(visitor)
  await visitor.open(`/login?return=${PAGE}`)
  await visitor.page.locator('.passkeys li').waitFor()
  assert.equal(new URL(visitor.page.url()).pathname, PAGE)
  await keys.isThere(true)
}

async function usesItAsSecondStep(visitor, person, keys) {
  await visitor.open('/account/two-step')
  await visitor.sees('two-step-passkey', 'two-step-off-passkey')
  await visitor.press('two-step-passkey')
  await visitor.sees('two-step-done', 'two-step-codes')
  assert.equal(await visitor.page.locator('.codes li').count(), 10)
  await visitor.press('two-step-done')
  await visitor.sees('two-step-codes-left', 'two-step-on-passkey')

  await keys.isThere(false)
  await signsOut(visitor)
  await visitor.open('/login?return=/account/two-step')
  await visitor.signIn(person)
  await visitor.sees('second-factor-passkey', 'second-factor-passkey')
  await keys.isThere(true)
  await visitor.press('second-factor-passkey')
  await visitor.sees('two-step-codes-left')

  await visitor.open(PAGE)
  await removes(visitor)
  await visitor.page.getByRole('alert').waitFor()
  await visitor.shows('passkeys-only-second-factor')

  await visitor.open('/account/two-step')
  await visitor.page.locator('details', { has: visitor.byId('two-step-off') }).locator('summary').click()
  await visitor.shows('two-step-off-by-passkey')
  await visitor.press('two-step-off-passkey')
  await visitor.sees('two-step-passkey')
}

async function removes(visitor) {
  const entry = visitor.page.locator('.passkeys li')
  await entry.locator('summary').nth(1).click()
  await visitor.shows('passkeys-remove')
  await entry.locator('button[value=remove]').click()
}

async function removesIt(visitor, keys) {
  await visitor.open(PAGE)
  await removes(visitor)
  await visitor.page.locator('.passkeys li').waitFor({ state: 'detached' })
  // Its authenticator was told.
  const deadline = Date.now() + PATIENCE
  while ((await keys.credentials()).length && Date.now() < deadline) await visitor.page.waitForTimeout(20)
  assert.deepEqual(await keys.credentials(), [])
}

/** Without scripts the pages say so, and everything else works. */
async function doesWithout(language, person) {
  const visitor = await Visitor.arrive(browser, { origins: [issuer], language, scripts: false })
  await visitor.open(`/login?return=${PAGE}`)
  assert.equal(await visitor.byId('login-passkey').isVisible(), false)
  assert.ok((await visitor.page.locator('main').innerText()).includes('JavaScript'))
  await visitor.signIn(person)
  await visitor.byId('passkeys-add').waitFor({ state: 'attached' })
  assert.ok((await visitor.page.locator('main').innerText()).includes('JavaScript'))
  assert.equal(await visitor.byId('passkeys-add').isVisible(), false)
  await visitor.open('/account')
  assert.equal(await visitor.byId('offer-add').isVisible(), false)
  await visitor.leave()
}

const browser = await launch()
for (const language of process.env.LANGUAGES.split(' ')) {
  const person = people[language]
  const visitor = await Visitor.arrive(browser, { origins: [issuer], language })
  const keys = await authenticator(visitor)
  const step = async (done, ...rest) => {
    try {
      return await done(visitor, ...rest)
    } catch (error) {
      console.error(`${language}, ${done.name}, at ${visitor.page.url()}; ${visitor.faults.join('; ')}`)
      throw error
    }
  }
  await step(isOfferedOne, person)
  await step(addsOne, keys)
  await step(namesIt, language === 'ja' ? '花の電話' : 'Hana’s phone')
  await step(signsInByButton, keys)
  await step(signsInByItself, keys)
  await step(usesItAsSecondStep, person, keys)
  await step(removesIt, keys)
  await visitor.leave()
  await doesWithout(language, person)
  console.log(`${language}: passed`)
}
await browser.close()
