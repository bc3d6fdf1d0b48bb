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
sign-out-everybody = Sign out everybody in this browser
