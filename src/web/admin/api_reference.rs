//! `/admin/api`: the API's description as a page, made of its document.
use super::{AdminPage, Desk};
use crate::web::{api, error::PageError};
use actix_web::HttpResponse;
use askama::Template;
use serde_json::Value;

const PLACE: &str = "/admin/api";
/// How deep schemas are unfolded.
const DEEPEST: usize = 4;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/api_reference.html")]
pub struct ApiReferencePage {
    pub admin: AdminPage,
    /// Where the API is.
    pub base: String,
    /// Operations by what they are about.
    pub chapters: Vec<(String, Vec<Operation>)>,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub summary: String,
    /// What whoever calls must be permitted.
    pub permission: String,
    /// Parameters: the name, and what it is.
    pub parameters: Vec<(String, String)>,
    /// What is sent, by its members.
    pub body: Vec<Member>,
    /// What comes back, by status.
    pub answers: Vec<(String, Vec<Member>)>,
}

/// A member of something that is sent.
#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub about: String,
}

/// `GET /admin/api`.
pub async fn get(desk: Desk) -> Result<HttpResponse, PageError> {
    let frame = desk.visit.frame(None);
    let issuer = &desk.visit.app.config.issuer;
    let page = ApiReferencePage {
        admin: desk.page(&frame, PLACE, PLACE),
        base: format!("{issuer}{}", api::PREFIX),
        chapters: chapters(&api::description()),
    };
    Ok(desk.show(&frame, &page))
}

fn chapters(document: &Value) -> Vec<(String, Vec<Operation>)> {
    let mut chapters: Vec<(String, Vec<Operation>)> = vec![];
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let chapter = operation["tags"][0].as_str().unwrap_or_default();
            let described = describe(document, method, path, operation);
            match chapters.iter_mut().find(|(name, _)| name == chapter) {
                Some((_, operations)) => operations.push(described),
                None => chapters.push((chapter.to_owned(), vec![described])),
            }
        }
    }
    chapters
}

fn describe(document: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let method = method.to_uppercase();
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let json = |content: &Value| members(document, &content["application/json"]["schema"], "", 0);
    Operation {
        permission: api::permission(&method, path),
        summary: text(&operation["summary"]),
        parameters: parameters.map(|parameter| (text(&parameter["name"]), text(&parameter["description"]))).collect(),
        body: json(&operation["requestBody"]["content"]),
        answers: operation["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(status, answer)| (status.clone(), json(&answer["content"])))
            .collect(),
        path: path.to_owned(),
        method,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The members of a schema, those inside others by their path.
fn members(document: &Value, schema: &Value, within: &str, depth: usize) -> Vec<Member> {
    let schema = resolve(document, schema);
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut all = vec![];
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let (inner, is_list) = unwrap(document, member);
        let full = format!("{within}{name}");
        all.push(Member {
            kind: format!("{}{}", kind(inner), if is_list { "[]" } else { "" }),
            required: required.contains(&name.as_str()),
            about: text(&member["description"]),
            name: full.clone(),
        });
        if depth < DEEPEST {
            let within = format!("{full}{}.", if is_list { "[]" } else { "" });
            all.extend(members(document, inner, &within, depth + 1));
        }
    }
    all
}

/// What a member is, without the list or the choice with null around it.
fn unwrap<'a>(document: &'a Value, member: &'a Value) -> (&'a Value, bool) {
    let choice = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| member[*word].as_array());
    let member = choice.and_then(|all| all.iter().find(|one| one["type"] != "null")).unwrap_or(member);
    let member = resolve(document, member);
    if member["items"].is_object() { (resolve(document, &member["items"]), true) } else { (member, false) }
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let pointer = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}

fn kind(schema: &Value) -> String {
    match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect::<Vec<_>>().join(" or ")
        }
        _ => "any".into(),
    }
}
