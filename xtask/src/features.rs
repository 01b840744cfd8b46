//! Server, tests and benchmarks share the compiled dependencies as long as each crate has the same features for all of
//! them. A crate that only the tests depend on can enable a feature of another crate; cargo then compiles that crate,
//! and everything that uses it, once more for the tests.
use crate::{
    layout::Layout,
    step::{Attempting, Outcome, Stop, shown},
    toolchain::cargo,
};
use std::{collections::BTreeSet, process::Stdio};

/// Fails with the list of crates that the tests would compile again.
pub fn compare(layout: &Layout) -> Outcome {
    let server = dependencies(layout, "no-build,no-proc-macro,no-dev")?;
    let tests = dependencies(layout, "no-build,no-proc-macro")?;
    let apart = only_in_first(&server, &tests);
    if apart.is_empty() {
        println!("    {} dependencies", server.len());
        return Ok(());
    }
    Err(Stop(format!(
        "the tests compile these with other features than the server does:\n\n    {}\n\n\
         `cargo tree --features ssr -e features -i <crate>` says who asks for what. Name the missing features in Cargo.toml, \
         beside `bitflags`.",
        apart.join("\n    ")
    )))
}

/// The output of `cargo tree`, a line per crate with its features.
fn dependencies(layout: &Layout, edges: &str) -> Outcome<BTreeSet<String>> {
    let mut command = cargo(layout);
    command
        .args(["tree", "--features", "ssr", "--edges", edges, "--prefix", "none", "--no-dedupe", "--format", "{p} {f}"])
        .stderr(Stdio::inherit());
    let output = command.output().attempting(format_args!("cannot start `{}`", shown(&command)))?;
    if !output.status.success() {
        return Err(Stop(format!("`{}` ended with {}", shown(&command), output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(|line| line.trim().to_owned()).collect())
}

fn only_in_first(first: &BTreeSet<String>, second: &BTreeSet<String>) -> Vec<String> {
    first.difference(second).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_with_other_features_in_the_tests_is_found() {
        let set = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<BTreeSet<_>>();
        let server = set(&["fastrand v2.5.0 alloc,std", "url v2.5.8 default,std"]);
        let tests = set(&["fastrand v2.5.0 alloc,default,std", "tempfile v3.27.0 default", "url v2.5.8 default,std"]);
        assert_eq!(only_in_first(&server, &tests), ["fastrand v2.5.0 alloc,std"]);
        assert_eq!(only_in_first(&server, &server), Vec::<String>::new());
    }
}
