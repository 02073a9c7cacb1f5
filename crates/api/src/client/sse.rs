//! Reading server-sent events, in pieces of any size.

use super::ClientError;

/// Longest frame.
const FRAME_MAX: usize = 32 * 1024 * 1024;

/// One frame; `data` is empty when it only moves the id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SseFrame {
    pub(super) id: Option<String>,
    pub(super) data: String,
}

/// Collects pieces and gives frames.
#[derive(Debug, Default)]
pub(super) struct SseReader {
    bytes: Vec<u8>,
    read: usize,
    frame: SseFrame,
    any: bool,
}

impl SseReader {
    /// Takes a piece.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), ClientError> {
        if self.read > 0 {
            self.bytes.drain(..self.read);
            self.read = 0;
        }
        if self.bytes.len() + piece.len() + self.frame.data.len() > FRAME_MAX {
            return Err(ClientError::unexpected("a frame is too long"));
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    /// The next complete frame.
    pub(super) fn next(&mut self) -> Option<SseFrame> {
        while let Some(length) = self.bytes[self.read..]
            .iter()
            .position(|byte| *byte == b'\n')
        {
            let end = self.read + length;
            let line = String::from_utf8_lossy(&self.bytes[self.read..end]).into_owned();
            self.read = end + 1;
            let line = line.strip_suffix('\r').unwrap_or(&line);
            if line.is_empty() {
                let frame = std::mem::take(&mut self.frame);
                if std::mem::take(&mut self.any) {
                    return Some(frame);
                }
            } else {
                self.field(line);
            }
        }
        None
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => {
                self.frame.id = Some(value.to_owned());
                self.any = true;
            }
            "data" => {
                if !self.frame.data.is_empty() {
                    self.frame.data.push('\n');
                }
                self.frame.data.push_str(value);
                self.any = true;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<SseFrame> {
        let mut reader = SseReader::default();
        let mut frames = Vec::new();
        for piece in pieces {
            reader.push(piece).expect("short");
            frames.extend(std::iter::from_fn(|| reader.next()));
        }
        frames
    }

    #[test]
    fn frames_are_the_same_however_they_are_cut() {
        let text = "id: 9\n\n: keep-alive\n\nid: 1-0\nevent: x\ndata: {\"a\":\"ä\"}\n\n\
            id: 1-1\r\ndata: a\r\ndata: b\r\n\r\nid: 2-0\ndata: never ended";
        let whole = read(&[text.as_bytes()]);
        assert_eq!(
            whole,
            [("9", ""), ("1-0", "{\"a\":\"ä\"}"), ("1-1", "a\nb")].map(|(id, data)| SseFrame {
                id: Some(id.into()),
                data: data.into()
            })
        );
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(read(&bytes), whole);
        let pairs: Vec<&[u8]> = text.as_bytes().chunks(7).collect();
        assert_eq!(read(&pairs), whole);
    }
}
