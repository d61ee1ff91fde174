//! The command line. Help texts come from the message catalogue, so that they exist in every language.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Args, Command, CommandFactory, Parser, Subcommand, ValueEnum};
use matdock_message::{Language, Message};

#[derive(Debug, Parser)]
#[command(name = "matdock", version, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub verb: Verb,
    #[command(flatten)]
    pub general: General,
}

/// What every verb understands.
#[derive(Debug, Clone, Args)]
pub struct General {
    #[arg(long, global = true)]
    pub json: bool,
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,
    #[arg(long, global = true, value_name = "FOLDER", default_value = "dock")]
    pub dock: PathBuf,
    #[arg(long, global = true, value_name = "en|ja")]
    pub lang: Option<String>,
    /// Whether the dock was named, and is not the usual one.
    #[arg(skip)]
    pub dock_named: bool,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    Run(Run),
    New(New),
    Suggest(Suggest),
    Record(Record),
    Veto(Veto),
    Status(OfCampaign),
    Report(Report),
    Explain(Explain),
    Backtest(Backtest),
    #[command(subcommand)]
    Dataset(DatasetVerb),
    Advise(Advise),
    Train(Train),
    Predict(Predict),
    Models,
    Describe(Describe),
    Similar(Similar),
    Substructure(Substructure),
    Export(Export),
    Show(Show),
    Verify,
    #[command(subcommand)]
    Chain(Chain),
    #[command(subcommand)]
    Lab(Lab),
}

#[derive(Debug, Subcommand)]
pub enum Chain {
    Show(Report),
    Why(Why),
    Compare(Compare),
    Sense(Sense),
}

#[derive(Debug, Args)]
pub struct Sense {
    pub campaign: PathBuf,
    pub experiment: u32,
    #[arg(long, value_name = "NAME")]
    pub quantity: Option<String>,
}

#[derive(Debug, Args)]
pub struct Compare {
    pub campaign: PathBuf,
    #[arg(long, value_name = "TABLE")]
    pub data: Option<PathBuf>,
    #[arg(long, value_name = "random|group:COLUMN|time[:COLUMN]", default_value = "random")]
    pub split: String,
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub folds: usize,
}

#[derive(Debug, Args)]
pub struct Why {
    pub campaign: PathBuf,
    pub experiment: u32,
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
}

#[derive(Debug, Args)]
pub struct OfCampaign {
    pub campaign: PathBuf,
}

#[derive(Debug, Args)]
pub struct Run {
    pub campaign: PathBuf,
    #[arg(long, value_name = "N")]
    pub experiments: Option<u32>,
    #[arg(long, value_name = "N")]
    pub in_flight: Option<usize>,
    #[arg(long)]
    pub real_time: bool,
    #[arg(long)]
    pub no_comparison: bool,
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct New {
    pub name: PathBuf,
    #[arg(long, value_enum)]
    pub template: Option<Template>,
    #[arg(long, value_name = "TABLE")]
    pub pool: Option<PathBuf>,
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub inputs: Vec<String>,
    #[arg(long, value_name = "OUTCOME", visible_alias = "maximise")]
    pub maximize: Vec<String>,
    #[arg(long, value_name = "OUTCOME", visible_alias = "minimise")]
    pub minimize: Vec<String>,
    #[arg(long, value_name = "OUTCOME=VALUE")]
    pub target: Vec<String>,
    #[arg(long, value_name = "COLUMN")]
    pub label: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Template {
    Pool,
    Process,
    Lab,
}

#[derive(Debug, Args)]
pub struct Suggest {
    pub campaign: PathBuf,
    #[arg(short = 'n', long = "count", value_name = "N", default_value_t = 1)]
    pub count: usize,
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Record {
    pub campaign: PathBuf,
    #[arg(required_unless_present = "watch")]
    pub results: Option<PathBuf>,
    #[arg(long, value_name = "FOLDER")]
    pub from: Option<PathBuf>,
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    #[arg(long, value_name = "REASON")]
    pub failed: Option<String>,
    #[arg(long)]
    pub correct: bool,
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["results", "from", "set", "failed", "correct"])]
    pub watch: Option<PathBuf>,
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0, requires = "watch")]
    pub settle: f64,
}

#[derive(Debug, Args)]
pub struct Veto {
    pub campaign: PathBuf,
    #[arg(value_name = "SUGGESTION", required_unless_present_any = ["row", "set"], conflicts_with_all = ["row", "set"])]
    pub suggestion: Option<u32>,
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    #[arg(long, value_name = "LABEL", conflicts_with = "set")]
    pub row: Option<String>,
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Report {
    pub campaign: PathBuf,
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Backtest {
    pub campaign: PathBuf,
    #[arg(long, value_name = "TABLE")]
    pub data: Option<PathBuf>,
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub seeds: usize,
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    #[arg(long, value_name = "N")]
    pub initial: Option<usize>,
    #[arg(long, value_name = "FILE", conflicts_with = "initial")]
    pub initial_file: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Replicates::Average)]
    pub replicates: Replicates,
    #[arg(long, value_name = "N")]
    pub budget: Option<usize>,
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub batch: usize,
    #[arg(long, value_name = "PERCENT", default_value_t = 5.0)]
    pub top: f64,
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Replicates {
    Average,
    Draw,
}

#[derive(Debug, Subcommand)]
pub enum DatasetVerb {
    Make(DatasetMake),
    Show(DatasetShow),
    Export(DatasetExport),
    List,
    Template(DatasetTemplate),
}

#[derive(Debug, Args)]
pub struct DatasetTemplate {
    pub format: Option<String>,
    #[arg(short = 'o', long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct DatasetMake {
    pub name: String,
    #[arg(long, value_name = "FILE", required_unless_present = "from_dock", conflicts_with = "from_dock")]
    pub from: Option<PathBuf>,
    #[arg(long)]
    pub from_dock: bool,
    #[arg(long = "where", value_name = "NAME=VALUE", requires = "from_dock")]
    pub only: Vec<String>,
    #[arg(long, value_name = "COLUMN")]
    pub target: Option<String>,
    #[arg(long, value_name = "COLUMN")]
    pub group: Vec<String>,
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub ignore: Vec<String>,
    #[arg(long, value_name = "SETS", value_delimiter = ',')]
    pub set: Vec<String>,
    #[arg(long, value_name = "H|C|ring|3mer")]
    pub cap: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub format: Option<String>,
}

#[derive(Debug, Args)]
pub struct DatasetShow {
    pub name: String,
    #[arg(short = 'o', long, value_name = "FILE.html")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct DatasetExport {
    pub name: String,
    #[arg(short = 'o', long, value_name = "FILE")]
    pub out: PathBuf,
    #[arg(long)]
    pub descriptors: bool,
}

#[derive(Debug, Args)]
pub struct Advise {
    pub table: PathBuf,
    #[arg(long, value_name = "COLUMN")]
    pub target: Option<String>,
    #[arg(long, value_name = ">VALUE|<VALUE", allow_hyphen_values = true)]
    pub wish: Option<String>,
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub features: Vec<String>,
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub ignore: Vec<String>,
    #[arg(long, value_enum, default_value_t = Task::Auto)]
    pub task: Task,
}

#[derive(Debug, Args)]
pub struct Train {
    pub table: PathBuf,
    #[arg(long, value_name = "COLUMN")]
    pub target: Option<String>,
    #[arg(long, value_name = "KINDS", value_delimiter = ',', default_value = "auto")]
    pub learner: Vec<String>,
    #[arg(long, value_name = "random|group:COLUMN|cluster|time:COLUMN|extrapolate")]
    pub split: Vec<String>,
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub features: Vec<String>,
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub ignore: Vec<String>,
    #[arg(long, value_name = "SETS", value_delimiter = ',')]
    pub set: Vec<String>,
    #[arg(long, value_name = "H|C|ring|3mer")]
    pub cap: Option<String>,
    #[arg(long, value_enum, default_value_t = Task::Auto)]
    pub task: Task,
    #[arg(long, value_enum, default_value_t = Logarithm::Auto)]
    pub log: Logarithm,
    #[arg(long, value_enum, default_value_t = Logarithm::Auto)]
    pub arrhenius: Logarithm,
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub folds: usize,
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Task {
    Auto,
    Number,
    Class,
}

impl Task {
    /// Whether the target names classes; `None` to decide by its cells.
    pub fn classes(self) -> Option<bool> {
        match self {
            Self::Auto => None,
            Self::Number => Some(false),
            Self::Class => Some(true),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Logarithm {
    Auto,
    Yes,
    No,
}

#[derive(Debug, Args)]
pub struct Explain {
    #[arg(value_name = "CAMPAIGN|MODEL")]
    pub what: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    #[arg(short = 'o', long, value_name = "FOLDER|FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Predict {
    pub model: PathBuf,
    pub table: PathBuf,
    #[arg(short = 'o', long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Describe {
    #[arg(value_name = "TABLE", required_unless_present = "list")]
    pub table: Option<PathBuf>,
    #[arg(short = 'o', long, value_name = "FILE", required_unless_present = "list")]
    pub out: Option<PathBuf>,
    #[arg(long, value_name = "SETS", value_delimiter = ',')]
    pub set: Vec<String>,
    #[arg(long, value_name = "NAME")]
    pub column: Option<String>,
    #[arg(long, value_name = "H|C|ring|3mer")]
    pub cap: Option<String>,
    #[arg(long, value_name = "COLUMN:AMOUNT", value_delimiter = ',')]
    pub components: Vec<String>,
    #[arg(long, value_name = "mole|mass")]
    pub by: Option<String>,
    #[arg(long)]
    pub parts: bool,
    #[arg(long, requires = "components")]
    pub each: bool,
    #[arg(long)]
    pub corrected: bool,
    #[arg(long)]
    pub list: bool,
}

#[derive(Debug, Args)]
pub struct Similar {
    pub table: PathBuf,
    #[arg(long, value_name = "SMILES")]
    pub to: String,
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub top: usize,
    #[arg(long, value_name = "NAME", default_value = "morgan")]
    pub fingerprint: String,
    #[arg(long, value_name = "NAME")]
    pub column: Option<String>,
}

#[derive(Debug, Args)]
pub struct Substructure {
    pub table: PathBuf,
    #[arg(long, value_name = "SMARTS")]
    pub smarts: String,
    #[arg(short = 'o', long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[arg(long, value_name = "NAME")]
    pub column: Option<String>,
}

#[derive(Debug, Args)]
pub struct Export {
    #[arg(long, value_enum)]
    pub what: What,
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    #[arg(long = "where", value_name = "NAME=VALUE")]
    pub only: Vec<String>,
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    Records,
    Samples,
    Series,
    Files,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Csv,
    Xlsx,
    Parquet,
    Json,
}

#[derive(Debug, Args)]
pub struct Show {
    pub id: String,
}

#[derive(Debug, Subcommand)]
pub enum Lab {
    Check(LabCheck),
    Simulate(LabSimulate),
    Features,
    Components(Components),
}

#[derive(Debug, Args)]
pub struct Components {
    pub campaign: PathBuf,
    #[arg(long, value_name = "TEXT")]
    pub of: String,
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub count: usize,
    #[arg(long, value_name = "FILE.csv", default_value = "components.csv")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct LabCheck {
    pub lab: PathBuf,
    pub recipe: PathBuf,
    #[arg(long, value_name = "CAMPAIGN")]
    pub campaign: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LabSimulate {
    pub lab: PathBuf,
    pub recipe: PathBuf,
    #[arg(long, value_name = "CAMPAIGN")]
    pub campaign: Option<PathBuf>,
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub samples: usize,
    #[arg(long, value_name = "N")]
    pub in_flight: Option<usize>,
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    #[arg(long, value_name = "FILE.svg")]
    pub gantt: Option<PathBuf>,
}

/// The command with its help in `language`.
pub fn command(language: Language) -> Command {
    let heading = |id| Message::new(id).text(language);
    let template =
        format!("{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}", heading("cli-heading-usage"));
    described(Arguments::command(), "cli-help", language, &template)
}

fn described(command: Command, prefix: &str, language: Language, template: &str) -> Command {
    let text = |id: String| matdock_message::text_of(language, &id).unwrap_or_default();
    let own_flag = |name: &'static str, short: char, action: ArgAction| {
        let help = text(format!("cli-help-general-{name}"));
        let heading = text("cli-heading-options".into());
        Arg::new(name).long(name).short(short).action(action).help(help).help_heading(heading).display_order(1000)
    };
    let mut command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(own_flag("help", 'h', ArgAction::Help))
        .about(text(prefix.to_owned()))
        .help_template(template.to_owned())
        .subcommand_help_heading(text("cli-heading-commands".into()))
        .next_help_heading(text("cli-heading-options".into()));
    if prefix == "cli-help" {
        command = command.arg(own_flag("version", 'V', ArgAction::Version));
    }
    let after = text(format!("{prefix}-more"));
    if !after.is_empty() {
        command = command.after_help(after);
    }
    let named = prefix.to_owned();
    command = command.mut_args(|argument| {
        let id = argument.get_long().unwrap_or(argument.get_id().as_str()).replace('_', "-");
        let own = text(format!("{named}-{id}"));
        let general = text(format!("cli-help-general-{id}"));
        let heading = if argument.is_positional() { "cli-heading-arguments" } else { "cli-heading-options" };
        argument.help(if own.is_empty() { general } else { own }).help_heading(text(heading.into()))
    });
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        let prefix = format!("{prefix}-{name}");
        command = command.mut_subcommand(name, |sub| described(sub, &prefix, language, template));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks through every verb and argument: each has a help text in every language.
    #[test]
    fn everything_has_a_help_text() {
        fn check(command: &Command, path: &str) {
            assert!(command.get_about().is_some_and(|text| !text.to_string().is_empty()), "no help for {path}");
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                let has = argument.get_help().is_some_and(|text| !text.to_string().is_empty());
                assert!(has || matches!(id, "help" | "version"), "no help for {path} {id}");
            }
            for sub in command.get_subcommands() {
                check(sub, &format!("{path} {}", sub.get_name()));
            }
        }
        for language in [Language::English, Language::Japanese] {
            let command = command(language);
            check(&command, "matdock");
            command.debug_assert();
        }
    }
}
