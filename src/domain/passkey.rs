//! What a person sees of a passkey: its name, and by what it was made.

/// How many passkeys a person may have.
pub const MOST_PASSKEYS: i64 = 20;

/// What a person calls a passkey: up to 60 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// The longest there is, in characters.
    pub const LONGEST: usize = 60;

    /// A name that somebody typed, without what surrounds it. `None`: it is empty or too long, or has
    /// characters that cannot be seen.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_good = (1..=Self::LONGEST).contains(&text.chars().count()) && !text.chars().any(is_unseen);
        is_good.then(|| Self(text.into()))
    }

    /// A name made from what others say, cut to fit.
    #[must_use]
    pub fn suggested(text: &str) -> Self {
        let seen = text.chars().filter(|c| !is_unseen(*c));
        Self(seen.take(Self::LONGEST).collect::<String>().trim().into())
    }

    /// As it is shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Controls, and what turns the direction of the text around it.
fn is_unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The model of an authenticator (WebAuthn Level 3 section 6.5.1), as far as it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aaguid(pub u128);

impl Aaguid {
    /// What people know it as. Nobody vouches for it: it is good for suggesting a name.
    #[must_use]
    pub fn known_as(self) -> Option<&'static str> {
        KNOWN.iter().find(|(id, _)| *id == self.0).map(|(_, name)| *name)
    }
}

/// Those that most people have.
const KNOWN: [(u128, &str); 20] = [
    (0xfbfc_3007_154e_4ecc_8c0b_6e02_0557_d7bd, "iCloud Keychain"),
    (0xdd4e_c289_e01d_41c9_bb89_70fa_845d_4bf2, "iCloud Keychain"),
    (0xea9b_8d66_4d01_1d21_3ce4_b6b4_8cb5_75d4, "Google Password Manager"),
    (0xadce_0002_35bc_c60a_648b_0b25_f1f0_5503, "Chrome on Mac"),
    (0x771b_48fd_d3d4_4f74_9232_fc15_7ab0_507a, "Edge on Mac"),
    (0x0898_7058_cadc_4b81_b6e1_30de_50dc_be96, "Windows Hello"),
    (0x9ddd_1817_af5a_4672_a2b9_3e3d_d950_00a9, "Windows Hello"),
    (0x6028_b017_b1d4_4c02_b4b3_afcd_afc9_6bb2, "Windows Hello"),
    (0x5341_4d53_554e_4700_0000_0000_0000_0000, "Samsung Pass"),
    (0xbada_5566_a7aa_401f_bd96_4561_9a55_120d, "1Password"),
    (0xd548_826e_79b4_db40_a3d8_1111_6f7e_8349, "Bitwarden"),
    (0x5311_26d6_e717_415c_9320_3d9a_a698_1239, "Dashlane"),
    (0x5072_6f74_6f6e_5061_7373_5072_6f74_6f6e, "Proton Pass"),
    (0xfdb1_41b2_5d84_443e_8a35_4698_c205_a502, "KeePassXC"),
    (0xb84e_4048_15dc_4dd0_8640_f4f6_0813_c8af, "NordPass"),
    (0x0ea2_42b4_43c4_4a1b_8b17_dd6d_0b6b_aec6, "Keeper"),
    (0xb78a_0a55_6ef8_d246_a042_ba0f_6d55_050c, "LastPass"),
    (0xf380_9540_7f14_49c1_a8b3_8f81_3b22_5541, "Enpass"),
    (0xb35a_26b2_8f6e_4697_ab1d_d44d_b4da_28c6, "Zoho Vault"),
    (0xb539_7666_4885_aa6b_cebf_e522_62a4_39a2, "Chromium"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_seen_as_it_is() {
        for good in ["x", "Hana’s phone", "花の電話", "\"><svg onload=alert(1)>"] {
            assert_eq!(PasskeyName::parse(&format!("  {good} ")).unwrap().as_str(), good);
        }
        for bad in ["", "  ", "a\nb", "a\u{0}b", "a\u{202e}b", &"あ".repeat(61)] {
            assert_eq!(PasskeyName::parse(bad), None, "{bad:?}");
        }
        assert_eq!(PasskeyName::suggested(&"a\u{202e}".repeat(99)).as_str(), "a".repeat(60));
    }

    #[test]
    fn an_authenticator_is_called_as_people_call_it() {
        assert_eq!(Aaguid(0xd548_826e_79b4_db40_a3d8_1111_6f7e_8349).known_as(), Some("Bitwarden"));
        assert_eq!(Aaguid(0).known_as(), None);
    }
}
