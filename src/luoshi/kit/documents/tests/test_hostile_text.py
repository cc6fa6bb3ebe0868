from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.kit.documents.model import Figure, Heading, Para, Table, paragraphs
from luoshi.kit.documents.tests.samples import FULL, W, opened, paragraphs_of, plain_document, rendered, text_of
from luoshi.kit.documents.text import clean
from luoshi.kit.errors import Refused

anything = st.text(st.characters(exclude_categories=()), max_size=60) | st.sampled_from(
    ["<w:p/>", "</w:t>&amp;\x00", "]]>", "<script>", "\ud800", "\ufffe", "\u202e倒", "a\x0bb\x1f", "&#0;", "'\""]
)


@settings(deadline=None, max_examples=60)
@given(anything, anything, anything)
def test_no_text_breaks_the_file_or_becomes_markup(one, two, three):
    package = opened(
        plain_document(
            Para(("甲" + one + "乙",)),
            Heading(3, "丙" + two, (three,)),
            Table((one, "丁" + three), ((two, Figure(three, two, "q")),), three),
            title="题" + one,
            recipients=(two,),
            signed_by=three,
            copies_to=(one, two),
            note=three,
        )
    )
    (body,) = [p for p in paragraphs_of(package, "LuoshiBody") if text_of(p)]
    assert text_of(body) == clean("甲" + one + "乙")
    assert not [node for node in package.element.body.iter() if not str(node.tag).startswith(W)]


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_clean_text_is_legal_xml_and_clean_already(text):
    cleaned = clean(text)
    for character in cleaned:
        point = ord(character)
        assert 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or point >= 0x10000
    assert clean(cleaned) == cleaned
    assert {c for c in text if c.isalnum() and not 0xD800 <= ord(c) < 0xE000} == {c for c in cleaned if c.isalnum()}


def test_very_long_paragraphs_and_words_are_kept_whole():
    for text in ("长" * 10_000, "w" * 10_000):
        (body,) = [p for p in paragraphs_of(opened(plain_document(Para((text,)))), "LuoshiBody") if text_of(p)]
        assert text_of(body) == text


@pytest.mark.parametrize("body", [(), (Para(()),), (Para((" \u3000\x00\n",)),), (Heading(5, "深"),)])
def test_body_without_words_is_refused(body):
    with pytest.raises(Refused) as refusal:
        opened(plain_document(*body))
    assert refusal.value.code == (
        "documents.level" if body and isinstance(body[0], Heading) else "documents.empty_body"
    )
    with pytest.raises(Refused) as untitled:
        opened(plain_document(*FULL.body, title=" \x00"))
    assert untitled.value.code == "documents.untitled"


def test_spaces_between_runs_stay_and_line_ends_make_paragraphs():
    (body,) = [
        p
        for p in paragraphs_of(opened(plain_document(Para((" see ", Figure(3, "", "q"), " rows ")))), "LuoshiBody")
        if text_of(p)
    ]
    assert text_of(body) == "see 3 rows"
    assert paragraphs("甲\r\n\u3000\u3000乙\n\n丙\u2028丁") == tuple(Para((line,)) for line in "甲乙丙丁")


def test_time_grows_with_the_length_of_a_table_and_not_with_its_square():
    def seconds(rows: int) -> float:
        table = Table(("甲", "乙", "丙", "丁"), (("村道破损", 1, "需要修补", ""),) * rows)
        start = perf_counter()
        rendered(plain_document(table))
        return perf_counter() - start

    seconds(10)
    assert min(seconds(1000), seconds(1000)) < 8 * 2 * max(min(seconds(125), seconds(125)), 0.02)
