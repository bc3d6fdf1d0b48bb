//! What happens to accounts and in the administration, as those whom it concerns read it later.
use super::words;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The account was made.
    SignedUp,
    /// It was not.
    SignUpRefused,
    /// It was made by an invitation.
    InvitationUsed,
    /// Somebody proved all that they have to, in a browser that is known.
    SignedIn,
    /// The same, in a browser where they never had.
    SignedInAnew,
    /// A wrong password.
    PasswordWrong,
    /// A wrong code, or a passkey that proves nothing.
    SecondFactorWrong,
    /// More tries than the limit allows.
    Throttled,
    /// A wrong code from a mail.
    MailCodeWrong,
    /// Whoever they are, they may not come in, or not this way.
    SignInRefused,
    /// Signed out of one browser.
    SignedOut,
    /// Signed out of every browser but one.
    SignedOutElsewhere,
    /// A new password, by who knew the old one.
    PasswordChanged,
    /// A new password, by who can read the mail.
    PasswordReset,
    /// A second factor is asked for from now on.
    SecondFactorOn,
    /// None is any more.
    SecondFactorOff,
    /// There are new recovery codes.
    RecoveryCodesRenewed,
    /// One was used.
    RecoveryCodeUsed,
    /// There is another passkey.
    PasskeyAdded,
    /// One is gone.
    PasskeyRemoved,
    /// The address is theirs.
    EmailVerified,
    /// A new address waits to be confirmed.
    EmailChangeBegun,
    /// The address until now agrees to the new one.
    EmailChangeApproved,
    /// It could not be asked; a second factor was shown instead.
    EmailChangeUnapproved,
    /// The address is another.
    EmailChanged,
    /// The address is the one of before.
    EmailRestored,
    /// There is another way to sign in elsewhere.
    IdentityLinked,
    /// One is gone.
    IdentityUnlinked,
    /// The provider of one said that the person is signed out.
    SignedOutByProvider,
    /// It said that their account there is not to be relied on: until it says otherwise, that opens nothing here.
    IdentitySuspended,
    /// It said otherwise.
    IdentityResumed,
    /// It said that others may know the password there.
    IdentityDoubted,
    /// It said that the person has taken it back, or that it is gone there: it is gone here, too.
    IdentityWithdrawn,
    /// It forwards no mail to them any more.
    RelayStopped,
    /// It does again.
    RelayResumed,
    /// Access to an account elsewhere that was kept for apps is kept no more.
    KeptAccessEnded,
    /// What apps are told of the person is another.
    ProfileChanged,
    /// An app got access.
    AppAllowed,
    /// It was taken back.
    AppWithdrawn,
    /// A code or refresh token was used twice: what came of it is revoked.
    TokenReused,
    /// A code or refresh token was brought by who may not have what comes of it: that is revoked.
    TokenRefused,
    /// An app gave a token back, or what came of a sign-in.
    TokenRevoked,
    /// A person did not let an app have what it asked for.
    AppRefused,
    /// An app, or whoever says that they are one, has not proved it.
    ClientRefused,
    /// What an app brought of a provider, to sign somebody in by, was not good.
    ExchangeRefused,
    /// A copy of everything was made.
    DataExported,
    /// Nobody can sign in until it is undone.
    Frozen,
    /// It was undone.
    Unfrozen,
    /// The account goes after a time of grace.
    DeletionScheduled,
    /// It stays.
    DeletionCancelled,
    /// An operator made an account.
    UserCreated,
    /// An operator invited somebody.
    UserInvited,
    /// An operator changed what is known of a person.
    UserUpdated,
    /// An operator keeps a person out.
    UserDisabled,
    /// They may come in again.
    UserEnabled,
    /// An operator removed an account.
    UserDeleted,
    /// An account was made part of another.
    UsersMerged,
    /// A person may do something else in the administration.
    RoleChanged,
    /// An operator ended sessions, or what apps may do.
    AccessRevoked,
    /// An operator had a link sent by which the password is chosen anew.
    ResetSent,
    /// An operator took second factors away.
    FactorsRemoved,
    /// There is another group or role.
    GroupCreated,
    /// One is another.
    GroupUpdated,
    /// One is gone.
    GroupDeleted,
    /// A person belongs to one.
    MemberAdded,
    /// They do no more.
    MemberRemoved,
    /// There is another app.
    ClientCreated,
    /// What is known of an app is another.
    ClientUpdated,
    /// An app is gone.
    ClientDeleted,
    /// An app has another secret.
    SecretRotated,
    /// Another provider's settings are others.
    ProviderSaved,
    /// Another provider is gone.
    ProviderDeleted,
    /// Another key signs.
    KeyRotated,
    /// A key is not good any more, at once.
    KeyRetired,
    /// Settings are others.
    SettingsChanged,
    /// A file of settings was applied.
    ConfigurationApplied,
    /// There is another key to the administration.
    ApiKeyCreated,
    /// One is not good any more.
    ApiKeyRevoked,
    /// Something else is told of events.
    WebhookCreated,
    /// How it is told is another.
    WebhookUpdated,
    /// It is told no more.
    WebhookDeleted,
    /// A copy of the trail was made.
    AuditExported,
    /// A copy of the list of people was made.
    UsersExported,
    /// A copy of the whole database was made.
    BackupMade,
    /// One took the place of the database.
    BackupRestored,
    /// Somebody tried what they may not do in the administration.
    OperatorRefused,
}

words!(Event {
    SignedUp = "signed_up",
    SignUpRefused = "sign_up_refused",
    InvitationUsed = "invitation_used",
    SignedIn = "signed_in",
    SignedInAnew = "signed_in_anew",
    PasswordWrong = "password_wrong",
    SecondFactorWrong = "second_factor_wrong",
    Throttled = "throttled",
    MailCodeWrong = "mail_code_wrong",
    SignInRefused = "sign_in_refused",
    SignedOut = "signed_out",
    SignedOutElsewhere = "signed_out_elsewhere",
    PasswordChanged = "password_changed",
    PasswordReset = "password_reset",
    SecondFactorOn = "second_factor_on",
    SecondFactorOff = "second_factor_off",
    RecoveryCodesRenewed = "recovery_codes_renewed",
    RecoveryCodeUsed = "recovery_code_used",
    PasskeyAdded = "passkey_added",
    PasskeyRemoved = "passkey_removed",
    EmailVerified = "email_verified",
    EmailChangeBegun = "email_change_begun",
    EmailChangeApproved = "email_change_approved",
    EmailChangeUnapproved = "email_change_unapproved",
    EmailChanged = "email_changed",
    EmailRestored = "email_restored",
    IdentityLinked = "identity_linked",
    IdentityUnlinked = "identity_unlinked",
    SignedOutByProvider = "signed_out_by_provider",
    IdentitySuspended = "identity_suspended",
    IdentityResumed = "identity_resumed",
    IdentityDoubted = "identity_doubted",
    IdentityWithdrawn = "identity_withdrawn",
    RelayStopped = "relay_stopped",
    RelayResumed = "relay_resumed",
    KeptAccessEnded = "kept_access_ended",
    ProfileChanged = "profile_changed",
    AppAllowed = "app_allowed",
    AppWithdrawn = "app_withdrawn",
    TokenReused = "token_reused",
    TokenRefused = "token_refused",
    TokenRevoked = "token_revoked",
    AppRefused = "app_refused",
    ClientRefused = "client_refused",
    ExchangeRefused = "exchange_refused",
    DataExported = "data_exported",
    Frozen = "frozen",
    Unfrozen = "unfrozen",
    DeletionScheduled = "deletion_scheduled",
    DeletionCancelled = "deletion_cancelled",
    UserCreated = "user_created",
    UserInvited = "user_invited",
    UserUpdated = "user_updated",
    UserDisabled = "user_disabled",
    UserEnabled = "user_enabled",
    UserDeleted = "user_deleted",
    UsersMerged = "users_merged",
    RoleChanged = "role_changed",
    AccessRevoked = "access_revoked",
    ResetSent = "reset_sent",
    FactorsRemoved = "factors_removed",
    GroupCreated = "group_created",
    GroupUpdated = "group_updated",
    GroupDeleted = "group_deleted",
    MemberAdded = "member_added",
    MemberRemoved = "member_removed",
    ClientCreated = "client_created",
    ClientUpdated = "client_updated",
    ClientDeleted = "client_deleted",
    SecretRotated = "secret_rotated",
    ProviderSaved = "provider_saved",
    ProviderDeleted = "provider_deleted",
    KeyRotated = "key_rotated",
    KeyRetired = "key_retired",
    SettingsChanged = "settings_changed",
    ConfigurationApplied = "configuration_applied",
    ApiKeyCreated = "api_key_created",
    ApiKeyRevoked = "api_key_revoked",
    WebhookCreated = "webhook_created",
    WebhookUpdated = "webhook_updated",
    WebhookDeleted = "webhook_deleted",
    AuditExported = "audit_exported",
    UsersExported = "users_exported",
    BackupMade = "backup_made",
    BackupRestored = "backup_restored",
    OperatorRefused = "operator_refused",
});

impl Event {
    /// Whether somebody was refused, who has therefore not shown who they are.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::SignUpRefused
                | Self::PasswordWrong
                | Self::SecondFactorWrong
                | Self::Throttled
                | Self::MailCodeWrong
                | Self::SignInRefused
                | Self::TokenReused
                | Self::TokenRefused
                | Self::ClientRefused
                | Self::ExchangeRefused
                | Self::OperatorRefused
        )
    }

    /// Whether its owner should look at it.
    #[must_use]
    pub const fn is_alarming(self) -> bool {
        matches!(
            self,
            Self::SignedInAnew
                | Self::PasswordWrong
                | Self::SecondFactorWrong
                | Self::Throttled
                | Self::MailCodeWrong
                | Self::EmailChangeUnapproved
                | Self::IdentitySuspended
                | Self::IdentityDoubted
                | Self::TokenReused
        )
    }
}
