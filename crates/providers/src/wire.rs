//! The wires a provider can speak: how each is asked and how its answer is read.

use serde_json::{Map, Value};
use weald_domain::{
    model::{ModelError, ModelEvent, ModelRequest, OfferedModel},
    provider::ProviderKind,
};

use crate::{
    anthropic,
    chat_completions::{self, Dialect, chunk_in::ChunkDecoder},
    failure, gemini, ollama,
    redact::Quoter,
    responses,
};

/// Reads one streamed answer, whatever the wire: pure, fed with the data of its events.
pub(crate) trait AnswerDecoder: Send {
    /// Takes the data of one event and appends what it says.
    ///
    /// # Errors
    /// An error of the provider inside the stream, or data that this wire does not have.
    fn data(&mut self, kind: &str, data: &str, out: &mut Vec<ModelEvent>)
    -> Result<(), ModelError>;

    /// The stream is over.
    ///
    /// # Errors
    /// `cut_stream` when its terminal event never came; an unfinished call has been appended.
    fn end(&mut self, out: &mut Vec<ModelEvent>) -> Result<(), ModelError> {
        if self.has_ended() {
            return Ok(());
        }
        self.cut(out);
        Err(failure::cut_stream())
    }

    /// Appends what was held back, before an error of the transport is reported.
    fn cut(&mut self, out: &mut Vec<ModelEvent>);

    /// Whether `Finished` or an error has been reported.
    fn has_ended(&self) -> bool;

    /// Whether the model said why it stopped and the stream may end without another word.
    fn has_finish_reason(&self) -> bool {
        false
    }
}

/// Where a reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Stage {
    #[default]
    Open,
    Ended,
}

/// The object in the data of an event, for the wires whose events are objects; anything else is
/// kept as an event of an unknown kind.
///
/// # Errors
/// Data that are no JSON.
pub(crate) fn object(
    data: &str,
    quoter: &Quoter,
    out: &mut Vec<ModelEvent>,
) -> Result<Option<Map<String, Value>>, ModelError> {
    match serde_json::from_str(data) {
        Ok(Value::Object(members)) => Ok(Some(members)),
        Ok(other) => {
            out.push(ModelEvent::Unknown(other));
            Ok(None)
        }
        Err(_) => Err(failure::not_json(&quoter.quote(data))),
    }
}

/// How the events of an answer are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Server-sent events.
    Events,
    /// One JSON document a line.
    Lines,
}

/// What the silence of a server means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The servers of this wire say something every few seconds while they work.
    IsOdd,
    /// They may be silent for minutes: they load a model, read a long prompt, or think unseen.
    IsWork,
}

/// One of the wires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// Chat Completions.
    Chat(Dialect),
    /// Anthropic's Messages.
    Anthropic,
    /// OpenAI's Responses.
    Responses,
    /// Gemini's `generateContent`.
    Gemini,
    /// Ollama's own.
    Ollama,
}

impl Wire {
    /// The wire of a provider; none for the built-in models, which have none.
    #[must_use]
    pub const fn of(kind: ProviderKind) -> Option<Self> {
        match kind {
            ProviderKind::Builtin => None,
            ProviderKind::Openai => Some(Self::Chat(Dialect::Openai)),
            ProviderKind::Openrouter => Some(Self::Chat(Dialect::Openrouter)),
            ProviderKind::OpenaiCompatible => Some(Self::Chat(Dialect::Compatible)),
            ProviderKind::Anthropic => Some(Self::Anthropic),
            ProviderKind::OpenaiResponses => Some(Self::Responses),
            ProviderKind::Gemini => Some(Self::Gemini),
            ProviderKind::Ollama => Some(Self::Ollama),
        }
    }

    /// The body of a streaming call.
    pub(crate) fn encode(self, request: &ModelRequest) -> Result<Value, ModelError> {
        match self {
            Self::Chat(dialect) => chat_completions::request_out::encode(request, dialect),
            Self::Anthropic => anthropic::request_out::encode(request),
            Self::Responses => responses::request_out::encode(request),
            Self::Gemini => gemini::request_out::encode(request),
            Self::Ollama => ollama::request_out::encode(request),
        }
    }

    /// A reader of one answer.
    pub(crate) fn decoder(self, quoter: Quoter) -> Box<dyn AnswerDecoder> {
        match self {
            Self::Chat(_) => Box::new(ChunkDecoder::quoting(quoter)),
            Self::Anthropic => Box::new(anthropic::event_in::EventDecoder::quoting(quoter)),
            Self::Responses => Box::new(responses::event_in::EventDecoder::quoting(quoter)),
            Self::Gemini => Box::new(gemini::chunk_in::ChunkDecoder::quoting(quoter)),
            Self::Ollama => Box::new(ollama::line_in::LineDecoder::quoting(quoter)),
        }
    }

    /// What silence means on this wire.
    pub(crate) const fn silence(self) -> Silence {
        match self {
            Self::Chat(Dialect::Openrouter) | Self::Anthropic | Self::Gemini => Silence::IsOdd,
            Self::Chat(Dialect::Openai | Dialect::Compatible) | Self::Responses | Self::Ollama => {
                Silence::IsWork
            }
        }
    }

    pub(crate) const fn framing(self) -> Framing {
        match self {
            Self::Chat(_) | Self::Anthropic | Self::Responses | Self::Gemini => Framing::Events,
            Self::Ollama => Framing::Lines,
        }
    }

    /// Reads a list of models; none when it is no such list.
    pub(crate) fn models(self, list: &Value) -> Option<Vec<OfferedModel>> {
        match self {
            Self::Chat(_) | Self::Anthropic | Self::Responses => {
                chat_completions::model_list::decode(list)
            }
            Self::Gemini => gemini::model_list::decode(list),
            Self::Ollama => ollama::model_list::decode(list),
        }
    }
}

#[cfg(test)]
mod tests;
