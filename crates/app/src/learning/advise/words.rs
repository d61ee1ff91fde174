//! What `advise` found, in words, with the commands that come next.

use matdock_message::say;

use super::{Advice, FEWEST, Question, Tool, Verdict};

impl Advice {
    pub(super) fn put_into_words(&mut self, question: &Question) {
        let two = |value: f64| format!("{value:.2}");
        let (target, rows) = (&question.target, self.rows);
        let mut told = vec![match self.verdict {
            Verdict::Suited => say!("app-advise-suited", target = target, rows = rows),
            Verdict::MoreRows => say!("app-advise-more-rows", target = target, rows = rows),
            Verdict::Search => say!("app-advise-search", target = target),
            Verdict::NoSignal => say!("app-advise-no-signal", target = target, rows = rows),
            Verdict::TooFew => say!("app-advise-too-few", rows = rows, fewest = FEWEST),
        }];
        for name in &self.leaks {
            told.push(say!("app-advise-leak", name = name));
        }
        if self.duplicates > 0 {
            told.push(say!("app-advise-duplicates", rows = self.duplicates));
        }
        if self.near_duplicates > 0 {
            told.push(say!("app-advise-near-duplicates", rows = self.near_duplicates));
        }
        if let (Some(r2), Some(chance), Some(kind)) = (self.r2, self.r2_by_chance, self.learner) {
            told.push(match self.classes.is_empty() {
                true => say!("app-advise-signal", learner = kind, r2 = two(r2), chance = two(chance)),
                false => say!("app-advise-signal-classes", learner = kind, r2 = two(r2), chance = two(chance)),
            });
        }
        if let Some((name, r2)) = &self.unseen {
            told.push(match self.classes.is_empty() {
                true => say!("app-advise-unseen", name = name, r2 = two(*r2)),
                false => say!("app-advise-unseen-classes", name = name, skill = two(*r2)),
            });
        }
        if let Some(tool) = self.tool {
            let classes = !self.classes.is_empty();
            told.push(match tool {
                Tool::SparseLinear if classes => say!("app-advise-tool-sparse-classes"),
                Tool::Linear if classes => say!("app-advise-tool-linear-classes"),
                Tool::Trees if classes => say!("app-advise-tool-trees-classes"),
                Tool::GaussianProcess if classes => say!("app-advise-tool-gaussian-process-classes"),
                Tool::SparseLinear => say!("app-advise-tool-sparse"),
                Tool::Linear => say!("app-advise-tool-linear"),
                Tool::Trees => say!("app-advise-tool-trees"),
                Tool::GaussianProcess => say!("app-advise-tool-gaussian-process"),
            });
        }
        if let Some(ceiling) = self.r2_ceiling {
            told.push(say!("app-advise-ceiling", r2 = two(ceiling)));
        }
        if let Some([twice, four]) = self.r2_with_more
            && matches!(self.verdict, Verdict::Suited | Verdict::MoreRows | Verdict::Search)
        {
            told.push(match self.classes.is_empty() {
                true => say!("app-advise-curve", twice = two(twice), four = two(four)),
                false => say!("app-advise-curve-classes", twice = two(twice), four = two(four)),
            });
        }
        if let Some(rows) = self.rows_needed {
            told.push(match self.classes.is_empty() {
                true => say!("app-advise-rows-needed", rows = rows, r2 = two(self.useful())),
                false => say!("app-advise-rows-needed-classes", rows = rows, skill = two(self.useful())),
            });
        }
        if let Some(share) = self.wish_known {
            told.push(say!("app-advise-wish-known", percent = format!("{:.0}", 100.0 * share)));
        }
        self.text = told.iter().map(|what| what.text(question.language)).collect();
        let table = match &question.dataset {
            Some(dataset) => quoted(&dataset.name),
            None => quoted(&question.table.display().to_string()),
        };
        let target = quoted(target);
        let listed = |option: &str, names: &[String]| match names {
            [] => String::new(),
            names => format!(" --{option} {}", quoted(&names.join(","))),
        };
        let task = if question.columns.classes == Some(true) { " --task class" } else { "" };
        let ignored = [&question.ignored[..], &self.leaks].concat();
        let train = format!(
            "matdock train {table} --target {target}{task}{}{}",
            listed("features", &question.columns.features),
            listed("ignore", &ignored)
        );
        self.next = match self.verdict {
            Verdict::Suited | Verdict::MoreRows => vec![train],
            // Ranges to search in, filled in by a person who knows what can be set.
            Verdict::Search => vec!["matdock new search --template process".to_owned(), train],
            Verdict::NoSignal | Verdict::TooFew => Vec::new(),
        };
    }
}

/// A name as it is typed in a shell: in quotation marks where it needs them.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ',');
    if name.chars().all(plain) { name.to_owned() } else { format!("\"{name}\"") }
}
