//! Questions to people and what their answers leave.

use weald_domain::{
    approval::ApprovalState,
    permission::{Decision, Lifetime},
    ports::{AnswerError, InboxKind, NewAnswer, PageRequest, Write},
};

use super::{
    Ports,
    world::{Running, World},
};
use weald_domain::approval::Approval;

async fn asked(world: &World) -> (Running, Approval) {
    let mut run = world.begin(world.new_run("hi")).await;
    let approval = world.approval(&run);
    let writes = vec![Write::Approval(approval.clone()), Write::Park];
    world.append(&mut run, vec![], writes).await;
    (run, approval)
}

fn answer(world: &World, decision: Decision, lifetime: Lifetime) -> NewAnswer {
    NewAnswer {
        decision,
        lifetime,
        reason: (decision == Decision::Deny).then(|| "no".into()),
        grant_ids: vec![world.id()],
        at: world.ports.now(),
    }
}

/// The first answer wins; the other is told who and how.
pub async fn two_answers_have_one_winner(ports: Ports) {
    let world = World::of(ports).await;
    let (run, approval) = asked(&world).await;
    let answers = futures::future::join_all((0..8).map(|n| {
        let decision = if n % 2 == 0 {
            Decision::Allow
        } else {
            Decision::Deny
        };
        let (world, answer) = (world.clone(), answer(&world, decision, Lifetime::Once));
        async move {
            world
                .ports
                .approvals
                .answer(&world.access, approval.id, answer)
                .await
        }
    }))
    .await;
    let mut won = None;
    for one in answers {
        match one {
            Ok(Some(taken)) => assert!(won.replace(taken).is_none(), "two winners"),
            Err(AnswerError::Answered(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    let stored = world.ports.approvals.get(&world.access, approval.id).await;
    assert_eq!(stored.expect("reads"), won);
    let inbox = world
        .ports
        .inbox
        .unread(run.session.id)
        .await
        .expect("reads");
    assert_eq!(inbox.len(), 1, "the session is told once");
}

/// One transaction: the row, the inbox and the stream.
pub async fn an_answer_wakes_the_parked_session(ports: Ports) {
    let world = World::of(ports).await;
    let (run, approval) = asked(&world).await;
    assert_eq!(world.ports.journal.waiting().await.expect("reads"), vec![]);
    let deny = answer(&world, Decision::Deny, Lifetime::Once);
    let taken = world
        .ports
        .approvals
        .answer(&world.access, approval.id, deny)
        .await;
    let taken = taken.expect("takes").expect("is seen");
    assert_eq!(taken.state, ApprovalState::Denied);
    assert_eq!(
        (taken.reason.as_deref(), taken.lifetime),
        (Some("no"), None)
    );
    assert_eq!(taken.answered_by, Some(world.access.user_id));
    let waiting = world.ports.journal.waiting().await.expect("reads");
    assert_eq!(waiting.len(), 1);
    let inbox = world
        .ports
        .inbox
        .unread(run.session.id)
        .await
        .expect("reads");
    let kinds: Vec<_> = inbox.into_iter().map(|row| row.kind).collect();
    let expected = InboxKind::ApprovalAnswered {
        approval_id: approval.id,
    };
    assert_eq!(kinds, [expected]);
    let mine = world
        .ports
        .approvals
        .of_session(run.session.id)
        .await
        .expect("reads");
    assert_eq!(mine, [taken]);
    assert!(
        world
            .ports
            .approvals
            .grants(world.workspace)
            .await
            .expect("reads")
            .is_empty()
    );
}

/// One grant for each need.
pub async fn an_answer_beyond_once_leaves_grants(ports: Ports) {
    let world = World::of(ports).await;
    let (run, approval) = asked(&world).await;
    let allow = answer(&world, Decision::Allow, Lifetime::Conversation);
    let id = allow.grant_ids[0];
    let taken = world
        .ports
        .approvals
        .answer(&world.access, approval.id, allow)
        .await;
    assert_eq!(
        taken.expect("takes").expect("is seen").lifetime,
        Some(Lifetime::Conversation)
    );
    let grants = world
        .ports
        .approvals
        .grants(world.workspace)
        .await
        .expect("reads");
    assert_eq!(grants.len(), 1);
    let grant = &grants[0];
    assert_eq!(grant.id, id);
    assert_eq!(grant.scope, ["/repo"]);
    assert_eq!(grant.worker, "fs-worker");
    assert_eq!(grant.conversation_id, Some(run.session.conversation_id));
    assert_eq!(grant.decision, Decision::Allow);
    let (_, once) = asked(&world).await;
    let allow = answer(&world, Decision::Allow, Lifetime::Once);
    world
        .ports
        .approvals
        .answer(&world.access, once.id, allow)
        .await
        .expect("takes");
    assert_eq!(
        world
            .ports
            .approvals
            .grants(world.workspace)
            .await
            .expect("reads")
            .len(),
        1
    );
}

/// 404, whatever one asks of it.
pub async fn a_foreign_approval_is_not_seen(ports: Ports) {
    let world = World::of(ports).await;
    let (_, approval) = asked(&world).await;
    let stranger = world.stranger();
    let approvals = &world.ports.approvals;
    assert_eq!(
        approvals.get(&stranger, approval.id).await.expect("reads"),
        None
    );
    let allow = answer(&world, Decision::Allow, Lifetime::Always);
    let taken = approvals
        .answer(&stranger, approval.id, allow)
        .await
        .expect("answers");
    assert_eq!(taken, None);
    let request = PageRequest {
        after: None,
        limit: 10,
    };
    let page = approvals.list(&stranger, None, None, request.clone()).await;
    assert!(page.expect("reads").items.is_empty());
    let page = approvals
        .list(&world.access, Some(ApprovalState::Pending), None, request)
        .await;
    assert_eq!(page.expect("reads").items, [approval]);
}

/// An end settles what was asked.
pub async fn an_interrupted_session_expires_its_approvals(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let approval = world.approval(&run);
    world
        .append(&mut run, vec![], vec![Write::Approval(approval.clone())])
        .await;
    let expire = Write::ExpireApprovals {
        at: world.ports.now(),
    };
    world.append(&mut run, vec![], vec![expire]).await;
    let stored = world.ports.approvals.get(&world.access, approval.id).await;
    let stored = stored.expect("reads").expect("is seen");
    assert_eq!(stored.state, ApprovalState::Expired);
    let allow = answer(&world, Decision::Allow, Lifetime::Once);
    let late = world
        .ports
        .approvals
        .answer(&world.access, approval.id, allow)
        .await;
    assert!(matches!(late, Err(AnswerError::Answered(_))), "{late:?}");
}

/// An answer after `expires_at` is none; the session goes on with the expiry.
pub async fn a_late_answer_is_an_expiry(ports: Ports) {
    let world = World::of(ports).await;
    let mut run = world.begin(world.new_run("hi")).await;
    let mut approval = world.approval(&run);
    approval.expires_at = Some(world.ports.now().plus_millis(10));
    let writes = vec![Write::Approval(approval.clone()), Write::Park];
    world.append(&mut run, vec![], writes).await;
    world.ports.clock.advance_ms(10);
    let allow = answer(&world, Decision::Allow, Lifetime::Always);
    match world
        .ports
        .approvals
        .answer(&world.access, approval.id, allow)
        .await
    {
        Err(AnswerError::Answered(stored)) => assert_eq!(stored.state, ApprovalState::Expired),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.ports.journal.waiting().await.expect("reads").len(), 1);
    assert!(
        world
            .ports
            .approvals
            .grants(world.workspace)
            .await
            .expect("reads")
            .is_empty()
    );
}
