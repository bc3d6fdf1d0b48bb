//! Copies of the audit trail.
use super::{
    Error, Operator,
    copy::{self, Format, STEP},
};
use crate::{
    app::App,
    domain::{Event, Recorded},
    storage::audit::{self, Filter},
};
use serde_json::{Map, Value, json};

/// What a table begins with.
const COLUMNS: &str = "seq,time,kind,actor,user,client,object,address,user_agent,request_id,details\r\n";
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

impl copy::Copy for Copy {
    async fn next(&mut self, app: &App) -> Result<Option<String>, Error> {
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
                Format::JsonLines => {
                    part.push_str(&row.told().to_string());
                    part.push('\n');
                }
                Format::Csv => part.push_str(&line(row)),
            }
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
    copy::row([
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
    ])
}
