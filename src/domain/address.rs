//! A whole address from its parts, as it is written in its country (OpenID Connect Core section 5.1.1).

/// The parts; each may be empty.
pub struct Address<'a> {
    /// The street, and all below it.
    pub street: &'a str,
    /// The city.
    pub locality: &'a str,
    /// The state or prefecture.
    pub region: &'a str,
    /// The postal code.
    pub code: &'a str,
    /// The country.
    pub country: &'a str,
}

/// Countries whose addresses go from the large to the small, as people there and elsewhere call them.
const LARGE_TO_SMALL: &[&str] = &[
    "jp",
    "japan",
    "日本",
    "日本国",
    "cn",
    "china",
    "中国",
    "中國",
    "kr",
    "korea",
    "south korea",
    "한국",
    "대한민국",
    "tw",
    "taiwan",
    "台湾",
    "臺灣",
];
/// Countries where the postal code comes after the place.
const CODE_LAST: &[&str] = &[
    "us",
    "usa",
    "united states",
    "ca",
    "canada",
    "gb",
    "uk",
    "united kingdom",
    "england",
    "ie",
    "ireland",
    "au",
    "australia",
    "nz",
    "new zealand",
    "in",
    "india",
];

impl Address<'_> {
    /// A line a line.
    pub fn formatted(&self) -> String {
        let Self { street, locality, region, code, country } = self;
        let is_in = |countries: &[&str]| countries.contains(&country.to_lowercase().as_str());
        if is_in(LARGE_TO_SMALL) {
            // In their own letters, the parts need nothing between them.
            let joint = if [*region, *locality, *street].concat().is_ascii() { " " } else { "" };
            return joined(&[country, code, &joined(&[region, locality, street], joint)], "\n");
        }
        if is_in(CODE_LAST) {
            let place = joined(&[locality, &joined(&[region, code], " ")], ", ");
            return joined(&[street, &place, country], "\n");
        }
        joined(&[street, &joined(&[code, locality], " "), region, country], "\n")
    }
}

fn joined(parts: &[&str], joint: &str) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(joint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_in_its_country() {
        for ([street, locality, region, code, country], whole) in [
            (
                ["寺町通御池上る上本能寺前町488", "京都市中京区", "京都府", "604-8571", "日本"],
                "日本\n604-8571\n京都府京都市中京区寺町通御池上る上本能寺前町488",
            ),
            (
                ["1-2-3 Jingumae", "Shibuya", "Tokyo", "150-0001", "Japan"],
                "Japan\n150-0001\nTokyo Shibuya 1-2-3 Jingumae",
            ),
            (["1 Market St", "San Francisco", "CA", "94105", "USA"], "1 Market St\nSan Francisco, CA 94105\nUSA"),
            (["Marienplatz 1", "München", "", "80331", "Deutschland"], "Marienplatz 1\n80331 München\nDeutschland"),
            (["", "", "", "", "Japan"], "Japan"),
            (["", "", "", "", ""], ""),
        ] {
            assert_eq!(Address { street, locality, region, code, country }.formatted(), whole);
        }
    }
}
