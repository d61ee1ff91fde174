//! Asks what a new campaign should be, where somebody sits at the terminal and gave no flags.

use std::{
    io::{BufRead, IsTerminal, Write},
    path::PathBuf,
};

use matdock_app::{
    new::{PoolWish, Template, Wish},
    table,
};
use matdock_message::{Language, Message, say};

/// Asks for a template; the template for ranges where nobody can be asked.
pub fn template(language: Language) -> Result<Template, Message> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(Template::Process);
    }
    loop {
        let answer = question(&say!("cli-ask-template"), language)?;
        match answer.as_str() {
            "1" => return pool(language),
            "" | "2" => return Ok(Template::Process),
            "3" => return Ok(Template::Lab),
            _ => {}
        }
    }
}

fn pool(language: Language) -> Result<Template, Message> {
    let path = question(&say!("cli-ask-table"), language)?;
    if path.is_empty() {
        return Ok(Template::Pool(PoolWish::default()));
    }
    let path = PathBuf::from(path);
    let read = table::read(&path)?;
    let names: Vec<&str> = read.columns.iter().map(|column| column.name.as_str()).collect();
    let outcome = question(&say!("cli-ask-outcome", columns = names.join(", ")), language)?;
    let way = question(&say!("cli-ask-direction", outcome = outcome), language)?;
    let wish = match way.as_str() {
        "" | "1" => Wish::Maximise,
        "2" => Wish::Minimise,
        other => Wish::Target(other.parse().map_err(|_| say!("record-bad-number", text = other))?),
    };
    let inputs = question(&say!("cli-ask-inputs"), language)?;
    let inputs = inputs.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    Ok(Template::Pool(PoolWish { table: Some(path), inputs, objectives: vec![(outcome, wish)], label: None }))
}

fn question(message: &Message, language: Language) -> Result<String, Message> {
    eprint!("{} ", message.text(language));
    // A prompt that cannot be shown is still answered or not; the read below tells.
    let _ = std::io::stderr().flush();
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    match read {
        Ok(0) | Err(_) => Err(say!("cli-ask-nobody")),
        Ok(_) => Ok(line.trim().to_owned()),
    }
}
