//! One model call: open a message, stream what the model says, journal its end.

use std::{pin::pin, time::Duration};

use futures::{StreamExt, future::BoxFuture};
use tokio::time::{Instant, interval_at, sleep_until};
use weald_domain::{
    event::{
        SessionEvent,
        session::{Checkpointed, MessageEnd, MessageStart, ToolCallStart, UsageSnapshot},
    },
    limits::MODEL_CALLS_PER_TURN,
    message::{
        CheckpointReason, FinishReason, Message, MessageError, MessageMetadata, Outcome, Part, Role,
    },
    model::{ModelError, ModelEvent, ModelRequest, Usage},
    ports::{Append, AppendError, Appended, ModelStream, StepStatus, Write},
    tool::{EffectClass, ToolSpec},
    turn_state::CallState,
};

use super::{
    Halt, Turn,
    checkpoint::Checkpoints,
    failed,
    reply::{Reply, Said},
    tool_output::Ended,
};
use crate::{context::context, prompt};

/// Things a model said that are handled in one go.
const BATCH: usize = 64;

/// How often it is said that a model is silent while its answer has not begun.
const SILENT_EVERY: Duration = Duration::from_secs(5);

/// A checkpoint on its way to SQL.
struct Saving {
    append: BoxFuture<'static, Result<Appended, AppendError>>,
    /// Tells readers of it: of the text that it stores, not of what is said meanwhile.
    frame: Option<SessionEvent>,
}

impl Turn {
    /// Opens the message of the next model call.
    pub(super) async fn open_message(&mut self) -> Result<(), Halt> {
        self.read_inbox().await?;
        if self.state.model_calls >= MODEL_CALLS_PER_TURN {
            let message =
                format!("the turn made {MODEL_CALLS_PER_TURN} model calls without an end");
            return Err(failed("too_many_calls", message));
        }
        let at = self.now();
        let parent = self.messages.last().map(|message| message.id);
        let model = &self.session.agent.model.name;
        let message = Message {
            id: self.engine.id(at),
            conversation_id: self.session.conversation_id,
            parent_id: parent,
            session_id: Some(self.session.id),
            role: Role::Assistant,
            parts: Vec::new(),
            metadata: MessageMetadata {
                provider_id: Some(model.provider.to_string()),
                model_id: Some(model.to_string()),
                ..MessageMetadata::default()
            },
            created_at: at,
            updated_at: at,
        };
        let start = MessageStart {
            message_id: message.id,
            parent_message_id: parent,
            role: Role::Assistant,
            model_id: message.metadata.model_id.clone(),
        };
        let intent = Write::StepIntent {
            key: format!("t1/m{}", self.state.model_calls + 1),
            effect: EffectClass::Pure,
            input_hash: String::new(),
        };
        self.commit(
            vec![start.into()],
            vec![Write::Message(message.clone()), intent],
        )
        .await?;
        self.reply = Some(Reply::new(message.id, Instant::now()));
        self.messages.push(message);
        Ok(())
    }

    /// Streams the open message to its end.
    pub(super) async fn speak(&mut self) -> Result<(), Halt> {
        let tools = self
            .engine
            .ports()
            .tools
            .tools(&self.session.agent.toolsets, &self.context);
        let stream = self.call_model(tools.clone()).await?;
        let mut stream = stream.ready_chunks(BATCH);
        let mut checkpoints = Checkpoints::new(self.engine.inner.config, Instant::now());
        let mut saving: Option<Saving> = None;
        let mut timer = pin!(sleep_until(Instant::now()));
        loop {
            let due = checkpoints.due().filter(|_| saving.is_none());
            // Set anew only when the time has changed, not for every token.
            if let Some(due) = due.filter(|due| *due != timer.deadline()) {
                timer.as_mut().reset(due);
            }
            tokio::select! {
                biased;
                nudge = self.control.nudge() => {
                    // What is journaled now moves the head from under a checkpoint.
                    let again = saving.take().is_some();
                    self.heed(nudge).await?;
                    saving = again.then(|| self.save()).flatten();
                }
                saved = async { Some((&mut saving.as_mut()?.append).await) }, if saving.is_some() => {
                    let frame = saving.take().and_then(|saving| saving.frame);
                    self.checkpoint_saved(saved, frame)?;
                }
                () = timer.as_mut(), if due.is_some() => {
                    saving = self.save();
                    checkpoints.saved(Instant::now());
                }
                said = stream.next() => {
                    let Some(said) = said else { return Err(cut_stream()) };
                    if said.iter().any(is_journaled) {
                        // The next append stores more than the checkpoint, and moves the head.
                        saving = None;
                    }
                    if let Some(reason) = self.take(said, &tools, &mut checkpoints).await? {
                        return self.end_message(reason).await;
                    }
                }
            }
        }
    }

    async fn call_model(&mut self, tools: Vec<ToolSpec>) -> Result<ModelStream, Halt> {
        let ports = self.engine.ports().clone();
        let Some(provider) = self.provider.clone() else {
            return Err(failed(
                "unknown_provider",
                "the provider of this session was deleted",
            ));
        };
        let key = match &provider.secret_ref {
            Some(name) => {
                let key = ports.secrets.get(name).await;
                key.map_err(|error| failed("secret_store", error.to_string()))?
            }
            None => None,
        };
        let request = self.request(tools)?;
        let call = ports.models.call(&provider, key, request);
        tokio::pin!(call);
        let began = Instant::now();
        let mut silence = interval_at(began + SILENT_EVERY, SILENT_EVERY);
        loop {
            tokio::select! {
                biased;
                nudge = self.control.nudge() => self.heed(nudge).await?,
                answer = &mut call => return answer.map_err(model_failed),
                now = silence.tick() => self.say_silent(now - began)?,
            }
        }
    }

    /// Tells readers that the model has said nothing for this long.
    fn say_silent(&mut self, silent: Duration) -> Result<(), Halt> {
        let said = self.reply.as_ref().map(|reply| reply.silent(silent));
        self.say(said.as_slice())
    }

    fn request(&self, tools: Vec<ToolSpec>) -> Result<ModelRequest, Halt> {
        let agent = &self.session.agent;
        let system = match &agent.system_prompt {
            Some(template) => {
                let (preset, model) = (self.session.preset_id.as_str(), &self.session.model_id);
                let text = prompt::render(template, preset, model, &self.context, self.now());
                Some(text.map_err(|detail| failed("bad_template", detail))?)
            }
            None => None,
        };
        let before = &self.messages[..self.messages.len().saturating_sub(1)];
        Ok(ModelRequest {
            session_id: self.session.id,
            model: agent.model.name.model.clone(),
            system,
            messages: context(before),
            tools,
            temperature: agent.model.temperature,
            max_tokens: agent.model.max_tokens,
            context_window: agent.model.context_window,
        })
    }

    /// Takes what the model said in one go; the reason when it stopped.
    async fn take(
        &mut self,
        said: Vec<Result<ModelEvent, ModelError>>,
        tools: &[ToolSpec],
        checkpoints: &mut Checkpoints,
    ) -> Result<Option<FinishReason>, Halt> {
        let mut frames = Vec::with_capacity(said.len());
        for event in said {
            let engine = &self.engine;
            let Some(reply) = &mut self.reply else {
                return Ok(None);
            };
            let new_id = || engine.id::<uuid::Uuid>(engine.now()).to_string();
            let taken = event.and_then(|event| reply.take(event, new_id));
            match taken {
                Ok(Said::Frame(frame)) => {
                    checkpoints.grew(frame.piece().map_or(0, |piece| piece.text.len()));
                    frames.push(frame);
                }
                Ok(Said::Nothing) => {}
                Ok(Said::Call { part }) => {
                    self.say(&std::mem::take(&mut frames))?;
                    self.begin_call(part, tools).await?;
                    checkpoints.saved(Instant::now());
                }
                Ok(Said::Finished(reason)) => {
                    self.say(&frames)?;
                    return Ok(Some(reason));
                }
                Err(error) => {
                    self.say(&frames)?;
                    return Err(model_failed(error));
                }
            }
        }
        self.say(&frames)?;
        Ok(None)
    }

    /// Journals that a call begins, with the words that led to it (MY-55).
    async fn begin_call(&mut self, part: u32, tools: &[ToolSpec]) -> Result<(), Halt> {
        let used: Vec<String> = self.used_call_ids();
        let at = self.now();
        let engine = &self.engine;
        let Some(reply) = &mut self.reply else {
            return Ok(());
        };
        let mut events = reply.close_texts();
        let Some(Part::Tool(tool)) = reply.parts.get_mut(part as usize) else {
            return Ok(());
        };
        if used.contains(&tool.call_id) {
            tool.call_id = engine.id::<uuid::Uuid>(at).to_string();
        }
        let spec = tools.iter().find(|spec| spec.name == tool.tool);
        tool.worker = spec.map(|spec| spec.worker.clone());
        events.push(
            ToolCallStart {
                message_id: reply.message_id,
                part,
                tool_call_id: tool.call_id.clone(),
                tool: tool.tool.clone(),
                worker: tool.worker.clone(),
                title: tool.title.clone(),
                effect: spec.map_or(EffectClass::Once, |spec| spec.effect),
            }
            .into(),
        );
        let parts = self.checkpoint(CheckpointReason::ToolBoundary);
        self.commit(events, parts.into_iter().collect()).await?;
        let told = self.checkpointed(CheckpointReason::ToolBoundary);
        self.say(told.as_slice())
    }

    /// Ids of calls in earlier messages: some providers count from 0 in each answer.
    fn used_call_ids(&self) -> Vec<String> {
        let before = &self.messages[..self.messages.len().saturating_sub(1)];
        before
            .iter()
            .flat_map(Message::tool_parts)
            .map(|tool| tool.call_id.clone())
            .collect()
    }

    /// Puts the parts so far into the message and answers the write that stores them.
    pub(super) fn checkpoint(&mut self, reason: CheckpointReason) -> Option<Write> {
        let at = self.now();
        let reply = self.reply.as_ref()?;
        let message = self.messages.last_mut()?;
        message.parts.clone_from(&reply.parts);
        message.metadata.checkpoint_at = Some(at);
        message.metadata.checkpoint_reason = Some(reason);
        Some(Write::Parts {
            message_id: message.id,
            parts: message.parts.clone(),
            metadata: message.metadata.clone(),
            at,
        })
    }

    /// Starts an interval checkpoint beside the stream: a reader never waits for it.
    fn save(&mut self) -> Option<Saving> {
        let write = self.checkpoint(CheckpointReason::Interval)?;
        let append = Append {
            lease: self.lease,
            events: Vec::new(),
            writes: vec![write],
            at: self.now(),
        };
        let journal = self.engine.ports().journal.clone();
        Some(Saving {
            append: Box::pin(async move { journal.append(append).await }),
            frame: self.checkpointed(CheckpointReason::Interval),
        })
    }

    /// Tells readers that their text is in SQL. A checkpoint that failed is no harm: the text is in
    /// the live log, and the next one is due soon.
    fn checkpoint_saved(
        &mut self,
        saved: Option<Result<Appended, AppendError>>,
        frame: Option<SessionEvent>,
    ) -> Result<(), Halt> {
        match saved {
            Some(Err(AppendError::Fenced)) => Err(Halt::Lost),
            Some(Ok(_)) => self.say(frame.as_slice()),
            Some(Err(error)) => {
                tracing::warn!(session.id = %self.session.id, %error, "a checkpoint failed");
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The frame that tells readers of a checkpoint.
    pub(super) fn checkpointed(&self, reason: CheckpointReason) -> Option<SessionEvent> {
        let reply = self.reply.as_ref()?;
        let (message_id, offsets, at) = (reply.message_id, reply.offsets(), self.now());
        Some(
            Checkpointed {
                message_id,
                reason,
                offsets,
                at,
            }
            .into(),
        )
    }

    /// Journals the end of the message; without tool calls also the end of the session, in the
    /// same transaction (NB-33).
    async fn end_message(&mut self, reason: FinishReason) -> Result<(), Halt> {
        let cut = self.call_that_was_cut(reason);
        let (mut events, mut writes) = self.close_reply(reason, None);
        if let Some(call) = cut {
            let text = "the answer was cut before the arguments of this call came";
            events.extend(self.end_call(&call, Ended::text(Outcome::Error, text)));
            writes.extend(self.parts_of(call.message_id));
        }
        let has_calls = self
            .messages
            .last()
            .is_some_and(|m| m.tool_parts().next().is_some());
        if !has_calls {
            let (end, write) = self.completion();
            events.push(end);
            writes.push(write);
        }
        self.commit(events, writes).await?;
        if has_calls {
            Ok(())
        } else {
            Err(Halt::Stopped(self.ended().await))
        }
    }

    /// The last call of an answer that was cut, when no argument of it came: nobody knows what it
    /// would have been called with.
    fn call_that_was_cut(&self, reason: FinishReason) -> Option<CallState> {
        let reply = self.reply.as_ref().filter(|_| reason.is_cut());
        let bare = reply?.bare_call()?;
        self.state
            .open_calls()
            .find(|call| call.call_id == bare)
            .cloned()
    }

    /// Closes the answer: its last events, and the writes that store it.
    pub(super) fn close_reply(
        &mut self,
        reason: FinishReason,
        error: Option<MessageError>,
    ) -> (Vec<SessionEvent>, Vec<Write>) {
        let at = self.now();
        let step = self.model_step();
        let (Some(mut reply), Some(message)) = (self.reply.take(), self.messages.last_mut()) else {
            return (Vec::new(), Vec::new());
        };
        let mut events = reply.close_texts();
        reply.close_calls();
        let usage = Usage {
            requests: 1,
            ..reply.usage
        };
        let told = usage.total > 0;
        let status = if reason == FinishReason::Error {
            StepStatus::Failed
        } else {
            StepStatus::Done
        };
        message.parts = reply.parts;
        message.updated_at = at;
        message.metadata = MessageMetadata {
            tokens_prompt: told.then_some(usage.input),
            tokens_completion: told.then_some(usage.output),
            tokens_total: told.then_some(usage.total),
            latency_ms: u64::try_from(reply.started.elapsed().as_millis()).ok(),
            finish_reason: Some(reason),
            error,
            checkpoint_at: None,
            checkpoint_reason: None,
            ..std::mem::take(&mut message.metadata)
        };
        let end = MessageEnd {
            message_id: message.id,
            finish_reason: reason,
            usage: Some(usage),
        };
        events.push(end.into());
        let writes = vec![
            Write::Parts {
                message_id: message.id,
                parts: message.parts.clone(),
                metadata: message.metadata.clone(),
                at,
            },
            Write::StepEnd { key: step, status },
        ];
        events.push(self.usage_snapshot(usage));
        (events, writes)
    }

    fn usage_snapshot(&mut self, call: Usage) -> SessionEvent {
        let model_id = self.session.model_id.clone();
        let before = self.state.usage.get(&model_id).copied().unwrap_or_default();
        let usage = before.plus(call);
        self.state.usage.insert(model_id.clone(), usage);
        UsageSnapshot {
            model_id,
            usage,
            context_used: call.input + call.output,
            context_window: self.session.agent.model.context_window.unwrap_or(0),
        }
        .into()
    }
}

/// Whether an append follows what the model said.
fn is_journaled(said: &Result<ModelEvent, ModelError>) -> bool {
    match said {
        Ok(ModelEvent::ToolCall { .. } | ModelEvent::Finished(_)) | Err(_) => true,
        Ok(
            ModelEvent::Text(_)
            | ModelEvent::Reasoning(_)
            | ModelEvent::ReasoningProvider(_)
            | ModelEvent::ToolArgs { .. }
            | ModelEvent::Usage(_)
            | ModelEvent::Silent(_)
            | ModelEvent::Unknown(_),
        ) => false,
    }
}

fn model_failed(error: ModelError) -> Halt {
    let ModelError {
        code,
        message,
        retryable,
        ..
    } = error;
    Halt::Failed(MessageError {
        code,
        message,
        retryable,
    })
}

fn cut_stream() -> Halt {
    Halt::Failed(MessageError {
        code: "cut_stream".into(),
        message: "the provider's stream ended before its end".into(),
        retryable: true,
    })
}
