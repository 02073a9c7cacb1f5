//! A call that came without arguments, on wires that say so before they say how the answer ends.

use weald_domain::{message::FinishReason, model::ModelEvent};

/// The last call that came without arguments: it has none, unless the answer was cut in it.
#[derive(Debug, Default)]
pub(crate) struct BareCall(Option<u32>);

impl BareCall {
    /// Holds a call back; the one before it was not the last, and is told.
    pub(crate) fn hold(&mut self, index: u32, out: &mut Vec<ModelEvent>) {
        self.tell(out);
        self.0 = Some(index);
    }

    /// Something came behind the call: it has no arguments.
    pub(crate) fn tell(&mut self, out: &mut Vec<ModelEvent>) {
        if let Some(index) = self.0.take() {
            let delta = "{}".to_owned();
            out.push(ModelEvent::ToolArgs { index, delta });
        }
    }

    /// It is known how the answer ends.
    pub(crate) fn settle(&mut self, finish: FinishReason, out: &mut Vec<ModelEvent>) {
        if finish.is_cut() {
            self.0 = None;
        } else {
            self.tell(out);
        }
    }
}
