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
scope-groups-title = See your groups
scope-groups-detail = The names of the groups that you belong to here
scope-roles-title = See your roles
scope-roles-detail = The names of the roles that you have here
scope-offline-access-title = Keep access while you’re away
scope-offline-access-detail = Until you withdraw it, also when you’re not using the app
scope-line-friend-title = See whether you’re a friend of its LINE account
scope-line-friend-detail = Whether you’ve added the LINE official account as a friend
scope-unknown-detail = A permission that this app defines

## Going back to the app by a form

form-post-title = One moment
form-post-lead = We’re taking you back to the app.
form-post-noscript = Your browser doesn’t run scripts, so please press the button to go on.
form-post-continue = Continue
