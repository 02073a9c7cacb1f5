//! What is pinned, and what a repository's own configuration may not say.

/// Pinned for every command. An empty environment is the base, so nothing of the person's or the
/// machine's configuration is seen.
pub(crate) const ENVIRONMENT: &[(&str, &str)] = &[
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    // A list of protocols that has none of git's: beats any `protocol.<name>.allow`.
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_PAGER", "cat"),
    ("LC_ALL", "C"),
];

/// Configuration that wins over the repository's.
const CONFIGURATION: &[(&str, &str)] = &[
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.useBuiltinFSMonitor", "false"),
    ("core.quotePath", "false"),
    ("log.showSignature", "false"),
    ("log.follow", "false"),
    ("log.mailmap", "false"),
    ("protocol.allow", "never"),
    ("status.submoduleSummary", "false"),
    ("diff.ignoreSubmodules", "all"),
    ("diff.orderFile", "/dev/null"),
    ("i18n.logOutputEncoding", "UTF-8"),
    ("safe.bareRepository", "explicit"),
    ("submodule.recurse", "false"),
];

/// Most keys of a repository's configuration that are overridden.
pub(crate) const OVERRIDES_MAX: usize = 4096;

/// Sections of which every variable names a program, a hook or what starts one.
const SECTIONS: &[&str] = &["alias", "hook", "pager"];

/// Variables that name a program, whatever their section.
const PROGRAMS: &[&str] = &[
    "alternaterefscommand",
    "askpass",
    "browser",
    "clean",
    "cmd",
    "command",
    "defaultkeycommand",
    "difffilter",
    "driver",
    "editor",
    "external",
    "gitproxy",
    "helper",
    "packobjectshook",
    "pager",
    "process",
    "program",
    "receivepack",
    "recentobjectshook",
    "smudge",
    "sshcommand",
    "textconv",
    "tunnel",
    "uploadpack",
    "vcs",
];

/// What a key that was found in a repository's configuration is overridden with, if it must be.
/// Keys come as git lists them: section and variable in lower case.
pub(crate) fn overriding(key: &str) -> Option<&'static str> {
    let (section, _) = key.split_once('.')?;
    let (_, variable) = key.rsplit_once('.')?;
    match (section, variable) {
        ("filter", "required") => Some("false"),
        ("protocol", "allow") => Some("never"),
        ("pager", _) => Some("false"),
        ("submodule", "update") => Some("none"),
        _ if SECTIONS.contains(&section) || PROGRAMS.contains(&variable) => Some(""),
        _ => None,
    }
}

/// The pinned configuration and the overrides as environment variables. Unlike `-c`, they take a
/// key whose middle has a `=` in it.
pub(crate) fn as_environment(overrides: &[(String, &'static str)]) -> Vec<(String, String)> {
    let found = overrides.iter().map(|(key, value)| (key.as_str(), *value));
    // The last value wins: the pinned ones.
    let pairs: Vec<_> = found.chain(CONFIGURATION.iter().copied()).collect();
    let mut variables = vec![("GIT_CONFIG_COUNT".to_owned(), pairs.len().to_string())];
    for (n, (key, value)) in pairs.into_iter().enumerate() {
        variables.push((format!("GIT_CONFIG_KEY_{n}"), key.to_owned()));
        variables.push((format!("GIT_CONFIG_VALUE_{n}"), value.to_owned()));
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_would_run_a_program_are_overridden() {
        for key in [
            "diff.external",
            "diff.a.b.textconv",
            "filter.x=y.clean",
            "core.sshcommand",
            "gpg.ssh.program",
            "credential.https://example.org/a.b.helper",
            "hook.x.event",
            "alias.log",
            "trailer.t.cmd",
            "merge.m.driver",
            "remote.origin.uploadpack",
        ] {
            assert_eq!(overriding(key), Some(""), "{key}");
        }
        assert_eq!(overriding("filter.x.required"), Some("false"));
        assert_eq!(overriding("protocol.ext.allow"), Some("never"));
        for key in [
            "core.bare",
            "user.name",
            "branch.main.merge",
            "remote.origin.url",
        ] {
            assert_eq!(overriding(key), None, "{key}");
        }
    }
}
