// A person at a browser without scripts: cookies, redirects, forms. It knows Genkan by the ids of its buttons alone.
import assert from 'node:assert/strict'

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const unescapeHtml = (text) =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16))
    : decimal ? String.fromCodePoint(Number(decimal))
    : (ENTITIES[name] ?? whole))

function attributes(tag) {
  const found = {}
  for (const [, name, quoted] of tag.matchAll(/([\w-]+)(?:="([^"]*)")?/g)) found[name] ??= unescapeHtml(quoted ?? '')
  return found
}

/** What pressing a button sends: the form around it, or the first form of the page where no button is named. */
function formOf(html, url, buttonId) {
  for (const [, head, body] of html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)) {
    const buttons = [...body.matchAll(/<button\b([^>]*)>/g)].map(([, tag]) => attributes(tag))
    const button = buttons.find(({ id }) => id === buttonId)
    if (buttonId && !button) continue
    const { action = '', method = 'get' } = attributes(head)
    const inputs = [...body.matchAll(/<input\b([^>]*)>/g)].map(([, tag]) => attributes(tag))
    const fields = new URLSearchParams()
    for (const { name, value = '' } of [...inputs, button ?? {}]) if (name) fields.append(name, value)
    return { action: new URL(action, url), method: method.toUpperCase(), fields }
  }
  assert.fail(`no form with ${buttonId} at ${url}:\n${html}`)
}

export class Person {
  #cookies = new Map()

  constructor({ issuer, email, password }) {
    Object.assign(this, { issuer, email, password })
  }

  async #fetch(url, options = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...options.headers, 'accept-language': 'en', ...(cookie && { cookie }) }
    const response = await fetch(url, { ...options, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...rest] = line.split(';')
      const at = pair.indexOf('=')
      const gone = rest.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute))
      if (gone) this.#cookies.delete(pair.slice(0, at).trim())
      else this.#cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1))
    }
    return response
  }

  /** Submits a form of this page; its fields are what is in it already, and these. */
  #submit(html, url, buttonId, fill = {}) {
    const { action, method, fields } = formOf(html, url, buttonId)
    for (const [name, value] of Object.entries(fill)) fields.set(name, value)
    assert.equal(method, 'POST')
    // As a browser does: nobody but the server itself gets its cookies.
    if (action.origin !== this.issuer) return { arrived: new Request(action, { method, body: fields }) }
    return this.#fetch(action, { method, body: fields, headers: { origin: this.issuer } })
  }

  /**
   * Opens a URL and goes through every page that comes, agreeing to all of it, until the app is reached: its URL, or
   * the request that carries a form to it.
   */
  async visit(start) {
    let url = new URL(start)
    let response = await this.#fetch(url)
    const seen = []
    for (let steps = 0; steps < 20; steps++) {
      if (response.arrived) return { at: response.arrived, seen }
      if (response.status >= 300 && response.status < 400) {
        url = new URL(response.headers.get('location'), url)
        if (url.origin !== this.issuer) return { at: url, seen }
        response = await this.#fetch(url)
        continue
      }
      const html = await response.text()
      assert.equal(response.status, 200, `${url} answered ${response.status}:\n${html}`)
      const page = ['login-submit', 'consent-allow', 'logout-confirm', 'account-continue']
        .find((id) => html.includes(`id="${id}"`))
      seen.push(page ?? 'form_post')
      const credentials = { username: this.email, password: this.password }
      response = await this.#submit(html, url, page, page === 'login-submit' ? credentials : {})
    }
    assert.fail(`pages without end, the last at ${url}`)
  }
}
