// Passkeys (WebAuthn Level 3), the one thing here that takes a script: it asks the browser what a form carries in
// `data-passkey` ("get" or "create") and `data-options`, puts the answer into the form, and sends it.
(() => {
  'use strict'
  const known = window.PublicKeyCredential
  const forms = [...document.querySelectorAll('form[data-passkey]')]
  let waiting

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

  /** What to ask, as the browser takes it. */
  const read = (form) => {
    const options = JSON.parse(form.dataset.options)
    const parse = `parse${form.dataset.passkey === 'create' ? 'Creation' : 'Request'}OptionsFromJSON`
    if (known[parse]) return known[parse](options)
    options.challenge = bytes(options.challenge)
    if (options.user) options.user.id = bytes(options.user.id)
    for (const list of [options.excludeCredentials, options.allowCredentials]) {
      for (const credential of list || []) credential.id = bytes(credential.id)
    }
    return options
  }

  /** The answer as JSON. Some password managers answer by themselves, without `toJSON`. */
  const write = (credential) => {
    try {
      return JSON.stringify(credential.toJSON())
    } catch {
      const { id, rawId, type, response } = credential
      const json = {}
      for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
        if (response[name]) json[name] = text(response[name])
      }
      if (response.getTransports) json.transports = response.getTransports()
      const clientExtensionResults = credential.getClientExtensionResults()
      return JSON.stringify({ id, rawId: text(rawId), type, response: json, clientExtensionResults })
    }
  }

  const ask = async (form, mediation) => {
    if (waiting) waiting.abort()
    const controller = new AbortController()
    if (mediation) waiting = controller
    const request = { publicKey: read(form), signal: controller.signal, ...(mediation && { mediation }) }
    const credential = await navigator.credentials[form.dataset.passkey](request)
    form.elements.namedItem('credential').value = write(credential)
    // What is ticked beside the other way counts here, too.
    const box = document.getElementById(form.dataset.with)
    if (box && box.checked) form.append(Object.assign(box.cloneNode(), { type: 'hidden', id: '' }))
    form.submit()
  }

  /** What went wrong, in words that the page carries. */
  const tell = (form, { name }) => {
    const words = { NotAllowedError: 'cancelled', AbortError: 'cancelled', InvalidStateError: 'known' }
    const place = form.querySelector('.problem')
    place.textContent = form.dataset[words[name]] || form.dataset.failed
    place.hidden = false
  }

  const isLate = (form) => performance.now() > (form.dataset.lifetime - 10) * 1000
  const again = (form) => location.replace(form.dataset.again)

  for (const form of known ? forms : []) {
    form.hidden = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      if (isLate(form)) again(form)
      else ask(form).catch((error) => tell(form, error))
    })
  }
  for (const place of known ? [] : document.querySelectorAll('[data-passkey-unavailable]')) place.hidden = false

  /** Signing in with nothing typed: the browser offers passkeys where it offers user names. */
  const suggest = async (form) => {
    if (!known.isConditionalMediationAvailable || !(await known.isConditionalMediationAvailable())) return
    // Who comes back later gets a page that is fresh, unless they have typed something.
    const isTyped = () => [...document.querySelectorAll('input')].some((field) => field.value !== field.defaultValue)
    window.addEventListener('focus', () => isLate(form) && !isTyped() && again(form))
    await ask(form, 'conditional').catch(() => {})
  }

  const suggesting = forms.find((form) => 'suggest' in form.dataset)
  if (known && suggesting) suggest(suggesting)

  const offer = document.querySelector('[data-passkey-offer]')
  if (known && offer) {
    known.isUserVerifyingPlatformAuthenticatorAvailable().then((can) => (offer.hidden = !can)).catch(() => {})
  }

  // Password managers forget what was removed here.
  const accepted = document.querySelector('[data-accepted]')
  if (known && accepted && known.signalAllAcceptedCredentials) {
    known.signalAllAcceptedCredentials(JSON.parse(accepted.dataset.accepted)).catch(() => {})
  }
})()
