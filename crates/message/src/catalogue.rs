//! The catalogue itself, embedded in the binary, read once per language.

use std::{collections::BTreeMap, sync::OnceLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::{Argument, Language};

macro_rules! files {
    ($language:literal) => {
        &[
            include_str!(concat!("../catalogue/", $language, "/general.ftl")),
            include_str!(concat!("../catalogue/", $language, "/record.ftl")),
            include_str!(concat!("../catalogue/", $language, "/chem.ftl")),
            include_str!(concat!("../catalogue/", $language, "/learn.ftl")),
            include_str!(concat!("../catalogue/", $language, "/plan.ftl")),
            include_str!(concat!("../catalogue/", $language, "/lab.ftl")),
            include_str!(concat!("../catalogue/", $language, "/lab-analysis.ftl")),
            include_str!(concat!("../catalogue/", $language, "/lab-feature.ftl")),
            include_str!(concat!("../catalogue/", $language, "/store.ftl")),
            include_str!(concat!("../catalogue/", $language, "/app.ftl")),
            include_str!(concat!("../catalogue/", $language, "/app-learning.ftl")),
            include_str!(concat!("../catalogue/", $language, "/app-record-format.ftl")),
            include_str!(concat!("../catalogue/", $language, "/app-dataset.ftl")),
            include_str!(concat!("../catalogue/", $language, "/table.ftl")),
            include_str!(concat!("../catalogue/", $language, "/cli.ftl")),
        ]
    };
}

const ENGLISH: &[&str] = files!("en");
const JAPANESE: &[&str] = files!("ja");

type Bundle = FluentBundle<FluentResource>;

fn bundle(language: Language) -> &'static Bundle {
    static BUNDLES: [OnceLock<Bundle>; 2] = [OnceLock::new(), OnceLock::new()];
    let (slot, files, tag) = match language {
        Language::English => (&BUNDLES[0], ENGLISH, "en"),
        Language::Japanese => (&BUNDLES[1], JAPANESE, "ja"),
    };
    slot.get_or_init(|| {
        let tag: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = Bundle::new_concurrent(vec![tag]);
        // Isolation marks help in right-to-left scripts and only disturb tables and tests here.
        bundle.set_use_isolating(false);
        for file in files {
            // A faulty entry is left out (a test reads the whole catalogue strictly); its text falls back below.
            let resource = match FluentResource::try_new((*file).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        bundle
    })
}

pub(crate) fn render(language: Language, id: &str, arguments: &[(&'static str, Argument)]) -> String {
    let text = |argument: &Argument| match argument {
        Argument::Text(text) => text.clone(),
        Argument::Message(message) => message.text(language),
    };
    let mut values = FluentArgs::new();
    for (name, value) in arguments {
        values.set(*name, FluentValue::from(text(value)));
    }
    for bundle in [bundle(language), bundle(Language::English)] {
        if let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) {
            let mut faults = Vec::new();
            return bundle.format_pattern(pattern, Some(&values), &mut faults).into_owned();
        }
    }
    // Better a bare key with its facts than a lost error.
    arguments.iter().fold(id.to_owned(), |all, (name, value)| format!("{all}; {name}: {}", text(value)))
}

/// The sentence of a key made at run time, such as the help of an argument; `None` where the catalogue has none.
pub fn text_of(language: Language, id: &str) -> Option<String> {
    let pattern = bundle(language).get_message(id)?.value()?;
    Some(bundle(language).format_pattern(pattern, None, &mut Vec::new()).into_owned())
}

/// Every key of the catalogue in `language`, with the names of the arguments its sentence uses.
pub fn identifiers(language: Language) -> BTreeMap<String, Vec<String>> {
    let files = match language {
        Language::English => ENGLISH,
        Language::Japanese => JAPANESE,
    };
    let mut found = BTreeMap::new();
    let mut current: Option<(String, Vec<String>)> = None;
    for line in files.iter().flat_map(|file| file.lines()) {
        let continues = line.starts_with([' ', '\t', '}']);
        if !continues {
            found.extend(current.take());
            if let Some((key, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
                current = Some((key.trim().to_owned(), Vec::new()));
            }
        }
        if let Some((_, names)) = &mut current {
            for part in line.split('$').skip(1) {
                let name: String = part.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-')).collect();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names.sort();
        }
    }
    found.extend(current);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_valid_fluent() {
        for file in ENGLISH.iter().chain(JAPANESE) {
            if let Err((_, faults)) = FluentResource::try_new((*file).to_owned()) {
                panic!("{faults:?} in {file}");
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_arguments() {
        let (english, japanese) = (identifiers(Language::English), identifiers(Language::Japanese));
        let missing: Vec<_> = english.iter().filter(|entry| japanese.get(entry.0) != Some(entry.1)).collect();
        let surplus: Vec<_> = japanese.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty() && surplus.is_empty(), "not translated: {missing:?}; only in Japanese: {surplus:?}");
    }

    /// Keys are literals in the code, so a misspelt one can be found by reading it.
    #[test]
    fn every_key_in_the_code_is_in_the_catalogue() {
        let known = identifiers(Language::English);
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut folders = vec![crates];
        let mut unknown = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    for start in ["say!(\"", "say!(\n", "Message::new(\""] {
                        for rest in text.split(start).skip(1) {
                            let rest = rest.trim_start().trim_start_matches('"');
                            let key = rest.split('"').next().unwrap_or_default();
                            if !known.contains_key(key) && key != "x" {
                                unknown.push(format!("{}: {key}", path.display()));
                            }
                        }
                    }
                }
            }
        }
        unknown.retain(|place| !place.contains("message/src"));
        assert!(unknown.is_empty(), "{unknown:#?}");
    }
}
