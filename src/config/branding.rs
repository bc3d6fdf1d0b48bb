//! Settings of what people see: name, mark, colour and words of the instance.
use super::reader::{Section, it_is};
use crate::{
    domain::{Colour, InvalidColour},
    i18n::{Language, Message, Overrides},
};
use std::{fs, io::ErrorKind, path::Path};
use url::Url;

/// What people see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The name on pages: 1 to 60 characters.
    pub name: String,
    /// The mark beside it (https).
    pub logo_uri: Option<String>,
    /// The colour of buttons and links.
    pub accent: Option<Accent>,
    /// The terms of service; on the web.
    pub terms_uri: Option<String>,
    /// The privacy policy; on the web.
    pub policy_uri: Option<String>,
    /// The languages that people may choose from; at least one.
    pub languages: Vec<Language>,
    /// Messages in place of those that Genkan brings.
    pub words: Overrides,
}

impl Instance {
    /// Whether there is anything that people agree to when they make an account.
    #[must_use]
    pub const fn asks_to_agree(&self) -> bool {
        self.terms_uri.is_some() || self.policy_uri.is_some()
    }

    pub(super) fn read(section: &mut Section) -> Self {
        let name = section.parsed("name", "Genkan", |text| {
            let name = text.trim();
            let good = (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
            if good { Ok(name.to_owned()) } else { Err(Message::new("fault-readable").with("most", "60")) }
        });
        let logo_uri = section.text("logo_uri").and_then(|text| {
            let url = Url::parse(&text).ok().filter(|url| url.scheme() == "https" && url.has_host());
            if url.is_none() {
                section.fault("logo_uri", it_is("fault-picture", format!("{text:?}")));
            }
            url.map(Into::into)
        });
        let accent = section.text("accent").and_then(|text| match text.parse() {
            Ok(accent) => Some(accent),
            Err(why) => {
                section.fault("accent", it_is(why, format!("{text:?}")));
                None
            }
        });
        let [terms_uri, policy_uri] = ["terms_uri", "policy_uri"].map(|key| web_address(section, key));
        let words = section.path("words").map(|folder| read_words(section, &folder)).unwrap_or_default();
        let languages = languages(section);
        Self { name: name.unwrap_or_default(), logo_uri, accent, terms_uri, policy_uri, languages, words }
    }
}

/// Those that are listed, in the order of ours.
fn languages(section: &mut Section) -> Vec<Language> {
    let Some(listed) = section.list("languages") else { return Language::ALL.into() };
    let offered: Vec<_> = Language::ALL.into_iter().filter(|one| listed.iter().any(|tag| tag == one.tag())).collect();
    let known = |tag: &String| Language::ALL.iter().any(|one| one.tag() == tag);
    if offered.is_empty() || !listed.iter().all(known) {
        let tags = Language::ALL.map(Language::tag).join(", ");
        let why = Message::new("fault-some-of").with("words", tags);
        section.fault("languages", it_is(why, format!("{:?}", listed.join(", "))));
    }
    offered
}

fn web_address(section: &mut Section, key: &str) -> Option<String> {
    let text = section.text(key)?;
    let is_on_the_web = |url: Url| ["https", "http"].contains(&url.scheme());
    if text.parse().is_ok_and(is_on_the_web) {
        return Some(text);
    }
    section.fault(key, it_is("fault-web-address", format!("{text:?}")));
    None
}

/// The words of each language that the folder has a file of.
fn read_words(section: &mut Section, folder: &Path) -> Overrides {
    let mut words = Overrides::default();
    if !folder.is_dir() {
        section.fault("words", "fault-words-folder");
        return words;
    }
    for language in Language::ALL {
        let file = folder.join(format!("{language}.ftl"));
        let faults = match fs::read_to_string(&file) {
            Ok(text) => words.add(language, text),
            Err(why) if why.kind() == ErrorKind::NotFound => vec![],
            Err(why) => vec![Message::new("fault-unreadable").with("why", why.to_string())],
        };
        for fault in faults {
            let of = Message::new("fault-of").with("value", file.display().to_string());
            section.fault("words", of.telling("why", fault));
        }
    }
    words
}

/// The colour of buttons and links: as it was chosen in the light, lighter in the dark, each with a
/// stronger one for what the pointer is on, and one for text upon it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// On light paper.
    pub light: Shades,
    /// On dark paper.
    pub dark: Shades,
}

/// An accent on one ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shades {
    /// The colour itself.
    pub accent: Colour,
    /// Under the pointer.
    pub strong: Colour,
    /// Text upon either.
    pub on: Colour,
}

/// Why a colour cannot be the accent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvalidAccent {
    /// It is none.
    #[error(transparent)]
    Colour(#[from] InvalidColour),
    /// It cannot be read on the pages.
    #[error("its contrast is {0:.1}")]
    Light(f64),
}

impl From<InvalidAccent> for Message {
    fn from(why: InvalidAccent) -> Self {
        match why {
            InvalidAccent::Colour(InvalidColour) => "fault-colour".into(),
            InvalidAccent::Light(contrast) => Self::new("fault-accent").with("contrast", format!("{contrast:.1}")),
        }
    }
}

impl Accent {
    /// The papers of `static/genkan.css`, which a test compares.
    pub const PAPER: Colour = Colour::new(0xfd, 0xfd, 0xfb);
    /// The lightest ground that links and rings are on in the dark.
    pub const DARK_PAPER: Colour = Colour::new(0x1c, 0x23, 0x28);
    const INK: Colour = Colour::new(0x0b, 0x12, 0x16);
    /// WCAG 2.2, 1.4.3.
    const LEAST: f64 = 4.5;
    /// As the accent that Genkan brings has it there.
    const DARK: f64 = 8.0;
}

impl std::str::FromStr for Accent {
    type Err = InvalidAccent;

    fn from_str(text: &str) -> Result<Self, InvalidAccent> {
        let accent: Colour = text.parse()?;
        let contrast = accent.contrast(Self::PAPER);
        if contrast < Self::LEAST {
            return Err(InvalidAccent::Light(contrast));
        }
        let in_the_dark = accent.readable_on(Self::DARK_PAPER, Self::DARK);
        Ok(Self {
            light: Shades { accent, strong: accent.mixed(Colour::BLACK, 25), on: Colour::WHITE },
            dark: Shades { accent: in_the_dark, strong: in_the_dark.mixed(Colour::WHITE, 35), on: Self::INK },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLESHEET: &str = include_str!("../../static/genkan.css");

    #[test]
    fn an_accent_is_readable_wherever_it_stands() {
        assert!(STYLESHEET.contains(&format!("--paper: {};", Accent::PAPER)));
        assert!(STYLESHEET.contains(&format!("--paper: {};", Accent::DARK_PAPER)));
        for text in ["#17587a", "#000000", "#c2002f", "#5b21b6", "#00704a", "#6d5b00", "#0000ff"] {
            let accent: Accent = text.parse().unwrap();
            for (shades, paper) in [(accent.light, Accent::PAPER), (accent.dark, Accent::DARK_PAPER)] {
                for colour in [shades.accent, shades.strong] {
                    assert!(colour.contrast(paper) >= 4.5 && colour.contrast(shades.on) >= 4.5, "{text} {shades:?}");
                }
            }
        }
    }

    #[test]
    fn a_colour_that_is_too_light_is_refused() {
        for text in ["#ffffff", "#ffcc00", "#8ec6e3", "#808080"] {
            assert!(matches!(text.parse::<Accent>(), Err(InvalidAccent::Light(_))), "{text}");
        }
        assert_eq!("blue".parse::<Accent>(), Err(InvalidAccent::Colour(InvalidColour)));
    }
}
