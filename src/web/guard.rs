//! Which route of the administration asks for which permission. The tables of `admin` and `api` register the routes as
//! well: one that is in no table does not exist.
use crate::domain::Permission;
use actix_web::dev::ServiceRequest;

/// What one method of one path asks for.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The method.
    pub method: &'static str,
    /// The path as it is registered, from the root.
    pub path: &'static str,
    /// What whoever comes must be permitted.
    pub permission: Permission,
    /// Whether people must have signed in just before: for what cannot be undone, and what gives power away.
    pub is_fresh: bool,
}

/// Whether a path names something by the character U+0000, which nothing has and PostgreSQL does not take.
pub fn names_nothing(request: &ServiceRequest) -> bool {
    request.uri().path().contains("%00")
}

/// The rule for a request, if there is such a route.
pub fn rule(table: &'static [Rule], request: &ServiceRequest) -> Option<&'static Rule> {
    let pattern = request.match_pattern()?;
    table.iter().find(|rule| rule.path == pattern && rule.method == request.method().as_str())
}

/// Makes `TABLE`, and `configure`, which registers what is in it below a prefix.
macro_rules! guarded {
    ($prefix:literal; $( $path:literal { $( $method:ident $permission:ident $($fresh:ident)? => $handler:path ),+ $(,)? } )+) => {
        /// Every route here, and what it asks for.
        pub const TABLE: &[$crate::web::guard::Rule] = &[ $( $(
            $crate::web::guard::Rule {
                method: stringify!($method),
                path: concat!($prefix, $path),
                permission: $crate::domain::Permission::$permission,
                is_fresh: $crate::web::guard::is_fresh(stringify!($($fresh)?)),
            },
        )+ )+ ];

        /// Registers them.
        fn configure(config: &mut actix_web::web::ServiceConfig) {
            use actix_web::{http::Method, web};
            $( config.service($crate::web::resource($path, [ $(
                (Method::$method, web::method(Method::$method).to($handler)),
            )+ ])); )+
        }
    };
}
pub(super) use guarded;

/// Whether the word after a permission says so.
pub const fn is_fresh(word: &str) -> bool {
    !word.is_empty()
}
