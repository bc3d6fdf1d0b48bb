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
