## The account

account-title = You’re signed in
account-lead = This is your account at { $instance }.
account-email-verified = Verified
account-email-unverified = Not verified yet
account-username = User name
account-signed-in-at = Signed in
account-sign-out = Sign out

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
two-step-title = Two-step verification
two-step-lead = Signing in takes your password and a code from your phone. Whoever learns your password alone can’t get in.
two-step-needs = You need an authenticator app that makes 6-digit codes. Many password managers do that, too.
two-step-start = Set up
two-step-scan = Scan this with your authenticator app. Then enter the code that it shows.
two-step-qr = QR code for your authenticator app. The key below says the same.
two-step-open = On this device? Open the authenticator app
two-step-secret = Or type in this key
two-step-first-code = The 6 digits in the app
two-step-confirm = Turn on
two-step-cancel = Cancel
two-step-turned-on = Two-step verification is on. You are signed out on all other devices.
two-step-codes-title = Recovery codes
two-step-codes-keep = Each of these works once in place of a code, should you lose your device. Write them down or print them, and keep them in a safe place. They are not shown again.
two-step-codes-done = I have kept them
two-step-lead-on = Signing in takes your password and a code from your authenticator app.
two-step-since = Authenticator app
two-step-on = On
two-step-codes-left =
    { $count ->
        [0] None left. Please make new ones.
        [one] { $count } left
       *[other] { $count } left
    }
two-step-codes = New recovery codes
two-step-codes-lead = Those you have stop working. You are signed out on all other devices.
two-step-codes-submit = Make new codes
two-step-off = Turn off
two-step-off-lead = From then on your password alone opens your account. Your recovery codes stop working, and you are signed out on all other devices.
two-step-off-submit = Turn off
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
account-verify-send = Send a mail to confirm the address
account-verify-sent = A mail is on its way. Open the link in it to confirm your address.
