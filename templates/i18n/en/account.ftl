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
place-city = { $city }, { $country }
place-this-machine = This machine
place-this-network = This network
sessions-end-others = Sign out everywhere else
apps-title = Apps with access
apps-lead = You let these apps use your account. Taking access back signs you out of them.
apps-none = You haven’t given any app access to your account yet.
apps-since = since { $when }
apps-withdraw = Take back
apps-withdraw-from = Take back access from { $app }
account-verify-send = Send a mail to confirm the address
account-verify-sent = A mail is on its way. Open the link in it to confirm your address.

## Recent activity

activity-title = Recent activity
activity-lead = What happened to your account lately. If you don’t recognise something, change your password and sign out everywhere else.
activity-none = Nothing has happened yet.
activity-earlier = Earlier
event-signed-up = Account created
event-signed-in = Signed in
event-signed-in-anew = Signed in on a new device
event-password-wrong = Wrong password
event-second-factor-wrong = Wrong code or passkey
event-throttled = Too many attempts, stopped
event-signed-out = Signed out
event-signed-out-elsewhere = Signed out everywhere else
event-password-changed = Password changed
event-password-reset = Password reset by mail
event-second-factor-on = Two-step verification turned on
event-second-factor-off = Two-step verification turned off
event-recovery-codes-renewed = New recovery codes
event-recovery-code-used = Recovery code used
event-passkey-added = Passkey added
event-passkey-removed = Passkey removed
event-identity-linked = Account elsewhere added
event-identity-unlinked = Account elsewhere removed
event-signed-out-by-provider = Signed out, because a service you sign in with said so
event-identity-suspended = Account elsewhere blocked, because its service said that it isn’t safe
event-identity-resumed = Account elsewhere works again
event-identity-doubted = A service you sign in with said that your password there may be known to others
event-identity-withdrawn = Account elsewhere removed, because its service said so
event-relay-stopped = Apple no longer forwards mail to you
event-relay-resumed = Apple forwards mail to you again
event-kept-access-ended = Access to an account elsewhere ended
event-email-verified = Email address verified
event-email-change-begun = Change of email address requested
event-email-change-approved = Change of email address confirmed from the old address
event-email-change-unapproved = Change of email address without mail at the old address
event-email-changed = Email address changed
event-email-restored = Email address restored
event-profile-changed = Profile changed
event-app-allowed = App got access
event-app-withdrawn = Access taken back
event-token-reused = An app’s token was used twice, access taken back
event-data-exported = Data exported
event-frozen = Account frozen
event-unfrozen = Account unfrozen
event-deletion-scheduled = Deletion requested
event-deletion-cancelled = Deletion cancelled

## A copy, freezing, deleting

leave-title = Your data, freezing and deleting
leave-export = A copy of your data
leave-export-lead = Everything we know about you, as a JSON file.
leave-export-submit = Download
leave-freeze = Freeze the account
leave-freeze-lead = For when you think somebody else is in it. You and all apps are signed out at once, and nobody can use the account until you sign in and say so.
leave-freeze-sure = Yes, freeze my account
leave-freeze-submit = Freeze
leave-delete = Delete the account
leave-delete-lead =
    { $days ->
        [0] You and all apps are signed out at once, and everything is gone for good within minutes.
        [one] You and all apps are signed out at once. Sign in within a day if you change your mind. After that everything is gone for good.
       *[other] You and all apps are signed out at once. Sign in within { $days } days if you change your mind. After that everything is gone for good.
    }
leave-delete-sure = Yes, delete my account and everything in it
leave-delete-submit = Delete
leave-sure-needed = Please tick the box to show that you mean it.
leave-last-operator = Nobody else could run this server. Please give somebody else that role first.
leave-frozen = Your account is frozen. Sign in when you want to use it again.
leave-leaving = Your account will be deleted on { $when }. Until then, sign in if you want to keep it.

## Another email address

change-email-title = Change email address
change-email-lead = We send a mail to the new address. Once you confirm it, it takes the place of the old one.
change-email-lead-both = We first send a mail to your address until now, then one to the new address. Once you have confirmed both, the new one takes the place of the old one.
change-email-current = Email address until now
change-email-new = New email address
change-email-submit = Send mail
change-email-sent = A mail is on its way to { $email }. Enter the code from it here, or open its link. Until then nothing changes.
change-email-same = This is your address already.
approve-email-sent = A mail is on its way to { $email }. Enter the code from it here, or open its link. Then we write to { $new }. Until you have confirmed both, nothing changes.
approve-email-without = I can’t read mail at { $email }
approve-email-go-on = Go on without mail at { $email }
approve-email-stuck-title = We can’t be sure that it’s you
approve-email-stuck-lead = Without mail at { $email }, something else has to show that it’s you.
approve-email-stuck-factor = Two-step verification or a passkey will do, once all of it has been there for { $days } days.
approve-email-stuck-operator = Otherwise, please ask those who run { $instance }. They can change the address once they are sure that it’s you.
approve-email-title = Change the address of your account?
approve-email-lead = Should { $email } take the place of the address that this mail came to? It’s asked next.
approve-email-submit = Go on with the change
approve-email-done-title = One step is left
approve-email-done-lead = A mail is on its way to { $email }. Open its link to finish. Until then nothing changes.
approve-email-done-onward = Go to your account
confirm-email-title = Confirm your new email address
confirm-email-lead = Should { $email } be the address of your account from now on?
confirm-email-submit = Confirm new address
confirm-email-done-title = Your address was changed
confirm-email-done-lead = From now on you sign in with { $email }.
confirm-email-done-onward = Go to your account
undo-email-title = Keep your email address?
undo-email-lead = Your account keeps { $email }. Everybody is signed out, and you choose a new password by a mail that we send you.
undo-email-submit = Keep this address
undo-email-done-title = Your account has its address back
undo-email-done-lead = Everybody is signed out. A mail with a link to choose a new password is on its way to { $email }.
undo-email-done-onward = Sign in
