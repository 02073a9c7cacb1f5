//! The format of a live-log file, and reading it to the first bad checksum.
//!
//! A record is `length u32 · crc32 u32 · body`, little endian; a body is `epoch u64 · seq u64 ·
//! k u64 · at i64 · kind length u16 · kind · payload`, the payload JSON. Length and checksum are
//! of the body. The record kind [`TRIMMED`] stands first in a file that was trimmed and names the
//! newest cursor that is missing.

use weald_domain::{cursor::Cursor, time::UnixMillis};

/// Kind of the record that names what was trimmed.
pub(crate) const TRIMMED: &str = "trimmed";
const HEADER: usize = 8;
const FIXED: usize = 34;

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    pub(crate) epoch: u64,
    pub(crate) cursor: Cursor,
    pub(crate) at: UnixMillis,
    pub(crate) kind: &'a str,
    pub(crate) payload: &'a str,
}

impl Record<'_> {
    /// Appends the record to a buffer.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0; HEADER]);
        out.extend_from_slice(&self.epoch.to_le_bytes());
        out.extend_from_slice(&self.cursor.seq.to_le_bytes());
        out.extend_from_slice(&self.cursor.k.to_le_bytes());
        out.extend_from_slice(&self.at.0.to_le_bytes());
        let kind = u16::try_from(self.kind.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&self.kind.as_bytes()[..usize::from(kind)]);
        out.extend_from_slice(self.payload.as_bytes());
        let body = &out[start + HEADER..];
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let crc = crc32fast::hash(body);
        out[start..start + 4].copy_from_slice(&length.to_le_bytes());
        out[start + 4..start + HEADER].copy_from_slice(&crc.to_le_bytes());
    }
}

/// The good records of a file, in order.
pub(crate) struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Reads the records of a file's bytes.
pub(crate) const fn records(bytes: &[u8]) -> Records<'_> {
    Records { bytes, at: 0 }
}

impl Records<'_> {
    /// Where the record after the last one read begins: the length of the good part.
    pub(crate) const fn offset(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let length = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let crc = u32::from_le_bytes(rest.get(4..HEADER)?.try_into().ok()?);
        let body = rest.get(HEADER..HEADER.checked_add(length)?)?;
        if crc32fast::hash(body) != crc {
            return None;
        }
        let record = decode(body)?;
        self.at += HEADER + length;
        Some(record)
    }
}

fn decode(body: &[u8]) -> Option<Record<'_>> {
    let number = |at: usize| Some(u64::from_le_bytes(body.get(at..at + 8)?.try_into().ok()?));
    let kind = usize::from(u16::from_le_bytes(body.get(32..FIXED)?.try_into().ok()?));
    let rest = body.get(FIXED..)?;
    Some(Record {
        epoch: number(0)?,
        cursor: Cursor {
            seq: number(8)?,
            k: number(16)?,
        },
        at: UnixMillis(number(24)?.cast_signed()),
        kind: std::str::from_utf8(rest.get(..kind)?).ok()?,
        payload: std::str::from_utf8(rest.get(kind..)?).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(k: u64, payload: &str) -> Record<'_> {
        Record {
            epoch: 3,
            cursor: Cursor { seq: 2, k },
            at: UnixMillis(-5),
            kind: "content_delta",
            payload,
        }
    }

    #[test]
    fn a_torn_tail_ends_the_reading_before_it() {
        let mut bytes = Vec::new();
        record(1, "{\"a\":1}").write(&mut bytes);
        let good = bytes.len();
        record(2, "{\"b\":2}").write(&mut bytes);
        for cut in good..bytes.len() {
            let mut read = records(&bytes[..cut]);
            assert_eq!(read.next(), Some(record(1, "{\"a\":1}")));
            assert_eq!(read.next(), None);
            assert_eq!(read.offset(), good);
        }
    }

    proptest! {
        #[test]
        fn a_flipped_bit_is_never_read_as_another_record(
            payload in "\\PC{0,40}", at in 0usize..1000, bit in 0u8..8,
        ) {
            let mut bytes = Vec::new();
            record(1, &payload).write(&mut bytes);
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(records(&bytes).next(), None);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = records(&bytes).count();
        }
    }
}
