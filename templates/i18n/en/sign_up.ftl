## Creating an account

sign-up-title = Create an account
sign-up-lead = to continue to { $app }
sign-up-password-hint = At least 8 characters. A few unrelated words work well.
sign-up-submit = Create account
sign-up-agree = By creating an account with { $instance } you agree to:
sign-up-have-account = Already have an account?
sign-up-sign-in = Sign in

owner-title = Welcome to { $instance }
owner-lead = Create the first account. It belongs to the owner, who manages this server and everyone’s access to it.
owner-submit = Create the owner’s account

required = Please fill this in.
email-invalid = This doesn’t look like an email address. Please check it.
email-domain = Accounts can’t be created here with an address of this domain. Please use another address.
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
password-leaked = This password has been in a data leak, so others may know it. Please choose another one.
name-long = Please use at most { $max } characters.

sign-up-sent = We have sent a mail to { $email }. Enter the code from it to finish.
sign-up-again = Use another address
sign-up-link-title = Confirm your address
sign-up-link-lead = { $email } is to be your address at { $instance }.
sign-up-link-submit = Create my account
sign-up-elsewhere-done-title = Please go back to the other browser
sign-up-elsewhere-done-lead = The account for { $email } was begun in another browser. Enter the code from the mail there, or open the link there.
sign-up-elsewhere-done-onward = To sign in
sign-up-known-done-title = You have an account already
sign-up-known-done-lead = There is an account for { $email } by now. Please sign in to it.
sign-up-known-done-onward = Sign in
