//! The digest of a table: the same for the same rows, whatever their order and their engine.
//!
//! Each row is hashed in a form of ours, and the hashes are added up. Adding needs no order, which
//! the engines would have to agree on, and unlike an exclusive or it sees a row that is there twice.

use sha2::{Digest as _, Sha256};

use super::{CopiedTable, rows::Cell};

/// The rows of a table, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Digest {
    rows: u64,
    sum: [u64; 4],
}

impl Digest {
    /// Adds a row; its cells are in the order of the columns' names.
    pub(super) fn add(&mut self, row: &[Cell]) {
        self.rows += 1;
        let hash = hash(row);
        let mut carried = false;
        for (word, bytes) in self.sum.iter_mut().zip(hash.chunks_exact(8)) {
            let mut eight = [0; 8];
            eight.copy_from_slice(bytes);
            let (sum, over) = word.overflowing_add(u64::from_le_bytes(eight));
            let (sum, again) = sum.overflowing_add(u64::from(carried));
            *word = sum;
            carried = over || again;
        }
    }

    /// How many rows there are.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// For people and programs, with the names of the columns in it.
    pub(super) fn text<'n>(&self, columns: impl Iterator<Item = &'n str>) -> String {
        let mut all = Sha256::new();
        for name in columns {
            field(&mut all, b'c', name.as_bytes());
        }
        all.update(self.rows.to_le_bytes());
        for word in self.sum {
            all.update(word.to_le_bytes());
        }
        hex::encode(all.finalize())
    }
}

fn hash(row: &[Cell]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for cell in row {
        match cell {
            Cell::Null => hash.update(b"n"),
            Cell::Int(number) => field(&mut hash, b'i', &number.to_le_bytes()),
            Cell::Text(text) => field(&mut hash, b't', text.as_bytes()),
            Cell::Bytes(bytes) => field(&mut hash, b'b', bytes),
        }
    }
    hash.finalize().into()
}

/// A tag, a length and the bytes: no two rows look the same.
fn field(hash: &mut Sha256, tag: u8, bytes: &[u8]) {
    hash.update([tag]);
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

/// The digest of all tables.
pub(super) fn of_all(tables: &[CopiedTable]) -> String {
    let mut all = Sha256::new();
    for table in tables {
        field(&mut all, b'n', table.name.as_bytes());
        field(&mut all, b'd', table.digest.as_bytes());
    }
    hex::encode(all.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(cell: &str) -> Cell {
        Cell::Text(cell.into())
    }

    fn digest(rows: &[Vec<Cell>]) -> String {
        let mut digest = Digest::default();
        rows.iter().for_each(|row| digest.add(row));
        digest.text(["a", "b"].into_iter())
    }

    #[test]
    fn the_order_of_rows_does_not_count_and_everything_else_does() {
        let (one, two) = (vec![text("x"), Cell::Int(1)], vec![text("y"), Cell::Null]);
        let known = digest(&[one.clone(), two.clone()]);
        assert_eq!(known, digest(&[two.clone(), one.clone()]));
        for other in [
            vec![one.clone()],
            vec![one.clone(), two.clone(), two.clone(), two.clone()],
            vec![one.clone(), vec![text("y"), text("")]],
            vec![one.clone(), vec![Cell::Null, text("y")]],
            vec![vec![text("x"), Cell::Int(2)], two.clone()],
            vec![vec![Cell::Bytes(b"x".to_vec()), Cell::Int(1)], two.clone()],
            vec![vec![text("x1"), Cell::Null], vec![text("y"), Cell::Null]],
        ] {
            assert_ne!(digest(&other), known, "{other:?}");
        }
        let mut same = Digest::default();
        same.add(&one);
        same.add(&two);
        assert_ne!(same.text(["a", "c"].into_iter()), known);
    }

    #[test]
    fn a_sum_carries_over_its_words() {
        let mut digest = Digest {
            rows: 0,
            sum: [u64::MAX; 4],
        };
        digest.add(&[Cell::Null]);
        let mut from_zero = Digest::default();
        from_zero.add(&[Cell::Null]);
        // 2²⁵⁶ - 1 and a number make the number less one.
        assert_eq!(digest.sum[0].wrapping_add(1), from_zero.sum[0]);
        assert_eq!(digest.sum[1..], from_zero.sum[1..]);
    }
}
