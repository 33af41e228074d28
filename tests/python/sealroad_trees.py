"""The three trees: records of a block (section 4), subject index (section 7), history (section 8). All are SHA-256."""

import hashlib

PLACEHOLDER = b"SPARSE_MERKLE_PLACEHOLDER_HASH__"


def digest(data):
    """H of the protocol: SHA-256."""
    return hashlib.sha256(data).digest()


def leaf_hash(data):
    """The leaf of a block's tree and of the history tree."""
    return digest(b"\x00" + data)


def node_hash(left, right):
    """The node of a block's tree and of the history tree."""
    return digest(b"\x01" + left + right)


def block_holds(root, leaf, index, count, path):
    """Section 4: whether an InclusionProof puts the leaf at `index` of `count` under the root."""
    if index >= count:
        return False
    used = 0
    while count > 1:
        if index % 2 == 0 and index == count - 1:
            leaf = node_hash(leaf, leaf)
        else:
            if used == len(path) or path[used] == leaf:
                return False
            leaf = node_hash(path[used], leaf) if index % 2 else node_hash(leaf, path[used])
            used += 1
        index, count = index // 2, (count + 1) // 2
    return used == len(path) and leaf == root


def history_root(entries):
    """RFC 6962, 2.1: the root over the data of the leaves."""
    if not entries:
        return digest(b"")
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = 1 << (len(entries) - 1).bit_length() - 1
    return node_hash(history_root(entries[:split]), history_root(entries[split:]))


def history_holds(root, data, index, count, path):
    """RFC 6962, 2.1.1 (walked as RFC 9162, 2.1.3.2 does): whether the path puts the data at `index` of `count`."""
    if index >= count:
        return False
    found, last = leaf_hash(data), count - 1
    for sister in path:
        if last == 0:
            return False
        if index % 2 or index == last:
            found = node_hash(sister, found)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            found = node_hash(found, sister)
        index, last = index // 2, last // 2
    return last == 0 and found == root


def index_leaf(key, value_hash):
    """A leaf of the subject index."""
    return digest(b"JMT::LeafNode" + key + value_hash)


def index_node(left, right):
    """An inner node of the subject index."""
    return digest(b"JMT::IntrnalNode" + left + right)


def bit(key, place):
    """Bit `place` of a key, the most significant bit of the first byte first."""
    return key[place // 8] >> 7 - place % 8 & 1


def _index_fold(key, found, siblings):
    for step, sister in enumerate(siblings):
        right = bit(key, len(siblings) - step - 1)
        found = index_node(sister, found) if right else index_node(found, sister)
    return found


def index_holds(root, key, value_hash, siblings, other):
    """Section 7: whether an IndexProof shows that `key` has `value_hash`, or with None that it is absent.

    `other` is None or the (key, value hash) of the leaf found in the place of an absent key.
    """
    if len(siblings) > 256:
        return False
    if value_hash is not None:
        return other is None and _index_fold(key, index_leaf(key, value_hash), siblings) == root
    if other is None:
        return _index_fold(key, PLACEHOLDER, siblings) == root
    agree = all(bit(key, place) == bit(other[0], place) for place in range(len(siblings)))
    return other[0] != key and agree and _index_fold(key, index_leaf(*other), siblings) == root
