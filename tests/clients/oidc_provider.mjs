// An upstream provider that nobody here wrote: npm's oidc-provider, and people who come from it in a real browser.
//
// ISSUER, APP and CHROMIUM: as for browser.mjs; UPSTREAM: where the provider is to be, as `npm` in Genkan's settings;
// CLIENT: Genkan's registration there (RFC 7591), in JSON; PERSON: somebody with an account here and a password, in
// JSON.
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import Provider from 'oidc-provider'
import { App } from './app.mjs'
import { Visitor, launch } from './visitor.mjs'

const { ISSUER: issuer, UPSTREAM: upstream } = process.env
const person = JSON.parse(process.env.PERSON)
const app = new App(issuer, JSON.parse(process.env.APP))

/** What its page asks whoever signs out there. */
function signOutPage(ctx, form) {
  ctx.body = `<!doctype html><html lang="en"><title>npm ID</title><link rel="icon" href="data:,">${form}
    <button id="out" form="op.logoutForm" name="logout" value="yes">Sign out</button>`
}

function signedOutPage(ctx) {
  ctx.body = '<!doctype html><html lang="en"><title>npm ID</title><link rel="icon" href="data:,"><p>Signed out'
}

const key = (type, options) => generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' })
const provider = new Provider(upstream, {
  clients: [JSON.parse(process.env.CLIENT)],
  jwks: { keys: [key('rsa', { modulusLength: 2048 }), key('ec', { namedCurve: 'P-256' })] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  // What is told of a person is told at the userinfo endpoint alone, as the specification would have it.
  claims: { profile: ['name'], email: ['email', 'email_verified'] },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: `${sub} of npm`, email: `${sub}@npm.test`, email_verified: true }),
  }),
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: true, logoutSource: signOutPage, postLogoutSuccessSource: signedOutPage },
    backchannelLogout: { enabled: true },
  },
  // Its own way out hangs up on private and loopback addresses, and Genkan is on one.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  // Whoever is signed in has allowed it all.
  async loadExistingGrant({ oidc }) {
    const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
    grant.addOIDCScope('openid profile email')
    await grant.save()
    return grant
  },
})
/** What Genkan asked for, the last first. */
const asked = []
provider.on('authorization.accepted', (ctx) => asked.unshift({ ...ctx.oidc.params }))
const errors = []
for (const event of ['server_error', 'authorization.error', 'grant.error', 'userinfo.error']) {
  provider.on(event, (_, error) => errors.push(`${event}: ${error.error_detail ?? error.message}`))
}
/** Whom it told Genkan of as signed out. */
const told = []
provider.on('backchannel.success', (ctx, client, sub, sid) => told.push({ sub, sid }))
provider.on('backchannel.error', (ctx, error) => errors.push(`backchannel.error: ${error.cause ?? error}`))
const paths = []
const SIGN_IN = `<!doctype html><html lang="en"><title>npm ID</title><link rel="icon" href="data:,"><form method="post">
  <label>Name <input name="login"></label><button id="there">Sign in</button><button id="back" name="back">Back</button>`
provider.use(async (ctx, next) => {
  paths.push(ctx.path)
  if (!ctx.path.startsWith('/interaction/')) return next()
  if (ctx.method === 'GET') {
    ctx.body = SIGN_IN
    return
  }
  let body = ''
  for await (const chunk of ctx.req) body += chunk
  const form = new URLSearchParams(body)
  const result = form.has('back') ? { error: 'access_denied' } : { login: { accountId: form.get('login') } }
  await provider.interactionFinished(ctx.req, ctx.res, result)
  ctx.respond = false
})

/** Signs in at the provider, which asks for no more than a name. */
async function signsInThere(visitor, name) {
  await visitor.page.locator('input[name=login]').fill(name)
  await visitor.press('there')
}

async function comesFromThere(visitor, name) {
  const request = app.request()
  await visitor.open(request.url)
  await visitor.press('login-with-npm')
  await signsInThere(visitor, name)
  const next = visitor.page.locator('#consent-allow, h1:text-is("The app")').first()
  await next.waitFor()
  if ((await next.getAttribute('id')) === 'consent-allow') await visitor.press('consent-allow')
  return app.redeem(request, visitor.page)
}

async function signsOut(visitor) {
  await visitor.open('/logout')
  await visitor.press('logout-confirm')
  await visitor.byId('logout-confirm').waitFor({ state: 'detached' })
}

/** There and back, with all that the two are to tell each other. */
async function isKnownHere(visitor) {
  const claims = await comesFromThere(visitor, 'hana')
  assert.deepEqual(claims.amr, ['fed'])
  const { code_challenge_method: method, code_challenge: challenge, nonce, state, response_type: type } = asked[0]
  assert.deepEqual([method, type], ['S256', 'code'])
  assert.ok(challenge && nonce && state)
  assert.ok(paths.includes('/me'), 'userinfo was asked')
  await visitor.open('/account')
  const shown = await visitor.page.locator('main').innerText()
  assert.ok(shown.includes('hana of npm') && shown.includes('hana@npm.test'), shown)

  // After signing out nobody comes in again without a word there.
  await signsOut(visitor)
  assert.equal((await comesFromThere(visitor, 'hana')).sub, claims.sub)
  assert.equal(asked[0].prompt, 'login')
  await signsOut(visitor)
  assert.notEqual((await comesFromThere(visitor, 'another')).sub, claims.sub)
}

/** Somebody turns back there, and is told so here. */
async function turnsBack(visitor) {
  await visitor.open('/login')
  await visitor.press('login-with-npm')
  await visitor.press('back')
  await visitor.page.getByRole('status').waitFor()
  assert.equal(new URL(visitor.page.url()).searchParams.get('outcome'), 'cancelled')
}

/** Somebody adds their account there to the one here, and comes in with it. */
async function isLinked(visitor) {
  await visitor.open('/account/ways-in')
  await visitor.signIn(person)
  await visitor.press('link-npm')
  await signsInThere(visitor, 'alice')
  await visitor.press('link-submit')
  await visitor.page.locator('[id^="unlink-"]').waitFor({ state: 'attached' })
  await signsOut(visitor)
  assert.equal((await comesFromThere(visitor, 'alice')).sub, person.sub)
}

/** Whoever signs out there is signed out here, wherever that session brought them; whoever else came is not. */
async function signsOutThere(visitor) {
  const other = await Visitor.arrive(browser, visitor)
  for (const who of [other, visitor]) {
    await comesFromThere(who, 'hana')
    await isSignedIn(who, true)
  }
  told.length = 0
  await visitor.open(`${upstream}/session/end`)
  await visitor.press('out')
  await visitor.page.waitForURL(`${upstream}/session/end/success`)
  assert.deepEqual(told.map(({ sub, sid }) => [sub, typeof sid]), [['hana', 'string']], errors.join('; '))
  await isSignedIn(visitor, false)
  await isSignedIn(other, true)
  await other.leave()
}

async function isSignedIn(visitor, expected) {
  await visitor.open('/account')
  assert.equal(await visitor.byId('login-submit').count(), expected ? 0 : 1, visitor.page.url())
}

const { port, hostname } = new URL(upstream)
const server = provider.listen(Number(port), hostname)
await once(server, 'listening')
await app.listen()
const browser = await launch()
for (const journey of [turnsBack, isKnownHere, isLinked, signsOutThere]) {
  const visitor = await Visitor.arrive(browser, { origins: [issuer, app.origin, upstream], language: 'en' })
  try {
    await journey(visitor)
  } catch (error) {
    console.error(`${journey.name}, at ${visitor.page.url()}; ${[...visitor.faults, ...errors].join('; ')}`)
    throw error
  }
  await visitor.leave()
}
assert.deepEqual(errors.filter((error) => !error.includes('access_denied')), [])
await browser.close()
app.close()
server.close()
server.closeAllConnections()
