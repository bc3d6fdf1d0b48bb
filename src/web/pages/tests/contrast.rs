//! The colours of the stylesheet, measured (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::HashMap;

use crate::web::{assets::CSS as STYLESHEET, pages::provider_buttons::Brand};

/// Text needs 4.5 to 1, the edge of a control and the focus ring 3 to 1.
const PAIRS: [(&str, &[&str], f64); 9] = [
    ("ink", &["wall", "floor", "spill", "paper", "paper-sunk", "danger-wash"], 4.5),
    ("ink-soft", &["floor", "spill", "paper", "paper-sunk"], 4.5),
    ("accent", &["paper"], 4.5),
    ("accent-strong", &["paper"], 4.5),
    ("on-accent", &["accent", "accent-strong"], 4.5),
    ("danger", &["paper"], 4.5),
    ("good", &["good-wash"], 4.5),
    ("control", &["paper"], 3.0),
    ("accent", &["floor", "spill", "paper-sunk"], 3.0),
];

/// The six-digit colours set in a block.
fn colours(block: &str) -> HashMap<&str, [u8; 3]> {
    let declarations = block.lines().filter_map(|line| line.trim().strip_prefix("--"));
    declarations
        .filter_map(|declaration| {
            let (name, value) = declaration.strip_suffix(';')?.split_once(": #")?;
            let [_, red, green, blue] = u32::from_str_radix(value, 16).ok()?.to_be_bytes();
            Some((name, [red, green, blue]))
        })
        .collect()
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// In the light, and in the dark.
fn schemes() -> [HashMap<&'static str, [u8; 3]>; 2] {
    let blocks = STYLESHEET.split(":root {").skip(1);
    let schemes: Vec<_> = blocks.filter_map(|block| block.split('}').next()).map(colours).collect();
    schemes.try_into().unwrap()
}

#[test]
fn every_text_can_be_read_in_the_light_and_in_the_dark() {
    for colours in schemes() {
        for (text, grounds, needed) in PAIRS {
            for ground in grounds {
                let measured = contrast(colours[text], colours[ground]);
                assert!(measured >= needed, "{text} on {ground}: {measured:.2}");
            }
        }
    }
}

/// The colours of a brand's button: as they are first set, and as the rules of a query change them.
fn button(brand: Brand, query: Option<&'static str>) -> HashMap<&'static str, [u8; 3]> {
    let rule = format!(".provider-{brand} {{");
    let set = |sheet: &'static str| {
        let block = sheet.split(rule.as_str()).nth(1).and_then(|rest| rest.split('}').next());
        colours(block.unwrap_or_default())
    };
    let mut colours = set(STYLESHEET);
    if let Some(query) = query {
        let parts = STYLESHEET.split(query).skip(1).filter_map(|part| part.split("\n}").next());
        colours.extend(parts.flat_map(set));
    }
    colours
}

const DARK: &str = "@media (prefers-color-scheme: dark) {";
const CONTRAST: &str = "@media (prefers-contrast: more) {";

/// LINE wants white on its green, which is too light for that; whoever asks for contrast gets a darker one.
#[test]
fn every_brand_but_line_can_be_read_and_line_where_contrast_is_asked_for() {
    let [light, dark] = schemes();
    let (light, dark) = (light["paper"], dark["paper"]);
    for brand in Brand::ALL.into_iter().filter(|brand| *brand != Brand::Generic) {
        for (query, paper) in [(None, light), (Some(DARK), dark), (Some(CONTRAST), light)] {
            let colours = button(brand, query);
            let [fill, edge, label] = ["fill", "edge", "label"].map(|name| colours[name]);
            if brand == Brand::Line && query != Some(CONTRAST) {
                assert_eq!((fill, label), ([0x06, 0xc7, 0x55], [255; 3]));
                continue;
            }
            let measured = contrast(label, fill);
            assert!(measured >= 4.5, "{brand}, {query:?}: label {measured:.2}");
            let measured = contrast(edge, paper);
            assert!(measured >= 3.0, "{brand}, {query:?}: edge {measured:.2}");
        }
    }
}

#[test]
fn contrast_is_measured_as_defined() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.001);
    assert!((contrast([118; 3], [255; 3]) - 4.54).abs() < 0.01);
}
