//! Fits learners on the folds of a plain table: `learners TABLE.csv FOLDS.csv [KIND ...]`.
//!
//! The table has a header, numbers (empty where missing), and the target in its last column; the file of folds has one
//! number per row, -1 for rows that are never tested. Prints kind, R2, mean absolute error (means over folds) and seconds of
//! CPU for fitting and predicting; writes them, with the error of every row tested, to `TABLE.csv.matdock-KIND.json`.

use std::{env, error::Error, fs, sync::LazyLock, time::Instant};

use matdock_learn::learner::{Fitted, Kind, Task};

#[path = "table/mod.rs"]
mod table;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [path, folds, names @ ..] = arguments.as_slice() else { return Err("TABLE.csv FOLDS.csv [KIND ...]".into()) };
    let (features, targets) = table::read(path)?;
    let folds = table::folds(folds)?;
    let kinds: Vec<Kind> = match names {
        [] => Kind::ALL.to_vec(),
        names => names.iter().map(|name| name.parse()).collect::<Result<_, _>>()?,
    };
    let last = folds.iter().max().copied().unwrap_or(-1);
    for kind in kinds {
        let (mut r2, mut mae, mut fit, mut predict) = (0.0, 0.0, 0.0, 0.0);
        let (mut chosen, mut errors) = (Vec::new(), Vec::new());
        for fold in 0..=last {
            let (train, test) = table::divided(&folds, fold);
            let own: Vec<f64> = train.iter().map(|&row| targets[row]).collect();
            let (known, new) = (features.select(&train), features.select(&test));
            let started = seconds();
            let fitted = Fitted::fit(kind, Task::Number, &known, &own, fold as u64)?;
            let between = seconds();
            let values = fitted.predict(&new);
            (fit, predict) = (fit + between - started, predict + seconds() - between);
            let count = test.len() as f64;
            let mean = test.iter().map(|&row| targets[row]).sum::<f64>() / count;
            let each = || test.iter().zip(&values).map(|(&row, value)| targets[row] - value);
            let spread: f64 = test.iter().map(|&row| (targets[row] - mean).powi(2)).sum();
            r2 += 1.0 - each().map(|e| e * e).sum::<f64>() / spread;
            mae += each().map(f64::abs).sum::<f64>() / count;
            errors.extend(each().map(f64::abs));
            chosen = fitted.settings();
        }
        let count = (last + 1) as f64;
        (r2, mae) = (r2 / count, mae / count);
        println!("{:18} R2 {r2:.4} MAE {mae:.5} fit {fit:.2} s predict {predict:.3} s {chosen:?}", kind.name());
        let result = serde_json::json!({"r2": r2, "mae": mae, "fit": fit, "predict": predict, "errors": errors});
        fs::write(format!("{path}.matdock-{kind}.json"), result.to_string())?;
    }
    Ok(())
}

/// Seconds of CPU of all threads so far (where the system tells: Linux), else of the clock.
fn seconds() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let own = |task: fs::DirEntry| -> Option<f64> {
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok()
    };
    match fs::read_dir("/proc/self/task") {
        Ok(tasks) => 1e-9 * tasks.flatten().filter_map(own).sum::<f64>(),
        Err(_) => START.elapsed().as_secs_f64(),
    }
}
