
## The overview

overview-users = Accounts
overview-people = People signed in
overview-sessions = Sessions
overview-sign-ins = Sign-ins, last 24 hours
overview-refusals = Refusals, last 24 hours
overview-newcomers = New accounts, last 24 hours
overview-in-month = In 30 days: { $count }
overview-day = Sign-ins in the last 24 hours (UTC)
overview-month = Sign-ins in the last 30 days (UTC)
overview-chart-says = Sign-ins: { $signins }. Refusals: { $refusals }.
overview-as-table = As a table
overview-refused = Refused
overview-by-password = Password
overview-by-passkey = Passkey
overview-by-email = Mail
overview-by-other = Other
overview-health = Health
overview-database = Database
overview-answers = Answers
overview-mail = Mail
overview-mail-off = This instance sends no mail.
overview-letters = Waiting: { $waiting }. Tried in vain so far: { $failing }.
overview-oldest = The oldest is of { $when }.
overview-key = Signing key
overview-key-age = { $days ->
    [0] Signs since today
    [one] Signs for { $days } day
   *[other] Signs for { $days } days
}
overview-key-next = The next is published.
overview-key-next-at = The next takes over { $when }.
overview-provider-good = Last success { $when }
overview-provider-bad = Last failure { $when }
overview-provider-unknown = Nobody has come from there yet
overview-this-node = About providers, this is what this node has seen since it started.
overview-no-second-factor = You have neither a second step nor a passkey. Set one up: your account opens this instance.
overview-webhook-failing = The webhook “{ $name }” doesn’t take its messages.
overview-webhook-disabled = The webhook “{ $name }” is turned off.
overview-mail-late = Mail has been waiting for more than five minutes.
overview-provider-failing = The last sign-in with { $name } failed for a reason on its side or in its settings.
