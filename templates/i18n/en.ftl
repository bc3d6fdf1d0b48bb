# What the pages say, in English. Every message here is also in the other catalogues.
# Plain and kind; no exclamation marks; "sign in" (verb), never "log in".

## On every page

languages = Language
opens-in-new-tab = (opens in a new tab)
client-website = Website
client-policy = Privacy policy
client-terms = Terms of service
email = Email address
name = Name
password = Password
signed-in-as = Signed in as

## Signing in

sign-in-title = Sign in
sign-in-lead = to continue to { $app }
sign-in-identifier = Email or user name
sign-in-submit = Sign in
sign-in-or = or
sign-in-providers = Other ways to sign in
sign-in-no-account = No account yet?
sign-in-create = Create one
sign-in-cancel = Back to { $app }

notice-sign-in-again = Please sign in again to continue.
notice-signed-up = Your account is ready. Please sign in.
notice-session-ended = You were signed out. Please sign in again.

error-credentials = That user name or password isn’t right. Please check both and try again.
error-busy = The server is very busy just now. Please try again in a moment.
error-throttled =
    { $minutes ->
        [one] Too many attempts. Please try again in { $minutes } minute.
       *[other] Too many attempts. Please try again in { $minutes } minutes.
    }

## Creating an account

sign-up-title = Create an account
sign-up-lead = to continue to { $app }
sign-up-password-hint = At least 8 characters. A few unrelated words work well.
sign-up-submit = Create account
sign-up-have-account = Already have an account?
sign-up-sign-in = Sign in

owner-title = Welcome to { $instance }
owner-lead = Create the first account. It belongs to the owner, who manages this server and everyone’s access to it.
owner-submit = Create the owner’s account

required = Please fill this in.
email-invalid = This doesn’t look like an email address. Please check it.
email-taken = An account with this address exists already. Please sign in instead.
password-short = Please use at least 8 characters.
password-long = Please use at most { $max } characters.
password-weak-short = This password is easy to guess. Add another word or two.
password-weak-common = Many people use this password or one like it. Please choose another one.
password-weak-keyboard = Keys in a row are easy to guess. Please choose something else.
password-weak-repeats = Repeats such as “aaa” or “abcabc” are easy to guess. Please choose something else.
password-weak-sequence = Sequences such as “abc” or “6543” are easy to guess. Please choose something else.
password-weak-date = Dates and years are easy to guess. Please choose something else.
password-weak-word = A single word or name is easy to guess. Add another word or two.
name-long = Please use at most { $max } characters.

## Choosing an account

select-account-title = Choose an account
select-account-lead = to continue to { $app }
select-account-continue = Continue as { $name }
select-account-other = Use another account

## Consent

consent-title = Allow { $app } to use your account?
consent-scopes = { $app } will be able to
consent-allow = Allow
consent-deny = Don’t allow
consent-redirect = You will be sent to { $host }
consent-read = About { $app }

scope-openid-title = Know who you are
scope-openid-detail = An identifier that stays the same each time you sign in
scope-profile-title = See your profile
scope-profile-detail = Your name, picture, language and similar details
scope-email-title = See your email address
scope-email-detail = The address, and whether it has been verified
scope-address-title = See your postal address
scope-address-detail = The address saved in your profile
scope-phone-title = See your phone number
scope-phone-detail = The number, and whether it has been verified
scope-offline-access-title = Keep access while you’re away
scope-offline-access-detail = Until you withdraw it, also when you’re not using the app
scope-unknown-detail = A permission that this app defines

## Signing out

sign-out-title = Sign out?
sign-out-lead = You will be signed out of { $instance } in this browser.
sign-out-lead-client = { $app } asks to sign you out of { $instance } in this browser.
sign-out-submit = Sign out
sign-out-otherwise = To stay signed in, just close this page.

signed-out-title = You’re signed out
signed-out-lead = It’s safe to close this page.
signed-out-continue = Continue to { $app }
signed-out-continue-unnamed = Continue

## The account

account-title = You’re signed in
account-lead = This is your account at { $instance }.
account-email-verified = Verified
account-email-unverified = Not verified yet
account-username = User name
account-signed-in-at = Signed in
account-sign-out = Sign out

## Going back to the app by a form

form-post-title = One moment
form-post-lead = We’re taking you back to the app.
form-post-noscript = Your browser doesn’t run scripts, so please press the button to go on.
form-post-continue = Continue

## Errors: a title, what happened, what to do

error-code-label = Code
error-id-label = Request ID
error-back = Go back

error-invalid-request-title = This request can’t be used
error-invalid-request-explanation = The app sent us here with something missing or wrong in its request.
error-invalid-request-advice = Go back to the app and try once more. If it happens again, tell the people who run the app, and give them the details below.

error-invalid-client-title = We don’t know this app
error-invalid-client-explanation = The app that sent you here isn’t registered with this server, or its registration has ended.
error-invalid-client-advice = Check that you came from the right place. If so, tell the people who run the app.

error-unauthorized-client-title = This app isn’t allowed to do that
error-unauthorized-client-explanation = The app asked to sign you in by a method it isn’t registered for.
error-unauthorized-client-advice = You can’t fix this yourself. Please tell the people who run the app.

error-invalid-redirect-uri-title = We won’t send you there
error-invalid-redirect-uri-explanation = The app asked us to send you to an address it isn’t registered for. To protect your account, we stopped here.
error-invalid-redirect-uri-advice = If you followed a link from a message or a website you don’t trust, close this page. Otherwise, tell the people who run the app.

error-unsupported-response-type-title = This app asks for something we don’t offer
error-unsupported-response-type-explanation = The app asked for a kind of answer that this server doesn’t give.
error-unsupported-response-type-advice = You can’t fix this yourself. Please tell the people who run the app.

error-access-denied-title = Nothing was shared
error-access-denied-explanation = Access was not allowed, so the app didn’t receive anything.
error-access-denied-advice = If you change your mind, go back to the app and start again.

error-server-error-title = Something went wrong on our side
error-server-error-explanation = We couldn’t finish what you asked for. It isn’t anything you did.
error-server-error-advice = Please try again in a moment. If it happens again, tell the administrator, and give them the details below.

error-temporarily-unavailable-title = We’re not available just now
error-temporarily-unavailable-explanation = The server is very busy, or is being looked after.
error-temporarily-unavailable-advice = Please try again in a few minutes.

error-invalid-csrf-title = This page was open too long
error-invalid-csrf-explanation = The form has expired, so nothing was sent. It may also help to allow cookies for this site.
error-invalid-csrf-advice = Go back, reload the page and try again.

error-not-found-title = There is no page here
error-not-found-explanation = The address may be mistyped, or the page has moved.
error-not-found-advice = Check the address, or go back to where you came from.

error-method-not-allowed-title = This page can’t be opened that way
error-method-not-allowed-explanation = The address is right, but it was called in a way it doesn’t support.
error-method-not-allowed-advice = Go back to where you came from and try again.

error-too-many-requests-title = That was a little too fast
error-too-many-requests-explanation = Many requests came from your network in a short time, so we’re pausing for a moment.
error-too-many-requests-advice = Please wait a few minutes and try again.

error-payload-too-large-title = That’s too much at once
error-payload-too-large-explanation = What was sent is larger than this server accepts.
error-payload-too-large-advice = Please shorten it and try again.

error-sign-up-closed-title = New accounts aren’t open here
error-sign-up-closed-explanation = On this server, people can’t create an account by themselves.
error-sign-up-closed-advice = If you should have an account, please ask the administrator.

error-setup-link-invalid-title = This setup link doesn’t work any more
error-setup-link-invalid-explanation = It was used already, has expired, or wasn’t copied completely.
error-setup-link-invalid-advice = If the owner’s account exists, sign in with it. If not, restart the server: it prints a new link.

error-other-browser-title = Please start again
error-other-browser-explanation = This sign-in was started in another browser, or too long ago.
error-other-browser-advice = Go back to the app and sign in from there, in this browser.

## The account pages

account-pages = Your account
account-back = Back to your account
password-title = Change password
password-lead = You stay signed in here, and are signed out everywhere else.
password-current = Current password
password-current-wrong = That isn’t your current password. Please try again.
password-new = New password
password-submit = Change password
password-changed = Your password was changed. You are signed out on all other devices.
sessions-title = Devices
sessions-lead = You are signed in on these devices. Sign out of any you don’t know, and change your password.
sessions-unknown = Unknown device
sessions-here = This device
sessions-seen = last used { $when }
sessions-end-others = Sign out everywhere else
apps-title = Apps with access
apps-lead = You let these apps use your account. Taking access back signs you out of them.
apps-none = You haven’t given any app access to your account yet.
apps-since = since { $when }
apps-withdraw = Take back
apps-withdraw-from = Take back access from { $app }
