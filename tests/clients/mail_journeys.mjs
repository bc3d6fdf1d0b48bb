// What people do by mail, in a real browser. The mails are those that the server shows to its own machine.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { PATIENCE } from './app.mjs'

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#38': '&', '#60': '<', '#62': '>', '#34': '"', '#39': "'" }
const unescapeHtml = (text) => text.replace(/&([#\w]+);/g, (whole, name) => ENTITIES[name] ?? whole)

/** The mails that somebody has read already. */
const read = new Set()

/** The next mail to an address whose text has this in it; the page has the newest first. */
export async function mail(issuer, to, about) {
  const deadline = Date.now() + PATIENCE
  while (Date.now() < deadline) {
    const page = await (await fetch(new URL('/mail', issuer))).text()
    for (const [, article] of page.matchAll(/<article class="mail">(.*?)<\/article>/gs)) {
      const text = unescapeHtml(article)
      const link = text.match(/https?:\S+\?token=[\w-]+/)?.[0]
      if (!link || read.has(link) || !text.includes(`${to} ·`) || !link.includes(about)) continue
      read.add(link)
      return { link, code: text.match(/^\s+(\d{6})\s*$/m)?.[1] }
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.fail(`no mail about ${about} to ${to}`)
}

/** The address that somebody signed up with is shown to be theirs. */
export async function confirmsTheAddress(visitor, person) {
  const { link } = await mail(visitor.origins[0], person.email, '/verify?')
  await visitor.open('/account')
  await visitor.byId('verify-send').waitFor()
  await visitor.open(link)
  await visitor.sees('verify-submit', 'verify')
  assert.equal(new URL(visitor.page.url()).search, '')
  await visitor.press('verify-submit')
  await visitor.sees('verify-onward', 'verify-done')
  await visitor.press('verify-onward')
  await visitor.page.locator('.tag-good').first().waitFor()
  assert.equal(await visitor.byId('verify-send').count(), 0)
}

export async function forgetsThePassword(visitor, person) {
  await visitor.context.clearCookies()
  await visitor.open('/login')
  await visitor.page.locator('a[href^="/forgot"]').click()
  await visitor.sees('forgot-submit', 'forgot')
  await visitor.fill({ email: person.email })
  await visitor.press('forgot-submit')
  await visitor.sees('forgot-sent', 'forgot-sent')
  const { link } = await mail(visitor.origins[0], person.email, '/reset?')
  await visitor.open(link)
  await visitor.sees('reset-submit', 'reset')
  await visitor.fill({ password: 'password' })
  await visitor.press('reset-submit')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('reset-submit', 'reset-error')
  person.password = randomBytes(12).toString('hex')
  await visitor.fill({ password: person.password })
  await visitor.press('reset-submit')
  await visitor.page.waitForURL((url) => url.pathname === '/account')
}

/** By the code, on the way to an app; and by the link. */
export async function signsInByMail(visitor, person, app, sub) {
  await visitor.context.clearCookies()
  const request = app.request()
  await visitor.open(request.url)
  await visitor.page.locator('a[href^="/login/mail"]').click()
  await visitor.sees('mail-sign-in-submit', 'mail-sign-in')
  await visitor.fill({ email: person.email })
  await visitor.press('mail-sign-in-submit')
  await visitor.sees('mailed-code-submit', 'mailed-code')
  assert.equal(await visitor.byId('code').getAttribute('autocomplete'), 'one-time-code')
  await visitor.fill({ code: '1' })
  await visitor.press('mailed-code-submit')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('mailed-code-submit', 'mailed-code-error')
  await visitor.fill({ code: (await mail(visitor.origins[0], person.email, '/login/mail/link?')).code })
  await visitor.press('mailed-code-submit')
  assert.equal((await app.redeem(request, visitor.page)).sub, sub)

  await visitor.context.clearCookies()
  await visitor.open('/login/mail')
  await visitor.fill({ email: person.email })
  await visitor.press('mail-sign-in-submit')
  await visitor.byId('mailed-code-submit').waitFor()
  await visitor.open((await mail(visitor.origins[0], person.email, '/login/mail/link?')).link)
  await visitor.sees('mail-link-submit', 'mail-link')
  await visitor.press('mail-link-submit')
  await visitor.page.waitForURL((url) => url.pathname === '/account')
}

export async function changesTheAddress(visitor, person) {
  const [before, after] = [person.email, `new-${person.email}`]
  await visitor.open('/account/email')
  await visitor.sees('change-email-submit', 'change-email')
  await visitor.fill({ email: before })
  await visitor.press('change-email-submit')
  await visitor.page.getByRole('alert').waitFor()
  await visitor.sees('change-email-submit', 'change-email-error')
  await visitor.fill({ email: after })
  await visitor.press('change-email-submit')
  await visitor.sees('mailed-code-submit', 'approve-email-code')
  await visitor.press('approve-email-without')
  await visitor.sees('approve-email-stuck', 'approve-email-stuck')
  await visitor.page.goBack()
  const question = await mail(visitor.origins[0], before, '/account/email/approve?')
  await visitor.open(question.link)
  await visitor.sees('approve-email-submit', 'approve-email')
  await visitor.page.goBack()
  await visitor.fill({ code: question.code })
  await visitor.press('mailed-code-submit')
  await visitor.page.waitForURL((url) => url.pathname === '/account/email/code')
  await visitor.sees('mailed-code-submit', 'change-email-code')
  const { link, code } = await mail(visitor.origins[0], after, '/account/email/confirm?')
  await visitor.open(link)
  await visitor.sees('confirm-email-submit', 'confirm-email')
  await visitor.page.goBack()
  await visitor.fill({ code })
  await visitor.press('mailed-code-submit')
  await visitor.page.waitForURL((url) => url.pathname === '/account')
  assert.ok((await visitor.page.locator('main').innerText()).includes(after))
  person.email = after
  await visitor.open((await mail(visitor.origins[0], before, '/account/email/undo?')).link)
  await visitor.sees('undo-email-submit', 'undo-email')
  await visitor.open('/mail')
  await visitor.shows('local-mail')
}
