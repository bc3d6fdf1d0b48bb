// An app that waits on this machine for what a browser brings it.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'

const random = () => randomBytes(32).toString('base64url')

/** How long anything may take before it counts as never. */
export const PATIENCE = 30_000

export class App {
  #arrived = new Map()

  /** A public client, by its registration (RFC 7591); it listens where its redirect URI says. */
  constructor(issuer, { client_id, redirect_uris: [redirectUri] }) {
    Object.assign(this, { issuer, clientId: client_id, redirectUri, origin: new URL(redirectUri).origin })
    this.server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url, this.origin)
      let body = ''
      for await (const chunk of request) body += chunk
      const params = request.method === 'POST' ? new URLSearchParams(body) : searchParams
      if (pathname === new URL(redirectUri).pathname) {
        this.#arrived.set(params.get('state'), { method: request.method, ...Object.fromEntries(params) })
      }
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end('<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>App</title><h1>The app</h1>')
    })
  }

  async listen() {
    const { hostname, port } = new URL(this.origin)
    this.server.listen(Number(port), hostname)
    await once(this.server, 'listening')
  }

  close() {
    this.server.close()
    this.server.closeAllConnections()
  }

  /** An authorization request: its URL, and what is needed to take the answer. */
  request(extra = {}) {
    const [state, nonce, verifier] = [random(), random(), random()]
    const url = new URL('/authorize', this.issuer)
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      scope: 'openid profile email offline_access',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...extra,
    })
    return { url: url.href, state, nonce, verifier }
  }

  /** What a browser brings for a request: right in all that every answer has. */
  async answer({ state }, page) {
    const deadline = Date.now() + PATIENCE
    while (!this.#arrived.has(state)) {
      if (Date.now() > deadline) assert.fail(`nothing came to the app; the browser is at ${page.url()}:\n${await page.content()}`)
      await page.waitForTimeout(20)
    }
    await page.waitForURL((url) => url.origin === this.origin)
    const answer = this.#arrived.get(state)
    assert.equal(answer.iss, this.issuer, 'RFC 9207')
    return answer
  }

  /** The claims of the ID token that the code of an answer is good for. */
  async redeem(request, page) {
    const { code, method } = await this.answer(request, page)
    assert.ok(code, 'there is a code')
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.redirectUri,
      client_id: this.clientId,
      code_verifier: request.verifier,
    })
    const response = await fetch(new URL('/token', this.issuer), { method: 'POST', body })
    const tokens = await response.json()
    assert.equal(response.status, 200, JSON.stringify(tokens))
    const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url'))
    assert.equal(claims.nonce, request.nonce)
    return { code, method, ...claims }
  }
}
