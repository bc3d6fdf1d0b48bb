//! Copies of what there is, as files: lines of JSON, or a table for spreadsheets (RFC 4180).
use super::Error;
use crate::{app::App, domain::words};

/// How a copy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A thing a line, as the API tells it.
    JsonLines,
    /// A table.
    Csv,
}

words!(Format { JsonLines = "jsonl", Csv = "csv" });

/// Rows that are read at once.
pub const STEP: i64 = 500;
/// What spreadsheets take for the beginning of a formula, or pass over on their way to one.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A copy on its way.
pub trait Copy: Send + 'static {
    /// The next part of it; nothing at its end.
    fn next(&mut self, app: &App) -> impl Future<Output = Result<Option<String>, Error>> + Send;
}

/// A row of a table.
#[must_use]
pub fn row<const N: usize>(cells: [String; N]) -> String {
    cells.map(|cell| quoted(&cell)).join(",") + "\r\n"
}

/// A cell: in quotes where it must be, and never a formula.
fn quoted(text: &str) -> String {
    let text = if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_out() {
        for (text, cell) in [
            ("a b", "a b"),
            ("", ""),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a\n=1", "\"a\n=1\""),
            ("=\",\"", "\"'=\"\",\"\"\""),
        ] {
            assert_eq!(quoted(text), cell, "{text:?}");
        }
    }
}
