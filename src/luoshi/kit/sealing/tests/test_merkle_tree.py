import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.sealing import EMPTY_ROOT, Frontier, Tree, leaf_hash, root
from luoshi.kit.sealing.tests import oracle

ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [  # the reference tree of Certificate Transparency, sizes 0 to 8
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
logs = st.integers(0, 300).map(lambda n: [leaf_hash(b"%d" % i) for i in range(n)])


@pytest.mark.row("N3")
@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference_tree(size):
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES[:size]]
    assert root(leaves).hex() == ROOTS[size]
    assert Tree(leaves).root().hex() == ROOTS[size]


@given(logs)
def test_root_is_that_of_the_recursive_definition(leaves):
    assert root(leaves) == Tree(leaves).root() == oracle.mth(leaves)


@given(logs, st.data())
def test_a_tree_remembers_the_root_of_every_past_size(leaves, data):
    size = data.draw(st.integers(0, len(leaves)))
    assert Tree(leaves).root(size) == oracle.mth(leaves[:size])


@given(logs, st.data())
def test_a_frontier_kept_as_text_goes_on_as_if_it_had_never_stopped(leaves, data):
    cut = data.draw(st.integers(0, len(leaves)))
    first = Frontier()
    for leaf in leaves[:cut]:
        first.append(leaf)
    second = Frontier.from_json(first.size, first.to_json())
    for leaf in leaves[cut:]:
        second.append(leaf)
    assert second.size == len(leaves)
    assert second.root() == oracle.mth(leaves)


@pytest.mark.parametrize(
    ("size", "text"), [(1, "[]"), (0, '["00"]'), (1, '["00"]'), (1, "[1]"), (1, "{}"), (1, "nonsense"), (-1, "[]")]
)
def test_a_frontier_that_cannot_be_is_refused(size, text):
    assert Frontier.from_json(0, "[]").root() == EMPTY_ROOT
    with pytest.raises(ValueError, match=r".+"):
        Frontier.from_json(size, text)
