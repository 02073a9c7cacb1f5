//! `weald approval answer ID --allow | --deny`

use std::time::Duration;

use clap::ValueEnum;
use weald_api::{
    approval::{ApprovalAnswerRequest, ApprovalDecision},
    domain::{
        id::{ApprovalId, SessionId},
        permission::Lifetime,
        session::LiveStatus,
    },
};

use crate::{
    context::Context,
    failure::{Form, Outcome},
    reach::{Reach, with_server},
};

/// How often it is looked whether the session has ended.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What to answer.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("decision").required(true).args(["allow", "deny"])))]
pub(crate) struct Args {
    /// Id of the approval (`weald approval list`)
    #[arg(value_name = "ID")]
    id: ApprovalId,
    /// The call may run; for this once unless told otherwise
    #[arg(long, value_name = "FOR", num_args = 0..=1, require_equals = true, default_missing_value = "once")]
    allow: Option<AllowFor>,
    /// The call may not run
    #[arg(long)]
    deny: bool,
    /// Why not, for the model and the record
    #[arg(long, requires = "deny")]
    reason: Option<String>,
}

/// For how long.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum AllowFor {
    /// This one call.
    Once,
    /// Calls like it in the conversation.
    Conversation,
}

/// Answers it; the session goes on by itself.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let lifetime = args.allow.map(|allow| match allow {
        AllowFor::Once => Lifetime::Once,
        AllowFor::Conversation => Lifetime::Conversation,
    });
    let request = ApprovalAnswerRequest {
        decision: match lifetime {
            Some(_) => ApprovalDecision::Approve,
            None => ApprovalDecision::Deny,
        },
        lifetime,
        edited_args: None,
        reason: args.reason,
    };
    let answered = with_server(context, async |context, reach| {
        let answered = reach.client.answer_approval(args.id, &request).await?;
        let session = answered.session_id;
        context
            .console
            .note(&format!("answered; session {session} goes on"))?;
        if reach.is_own() {
            until_settled(reach, session).await?;
        }
        Ok(answered)
    })
    .await?;
    match context.form() {
        Form::Json => context.json(&answered),
        Form::Text => Ok(()),
    }
}

/// Waits until the session has ended or parked again: it runs in this process.
async fn until_settled(reach: &Reach, session: SessionId) -> Outcome {
    loop {
        match reach.client.session_status(session).await?.live {
            Some(LiveStatus::Executing) => tokio::time::sleep(LOOK_EVERY).await,
            Some(LiveStatus::WaitingApproval) | None => return Ok(()),
        }
    }
}
