//! Colours, as far as pages and mails must be readable in them (WCAG 2.2, 1.4.3).
use std::{fmt, str::FromStr};

/// A colour of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// Not a colour as settings write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a colour")]
pub struct InvalidColour;

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);

    /// One by its channels.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// How well one is read on the other: 1 (not at all) to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// With so many hundredths of another in it.
    #[must_use]
    pub fn mixed(self, other: Self, hundredths: u16) -> Self {
        let mix = |own: u8, of_other: u8| {
            let sum = u16::from(own) * (100 - hundredths) + u16::from(of_other) * hundredths;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        let ([r, g, b], [other_r, other_g, other_b]) = (self.0, other.0);
        Self([mix(r, other_r), mix(g, other_g), mix(b, other_b)])
    }

    /// Made lighter, just as far as it takes to be read on `ground` at `contrast`.
    #[must_use]
    pub fn readable_on(self, ground: Self, contrast: f64) -> Self {
        let lighter = (0..100).step_by(5).map(|hundredths| self.mixed(Self::WHITE, hundredths));
        lighter.into_iter().find(|colour| colour.contrast(ground) >= contrast).unwrap_or(Self::WHITE)
    }
}

impl FromStr for Colour {
    type Err = InvalidColour;

    fn from_str(text: &str) -> Result<Self, InvalidColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(InvalidColour)?;
        if !digits.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(InvalidColour);
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| InvalidColour)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_six_digits() {
        assert_eq!("#17587A".parse::<Colour>().map(|colour| colour.to_string()), Ok("#17587a".into()));
        for bad in ["17587a", "#17587", "#17587aa", "#17587g", "#+7587a", "red", "", "#１７５８７ａ"] {
            assert_eq!(bad.parse::<Colour>(), Err(InvalidColour), "{bad}");
        }
    }

    #[test]
    fn contrast_is_measured_as_defined() {
        assert!((Colour::BLACK.contrast(Colour::WHITE) - 21.0).abs() < 0.001);
        assert!((Colour::new(118, 118, 118).contrast(Colour::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_colour_is_made_light_enough_for_the_dark() {
        let dark = Colour::new(0x1c, 0x23, 0x28);
        for colour in [Colour::BLACK, Colour::new(23, 88, 122), Colour::new(170, 0, 0), Colour::WHITE] {
            assert!(colour.readable_on(dark, 7.0).contrast(dark) >= 7.0);
        }
        assert_eq!(Colour::WHITE.readable_on(dark, 7.0), Colour::WHITE);
    }
}
