// The snippets of apps' pages, run as they stand there: that of a web app, and that of a page in the browser.
//
// ISSUER; EMAIL, PASSWORD, SUB of a person; WEB and SPA: the snippets; and what the snippet of the web app reads. The same of
// apps that sign: SIGNER and MACHINE, and the ids that they are registered by.
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Person } from './person.mjs'

globalThis.crypto ??= webcrypto // Node 18 has it, but not by this name.
const { ISSUER: issuer, EMAIL: email, PASSWORD: password, SUB: sub, WEB: web, SPA: spa } = process.env
const { SIGNER: signer, SIGNER_ID: signerId, MACHINE: machine, MACHINE_ID: machineId } = process.env
// Where the library is found.
const folder = await mkdtemp(fileURLToPath(new URL('node_modules/.snippets-', import.meta.url)))
let count = 0

async function run(text) {
  const file = join(folder, `${(count += 1)}.mjs`)
  await writeFile(file, text)
  return import(pathToFileURL(file))
}

async function webApp(person, text) {
  const { signIn, callback } = await run(text)
  const session = {}
  const { at } = await person.visit(await signIn(session))
  assert.equal(await callback(session, new URL(at)), sub)
  await assert.rejects(callback({ ...session, state: 'another' }, new URL(at)))
}

/** Two pages: what both begin with, then the one that signs in, then the one of the redirect URI. */
async function page(person) {
  const [before, after] = spa.split('// On the page of the redirect URI:')
  const [head] = before.split('// To sign in:')
  assert.ok(after && head.length < before.length, spa)
  const kept = new Map()
  globalThis.sessionStorage = {
    setItem: (name, value) => kept.set(name, value),
    getItem: (name) => kept.get(name) ?? null,
    removeItem: (name) => kept.delete(name),
  }
  let sent
  globalThis.location = { assign: (url) => { sent = new URL(url) } }
  await run(before)
  const { at } = await person.visit(sent)
  const said = []
  const log = console.log
  console.log = (...values) => said.push(...values)
  globalThis.location = { href: String(at) }
  await run(head + after).finally(() => { console.log = log })
  assert.equal(said[0].sub, sub)
  assert.equal(kept.size, 0)
}

/** What it prints is a token of its own. */
async function printed(text) {
  const said = []
  const log = console.log
  console.log = (...values) => said.push(...values)
  await run(text).finally(() => { console.log = log })
  return said
}

try {
  const person = new Person({ issuer, email, password })
  await webApp(person, web)
  await page(person)
  process.env.OIDC_CLIENT_ID = signerId
  await webApp(person, signer)
  process.env.OIDC_CLIENT_ID = machineId
  const [token] = await printed(machine)
  assert.equal(JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).client_id, machineId)
} finally {
  await rm(folder, { recursive: true })
}
