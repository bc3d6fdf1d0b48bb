//! `genkan export`, `plan` and `apply`: what an instance is configured by, as a file under version control.
use super::{Failure, print_json};
use crate::{
    admin::{
        Error, Fault, Operator,
        manifest::{Action, Configuration, Plan, Step},
    },
    app::{audit_chain, open, settings::sealer, unlock},
    clock::Clock,
    config::{Config, Manifest},
    i18n::{Language, Words},
    keys::Purpose,
};
use clap::Args;
use serde_json::{Value, json};
use std::{
    fs,
    io::{IsTerminal, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// `--exit-code` when there is something to do, as `git diff` and others have it.
const DIFFERENT: u8 = 2;

#[derive(Debug, Args)]
pub struct Export {
    /// Where to; standard output without
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Planned {
    /// What `genkan export` wrote, or the like; - for standard input
    file: PathBuf,
    /// Remove what the file does not name
    #[arg(long)]
    prune: bool,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
    /// End with 2 when there is something to do
    #[arg(long)]
    exit_code: bool,
}

#[derive(Debug, Args)]
pub struct Apply {
    /// What `genkan export` wrote, or the like; - for standard input
    file: PathBuf,
    /// Remove what the file does not name
    #[arg(long)]
    prune: bool,
    /// Do not ask first on a terminal
    #[arg(long)]
    yes: bool,
}

/// What seals and what is sealed, for as long as a command runs.
struct Opened<'a> {
    config: &'a Config,
    db: crate::storage::Db,
    chain: crate::domain::Chain,
    providers: crate::keys::Sealer,
    settings: crate::keys::Sealer,
}

impl<'a> Opened<'a> {
    async fn open(config: &'a Config) -> Result<Self, Failure> {
        let db = open(config).await?;
        let master = unlock(config, &db).await?;
        let (chain, providers) = (audit_chain(&db, &master).await?, master.sealer(Purpose::Providers)?);
        Ok(Self { config, db, chain, providers, settings: sealer(&master)? })
    }

    const fn configuration(&self) -> Configuration<'_> {
        let Self { config, db, chain, providers, settings } = self;
        Configuration { config, db, chain, providers, settings }
    }
}

/// Writes the instance as a file.
pub async fn export(arguments: Export, config: &Config) -> Result<(), Failure> {
    let text = Opened::open(config).await?.configuration().export().await?;
    match arguments.file {
        Some(file) => fs::write(&file, text).map_err(|why| format!("{}: {why}", file.display()).into()),
        None => Ok(std::io::stdout().write_all(text.as_bytes())?),
    }
}

/// Shows what applying a file would do.
pub async fn plan(arguments: Planned, config: &Config) -> Result<ExitCode, Failure> {
    let manifest = read(&arguments.file)?;
    let opened = Opened::open(config).await?;
    let now = Clock::system().now();
    let plan =
        opened.configuration().plan(&Operator::command(), &manifest, arguments.prune, now).await.map_err(told)?;
    if arguments.json {
        print_json(&as_json(&plan));
    } else {
        print(&plan);
    }
    let different = arguments.exit_code && !plan.steps.is_empty();
    Ok(if different { ExitCode::from(DIFFERENT) } else { ExitCode::SUCCESS })
}

/// Makes the instance what a file says.
pub async fn apply(arguments: Apply, config: &Config) -> Result<(), Failure> {
    let manifest = read(&arguments.file)?;
    let opened = Opened::open(config).await?;
    let (configuration, operator, now) = (opened.configuration(), Operator::command(), Clock::system().now());
    let plan = configuration.plan(&operator, &manifest, arguments.prune, now).await.map_err(told)?;
    print(&plan);
    let asks = !arguments.yes && std::io::stdin().is_terminal() && arguments.file != Path::new("-");
    if asks && !plan.steps.is_empty() && !agreed()? {
        return Err("nothing is changed".into());
    }
    let done = plan.steps.len();
    configuration.apply(&operator, &manifest, (plan, arguments.prune), now).await.map_err(told)?;
    if done > 0 {
        println!("Applied.");
    }
    Ok(())
}

fn read(file: &Path) -> Result<Manifest, Failure> {
    let (place, text) = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        ("standard input".to_owned(), text)
    } else {
        let place = file.display().to_string();
        let text = fs::read_to_string(file).map_err(|why| format!("{place}: {why}"))?;
        (place, text)
    };
    Manifest::parse(&place, &text, |name| std::env::var(name).ok()).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(|fault| format!("  {fault}")).collect();
        format!("the file has faults; nothing is changed:\n{}", faults.join("\n")).into()
    })
}

fn agreed() -> Result<bool, Failure> {
    print!("Do this? (yes/no) ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "yes" | "y"))
}

fn print(plan: &Plan) {
    for step in &plan.steps {
        println!("{} {} {}", sign(step.action), step.kind, step.name);
        for (field, before, after) in step.fields() {
            match (before, after) {
                (None, after) => println!("    {field}: {}", shown(after)),
                (Some(_), None) if step.action == Action::Remove => {}
                (before, after) => println!("    {field}: {} -> {}", shown(before), shown(after)),
            }
        }
    }
    for (kind, name) in &plan.unlisted {
        println!("  {kind} {name} is not in the file, and stays (--prune removes it)");
    }
    let words = Words::new(Language::En);
    for Fault { field, message } in &plan.warnings {
        println!("  {field}: {}", words.say(message));
    }
    let [added, changed, removed] = [Action::Add, Action::Change, Action::Remove].map(|action| plan.count(action));
    if plan.steps.is_empty() {
        println!("Nothing to do: the instance is as the file says.");
    } else {
        println!("{added} to add, {changed} to change, {removed} to remove.");
    }
}

const fn sign(action: Action) -> char {
    match action {
        Action::Add => '+',
        Action::Change => '~',
        Action::Remove => '-',
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "-".into(), ToString::to_string)
}

fn as_json(plan: &Plan) -> Value {
    let words = Words::new(Language::En);
    let step = |step: &Step| json!({ "action": step.action, "kind": step.kind, "name": step.name, "before": step.before, "after": step.after });
    json!({
        "steps": plan.steps.iter().map(step).collect::<Vec<_>>(),
        "unlisted": plan.unlisted.iter().map(|(kind, name)| json!({ "kind": kind, "name": name })).collect::<Vec<_>>(),
        "warnings": plan.warnings.iter()
            .map(|warning| json!({ "field": warning.field, "message": words.say(&warning.message) }))
            .collect::<Vec<_>>(),
    })
}

fn told(why: Error) -> Failure {
    let words = Words::new(Language::En);
    match why {
        Error::Invalid(faults) => {
            let faults: Vec<_> =
                faults.iter().map(|fault| format!("  {}: {}", fault.field, words.say(&fault.message))).collect();
            format!("the file has faults; nothing is changed:\n{}", faults.join("\n")).into()
        }
        Error::Stale => "somebody has changed the instance meanwhile, and nothing was applied; plan anew".into(),
        Error::Impossible(message) | Error::Forbidden(message) => words.get(message).into(),
        other => other.into(),
    }
}
