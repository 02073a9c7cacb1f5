//! The tree that the messages of a conversation form (MY-25, MY-37, MY-38).

use std::collections::{HashMap, HashSet};

use crate::id::MessageId;

/// What the tree rules need to know of a message: small, so that a whole conversation fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// The message.
    pub id: MessageId,
    /// The message before it.
    pub parent_id: Option<MessageId>,
}

/// The path root → `leaf`; empty when `leaf` is not in `nodes`.
///
/// A cycle, which only damaged data can hold, ends the path instead of hanging.
#[must_use]
pub fn path(nodes: &[Node], leaf: MessageId) -> Vec<MessageId> {
    let parents: HashMap<_, _> = nodes.iter().map(|node| (node.id, node.parent_id)).collect();
    let mut seen = HashSet::new();
    let mut path = Vec::new();
    let mut at = Some(leaf);
    while let Some(id) = at {
        let Some(parent) = parents.get(&id) else {
            break;
        };
        if !seen.insert(id) {
            break;
        }
        path.push(id);
        at = *parent;
    }
    path.reverse();
    path
}

/// The newest leaf below `from`, following the newest child at each fork; `from` itself when it
/// has no child. Ids sort by time, so the newest child is the greatest id.
#[must_use]
pub fn newest_leaf(nodes: &[Node], from: MessageId) -> MessageId {
    let mut newest: HashMap<MessageId, MessageId> = HashMap::new();
    for node in nodes {
        if let Some(parent) = node.parent_id {
            let child = newest.entry(parent).or_insert(node.id);
            *child = (*child).max(node.id);
        }
    }
    let mut seen = HashSet::new();
    let mut at = from;
    while let Some(child) = newest.get(&at) {
        if !seen.insert(at) {
            break;
        }
        at = *child;
    }
    at
}

/// The children of `parent` in the order they were made, `None` for the roots.
#[must_use]
pub fn siblings(nodes: &[Node], parent: Option<MessageId>) -> Vec<MessageId> {
    let mut ids: Vec<_> = nodes
        .iter()
        .filter(|node| node.parent_id == parent)
        .map(|node| node.id)
        .collect();
    ids.sort_unstable();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> MessageId {
        MessageId(Uuid::from_u128(n))
    }

    fn node(n: u128, parent: u128) -> Node {
        Node {
            id: id(n),
            parent_id: (parent != 0).then(|| id(parent)),
        }
    }

    #[test]
    fn a_path_goes_from_the_root_to_the_leaf() {
        let nodes = [node(1, 0), node(2, 1), node(3, 1), node(4, 3)];
        assert_eq!(path(&nodes, id(4)), vec![id(1), id(3), id(4)]);
        assert_eq!(path(&nodes, id(9)), vec![]);
        assert_eq!(newest_leaf(&nodes, id(1)), id(4));
        assert_eq!(siblings(&nodes, Some(id(1))), vec![id(2), id(3)]);
    }

    #[test]
    fn a_cycle_ends_instead_of_hanging() {
        let nodes = [node(1, 2), node(2, 1)];
        assert_eq!(path(&nodes, id(1)).len(), 2);
        let _ = newest_leaf(&nodes, id(1));
    }
}
