import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.sealing import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from luoshi.kit.sealing.tests import oracle

LEAVES = [leaf_hash(b"%d" % i) for i in range(40)]
OTHER = leaf_hash(b"other")


def damaged(proof):
    """Every proof that is nearly this one: a step changed, dropped, doubled or added."""
    for i in range(len(proof)):
        yield [*proof[:i], OTHER, *proof[i + 1 :]]
        yield proof[:i] + proof[i + 1 :]
        yield [*proof[: i + 1], *proof[i:]]
    yield [*proof, OTHER]
    yield [OTHER, *proof]


@given(st.integers(1, 200), st.data())
def test_inclusion_proof_is_that_of_the_definition_and_convinces(size, data):
    leaves = [leaf_hash(b"%d" % i) for i in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, leaves)
    assert proof == oracle.path(index, leaves)
    assert verify_inclusion(leaves[index], index, size, proof, oracle.mth(leaves))


@given(st.integers(1, 200), st.data())
def test_consistency_proof_is_that_of_the_definition_and_convinces(size, data):
    leaves = [leaf_hash(b"%d" % i) for i in range(size)]
    old = data.draw(st.integers(1, size))
    proof = consistency_proof(old, leaves)
    assert proof == oracle.proof(old, leaves)
    assert verify_consistency(old, size, oracle.mth(leaves[:old]), oracle.mth(leaves), proof)


def test_no_other_leaf_place_size_or_path_is_believed():
    tree = Tree(LEAVES)
    for size in range(1, 14):
        root = tree.root(size)
        for index in range(size):
            proof = tree.inclusion_proof(index, size)
            assert verify_inclusion(LEAVES[index], index, size, proof, root)
            assert not verify_inclusion(OTHER, index, size, proof, root)
            assert not verify_inclusion(LEAVES[index], index, size, proof, OTHER)
            assert not any(verify_inclusion(LEAVES[index], index, size, bad, root) for bad in damaged(proof))
            wrong = [other for other in range(-1, size + 1) if other != index]
            assert not any(verify_inclusion(LEAVES[index], other, size, proof, root) for other in wrong)


def test_no_other_history_is_believed():
    tree = Tree(LEAVES)
    for size in range(1, 14):
        for old in range(1, size + 1):
            old_root, root, proof = tree.root(old), tree.root(size), tree.consistency_proof(old, size)
            assert verify_consistency(old, size, old_root, root, proof)
            assert not verify_consistency(old, size, OTHER, root, proof)
            assert not verify_consistency(old, size, old_root, OTHER, proof)
            assert not any(verify_consistency(old, size, old_root, root, bad) for bad in damaged(proof))
            wrong = [other for other in range(size + 2) if other != old]
            assert not any(verify_consistency(other, size, old_root, root, proof) for other in wrong)


def test_every_log_continues_the_empty_one():
    root = Tree(LEAVES).root()
    assert consistency_proof(0, LEAVES) == []
    assert verify_consistency(0, len(LEAVES), EMPTY_ROOT, root, [])
    assert not verify_consistency(0, len(LEAVES), OTHER, root, [])


def test_proofs_outside_the_log_are_refused():
    tree = Tree(LEAVES)
    assert tree.inclusion_proof(39)
    for ask in (
        lambda: tree.inclusion_proof(40),
        lambda: tree.inclusion_proof(-1),
        lambda: tree.inclusion_proof(3, 3),
        lambda: tree.consistency_proof(41),
        lambda: tree.root(41),
    ):
        with pytest.raises(ValueError, match=r"log|leaf"):
            ask()
