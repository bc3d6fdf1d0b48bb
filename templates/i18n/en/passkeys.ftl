## Passkeys

passkeys-title = Passkeys
passkeys-lead = Sign in with your fingerprint, your face or the lock of your screen. There is nothing to type, and nothing that others could find out.
passkeys-created = added { $when }
passkeys-used = last used { $when }
passkeys-unused = not used yet
passkeys-rename = Rename
passkeys-name = Name
passkeys-save = Save
passkeys-name-wrong = Please use a name of 1 to { $max } characters.
passkeys-remove = Remove
passkeys-remove-question = Remove this passkey? You can’t sign in with it any more. Your device or password manager may go on showing it until you delete it there, too.
passkeys-remove-yes = Remove this passkey
passkeys-only-way-in = This passkey is your only way to sign in. Please set a password first.
passkeys-only-second-factor = This passkey is your only second step at sign-in. Please add another passkey or an authenticator app first, or turn off two-step verification.
passkeys-add = Add a passkey
passkeys-full = You have as many passkeys as an account can have. Remove one to add another.
passkeys-on-device = Passkey on { $device }
passkeys-unnamed = Passkey

passkeys-sign-in = Sign in with a passkey
passkeys-use = Use a passkey

passkeys-refused = That passkey couldn’t be used. Please try again, or use another way.
passkeys-cancelled = It was cancelled, or took too long. You can try again.
passkeys-known = This device or password manager has a passkey for your account already.
passkeys-failed = Your browser couldn’t use a passkey here. Please try again, or use another way.
passkeys-unavailable = This browser can’t use passkeys. You can go on using your password.
passkeys-noscript = Adding a passkey takes JavaScript, which is off in this browser. You can go on using your password.
passkeys-noscript-sign-in = Signing in with a passkey takes JavaScript, which is off in this browser. Your password works without it.
passkeys-noscript-second-factor = A passkey takes JavaScript, which is off in this browser. A code works without it.

passkeys-offer-title = Sign in faster next time
passkeys-offer-lead = With a passkey, your fingerprint, your face or the lock of your screen takes the place of your password.
passkeys-offer-later = Not now

## Passkeys as the second step

second-factor-title-passkey = One more step
second-factor-lead-passkey = Your password was right. Now use your passkey.
second-factor-hint-recovery = One of your recovery codes.
two-step-lead-passkeys = Signing in with your password then takes a second step: a passkey, or a code from an authenticator app. Whoever learns your password alone can’t get in.
two-step-passkey-submit = Turn on with a passkey
two-step-passkey-first = No app? Add a passkey first, and turn this on with it.
two-step-lead-on-any = Signing in with your password takes a second step.
two-step-app-none = Not set up
two-step-app-start = Set up an authenticator app
two-step-passkeys-count =
    { $count ->
        [0] None
        [one] { $count } passkey
       *[other] { $count } passkeys
    }

enroll-lead-passkey = { $app } asks for a passkey: your fingerprint, your face or the lock of your screen. It takes about a minute.
notice-passkey = This app asks for a passkey. Please sign in with yours.
