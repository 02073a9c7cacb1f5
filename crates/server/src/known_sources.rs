//! Where models may already be: keys that other programs read from the environment, and servers of
//! models on this computer.

use std::collections::BTreeSet;

use weald_domain::{provider::ProviderKind, secret::SecretRef};

/// A variable that programs read a provider's key from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyVariable {
    /// Its name.
    pub name: &'static str,
    /// What its key opens, for people.
    pub(crate) provider: &'static str,
    /// The wire of that provider.
    pub(crate) kind: ProviderKind,
    /// Its base URL, where the wire does not tell it.
    pub(crate) base_url: Option<&'static str>,
}

/// The variables that are looked for.
pub const KEY_VARIABLES: [KeyVariable; 8] = [
    KeyVariable::of("OPENAI_API_KEY", "OpenAI", ProviderKind::Openai),
    KeyVariable::of("ANTHROPIC_API_KEY", "Anthropic", ProviderKind::Anthropic),
    KeyVariable::of("OPENROUTER_API_KEY", "OpenRouter", ProviderKind::Openrouter),
    KeyVariable::of("GEMINI_API_KEY", "Gemini", ProviderKind::Gemini),
    KeyVariable::at("MISTRAL_API_KEY", "Mistral", "https://api.mistral.ai/v1"),
    KeyVariable::at("GROQ_API_KEY", "Groq", "https://api.groq.com/openai/v1"),
    KeyVariable::at(
        "DEEPSEEK_API_KEY",
        "DeepSeek",
        "https://api.deepseek.com/v1",
    ),
    KeyVariable::at("XAI_API_KEY", "xAI", "https://api.x.ai/v1"),
];

impl KeyVariable {
    const fn of(name: &'static str, provider: &'static str, kind: ProviderKind) -> Self {
        Self {
            name,
            provider,
            kind,
            base_url: None,
        }
    }

    const fn at(name: &'static str, provider: &'static str, base_url: &'static str) -> Self {
        Self {
            name,
            provider,
            kind: ProviderKind::OpenaiCompatible,
            base_url: Some(base_url),
        }
    }

    /// The reference that a provider keeps instead of the key: an entry of the secret store that
    /// holds what the variable held at the start.
    #[must_use]
    pub fn reference(&self) -> Option<SecretRef> {
        let name = self.name.to_ascii_lowercase();
        format!("secret://env/{name}").parse().ok()
    }
}

/// A server of models that may run on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalServer {
    /// What it is, for people.
    pub name: String,
    /// The wire it speaks best.
    pub kind: ProviderKind,
    /// Where it listens.
    pub base_url: String,
}

/// What `GET /api/providers/found` looks for; the binary, which alone reads the environment, says
/// which of it there is.
#[derive(Debug, Clone, Default)]
pub struct KnownSources {
    /// The variables of [`KEY_VARIABLES`] that are set.
    pub variables: BTreeSet<&'static str>,
    /// Servers to knock at when somebody asks.
    pub servers: Vec<LocalServer>,
}

impl KnownSources {
    /// The variable of that name, when it is one of ours and set.
    pub(crate) fn variable(&self, name: &str) -> Option<KeyVariable> {
        let known = KEY_VARIABLES.into_iter().find(|known| known.name == name);
        known.filter(|known| self.variables.contains(known.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_has_a_reference_of_its_own() {
        let references: BTreeSet<_> = KEY_VARIABLES.iter().map(KeyVariable::reference).collect();
        assert_eq!(references.len(), KEY_VARIABLES.len());
        assert!(!references.contains(&None));
        let variable = KEY_VARIABLES[0].reference().map(|name| name.variable());
        assert_eq!(
            variable.as_deref(),
            Some("WEALD_SECRET__ENV__OPENAI_API_KEY")
        );
    }

    #[test]
    fn a_variable_that_is_not_set_or_not_ours_is_none() {
        let sources = KnownSources {
            variables: BTreeSet::from(["XAI_API_KEY"]),
            servers: Vec::new(),
        };
        assert!(sources.variable("XAI_API_KEY").is_some());
        assert_eq!(sources.variable("OPENAI_API_KEY"), None);
        assert_eq!(sources.variable("PATH"), None);
    }
}
