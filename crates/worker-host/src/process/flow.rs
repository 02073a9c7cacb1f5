//! How much a worker sends: a message without an end and an endless row of messages both stop the
//! process instead of filling the memory.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, ReadBuf};

/// Most messages a worker may send for one call: its answer and some that nobody asked for.
const MESSAGES_MAX: usize = 4096;

/// What was sent since the last call began.
#[derive(Debug, Default)]
pub(super) struct Flow {
    bytes: AtomicUsize,
    messages: AtomicUsize,
    flooded: AtomicBool,
}

impl Flow {
    /// A call begins: its answer has the whole allowance.
    pub(super) fn begin(&self) {
        self.bytes.store(0, Ordering::Relaxed);
        self.messages.store(0, Ordering::Relaxed);
    }

    /// Counts what was read; whether the allowance is exceeded now.
    fn exceeds(&self, read: &[u8], limit: usize) -> bool {
        let lines = read.iter().filter(|byte| **byte == b'\n').count();
        let bytes = self.bytes.fetch_add(read.len(), Ordering::Relaxed) + read.len();
        let messages = self.messages.fetch_add(lines, Ordering::Relaxed) + lines;
        let exceeded = bytes > limit || messages > MESSAGES_MAX;
        if exceeded {
            self.flooded.store(true, Ordering::Relaxed);
        }
        exceeded
    }

    /// Whether the allowance was exceeded.
    pub(super) fn is_flooded(&self) -> bool {
        self.flooded.load(Ordering::Relaxed)
    }
}

/// A reader that fails once a worker sent more than its allowance.
pub(super) struct Metered<R> {
    inner: R,
    flow: Arc<Flow>,
    limit: usize,
}

impl<R> Metered<R> {
    pub(super) const fn new(inner: R, flow: Arc<Flow>, limit: usize) -> Self {
        Self { inner, flow, limit }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Metered<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if self.flow.exceeds(&buffer.filled()[before..], self.limit) {
            return Poll::Ready(Err(io::Error::other("the worker sends too much")));
        }
        result
    }
}
