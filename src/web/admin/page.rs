//! What every page of the administration shows: the menu, and who is there.
use super::Desk;
use crate::{
    domain::{Permission, Role},
    web::{assets, pages::page::Page, pages::render::Frame},
};

/// The menu: a message, an address, and what it takes to go there.
const MENU: &[(&str, &str, Permission)] = &[
    ("admin-overview", "/admin", Permission::OverviewRead),
    ("admin-users", "/admin/users", Permission::UsersRead),
    ("admin-groups", "/admin/groups", Permission::GroupsRead),
    ("admin-apps", "/admin/apps", Permission::AppsRead),
    ("admin-providers", "/admin/providers", Permission::ProvidersRead),
    ("admin-keys", "/admin/keys", Permission::KeysRead),
    ("admin-audit", "/admin/audit", Permission::AuditRead),
    ("admin-webhooks", "/admin/webhooks", Permission::WebhooksRead),
    ("admin-settings", "/admin/settings/branding", Permission::SettingsRead),
    ("admin-configuration", "/admin/configuration", Permission::SettingsRead),
    ("admin-api-keys", "/admin/api-keys", Permission::ApiKeysRead),
    ("admin-api", "/admin/api", Permission::OverviewRead),
];

/// The frame of a page.
#[derive(Clone, Debug)]
pub struct AdminPage {
    /// What all pages have.
    pub page: Page,
    /// Where the stylesheet of these pages is.
    pub stylesheet: String,
    /// Where the script is that makes lists quick.
    pub htmx: String,
    /// Where they can go.
    pub menu: Vec<MenuItem>,
    /// Who is there.
    pub who: String,
    /// The message that names their role.
    pub role: String,
    /// What forms carry.
    pub csrf: String,
}

/// The message that names a role.
pub fn role_key(role: Role) -> String {
    format!("role-{role}")
}

/// Somewhere to go.
#[derive(Clone, Debug)]
pub struct MenuItem {
    /// The message that names it.
    pub title: &'static str,
    /// Where it is.
    pub href: &'static str,
    /// Whether it is the page that is shown.
    pub current: bool,
}

impl AdminPage {
    /// The frame of a page that `place` of the menu leads to and `href` opens again.
    pub fn new(desk: &Desk, frame: &Frame, place: &'static str, href: &str) -> Self {
        let operator = desk.operator();
        let menu = MENU.iter().filter(|(.., permission)| operator.may(*permission));
        Self {
            page: frame.page(href),
            stylesheet: assets::ADMIN_STYLESHEET.clone(),
            htmx: assets::HTMX.clone(),
            menu: menu.map(|&(title, href, _)| MenuItem { title, href, current: href == place }).collect(),
            who: desk.user().display_name().to_owned(),
            role: role_key(operator.role),
            csrf: desk.visit.form_token(),
        }
    }
}
