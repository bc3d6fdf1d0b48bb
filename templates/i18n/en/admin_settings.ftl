
## Settings

admin-settings = Settings
admin-settings-branding = Branding
admin-settings-sign-up = Sign-up
admin-settings-sign-in = Sign-in
admin-settings-tokens = Tokens
admin-settings-mail = Mail
admin-settings-languages = Languages
admin-settings-save = Save
admin-settings-preview = Preview
admin-settings-preview-title = The sign-in page as it would look
admin-settings-mail-try = Send a test message
admin-settings-mail-try-means = It goes to { $address }, by the settings that are saved.
admin-settings-mail-sent = The message was taken:
admin-settings-mail-failed = The message wasn’t taken. The server answered:
admin-try-mail-subject = Test message from { $instance }
admin-try-mail-text = If you can read this, mail works.
admin-setting-from-variable = Set by the variable { $variable } of the environment, which rules.
admin-setting-from-file = Set by the settings file, which rules.
admin-setting-from-database = Set here.
admin-setting-from-default = The default.
admin-setting-reset = Back to the default
admin-setting-seconds = In seconds.
admin-setting-days = { $count ->
    [one] That is a day.
   *[other] That is { $count } days.
}
admin-setting-hours = { $count ->
    [one] That is an hour.
   *[other] That is { $count } hours.
}
admin-setting-minutes = { $count ->
    [one] That is a minute.
   *[other] That is { $count } minutes.
}
admin-setting-list = Several are parted by commas.
admin-setting-choice-true = Yes
admin-setting-choice-false = No
admin-setting-choice-open = Anybody may make an account
admin-setting-choice-invite = Only who was invited
admin-setting-choice-off = Nobody
admin-setting-choice-owner = Owners
admin-setting-choice-admin = Admins
admin-setting-choice-en = English
admin-setting-choice-ja = Japanese
admin-setting-instance-name = Name
admin-setting-instance-logo-uri = Address of the logo
admin-setting-instance-accent = Accent colour
admin-setting-instance-terms-uri = Address of the terms of service
admin-setting-instance-policy-uri = Address of the privacy policy
admin-setting-instance-languages = Languages that people may choose
admin-setting-registration-sign-up = Who may make an account
admin-setting-registration-verify-email = Addresses are verified first
admin-setting-registration-allowed-domains = Mail domains that may sign up
admin-setting-registration-blocked-domains = Mail domains that may not
admin-setting-passwords-min-strength = Strength that a new password needs, from 0 to 4
admin-setting-second-factor-required = Everybody must have a second step
admin-setting-second-factor-required-for = Who runs the instance and must have a second step
admin-setting-second-factor-trust = How long a browser is trusted after a second step
admin-setting-sessions-idle = Sign-ins end when unused for
admin-setting-sessions-absolute = Sign-ins end in any case after
admin-setting-sessions-window = Sign-ins that aren’t to be remembered end after
admin-setting-accounts-deletion-grace = Accounts can be had back for, after deletion
admin-setting-tokens-authorization-code = Codes are good for
admin-setting-tokens-access-token = Access tokens are good for
admin-setting-tokens-id-token = ID tokens are good for
admin-setting-tokens-refresh-token = Refresh tokens are good when unused for
admin-setting-tokens-refresh-token-absolute = Refresh tokens are good in any case for
admin-setting-tokens-refresh-retry = A lost answer to refreshing is given again for
admin-setting-mail-smtp-url = SMTP server (smtps://user:password@host)
admin-setting-mail-from = Sender
admin-setting-mail-footer = Last line of every mail
admin-error-settings-unreadable = The settings in the database can’t be read.
