// npm's openid-client as a relying party, through everything it does with a provider.
//
// ISSUER; EMAIL, PASSWORD, SUB of a person; APPS: a JSON array of client registrations (RFC 7591), those that sign with
// their private_key beside.
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { Person } from './person.mjs'

globalThis.crypto ??= webcrypto // Node 18 has it, but not by this name.
const oidc = await import('openid-client')
const { importPKCS8 } = await import('jose')

const { ISSUER: issuer, EMAIL: email, PASSWORD: password, SUB: sub } = process.env
const apps = JSON.parse(process.env.APPS)

const AUTHENTICATION = {
  client_secret_basic: ({ client_secret }) => oidc.ClientSecretBasic(client_secret),
  client_secret_post: ({ client_secret }) => oidc.ClientSecretPost(client_secret),
  private_key_jwt: async ({ private_key }) => {
    const key = await importPKCS8(private_key.pem, private_key.alg)
    return oidc.PrivateKeyJwt({ key, kid: private_key.kid })
  },
  none: () => oidc.None(),
}

/** Whether it can prove who it is, so that it may introspect. */
const isConfidential = (app) => Boolean(app.client_secret ?? app.private_key)

async function discover(app) {
  const method = app.token_endpoint_auth_method ?? 'client_secret_basic'
  const authentication = await AUTHENTICATION[method](app)
  const config = await oidc.discovery(new URL(issuer), app.client_id, {}, authentication, {
    execute: [oidc.allowInsecureRequests],
  })
  // Or it would believe an ID token for having come by TLS, and leave its signature alone.
  oidc.enableNonRepudiationChecks(config)
  return config
}

/** An authorization request, and what the answer to it is checked by. */
async function authorization(config, app, extra = {}) {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true,
  }
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: app.redirect_uris[0],
    scope: 'openid profile email offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...extra,
  })
  return { url, checks }
}

async function signIn(config, app, person) {
  const { url, checks } = await authorization(config, app)
  const { at, seen } = await person.visit(url)
  assert.deepEqual(seen, ['login-submit', 'consent-allow'])

  // The library knows that the answer must name the issuer (RFC 9207).
  assert.equal(config.serverMetadata().authorization_response_iss_parameter_supported, true)
  for (const iss of [null, 'https://evil.test']) {
    const forged = new URL(at)
    forged.searchParams.delete('iss')
    if (iss) forged.searchParams.set('iss', iss)
    await assert.rejects(oidc.authorizationCodeGrant(config, forged, checks), ({ cause }) => /"iss"/.test(cause.message))
  }

  const tokens = await oidc.authorizationCodeGrant(config, at, checks)
  assert.equal(tokens.claims().sub, sub)
  assert.equal(tokens.claims().nonce, checks.expectedNonce)
  assert.equal(tokens.token_type, 'bearer')
  assert.ok(tokens.expiresIn() > 0)
  return tokens
}

async function silently(config, app, person) {
  const { url, checks } = await authorization(config, app, { prompt: 'none' })
  const { at, seen } = await person.visit(url)
  assert.deepEqual(seen, [])
  return oidc.authorizationCodeGrant(config, at, checks)
}

async function byFormPost(config, app, person) {
  const { url, checks } = await authorization(config, app, { response_mode: 'form_post' })
  const { at, seen } = await person.visit(url)
  assert.deepEqual(seen, ['form_post'])
  assert.ok(at instanceof Request)
  const tokens = await oidc.authorizationCodeGrant(config, at, checks)
  assert.equal(tokens.claims().sub, sub)
}

async function useTokens(config, app, first) {
  const tokens = await oidc.refreshTokenGrant(config, first.refresh_token)
  assert.notEqual(tokens.access_token, first.access_token)
  assert.notEqual(tokens.refresh_token, first.refresh_token)

  const info = await oidc.fetchUserInfo(config, tokens.access_token, sub)
  assert.equal(info.email, email)

  if (isConfidential(app)) {
    const told = await oidc.tokenIntrospection(config, tokens.access_token)
    assert.deepEqual([told.active, told.sub, told.client_id, told.iss], [true, sub, app.client_id, issuer])
  }
  await oidc.tokenRevocation(config, tokens.refresh_token)
  const refused = { error: 'invalid_grant', status: 400 }
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), refused)
  if (isConfidential(app)) {
    const told = await oidc.tokenIntrospection(config, tokens.access_token)
    assert.deepEqual(told, { active: false })
  }
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, sub), { status: 401 })
}

async function signOut(config, app, person, tokens) {
  const state = oidc.randomState()
  const url = oidc.buildEndSessionUrl(config, {
    post_logout_redirect_uri: app.post_logout_redirect_uris[0],
    id_token_hint: tokens.id_token,
    state,
  })
  const { at } = await person.visit(url)
  assert.equal(at.href, `${app.post_logout_redirect_uris[0]}?state=${state}`)

  const again = await authorization(config, app, { prompt: 'none' })
  const { at: answer } = await person.visit(again.url)
  await assert.rejects(oidc.authorizationCodeGrant(config, answer, again.checks), { error: 'login_required' })
}

async function forItself(config, app) {
  const tokens = await oidc.clientCredentialsGrant(config, { scope: app.scope })
  assert.equal(tokens.scope, app.scope)
  assert.equal(tokens.refresh_token, undefined)
  const told = await oidc.tokenIntrospection(config, tokens.access_token)
  assert.deepEqual([told.active, told.client_id, told.scope], [true, app.client_id, app.scope])
}

for (const app of apps) {
  const config = await discover(app)
  assert.equal(config.serverMetadata().issuer, issuer)
  if (app.grant_types?.includes('client_credentials')) {
    await forItself(config, app)
  } else {
    const person = new Person({ issuer, email, password })
    const tokens = await signIn(config, app, person)
    const second = await silently(config, app, person)
    await byFormPost(config, app, person)
    await useTokens(config, app, tokens)
    await signOut(config, app, person, second)
  }
  console.log(`${app.client_id}: passed`)
}
