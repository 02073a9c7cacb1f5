//! The project of a run: the git repository it is used in, registered after one question.

use std::path::{Path, PathBuf};

use weald_api::{
    Client,
    client::ClientError,
    domain::{project::ProjectKind, slug::Slug},
    preset::{WorkspacePageQuery, WorkspaceQuery},
    project::{Project, ProjectCreateRequest},
};
use weald_terminal::prompt::Answer;

use crate::{
    ask::{self, Question},
    context::Context,
    failure::Outcome,
    git_root::git_root,
    reach::Reach,
};

/// Projects of one name that are tried before giving up.
const NAMES_TRIED: u32 = 20;

/// The projects a run here works in; none outside git: a pure chat.
pub(super) async fn projects_here(context: &mut Context, reach: &Reach) -> Outcome<Vec<Slug>> {
    let root = git_root(&context.env.folder).filter(|_| reach.is_local());
    let Some(root) = root else {
        return Ok(Vec::new());
    };
    if let Some(project) = known(&reach.client, &root).await? {
        return Ok(vec![project.id]);
    }
    let declined = Declined::of(context);
    if !context.global.yes {
        if declined.has(&root) {
            return Ok(Vec::new());
        }
        if !context.can_ask() {
            let shown = root.display();
            context.console.note(&format!(
                "{shown} is no project yet, so this is a chat without files: `weald project add` adds it"
            ))?;
            return Ok(Vec::new());
        }
    }
    let question = Question {
        text: format!(
            "Make {} a project? Agents may look into it after asking.",
            root.display()
        ),
        default: Answer::Yes,
    };
    match ask::confirm(context, question).await? {
        Answer::Yes => {
            let project = register(&reach.client, &root).await?;
            context
                .console
                .note(&format!("{} is project {} now", root.display(), project.id))?;
            Ok(vec![project.id])
        }
        Answer::No => {
            declined.remember(&root)?;
            Ok(Vec::new())
        }
    }
}

/// The project with that root.
async fn known(client: &Client, root: &Path) -> Outcome<Option<Project>> {
    let mut query = WorkspacePageQuery {
        workspace_id: None,
        after: None,
        limit: Some(200),
    };
    loop {
        let page = client.projects(&query).await?;
        let mut items = page.items.into_iter();
        let found = items.find(|project| Path::new(&project.root_directory) == root);
        if found.is_some() || page.next.is_none() {
            return Ok(found);
        }
        query.after = page.next;
    }
}

/// Adds it under its folder's name, or that name with a number when it is taken.
async fn register(client: &Client, root: &Path) -> Outcome<Project> {
    let name = root
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let base = name.as_deref().and_then(Slug::from_name);
    let mut request = ProjectCreateRequest {
        id: base.clone(),
        name,
        kind: ProjectKind::Repository,
        root_directory: Some(root.display().to_string()),
        description: None,
        metadata: serde_json::Map::new(),
    };
    let mut number = 1;
    loop {
        let answer = client
            .create_project(WorkspaceQuery::default(), &request)
            .await;
        let taken = answer.as_ref().err().and_then(ClientError::code) == Some("slug_taken");
        number += 1;
        let next = base
            .as_ref()
            .and_then(|base| format!("{base}-{number}").parse().ok());
        if !taken || next.is_none() || number > NAMES_TRIED {
            return Ok(answer?);
        }
        request.id = next;
    }
}

/// Repositories that a person did not want as projects.
struct Declined {
    file: PathBuf,
}

impl Declined {
    fn of(context: &Context) -> Self {
        Self {
            file: context.places.state.join("declined-projects"),
        }
    }

    fn has(&self, root: &Path) -> bool {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        text.lines().any(|line| Path::new(line) == root)
    }

    fn remember(&self, root: &Path) -> std::io::Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut text = std::fs::read_to_string(&self.file).unwrap_or_default();
        text.push_str(&format!("{}\n", root.display()));
        std::fs::write(&self.file, text)
    }
}
