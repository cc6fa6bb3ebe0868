"""A fault has a page whatever is wrong, and the page says that nothing was done by half."""

import pytest
from django.test import RequestFactory

from luoshi.web.views import errors


def test_a_fault_is_told_in_plain_words_even_where_the_page_for_it_cannot_be_drawn(
    monkeypatch: pytest.MonkeyPatch, rf: RequestFactory
) -> None:
    drawn = errors.server_error(rf.get("/"))
    assert drawn.status_code == 500
    assert 'class="masthead"' in drawn.content.decode()

    def styles_are_gone(*_: object) -> str:
        raise ValueError("Missing staticfiles manifest entry for 'web/site.css'")

    monkeypatch.setattr(errors, "render_to_string", styles_are_gone)
    bare = errors.server_error(rf.get("/"))
    assert bare.status_code == 500
    for words in ("不是您的错", "没有办成", "过几分钟", "告诉管理系统的人"):
        assert words in bare.content.decode()
        assert words in drawn.content.decode()
