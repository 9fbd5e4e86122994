// SPDX-License-Identifier: GPL-2.0

//! Lists every use of `unsafe` in the Rust files below the given directories, with its argument, as a
//! Markdown page. Fails if one has no argument.
//!
//! Parsed by `syn`, so that no string and no comment is taken for code. The arguments are comments, which
//! the parser drops: they are read from the lines above.

mod visitor;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};
use visitor::{uses_of, Use};

const PREAMBLE: &str = "<!-- Made by scripts/unsafe-audit.sh: do not edit. -->

# Every use of `unsafe`

All of it is in `rust/`, the crate `kernel_ext`; the crate in `src/` forbids it. Each entry has the
function it is in and its argument: for a block or an implementation why it is sound, for a
function what its callers have to guarantee. `make check` fails if an argument is missing, or if
this page is not what the source says.
";

fn rust_files(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn count(uses: &[Use], kind: &str) -> usize {
    uses.iter().filter(|found| found.kind == kind).count()
}

fn main() -> ExitCode {
    let mut files = Vec::new();
    for dir in env::args().skip(1) {
        if let Err(err) = rust_files(Path::new(&dir), &mut files) {
            eprintln!("{dir}: {err}");
            return ExitCode::FAILURE;
        }
    }
    files.sort();

    let (mut table, mut list, mut bare) = (String::new(), String::new(), 0);
    let mut all = Vec::new();
    for path in &files {
        let name = path.display();
        let uses = match fs::read_to_string(path)
            .map_err(|err| err.to_string())
            .and_then(|text| uses_of(&text))
        {
            Ok(uses) if uses.is_empty() => continue,
            Ok(uses) => uses,
            Err(err) => {
                eprintln!("{name}: {err}");
                return ExitCode::FAILURE;
            }
        };
        table += &row(&format!("[`{name}`](../{name})"), &uses);
        list += &format!("\n## {name}\n\n");
        for found in &uses {
            if found.argument.is_empty() {
                eprintln!(
                    "{name}:{}: unsafe {} without a SAFETY comment: {}",
                    found.line, found.kind, found.place
                );
                bare += 1;
            }
            list += &format!(
                "- **`{}`** ({}): {}\n",
                found.place, found.kind, found.argument
            );
        }
        all.extend(uses);
    }
    println!("{PREAMBLE}\n| File | Blocks | Functions | Traits, implementations |\n|------|-------:|----------:|------------------------:|");
    print!("{table}{}{list}", row("all", &all));
    if bare > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn row(name: &str, uses: &[Use]) -> String {
    format!(
        "| {name} | {} | {} | {} |\n",
        count(uses, "block"),
        count(uses, "fn"),
        count(uses, "trait") + count(uses, "impl")
    )
}
