"""A paper of eighty figures, sent to every unit, asks the database no more often than one of two."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luoshi.core.papers import actions
from luoshi.core.papers.models import Paper
from luoshi.core.papers.tests.desk import Desk

MOST = 12
pytestmark = pytest.mark.row("N8")


def asked(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as told:
        assert client.get(url).status_code == 200, url
    return sum(1 for one in told.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE")))


def long_paper(desk: Desk, count: int, *, issued: bool) -> Paper:
    """Figures by unit, category, goal and who raised it: every filter whose choices are rows."""
    unit = desk.stage.cast.units["nongye"].pk
    filters = (f"unit={unit}", "goal=none", "kind=citizen", "light=red", "state=closed")
    figures = tuple((f"数{n}", f"matters?{filters[n % 5]}&received_from=20{10 + n // 5}-01-01") for n in range(count))
    body = "\n".join(f"共【{name}】件。" for name, _ in figures)
    units = tuple(unit.pk for unit in desk.stage.cast.units.values())[: max(1, count // 10)]
    told = {"body": body, "figures": figures, "units": units}
    return desk.issued(**told) if issued else desk.draft(**told)


@pytest.mark.parametrize("issued", [False, True])
def test_a_page_of_many_figures_asks_no_more_than_one_of_few(desk: Desk, issued: bool) -> None:
    client = Client()
    client.force_login(desk.stage.cast.office.account, backend="django.contrib.auth.backends.ModelBackend")
    few, many = long_paper(desk, 5, issued=issued), long_paper(desk, 80, issued=issued)
    if not issued:
        for n in range(5):
            body = f"{many.body}\n第{n}稿"
            actions.edit(many, seen=many.version, title="长", body=body, by=desk["office2"], at=desk.tick())
            many.refresh_from_db()
    pages = ["", "word/", "print/"] + ([] if issued else ["edit/"])
    client.get("/papers/")
    told = {
        page: (asked(client, f"/papers/{few.pk}/{page}"), asked(client, f"/papers/{many.pk}/{page}")) for page in pages
    }
    assert {page: n for page, n in told.items() if n[0] != n[1] or n[1] > MOST} == {}, told
