## Mails

mail-greeting = Hello { $name },
mail-code = Your code:
mail-or-link = Or open this link:
mail-plain-link = If the button does nothing, copy this address into your browser:
mail-good-for-minutes =
    { $count ->
        [one] This mail works once, within { $count } minute.
       *[other] This mail works once, within { $count } minutes.
    }
mail-good-for-hours =
    { $count ->
        [one] This mail works once, within { $count } hour.
       *[other] This mail works once, within { $count } hours.
    }
mail-good-for-days =
    { $count ->
        [one] This mail works once, within { $count } day.
       *[other] This mail works once, within { $count } days.
    }
mail-when = When
mail-device = Where
mail-to-account = Look at your account
mail-not-you = If that wasn’t you, choose a new password at once: that signs everybody else out.
mail-first-proof = This is the first time that you show that this address is yours. To be safe, a password, passkeys and two-step verification that somebody may have set up with it before will be removed.

mail-reset-subject = Choose a new password
mail-reset-text = Somebody asked for a new password for the { $instance } account of { $email }.
mail-reset-button = Choose a new password
mail-reset-otherwise = If it wasn’t you, there is nothing to do. Your password stays as it is.

mail-verify-subject = Confirm your email address
mail-verify-text = An account at { $instance } was made with the address { $email }. Please confirm that it is yours.
mail-verify-button = Confirm address
mail-verify-otherwise = If you didn’t make this account, there is nothing to do. Please don’t confirm the address.

mail-sign-in-subject = Sign in to { $instance }
mail-sign-in-text = Somebody asked to sign in to { $instance } as { $email }. Enter the code in the window where you began.
mail-sign-in-button = Sign in
mail-sign-in-otherwise = If it wasn’t you, there is nothing to do. Give the code to nobody: we never ask for it.

mail-approve-email-subject = Change the address of your account?
mail-approve-email-text = Somebody who is signed in to your account at { $instance } asked for { $new } as its address in place of { $email }. If that was you, enter the code in the window where you began.
mail-approve-email-button = Go on with the change
mail-approve-email-otherwise = If it wasn’t you, give the code to nobody. Another mail from us keeps this address: please use it.

mail-change-email-subject = Confirm your new email address
mail-change-email-text = { $email } is to become the address of an account at { $instance }. Please confirm that it is yours.
mail-change-email-button = Confirm new address
mail-change-email-otherwise = If you didn’t ask for this, there is nothing to do. Nothing changes unless you confirm it.

mail-undo-email-subject = The address of your account is about to change
mail-undo-email-text = Somebody who is signed in to your account asked for another email address in place of { $email }. If that was you, you need this mail only to take it back.
mail-undo-email-button = Keep { $email }
mail-undo-email-otherwise = If it wasn’t you, press the button, also after the change: your account keeps this address, everybody is signed out, and you choose a new password.

mail-undo-link-subject = Another account opens yours now
mail-undo-link-text = An account elsewhere was added to your account at { $instance }: whoever can sign in there can sign in to yours. If that was you, there is nothing to do.
mail-undo-link-button = Remove it
mail-undo-link-otherwise = If it wasn’t you, press the button: the added account is removed, everybody is signed out, and you choose a new password.

mail-new-device-subject = A new sign-in to { $instance }
mail-new-device-text = Somebody signed in to your account on a device that we don’t know yet.
mail-password-changed-subject = Your password was changed
mail-password-changed-text = The password of your account at { $instance } was changed.
mail-second-factor-on-subject = Two-step verification is on
mail-second-factor-on-text = From now on, signing in to { $instance } takes a code from your authenticator app, too.
mail-second-factor-off-subject = Two-step verification is off
mail-second-factor-off-text = Signing in to { $instance } no longer takes a code from your authenticator app.
mail-recovery-codes-renewed-subject = You have new recovery codes
mail-recovery-codes-renewed-text = New recovery codes were made for your account at { $instance }. The old ones no longer work.
mail-recovery-code-used-subject = A recovery code was used
mail-recovery-code-used-text = Somebody signed in to your account at { $instance } with one of your recovery codes.
mail-passkey-added-subject = A passkey was added
mail-passkey-added-text = A passkey was added to your account at { $instance }.
mail-passkey-removed-subject = A passkey was removed
mail-passkey-removed-text = A passkey was removed from your account at { $instance }.
mail-identity-unlinked-subject = An account elsewhere was removed
mail-identity-unlinked-text = An account elsewhere that opened your account at { $instance } was removed from it.
mail-identity-suspended-subject = Your { $provider } account can’t be used to sign in for now
mail-identity-suspended-text = { $provider } told us that your account there isn’t safe or was closed. Until it says otherwise, nobody can sign in to your account at { $instance } with it, and whoever had done so is signed out.
mail-identity-suspended-otherwise = Please see to your { $provider } account first. Here you can sign in another way, for example by a link that we mail to you.
mail-identity-doubted-subject = Please look at your { $provider } account
mail-identity-doubted-text = { $provider } told us that others may know the password of your account there, with which you sign in to { $instance }. Nothing has changed here.
mail-identity-doubted-otherwise = Please change your password at { $provider }. If you use the same one elsewhere, change it there, too.
mail-identity-withdrawn-subject = Your { $provider } account no longer opens { $instance }
mail-identity-withdrawn-text = { $provider } told us that you have taken back its access or that your account there is gone. So we removed it from your account at { $instance }, and signed out whoever had come with it. The account itself stays.
mail-identity-withdrawn-otherwise = Sign in another way, for example by a link that we mail to you. You can add the { $provider } account again at any time.
mail-email-changed-subject = Your email address was changed
mail-email-changed-text = The address of your account at { $instance } is now { $email }.
mail-reclaimed-subject = Your address is confirmed
mail-reclaimed-text = You have shown that { $email } is yours. As anybody could have set up this account before, passkeys, two-step verification and the password from that time were removed.
mail-frozen-subject = Your account is frozen
mail-frozen-text = Your account at { $instance } is frozen. Nobody can sign in to it until you unfreeze it.
mail-deletion-scheduled-subject = Your account is going to be deleted
mail-deletion-scheduled-text = Your account at { $instance } is going to be deleted. Sign in before then to keep it.

## The mails of this machine

local-mail-title = Mails
local-mail-lead = No mail server is set up, so mails come no further than here. Only this machine can see them.
local-mail-none = There are no mails yet.
local-mail-as-html = As a mail program shows it

mail-sign-up-subject = Your code for { $instance }
mail-sign-up-text = Welcome to { $instance }. Enter this code in the window where you are creating your account for { $email }.
mail-sign-up-button = Confirm in the same browser
mail-sign-up-otherwise = If it wasn’t you, there is nothing to do: without the code there will be no account. Give it to nobody.

mail-sign-up-known-subject = You have an account at { $instance }
mail-sign-up-known-text = Somebody, perhaps you, wanted to create an account at { $instance } for { $email }. There is one already. Please sign in to it; if you have forgotten the password, you can choose a new one there.
mail-sign-up-known-button = Sign in
mail-sign-up-known-otherwise = If it wasn’t you, there is nothing to do. Your account is as it was.

mail-invite-subject = You are invited to { $instance }
mail-invite-text = You are invited to create an account at { $instance } with the address { $email }.
mail-invite-button = Create account
mail-invite-otherwise = The link works once. If you don’t know what this is about, there is nothing to do.

mail-unfreeze-subject = Use your account at { $instance } again
mail-unfreeze-text = Your account at { $instance } is frozen, and somebody with your password asked to use it again. If it was you, confirm that here, then sign in.
mail-unfreeze-button = Use my account again
mail-unfreeze-otherwise = If it wasn’t you, somebody knows your password. Your account stays frozen; choose a new password before you use it again.
