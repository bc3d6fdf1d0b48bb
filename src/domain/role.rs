//! What those who run the instance may do: roles, and the one table of what each of them permits.
use super::words;

/// What somebody may do in the administration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything; there is always one.
    Owner,
    /// Everything but what concerns owners.
    Admin,
    /// Looking after people, not after those who run the instance.
    Support,
    /// Seeing everything, changing nothing.
    Auditor,
}

words!(Role { Owner = "owner", Admin = "admin", Support = "support", Auditor = "auditor" });

/// Something that a role permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Seeing figures, and how the instance fares.
    OverviewRead,
    /// Seeing people.
    UsersRead,
    /// Creating, inviting, describing, disabling and verifying people; having them choose a password; ending their sessions.
    UsersWrite,
    /// Removing and merging people.
    UsersDelete,
    /// Saying who runs the instance.
    RolesWrite,
    /// Seeing groups and roles.
    GroupsRead,
    /// Changing them, and who belongs to them: apps rely on it.
    GroupsWrite,
    /// Seeing apps.
    AppsRead,
    /// Changing them.
    AppsWrite,
    /// Seeing other providers.
    ProvidersRead,
    /// Changing them.
    ProvidersWrite,
    /// Seeing signing keys.
    KeysRead,
    /// Rotating and retiring them.
    KeysWrite,
    /// Reading the audit trail.
    AuditRead,
    /// Seeing the settings.
    SettingsRead,
    /// Changing them.
    SettingsWrite,
    /// Seeing keys to the administration.
    ApiKeysRead,
    /// Making and revoking them.
    ApiKeysWrite,
    /// Seeing who else is told of events.
    WebhooksRead,
    /// Changing it.
    WebhooksWrite,
}

words!(Permission {
    OverviewRead = "overview:read",
    UsersRead = "users:read",
    UsersWrite = "users:write",
    UsersDelete = "users:delete",
    RolesWrite = "roles:write",
    GroupsRead = "groups:read",
    GroupsWrite = "groups:write",
    AppsRead = "apps:read",
    AppsWrite = "apps:write",
    ProvidersRead = "providers:read",
    ProvidersWrite = "providers:write",
    KeysRead = "keys:read",
    KeysWrite = "keys:write",
    AuditRead = "audit:read",
    SettingsRead = "settings:read",
    SettingsWrite = "settings:write",
    ApiKeysRead = "api_keys:read",
    ApiKeysWrite = "api_keys:write",
    WebhooksRead = "webhooks:read",
    WebhooksWrite = "webhooks:write",
});

impl Permission {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_read(self) -> bool {
        self.as_str().ends_with(":read")
    }
}

impl Role {
    /// Whether it permits this.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        match self {
            Self::Owner | Self::Admin => true,
            Self::Support => matches!(
                permission,
                Permission::OverviewRead | Permission::UsersRead | Permission::UsersWrite | Permission::GroupsRead
            ),
            Self::Auditor => permission.is_read(),
        }
    }

    /// Whether it permits acting on somebody with this role, whatever the act: nobody acts on those above them, and
    /// support on nobody who runs the instance.
    #[must_use]
    pub const fn may_act_on(self, other: Option<Self>) -> bool {
        match (self, other) {
            (Self::Owner, _) | (Self::Admin | Self::Support, None) => true,
            (Self::Admin, Some(other)) => !matches!(other, Self::Owner),
            (Self::Support, Some(_)) | (Self::Auditor, _) => false,
        }
    }

    /// Whether it permits giving this role to somebody, or to a key.
    #[must_use]
    pub const fn may_give(self, other: Self) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => !matches!(other, Self::Owner),
            Self::Support | Self::Auditor => false,
        }
    }

    /// Whether somebody with it can give roles, so that the instance is not left without anybody who can.
    #[must_use]
    pub const fn rules(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `security.md` AD-01 and AD-04.
    #[test]
    fn nobody_rises_by_what_they_may_do() {
        for role in Role::ALL {
            for other in Role::ALL {
                if role.may_give(*other) {
                    assert!(role.rules() && role.may_act_on(Some(*other)), "{role} gives {other}");
                }
            }
        }
        assert!(!Role::Admin.may_act_on(Some(Role::Owner)) && !Role::Admin.may_give(Role::Owner));
        for other in Role::ALL {
            assert!(!Role::Support.may_act_on(Some(*other)), "support acts on {other}");
        }
    }

    #[test]
    fn an_auditor_changes_nothing_and_support_sees_people_alone() {
        for permission in Permission::ALL {
            assert_eq!(Role::Auditor.may(*permission), permission.is_read(), "{permission}");
        }
        assert!(!Role::Support.may(Permission::AuditRead) && !Role::Support.may(Permission::GroupsWrite));
        assert!(!Role::Support.may(Permission::UsersDelete) && !Role::Support.may(Permission::AppsRead));
    }
}
