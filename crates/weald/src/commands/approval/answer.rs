//! `weald approval answer ID --allow | --deny`

use clap::ValueEnum;
use weald_api::{
    approval::{ApprovalAnswerRequest, ApprovalDecision},
    domain::{id::ApprovalId, permission::Lifetime},
};

use crate::{
    context::Context,
    failure::{Form, Outcome},
    reach::with_server,
};

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
    let answered = with_server(context, async |_, reach| {
        Ok(reach.client.answer_approval(args.id, &request).await?)
    })
    .await?;
    match context.form() {
        Form::Json => context.json(&answered),
        Form::Text => {
            let session = answered.session_id;
            Ok(context
                .console
                .note(&format!("answered; session {session} goes on"))?)
        }
    }
}
