
## The administration

admin-title = Administration
admin-skip = Skip to the page
admin-overview = Overview
admin-api = API
admin-api-lead = Everything these pages do can be done by a program as well. Send an API key, or an access token with the scope admin or admin:read, as a bearer token.
admin-api-base = Address
admin-api-permission = Asks for the permission { $permission }
admin-api-parameters = Parameters
admin-api-body = What to send
admin-api-required = required
admin-api-keys = API keys
admin-role = Role
admin-name = Name
admin-created = Created
admin-last-used = Last used
admin-good-until = Good until
admin-actions = Actions
admin-never = never
admin-for-good = until it is revoked
admin-revoke = Revoke
admin-revoked-at = Revoked { $when }
admin-create = Create
admin-api-keys-lead = Programs that look after this instance send one of these as a bearer token to the API. A key can do what its role can do.
admin-api-keys-none = There are no API keys.
admin-api-keys-new = New API key
admin-api-keys-days = Days it is good for
admin-api-keys-days-hint = Leave it empty for a key that is good until you revoke it.
admin-api-keys-made = Here is the key. Copy it now: it is shown only this once.
admin-api-keys-revoke-means = Every program that uses “{ $name }” stops working at once. This can’t be undone.

role-owner = Owner
role-admin = Admin
role-support = Support
role-auditor = Auditor

admin-error-above-you = You can’t act on somebody with this role.
admin-error-role-not-yours = You can’t give this role.
admin-error-name = It must be 1 to 100 characters that people can read.
admin-error-past = It must be in the future.
admin-error-choose = Choose one of these.
admin-error-number = It must be a whole number of days, from 1 to 3650.

error-not-for-you-title = This page isn’t for you
error-not-for-you-explanation = You’re signed in, but your role in this instance doesn’t allow what you asked for.
error-not-for-you-advice = If you need it, ask an owner of this instance. What you tried has been noted.

error-stale-title = Somebody was quicker
error-stale-explanation = What you wanted to change has changed since you opened the page, or can’t be changed as things are. Nothing was done.
error-stale-advice = Go back, reload the page, and look at what is there now.

error-second-factor-first-title = Set up a second step first
error-second-factor-first-explanation = This instance asks everybody with your role to sign in with a second step.
error-second-factor-first-advice = Set one up on your account page, then come back.

event-user-created = Account created by an administrator
event-user-invited = Invited
event-user-updated = Account changed by an administrator
event-user-disabled = Account disabled by an administrator
event-user-enabled = Account enabled by an administrator
event-user-deleted = Account deleted by an administrator
event-users-merged = Accounts merged by an administrator
event-role-changed = Role in the administration changed
event-access-revoked = Signed out by an administrator
event-reset-sent = Password reset sent by an administrator
event-factors-removed = Second step removed by an administrator
event-group-created = Group or role created
event-group-updated = Group or role changed
event-group-deleted = Group or role deleted
event-member-added = Added to a group or role
event-member-removed = Removed from a group or role
event-client-created = App created
event-client-updated = App changed
event-client-deleted = App deleted
event-secret-rotated = App secret renewed
event-provider-saved = Provider saved
event-provider-deleted = Provider removed
event-key-rotated = Signing key rotated
event-key-retired = Signing key retired
event-settings-changed = Settings changed
event-configuration-applied = Configuration file applied
event-api-key-created = API key created
event-api-key-revoked = API key revoked
event-webhook-created = Webhook created
event-webhook-updated = Webhook changed
event-webhook-deleted = Webhook deleted
event-audit-exported = Audit trail exported
event-backup-made = Database backed up
event-backup-restored = Database restored from a backup
event-operator-refused = Refused in the administration
