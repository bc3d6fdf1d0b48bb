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
second-factor-lead = Your password was right. One more step: the code from your authenticator app.
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
