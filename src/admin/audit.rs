//! Copies of the audit trail: lines of JSON, or a table for spreadsheets (RFC 4180).
use super::{Error, Operator};
use crate::{
    app::App,
    domain::{Event, Recorded, words},
    storage::audit::{self, Filter},
};
use serde_json::{Map, Value, json};

/// How a copy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An event a line, as the API tells it.
    JsonLines,
    /// A table.
    Csv,
}

words!(Format { JsonLines = "jsonl", Csv = "csv" });

/// Rows that are read at once.
const STEP: i64 = 500;
/// What a table begins with.
const COLUMNS: &str = "seq,time,kind,actor,user,client,object,address,user_agent,request_id,details\r\n";
/// What spreadsheets take for the beginning of a formula, or pass over on their way to one.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A copy on its way: the latest events first.
pub struct Copy {
    format: Format,
    filter: Filter,
    before: i64,
    begun: bool,
}

/// Begins a copy of what the filter lets through, and writes that down.
pub async fn export(app: &App, operator: &Operator, filter: Filter, format: Format) -> Result<Copy, Error> {
    let event = operator.event(Event::AuditExported).with(json!({ "format": format, "filter": asked(&filter) }));
    audit::insert(&app.db, &app.secrets.audit, event, app.clock.now()).await?;
    Ok(Copy { format, filter, before: i64::MAX, begun: false })
}

impl Copy {
    /// The next part of it; nothing at its end.
    pub async fn next(&mut self, app: &App) -> Result<Option<String>, Error> {
        let mut part = String::new();
        if !self.begun && self.format == Format::Csv {
            part.push_str(COLUMNS);
        }
        self.begun = true;
        let rows = audit::search(&app.db, &self.filter, self.before, STEP).await?;
        if let Some(last) = rows.last() {
            self.before = last.seq;
        }
        for row in &rows {
            match self.format {
                Format::JsonLines => part.push_str(&row.told().to_string()),
                Format::Csv => part.push_str(&line(row)),
            }
            part.push_str(if self.format == Format::Csv { "\r\n" } else { "\n" });
        }
        Ok(Some(part).filter(|part| !part.is_empty()))
    }
}

fn asked(filter: &Filter) -> Value {
    let members = [
        ("kind", filter.kind.clone().map(Value::from)),
        ("actor", filter.actor.clone().map(Value::from)),
        ("user", filter.user.clone().map(Value::from)),
        ("client", filter.client.clone().map(Value::from)),
        ("object", filter.object.clone().map(Value::from)),
        ("address", filter.address.clone().map(Value::from)),
        ("request_id", filter.request_id.clone().map(Value::from)),
        ("since", filter.since.map(|at| at.0.into())),
        ("until", filter.until.map(|at| at.0.into())),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect::<Map<_, _>>().into()
}

fn line(row: &Recorded) -> String {
    let cells = [
        row.seq.to_string(),
        row.at.in_rfc3339(),
        row.kind.to_string(),
        row.actor.clone(),
        row.user_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        row.client_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        row.object.clone().unwrap_or_default(),
        row.address.clone().unwrap_or_default(),
        row.user_agent.clone().unwrap_or_default(),
        row.request_id.clone().unwrap_or_default(),
        row.details.clone().unwrap_or_default(),
    ];
    cells.map(|cell| quoted(&cell)).join(",")
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
