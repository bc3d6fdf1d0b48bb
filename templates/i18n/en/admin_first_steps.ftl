
## The administration: first steps

first-steps = First steps
first-steps-number = Step { $number } of { $of }
first-steps-done = done
first-steps-go-on = Continue
first-steps-save = Save and continue
first-steps-skip = Skip this step
first-steps-finish = To the overview

first-steps-account = Account
first-steps-name = Name
first-steps-app = First app
first-steps-sign-in = Sign-in
first-steps-name-do = Name your instance, and give it your colour
first-steps-app-do = Add your first app
first-steps-sign-in-do = Let people sign in with Google, Apple, LINE and others

first-steps-name-title = Name your instance
first-steps-name-lead = People read this name wherever they sign in, and in every mail. It can be the name of your company or product.
first-steps-name-later = The logo, the links to your terms and all the rest are under Settings.

first-steps-app-title = Add your first app
first-steps-app-lead = What will people sign in to? Each kind begins with safe settings, all of which you can change later.
first-steps-app-save = Add the app
first-steps-app-more = Need more than this?
first-steps-app-all = Open the form with all settings
first-steps-other-kind = Choose another kind
first-steps-to-ways = Next: ways to sign in

first-steps-ways-title = Ways to sign in
first-steps-ways-lead = People can sign in right away. If you like, let them use an account they already have elsewhere.
first-steps-ways-there = What there is already
first-steps-password = Email address and password
first-steps-passkeys = Passkeys, for whoever adds one
first-steps-code = A code by mail
first-steps-no-mail = Without mail, people can neither verify their address nor reset a password.
first-steps-mail = Set up mail

## The administration: lists

admin-shown = Shown: { $count }
audit-unfollow = Stop following
audit-following = New events appear here by themselves.
event-users-exported = List of people exported
admin-users-group = Group or role of apps
admin-users-export-lead = A file of everybody whom the search above finds, with what is known of them. That you made it is written down.
