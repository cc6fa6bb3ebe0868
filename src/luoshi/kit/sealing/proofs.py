"""Proofs that a leaf lies in a log and that a log continues an older one, and how a stranger checks them.

Checking follows RFC 9162 §2.1.3.2 and §2.1.4.2, whose trees are those of RFC 6962.
"""

from collections.abc import Sequence

from luoshi.kit.sealing.merkle import EMPTY_ROOT, Tree, node_hash


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The path from the leaf at ``index`` to the root over ``leaves``, lowest first. ``ValueError`` outside them."""
    return Tree(leaves).inclusion_proof(index)


def consistency_proof(old: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The proof that ``leaves`` continue their own first ``old``. ``ValueError`` when there are fewer."""
    return Tree(leaves).consistency_proof(old)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` leads from ``leaf`` at ``index`` to the root of a log of ``size``."""
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(step, node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, step)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the log with ``root`` continues the one with ``old_root``.

    Every log continues the empty one and itself, with an empty proof.
    """
    if not 0 <= old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    position, last = old - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_node = node = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_node, node = node_hash(step, old_node), node_hash(step, node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, step)
        position, last = position >> 1, last >> 1
    return last == 0 and old_node == old_root and node == root
