//! Which crate may depend on which: the arrows of the architecture, checked.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use crate::workspace::Package;

/// What one crate may depend on, among ours.
struct Rule {
    crate_name: &'static str,
    may_use: &'static [&'static str],
}

/// The whole map, from the binary down; there are no other arrows.
const RULES: &[Rule] = &[
    Rule {
        crate_name: "weald",
        may_use: &[
            "weald-server",
            "weald-channels",
            "weald-terminal",
            "weald-workers",
            "weald-engine",
            "weald-flow",
            "weald-fleet",
            "weald-store",
            "weald-providers",
            "weald-api",
            "weald-git",
            "weald-worker-host",
            "weald-domain",
            "weald-sandbox",
        ],
    },
    Rule {
        crate_name: "weald-server",
        may_use: &[
            "weald-domain",
            "weald-engine",
            "weald-flow",
            "weald-fleet",
            "weald-api",
            "weald-providers",
        ],
    },
    Rule {
        crate_name: "weald-channels",
        may_use: &["weald-api"],
    },
    Rule {
        crate_name: "weald-terminal",
        may_use: &["weald-api"],
    },
    Rule {
        crate_name: "weald-workers",
        may_use: &["weald-worker-host", "weald-git"],
    },
    Rule {
        crate_name: "weald-engine",
        may_use: &["weald-domain"],
    },
    Rule {
        crate_name: "weald-flow",
        may_use: &["weald-domain"],
    },
    Rule {
        crate_name: "weald-store",
        may_use: &["weald-domain"],
    },
    Rule {
        crate_name: "weald-providers",
        may_use: &["weald-domain"],
    },
    Rule {
        crate_name: "weald-api",
        may_use: &["weald-domain"],
    },
    Rule {
        crate_name: "weald-git",
        may_use: &["weald-domain"],
    },
    Rule {
        crate_name: "weald-worker-host",
        may_use: &["weald-domain", "weald-sandbox", "weald-git"],
    },
    Rule {
        crate_name: "weald-fleet",
        may_use: &["weald-domain", "weald-sandbox", "weald-git"],
    },
    Rule {
        crate_name: "weald-testkit",
        may_use: &["weald-domain", "weald-api"],
    },
    Rule {
        crate_name: "weald-domain",
        may_use: &[],
    },
    Rule {
        crate_name: "weald-sandbox",
        may_use: &[],
    },
    Rule {
        crate_name: "weald-bench",
        may_use: &["weald-domain", "weald-store"],
    },
    Rule {
        crate_name: "xtask",
        may_use: &[],
    },
];

/// The one crate that may be a dev-dependency of all others, and nothing else.
const TESTKIT: &str = "weald-testkit";

/// Checks every arrow of the workspace and answers the table of those that exist.
pub(crate) fn check(packages: &[Package]) -> Result<String> {
    let mut table = String::new();
    let mut faults = Vec::new();
    for package in packages {
        let Some(rule) = RULES.iter().find(|rule| rule.crate_name == package.name) else {
            faults.push(format!("{} is not on the map of crates", package.name));
            continue;
        };
        faults.extend(faults_of(package, rule, packages));
        writeln!(
            table,
            "{:18} -> {}",
            package.name,
            targets(package, packages)
        )?;
    }
    if faults.is_empty() {
        return Ok(table);
    }
    bail!("{} forbidden: {}\n{table}", faults.len(), faults.join("; "))
}

fn faults_of<'a>(
    package: &'a Package,
    rule: &'a Rule,
    packages: &'a [Package],
) -> impl Iterator<Item = String> + 'a {
    ours(package, packages).filter_map(|(name, kind)| {
        let allowed = match (name, kind) {
            (TESTKIT, Some("dev")) => true,
            (TESTKIT, _) => false,
            _ => rule.may_use.contains(&name),
        };
        let kind = kind
            .map(|kind| format!("{kind}-dependency "))
            .unwrap_or_default();
        (!allowed).then(|| format!("{} -> {kind}{name}", package.name))
    })
}

/// The dependencies on crates of this workspace, with their kind.
fn ours<'a>(
    package: &'a Package,
    packages: &'a [Package],
) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
    package
        .dependencies
        .iter()
        .filter(|dependency| packages.iter().any(|other| other.name == dependency.name))
        .map(|dependency| (dependency.name.as_str(), dependency.kind.as_deref()))
}

fn targets(package: &Package, packages: &[Package]) -> String {
    let names: Vec<String> = ours(package, packages)
        .map(|(name, kind)| match kind {
            None => name.to_owned(),
            Some(kind) => format!("({kind}) {name}"),
        })
        .collect();
    if names.is_empty() {
        "nothing of ours".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|(name, kind)| Dependency {
                name: (*name).to_owned(),
                kind: kind.map(str::to_owned),
            })
            .collect();
        Package {
            name: name.to_owned(),
            dependencies,
        }
    }

    #[test]
    fn allowed_arrows_pass_and_are_listed() {
        let packages = [
            package("weald-domain", &[("serde", None)]),
            package(
                "weald-engine",
                &[("weald-domain", None), ("weald-testkit", Some("dev"))],
            ),
            package("weald-testkit", &[("weald-domain", None)]),
        ];

        let table = check(&packages).unwrap();

        assert!(table.contains("weald-domain       -> nothing of ours"));
        assert!(table.contains("weald-engine       -> weald-domain, (dev) weald-testkit"));
    }

    #[test]
    fn an_engine_that_names_an_adapter_is_refused() {
        let packages = [
            package("weald-engine", &[("weald-store", None)]),
            package("weald-store", &[]),
        ];

        let error = check(&packages).unwrap_err().to_string();

        assert!(error.contains("weald-engine -> weald-store"), "{error}");
    }

    #[test]
    fn a_forbidden_arrow_does_not_pass_as_a_dev_dependency() {
        let packages = [
            package("weald-engine", &[("weald-store", Some("dev"))]),
            package("weald-store", &[]),
        ];

        let error = check(&packages).unwrap_err().to_string();

        assert!(
            error.contains("weald-engine -> dev-dependency weald-store"),
            "{error}"
        );
    }

    #[test]
    fn the_testkit_is_never_a_normal_dependency() {
        let packages = [
            package("weald-server", &[("weald-testkit", None)]),
            package("weald-testkit", &[]),
        ];

        assert!(check(&packages).is_err());
    }

    #[test]
    fn a_crate_that_is_not_on_the_map_is_refused() {
        let error = check(&[package("weald-misc", &[])])
            .unwrap_err()
            .to_string();

        assert!(error.contains("weald-misc is not on the map"), "{error}");
    }
}
