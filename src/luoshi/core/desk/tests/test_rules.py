from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.desk import rules

ROWS = st.lists(st.integers(1, 2**62), unique=True, min_size=1).flatmap(
    lambda keys: st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 2**20)), min_size=len(keys), max_size=len(keys)
    ).map(lambda marks: [(key, *mark) for key, mark in zip(keys, marks, strict=True)])
)


@given(ROWS, st.integers(1, 2**62))
def test_what_is_packed_is_found_and_nothing_else(rows: list[tuple[int, int, int]], other: int) -> None:
    data = rules.packed(rows)
    assert [rules.found(data, row[0]) for row in rows] == rows
    assert rules.found(data, other) == next((row for row in rows if row[0] == other), None)


def test_keys_in_a_row_take_next_to_nothing_and_no_keys_are_none() -> None:
    assert len(rules.packed((key,) for key in range(10**6, 10**6 + 100_000))) < 10_000
    assert rules.found(rules.packed([]), 1) is None


def test_a_key_is_found_in_whichever_stretch_it_stands() -> None:
    rows = [(key, key % 7) for key in range(10, 10 + 6 * rules.STRETCH, 2)]
    data = rules.packed(rows)
    for edge in (0, rules.STRETCH - 1, rules.STRETCH, 2 * rules.STRETCH, len(rows) - 1):
        key, mark = rows[edge]
        assert (rules.found(data, key - 1), rules.found(data, key), rules.found(data, key + 1)) == (
            None,
            (key, mark),
            None,
        )
