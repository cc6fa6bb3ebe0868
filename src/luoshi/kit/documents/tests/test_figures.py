from io import BytesIO

import pytest

from luoshi.kit.documents.docx import FoundFigure, read_figures
from luoshi.kit.documents.model import Figure, Para, figures
from luoshi.kit.documents.tests.samples import FULL, W, opened, plain_document, rendered
from luoshi.kit.errors import Refused


@pytest.mark.row("N8")
def test_every_figure_is_found_in_the_file_by_the_id_of_its_query():
    found = read_figures(BytesIO(rendered(FULL)))
    assert found[0] == FoundFigure("review.found", "128个")
    assert found == tuple(FoundFigure(figure.query_id, figure.text) for figure in figures(FULL))
    assert {figure.query_id for figure in found} >= {"review.masses", "review.shiban", "review.annex"}
    numbers = [node.get(f"{W}val") for node in opened(FULL).element.body.iter(f"{W}id")]
    assert len(numbers) == len(set(numbers)) == len(found)


def test_figure_altered_in_the_file_is_read_as_altered():
    package = opened(FULL)
    next(package.element.body.iter(f"{W}sdt")).find(f".//{W}t").text = "8个"
    stream = BytesIO()
    package.save(stream)
    assert read_figures(BytesIO(stream.getvalue()))[0] == FoundFigure("review.found", "8个")


@pytest.mark.parametrize("query_id", ["", "长" * 65, "a\x00b", " a"])
def test_figure_that_could_not_be_found_again_is_refused(query_id):
    with pytest.raises(Refused) as refusal:
        rendered(plain_document(Para((Figure(1, "个", query_id),))))
    assert refusal.value.code == "documents.figure"
    assert rendered(plain_document(Para((Figure(1, "个", "长" * 64),))))


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18, rendered(FULL)[:2000]])
def test_file_that_is_no_word_document_is_refused(content):
    with pytest.raises(Refused) as refusal:
        read_figures(BytesIO(content))
    assert refusal.value.code == "documents.not_docx"
