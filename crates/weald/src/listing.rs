//! Lists: a table for people, the page as it is for programs; a cut list says so.

use serde::Serialize;
use weald_api::Page;
use weald_terminal::Table;

use crate::{
    context::Context,
    failure::{Form, Outcome},
};

/// Which page.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct PageArgs {
    /// Most items of the list (50; at most 200)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Go on after this cursor: the `next` of the page before
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<String>,
}

/// Writes a page.
pub(crate) fn write<T: Serialize, const N: usize>(
    context: &mut Context,
    page: &Page<T>,
    heading: [&'static str; N],
    row: impl Fn(&T) -> [String; N],
) -> Outcome {
    if context.form() == Form::Json {
        return context.json(page);
    }
    let mut table = Table::new(&heading);
    for item in &page.items {
        table.row(row(item));
    }
    table.write(&mut context.console)?;
    if page.items.is_empty() {
        context.console.note("(none)")?;
    }
    if let Some(next) = &page.next {
        context
            .console
            .note(&format!("the list goes on: --after {next}"))?;
    }
    Ok(())
}
