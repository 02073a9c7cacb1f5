//! The system prompt: a minijinja template, bounded by fuel (NB-31).

use minijinja::{Environment, context};
use weald_domain::{ports::CallContext, time::UnixMillis};

/// Instructions a template may run; far more than any honest prompt needs.
const FUEL: u64 = 50_000;
/// Longest rendered prompt, bytes.
const PROMPT_MAX: usize = 256 * 1024;

/// Renders a template with `projects` (id, directory), `directory` (the first project's),
/// `preset`, `model` and `date`.
///
/// # Errors
/// One sentence: a syntax error, an unknown filter, too much fuel, too long.
pub(crate) fn render(
    template: &str,
    preset: &str,
    model: &str,
    context: &CallContext,
    now: UnixMillis,
) -> Result<String, String> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    let projects: Vec<_> = context
        .projects
        .iter()
        .map(|(id, root)| context! { id => id.as_str(), directory => root.display().to_string() })
        .collect();
    let directory = context
        .projects
        .first()
        .map(|(_, root)| root.display().to_string());
    let date = now.to_string();
    let values = context! {
        preset, model, projects, directory,
        date => date.get(..10),
    };
    let text = environment
        .render_str(template, values)
        .map_err(|error| error.to_string())?;
    if text.len() > PROMPT_MAX {
        return Err(format!(
            "the rendered prompt is longer than {PROMPT_MAX} bytes"
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn context() -> CallContext {
        CallContext {
            workspace_id: Uuid::nil().into(),
            owner_id: Uuid::nil().into(),
            conversation_id: Uuid::nil().into(),
            session_id: Uuid::nil().into(),
            projects: vec![("repo".parse().unwrap(), "/repo".into())],
        }
    }

    #[test]
    fn a_template_knows_its_projects_and_the_date() {
        let text = render(
            "{{ preset }} in {{ directory }} on {{ date }}{% for p in projects %} {{ p.id }}{% endfor %}",
            "default",
            "m",
            &context(),
            UnixMillis(0),
        );
        assert_eq!(text.as_deref(), Ok("default in /repo on 1970-01-01 repo"));
    }

    #[test]
    fn a_template_that_never_ends_runs_out_of_fuel() {
        let endless =
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert!(render(endless, "p", "m", &context(), UnixMillis(0)).is_err());
    }
}
