## Signing in

sign-in-title = Sign in
sign-in-lead = to continue to { $app }
sign-in-identifier = Email or user name
sign-in-submit = Sign in
sign-in-or = or
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

notice-start-again = That took too long, or had too many wrong codes. Please sign in again.

second-factor-title = Enter your code
second-factor-lead = One more step to be sure it’s you: the code from your authenticator app.
second-factor-code = Code
second-factor-hint = The 6 digits in your authenticator app. Without the device, use a recovery code.
second-factor-submit = Continue
second-factor-wrong = That code isn’t right, or was used already. Please wait for the next one and try again.
second-factor-restart = Sign in as someone else

## Choosing an account

select-account-title = Choose an account
select-account-lead = to continue to { $app }
select-account-continue = Continue as { $name }
select-account-other = Use another account

sign-in-remember = Keep me signed in
second-factor-trust =
    { $days ->
        [one] Don’t ask again in this browser for a day
       *[other] Don’t ask again in this browser for { $days } days
    }

## Proving more for an app

enroll-title = One more thing to set up
enroll-lead = { $app } asks for two-step verification: your password and a second proof that you are you. It takes about a minute.
enroll-set-up = Set it up now

## Coming back

returning-title = Welcome back
returning-frozen = You froze this account, so nobody can use it. Do you want to use it again?
returning-leaving = You asked us to delete this account. It will be gone on { $when }, with everything in it.
returning-unfreeze = Use my account again
returning-stay = Keep my account
returning-otherwise = If you leave this page, nothing changes.

## Signing in by mail, and forgotten passwords

sign-in-forgot = Forgot your password?
sign-in-by-mail = Sign in with a code by mail
back-to-sign-in = Other ways to sign in
check-mail-title = Check your mail
check-mail-hint = No mail after a few minutes? Look in the spam folder, and whether the address was right.
first-proof = This is the first time that you show that this address is yours. To be safe, a password, passkeys and two-step verification that were set up before are removed.

forgot-title = Forgot your password?
forgot-lead = Enter your email address. We send you a link to choose a new password.
forgot-submit = Send link
forgot-sent = If there is an account with this address, a mail with a link is on its way.

reset-title = Choose a new password
reset-lead = For the account of { $email }. You are signed out everywhere, and then signed in here.
reset-submit = Save password

mail-sign-in-title = Sign in by mail
mail-sign-in-lead = Enter your email address. We send you a code, so that you need no password.
mail-sign-in-submit = Send code
mail-sign-in-sent = If there is an account with this address, a mail is on its way. Enter the code from it here, or open its link.
mail-sign-in-again = Send another mail
mailed-code = Code
mailed-code-submit = Continue
mailed-code-wrong = That code isn’t right. Please use the one in the newest mail.

mail-link-title = Sign in
mail-link-lead = Press the button to sign in here as { $email }.
mail-link-submit = Sign in
mail-link-elsewhere = You began in another browser. To sign in there, don’t press the button: enter the code from the mail there. The mail works once.

verify-title = Confirm your email address
verify-lead = Is { $email } your address, and did you make the account at { $instance } yourself?
verify-submit = Confirm address
verify-done-title = Your address is confirmed
verify-done-lead = Mail reaches you at { $email }.
verify-done-onward = Go to your account

unfreeze-mailed-done-title = Check your mail
unfreeze-mailed-done-lead = To be sure that it is you, we have sent a link to your address. Open it, and then sign in.
unfreeze-mailed-done-onward = To sign in
unfreeze-title = Use your account again?
unfreeze-lead = Your account for { $email } is frozen. If you froze it because somebody may know your password, choose a new one when you are in.
unfreeze-submit = Use my account again
unfreeze-done-onward = Sign in
unfreeze-done-title = Your account is in use again
unfreeze-done-lead = You can sign in now.
