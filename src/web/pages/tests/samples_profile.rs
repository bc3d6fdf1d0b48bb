//! The profile page, as others will fill it.
use super::samples::{Filling, Sample};
use crate::{
    domain::{Claim, Timestamp, User},
    protocol::params::Params,
    web::{
        account::profile::{Form, ProfilePage},
        pages::page::AccountView,
    },
};
use askama::Template;

impl Filling {
    fn profile(&self, form: Form) -> ProfilePage {
        ProfilePage {
            page: self.page(),
            action: "/account/profile".to_owned(),
            picture_action: "/account/profile/picture".to_owned(),
            csrf: self.token().to_owned(),
            account: self.account(),
            has_picture: false,
            form,
            done: None,
        }
    }

    fn known(&self) -> Form {
        let mut user = User { name: Some(self.account().name), ..User::new(Timestamp(1)) };
        user.profile.set(Claim::GivenName, self.account().name);
        user.profile.set(Claim::Website, self.token().to_owned());
        user.profile.set_locale("ja");
        Form::of(&user)
    }

    /// Something is wrong with every field that can be wrong.
    fn mistyped() -> Form {
        let typed = "preferred_username=a+b&website=example.com&birthdate=yesterday&zoneinfo=Moon&phone_number=090\
                     &locale=tlh&postal_code=0000000000000000000000";
        let mut form = Form::read(&Params::parse(typed.as_bytes()).unwrap());
        assert_eq!(form.apply(&User::new(Timestamp(1))), None);
        form.wrong("picture", "picture-format");
        form.wrong("form", "profile-changed-meanwhile");
        form
    }

    pub fn profile_samples(&self) -> Result<Vec<Sample>, askama::Error> {
        const FIELDS: &[&str] = &[
            "id=\"name\" name=\"name\"",
            "id=\"profile-submit\"",
            "id=\"picture-submit\"",
            "enctype=\"multipart/form-data\"",
            "<option value=\"ja\" lang=\"ja\" selected>",
            "<option value=\"Asia/Tokyo\">",
        ];
        const WRONG: &[&str] = &[
            "<details class=\"fold\" open>",
            "aria-describedby=\"birthdate-error birthdate-hint\"",
            "id=\"picture-error\"",
            "id=\"locale-error\"",
        ];
        let portrait = AccountView { picture: Some("/picture/0".to_owned()), ..self.account() };
        let saved = ProfilePage {
            account: portrait,
            has_picture: true,
            done: Some("profile-saved"),
            ..self.profile(self.known())
        };
        [
            ("profile", self.profile(self.known()), FIELDS),
            ("profile-saved", saved, &["role=\"status\"", "id=\"picture-remove\"", "src=\"/picture/0\""]),
            ("profile-wrong", self.profile(Self::mistyped()), WRONG),
        ]
        .into_iter()
        .map(|(name, page, contracted)| Ok(Sample { name, html: page.render()?, contracted }))
        .collect()
    }
}
