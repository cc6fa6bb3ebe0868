"""A ledger as somebody wants to see it again: kept, opened, shared, and honest about what is no longer there."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from luoshi.core.desk import actions, queries
from luoshi.core.desk.models import Habit, View
from luoshi.core.matters.models import Category, Matter, State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.models import Person
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast

pytestmark = pytest.mark.row("1.6")
LEDGER = "/ledgers/matters/"
SignedIn = Callable[[Person], Client]


@pytest.fixture
def stage(cast: Cast, now: datetime) -> Stage:
    made = Stage(cast, now)
    roads = Category.objects.create(town=cast.town, code="roads", name="道路")
    made.register(title="路面破损", raisers=False, category=roads)
    made.at_state(State.WORKING, title="路灯不亮", raisers=False)
    return made


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"{LEDGER}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def kept(client: Client, name: str, **asked: str) -> View:
    client.post("/desk/views/matters/keep/", {"view_name": name, **asked})
    return View.objects.get(name=name)


def heads(html: str) -> str:
    return html[html.index("<thead>") : html.index("</thead>")]


def test_a_view_opens_with_its_conditions_columns_and_order(stage: Stage, signed_in: SignedIn) -> None:
    client = signed_in(stage.cast.office)
    unit = stage.cast.units["nongye"].pk
    view = kept(client, "农业口", unit=str(unit), cols="number,title,due,grade", order="due")
    html = page(client, f"?view={view.pk}")
    assert "路灯不亮" in html
    assert "路面破损" not in html
    assert "等级" in heads(html)
    assert "责任人" not in heads(html)
    assert 'aria-sort="ascending"' in html
    assert "单位：农业农村服务中心" in html
    assert f'class="chip on" href="?view={view.pk}"' in html
    assert "路面破损" in page(client), "nothing opens with it unless it was asked for"
    changed = kept(client, "农业口", light="open")
    assert (changed.pk, changed.params["light"], "unit" in changed.params) == (view.pk, "open", False)


def test_a_view_that_opens_the_ledger_leaves_the_way_to_everything(stage: Stage, signed_in: SignedIn) -> None:
    client = signed_in(stage.cast.office)
    kept(client, "没有交办", state="registered", view_opens="1")
    assert "路灯不亮" not in page(client)
    assert 'href="?view=0"' in page(client)
    assert "路灯不亮" in page(client, "?view=0")
    assert "路灯不亮" in page(client, "?unit=&light=&q="), "a form sent with nothing chosen asks for everything"
    assert "路灯不亮" in page(signed_in(stage.cast.clerk)), "only on one's own desk"


def test_a_view_whose_category_is_gone_opens_without_it_and_says_so(stage: Stage, signed_in: SignedIn) -> None:
    client = signed_in(stage.cast.office)
    roads = Category.objects.get(code="roads")
    view = kept(client, "道路", category=str(roads.pk), state="registered")
    assert "已经没有了" not in page(client, f"?view={view.pk}")
    key = roads.pk
    Matter.objects.filter(category=roads).update(category=None)
    roads.delete()
    html = page(client, f"?view={view.pk}")
    assert "“道路”里的“类别：道路”已经没有了" in html
    assert "路面破损" in html
    assert "路灯不亮" not in html, "the other condition holds"
    assert "“类别”原来选的已经没有了" in page(client, f"?category={key}"), "an old link says so too"


def test_columns_stay_as_they_were_chosen_on_page_and_in_files(stage: Stage, signed_in: SignedIn) -> None:
    client, other = signed_in(stage.cast.office), signed_in(stage.cast.clerk)
    answer = client.post("/desk/views/matters/columns/", {"cols": ["number", "title", "grade"], "light": "open"})
    assert answer["Location"] == f"{LEDGER}?light=open&view=0"
    html = page(client)
    assert "等级" in heads(html)
    assert "责任单位" not in heads(html)
    assert "责任单位" in heads(page(other)), "only on one's own desk"
    assert f'href="{LEDGER}xlsx/?cols=number%2Ctitle%2Cgrade"' in html
    client.post("/desk/views/matters/columns/", {"cols": ["number"], "forget": "1"})
    assert "责任单位" in heads(page(client))


def test_a_shared_view_is_the_units_and_shows_each_what_they_may_see(stage: Stage, signed_in: SignedIn) -> None:
    cast = stage.cast
    view = kept(signed_in(cast.clerk), "我们的", unit=str(cast.units["nongye"].pk), view_shared="1")
    head, stranger = signed_in(cast.head), signed_in(cast.other_clerk)
    assert "我们的" in page(head)
    assert "我们的" not in page(stranger)
    for verb in ("open", "remove", "rename", "unshare"):
        assert stranger.post(f"/desk/view/{view.pk}/{verb}/", {"name": "x"}).status_code == 404, verb
    assert head.post(f"/desk/view/{view.pk}/rename/", {"name": "x"}).status_code == 404, "colleagues use it, no more"
    head.post(f"/desk/view/{view.pk}/open/")
    page(head)  # and what was said of it is read
    assert Habit.objects.get(person=cast.head).opens == view
    signed_in(cast.clerk).post(f"/desk/view/{view.pk}/unshare/")
    assert Habit.objects.get(person=cast.head).opens is None
    assert "我们的" not in page(head)
    actions.share(view.pk, by=stage["clerk"])
    head.post(f"/desk/view/{view.pk}/remove/")
    assert not View.objects.exists(), "whoever heads the unit may clear away"


def test_views_are_renamed_and_removed_and_their_number_is_bounded(
    stage: Stage, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, office = signed_in(stage.cast.office), stage["office"]
    first, second = kept(client, "甲"), kept(client, "乙", light="red")
    with pytest.raises(Refused, match="已有一个叫"):
        actions.rename(second.pk, name="甲", by=office)
    client.post(f"/desk/view/{second.pk}/rename/", {"name": " 丙 "})
    assert [view.name for view in queries.recalled(office, "matters").views] == ["甲", "丙"]
    client.post(f"/desk/view/{first.pk}/remove/")
    assert [view.name for view in queries.recalled(office, "matters").views] == ["丙"]
    assert "丙" in client.get("/desk/views/matters/").content.decode()
    monkeypatch.setattr(actions.keeping, "MOST_VIEWS", 1)
    with pytest.raises(Refused, match="最多记住"):
        actions.keep("matters", name="丁", params={}, said={}, by=office, at=stage.at)
    with pytest.raises(Refused, match="没有填写"):
        actions.keep("matters", name="  ", params={}, said={}, by=office, at=stage.at)
    assert signed_in(stage.cast.clerk).post("/desk/views/findings/keep/", {"view_name": "x"}).status_code == 404
