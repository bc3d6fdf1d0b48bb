//! Every page, in every language, with tame and with hostile values.
//!
//! With `GENKAN_RENDER_TO=DIR` set, the pages are also written there, to be looked at in a browser.

mod contrast;
mod samples;
mod samples_profile;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use askama::Template;

use self::samples::{Filling, Sample};
use super::error::ErrorPage;
use super::form_post::SCRIPT;
use crate::i18n::Language;
use crate::web::assets::CSS;

type Outcome = Result<(), Box<dyn Error>>;

fn written_to(folder: &Path, prefix: &str, samples: &[Sample], language: Language) -> Outcome {
    for sample in samples {
        let file = format!("{prefix}{}.{language}.html", sample.name);
        // In a file these would leave the page at once.
        let html = sample.html.replace(SCRIPT, "").replace(" http-equiv=\"refresh\"", "");
        fs::write(folder.join(file), html)?;
    }
    Ok(())
}

#[test]
fn every_page_has_what_others_rely_on() -> Outcome {
    let to = std::env::var_os("GENKAN_RENDER_TO").map(PathBuf::from);
    if let Some(to) = &to {
        fs::create_dir_all(to)?;
        fs::write(to.join("genkan.css"), CSS)?;
        for file in ["genkan.svg", "passkeys.js"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
            fs::copy(from.join(file), to.join(file))?;
        }
    }
    for language in Language::ALL {
        for (prefix, filling) in [("", Filling::tame(language)), ("long-", Filling::long(language))] {
            let samples = filling.samples()?;
            if let Some(to) = &to {
                written_to(to, prefix, &samples, language)?;
            }
            for Sample { name, html, contracted } in samples {
                let expected = format!("<html lang=\"{language}\">");
                assert!(html.contains(&expected), "{name}");
                assert_eq!(html.matches("<h1").count(), 1, "{name}: one h1");
                assert_eq!(html.matches("<main").count(), 1, "{name}: one main");
                assert!(!html.contains(" style="), "{name}: an inline style");
                assert!(!html.contains("{$"), "{name}: a message lacks a value");
                for part in contracted {
                    assert!(html.contains(part), "{name} ({language}) lacks {part}");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn no_text_from_outside_becomes_markup() -> Outcome {
    for language in Language::ALL {
        for Sample { name, html, .. } in Filling::hostile(language).samples()? {
            assert_eq!(html.matches("<svg").count(), html.matches("<svg class=\"mark\" ").count(), "{name}: {html}");
            let scripts = html.matches("<script").count();
            let own = usize::from(name == "form-post") + html.matches("<script src=\"passkeys.js\" defer>").count();
            assert_eq!(scripts, own, "{name}: {html}");
            assert!(!html.contains("alert(1)</script>"), "{name}: {html}");
        }
    }
    Ok(())
}

#[test]
fn the_only_script_is_the_one_whose_hash_is_allowed() -> Outcome {
    let html = Filling::tame(Language::En).form_post().render()?;
    let expected = format!("<script>{SCRIPT}</script>");
    assert!(html.contains(&expected));
    assert!(!html.contains("name=\"submit\"") && !html.contains("id=\"submit\""));
    assert!(!html.contains("hreflang"), "a link here would lose the answer");
    Ok(())
}

#[test]
fn every_code_has_a_page_in_every_language() {
    let codes = [
        "invalid_request",
        "invalid_client",
        "unauthorized_client",
        "invalid_redirect_uri",
        "unsupported_response_type",
        "access_denied",
        "server_error",
        "temporarily_unavailable",
        "invalid_csrf",
        "not_found",
        "other_host",
        "method_not_allowed",
        "too_many_requests",
        "payload_too_large",
        "sign_up_closed",
        "invitation_needed",
        "setup_link_invalid",
        "link_invalid",
        "email_taken",
        "other_browser",
    ];
    for language in Language::ALL {
        let page = |code| ErrorPage::new(Filling::tame(language).page(), code, "id");
        let unknown = page("no_such_code");
        assert_eq!(unknown.title, page("server_error").title);
        for code in codes {
            let page = page(code);
            assert!(code == "server_error" || page.title != unknown.title, "{code}");
            assert!(!page.explanation.starts_with("error-"), "{code}");
            assert!(!page.advice.starts_with("error-"), "{code}");
        }
    }
}

#[test]
fn the_sign_up_form_says_what_is_wrong_where_it_is() -> Outcome {
    let html = Filling::tame(Language::En).sign_up_wrong().render()?;
    assert!(html.contains("aria-describedby=\"password-error password-hint\""));
    assert!(html.contains("aria-describedby=\"email-error\""));
    assert_eq!(html.matches("aria-invalid=\"true\"").count(), 3);
    assert_eq!(html.matches("autofocus").count(), 1);
    assert_eq!(html.matches("role=\"alert\"").count(), 4, "one for the form itself");
    Ok(())
}

#[test]
fn a_password_is_never_given_back() -> Outcome {
    let html = Filling::tame(Language::En).sign_in_wrong().render()?;
    let password = html.split("id=\"password\"").nth(1).and_then(|s| s.split('>').next());
    assert!(password.is_some_and(|attributes| !attributes.contains("value=")));
    Ok(())
}
