//! `matdock new`: a commented campaign folder to start from.

use std::path::{Path, PathBuf};

use matdock_message::{Language, Message, say};
use serde::Serialize;

use crate::{
    campaign::Campaign,
    table::{self, ColumnKind, Table},
};

/// What to start from.
#[derive(Debug, Clone, PartialEq)]
pub enum Template {
    /// The rows of a table.
    Pool(PoolWish),
    /// Ranges of settings; a person does the experiments.
    Process,
    /// A simulated laboratory with its lab and recipe files.
    Lab,
}

/// What is known of a campaign on a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PoolWish {
    /// The table; an example is written without it.
    pub table: Option<PathBuf>,
    /// Columns that are set.
    pub inputs: Vec<String>,
    /// Outcomes and which way each should go.
    pub objectives: Vec<(String, Wish)>,
    /// Column that names the rows.
    pub label: Option<String>,
}

/// Which way an outcome should go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wish {
    /// As high as possible.
    Maximise,
    /// As low as possible.
    Minimise,
    /// Close to a value.
    Target(f64),
}

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct Made {
    /// The campaign file.
    pub campaign: PathBuf,
    /// Other files.
    pub files: Vec<PathBuf>,
    /// The parameters and how each was read.
    pub parameters: Vec<(String, String)>,
}

/// An example to try things out with; made up.
const EXAMPLE_TABLE: &str = "\
name,solvent,temperature [Cel],concentration [mol/L],yield [%]
A1,water,40,0.1,
A2,water,60,0.1,
A3,water,80,0.1,
A4,water,40,0.5,
A5,water,60,0.5,
A6,water,80,0.5,
B1,ethanol,40,0.1,
B2,ethanol,60,0.1,
B3,ethanol,80,0.1,
B4,ethanol,40,0.5,
B5,ethanol,60,0.5,
B6,ethanol,80,0.5,
";

/// Writes a campaign folder. Nothing that is already there is touched.
///
/// # Errors
/// The folder exists and is not empty, the table does not fit, or the disk refuses.
pub fn new(folder: &Path, template: &Template, language: Language) -> Result<Made, Message> {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if folder.exists() && std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(say!("app-new-exists", folder = folder.display()));
    }
    let mut parameters = Vec::new();
    let mut writer = Writer { language, text: String::new() };
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    match template {
        Template::Process => writer.process(&name),
        Template::Lab => {
            writer.lab(&name);
            files.push(("lab.toml".into(), include_bytes!("../../../examples/thin-film/lab.toml").to_vec()));
            files.push(("recipe.toml".into(), include_bytes!("../../../examples/thin-film/recipe.toml").to_vec()));
        }
        Template::Pool(wish) => {
            let example = PoolWish {
                inputs: ["solvent", "temperature", "concentration"].map(str::to_owned).to_vec(),
                objectives: vec![("yield".to_owned(), Wish::Maximise)],
                label: Some("name".to_owned()),
                ..PoolWish::default()
            };
            let (table, file, bytes) = match &wish.table {
                Some(path) => {
                    let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                    let bytes = std::fs::read(path)
                        .map_err(|error| say!("app-file-unreadable", file = path.display(), reason = error))?;
                    (Some(table::read(path)?), file, bytes)
                }
                None => (None, "candidates.csv".to_owned(), EXAMPLE_TABLE.as_bytes().to_vec()),
            };
            let wish = if table.is_some() { wish } else { &example };
            parameters = writer.pool(&name, &file, table.as_ref(), wish)?;
            files.push((file, bytes));
        }
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| say!("app-file-unwritable", file = folder.display(), reason = error))?;
    let mut made = Made { campaign: folder.join("campaign.toml"), files: Vec::new(), parameters };
    for (file, bytes) in files {
        let path = folder.join(file);
        table::save(&bytes, &path)?;
        made.files.push(path);
    }
    table::save(writer.text.as_bytes(), &made.campaign)?;
    // What was written has to work; a mistake in the wish shows here, with its place.
    if let Err(what) = Campaign::read_merging(&made.campaign) {
        // Nothing is left behind of a campaign that cannot work. What cannot be removed does no harm.
        for file in made.files.iter().chain([&made.campaign]) {
            let _ = std::fs::remove_file(file);
        }
        let _ = std::fs::remove_dir(folder);
        return Err(what);
    }
    Ok(made)
}

struct Writer {
    language: Language,
    text: String,
}

impl Writer {
    fn comment(&mut self, message: &Message) {
        for line in message.text(self.language).lines() {
            self.text.push_str(format!("# {line}").trim_end());
            self.text.push('\n');
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn head(&mut self, name: &str) {
        self.comment(&say!("app-new-head"));
        self.line("[campaign]");
        self.line(&format!("name = {}", quoted(name)));
        self.line("seed = 1");
        self.line("");
    }

    fn budget(&mut self, experiments: usize) {
        self.comment(&say!("app-new-budget"));
        self.line("[budget]");
        self.line(&format!("experiments = {experiments}"));
        self.line("");
    }

    fn process(&mut self, name: &str) {
        self.head(name);
        self.budget(30);
        self.comment(&say!("app-new-objective"));
        self.line("[[objective]]\noutcome = \"conductivity\"\nunit = \"S/cm\"\ndirection = \"maximise\"");
        self.line("# stop_at = 1e-3\n");
        self.comment(&say!("app-new-bound"));
        self.line("# [[bound]]\n# outcome = \"thickness\"\n# unit = \"um\"\n# min = 5\n# max = 50\n");
        self.comment(&say!("app-new-parameter"));
        self.line("[[parameter]]\nname = \"temperature\"\nunit = \"Cel\"\ntype = \"continuous\"\nmin = 400\nmax = 900");
        self.line("step = 5\n");
        self.line(
            "[[parameter]]\nname = \"oxygen_pressure\"\nunit = \"Pa\"\ntype = \"continuous\"\nmin = 0.01\nmax = 100",
        );
        self.line("scale = \"log\"\n");
        self.line("[[parameter]]\nname = \"passes\"\ntype = \"integer\"\nmin = 1\nmax = 8\n");
        self.line("[[parameter]]\nname = \"atmosphere\"\ntype = \"categorical\"\nlevels = [\"argon\", \"nitrogen\", \"air\"]\n");
        self.planner();
    }

    fn lab(&mut self, name: &str) {
        let example = include_str!("../../../examples/thin-film/campaign.toml");
        self.comment(&say!("app-new-lab"));
        // The example with its own name line exchanged.
        for line in example.lines() {
            let is_name = line.trim_start().starts_with("name = \"thin-film\"");
            let line = if is_name { format!("name = {}", quoted(name)) } else { line.to_owned() };
            self.line(&line);
        }
    }

    fn planner(&mut self) {
        self.comment(&say!("app-new-planner"));
        self.line("[planner]\n# initial = 5");
    }

    fn pool(
        &mut self,
        name: &str,
        file: &str,
        table: Option<&Table>,
        wish: &PoolWish,
    ) -> Result<Vec<(String, String)>, Message> {
        let read;
        let table = match table {
            Some(table) => table,
            None => {
                read = table::read_text(EXAMPLE_TABLE.as_bytes(), file)?;
                &read
            }
        };
        if wish.objectives.is_empty() {
            return Err(say!("app-new-no-objective"));
        }
        if table.rows.len() < 2 {
            return Err(table.in_file(say!("app-pool-small", rows = table.rows.len())));
        }
        let inputs = self.inputs(table, wish)?;
        self.head(name);
        self.budget(inputs.rows.min(40));
        self.comment(&say!("app-new-objective"));
        for (outcome, wish) in &wish.objectives {
            self.line("[[objective]]");
            self.line(&format!("outcome = {}", quoted(outcome)));
            if let Some(unit) = table.find(outcome).and_then(|c| table.columns.get(c)?.unit.clone()) {
                self.line(&format!("unit = {}", quoted(&unit)));
            }
            self.line(&match wish {
                Wish::Maximise => "direction = \"maximise\"".to_owned(),
                Wish::Minimise => "direction = \"minimise\"".to_owned(),
                Wish::Target(value) => format!("direction = \"target\"\ntarget = {value:?}"),
            });
            self.line("");
        }
        self.comment(&say!("app-new-pool"));
        self.line("[pool]");
        self.line(&format!("table = {}", quoted(file)));
        match &wish.label {
            Some(label) => {
                table.column(label)?;
                self.line(&format!("label = {}", quoted(label)));
            }
            None => self.line("# label = \"name\""),
        }
        self.line("# where = { batch = 1 }\n");
        self.comment(&say!("app-new-pool-parameter"));
        for (name, kind, unit) in &inputs.columns {
            self.line("[[parameter]]");
            self.line(&format!("name = {}", quoted(name)));
            if let Some(unit) = unit {
                self.line(&format!("unit = {}", quoted(unit)));
            }
            self.line(&format!("type = \"{kind}\"\n"));
        }
        self.planner();
        Ok(inputs.columns.into_iter().map(|(name, kind, _)| (name, kind.to_owned())).collect())
    }

    fn inputs(&self, table: &Table, wish: &PoolWish) -> Result<Inputs, Message> {
        let is_outcome = |name: &str| wish.objectives.iter().any(|(outcome, _)| outcome == name);
        let is_label = |name: &str| wish.label.as_deref() == Some(name);
        let asked: Vec<usize> = if wish.inputs.is_empty() {
            // Everything that can be an input is one; what cannot is left out.
            let usable = |column: &usize| {
                let name = &table.columns[*column].name;
                let kind = table.kind(*column);
                !is_outcome(name)
                    && !is_label(name)
                    && !matches!(kind, ColumnKind::Empty | ColumnKind::Constant | ColumnKind::Identifier)
                    && table.missing(*column).is_empty()
            };
            (0..table.columns.len()).filter(usable).collect()
        } else {
            wish.inputs.iter().map(|name| table.column(name.trim())).collect::<Result<_, _>>()?
        };
        let mut columns = Vec::new();
        for column in asked {
            let header = &table.columns[column];
            if is_outcome(&header.name) {
                return Err(table.at_header(column, say!("app-new-input-is-outcome", name = header.name)));
            }
            let kind = match table.kind(column) {
                ColumnKind::Empty => {
                    return Err(table.at_header(column, say!("app-new-input-empty", name = header.name)));
                }
                ColumnKind::Integer | ColumnKind::Numeric => "continuous",
                ColumnKind::Formula => "formula",
                ColumnKind::Constant | ColumnKind::Identifier if table.number(0, column).is_ok() => "continuous",
                ColumnKind::Constant | ColumnKind::Identifier | ColumnKind::Categorical => "categorical",
            };
            columns.push((header.name.clone(), kind, header.unit.clone()));
        }
        for (outcome, _) in &wish.objectives {
            if outcome.trim().is_empty() {
                return Err(say!("app-outcome-name"));
            }
        }
        Ok(Inputs { columns, rows: table.rows.len() })
    }
}

struct Inputs {
    columns: Vec<(String, &'static str, Option<String>)>,
    rows: usize,
}

/// Text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
