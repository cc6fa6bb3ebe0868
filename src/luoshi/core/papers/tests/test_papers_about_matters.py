"""A paper about a matter stands in the matter's story, reaches who gets it, and tells nobody else of the matter."""

from importlib import import_module

from django.apps import apps
from django.test import Client

from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.matters.queries.story import Line
from luoshi.core.notices import actions as notices
from luoshi.core.notices import queries as told
from luoshi.core.notices.models import Notice
from luoshi.core.org.models import Person
from luoshi.core.papers import queries, registry
from luoshi.core.papers.models import Kind, Paper, Reach
from luoshi.core.papers.tests.desk import Desk


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def order(desk: Desk, matter: Matter, **changed: object) -> Paper:
    """The 督办单 of a matter, checked and ready to be signed."""
    source = registry.get("matter")
    assert source is not None
    drawn = source.write(desk["office"], {"matter": str(matter.pk)}, desk.stage.at.date())
    paper = desk.draft(**{**{name: getattr(drawn, name) for name in drawn.__dataclass_fields__}, **changed})
    desk.do("submit", paper, "office")
    desk.do("review", paper, "office2")
    return paper


def lines(matter: Matter) -> list[Line]:
    return [line for line in matters.story(Matter.objects.get(pk=matter.pk), files=[]) if line.paper]


def people_told(paper: Paper) -> set[str]:
    notices.deliver(at=paper.last_at, batch=10_000)
    return set(Notice.objects.filter(kind="paper", key=paper.pk).values_list("person__name", flat=True))


def test_an_issued_order_stands_in_the_story_and_on_the_page_and_goes_when_revoked(desk: Desk) -> None:
    matter, other = Matter.objects.get(title="水渠堵塞"), Matter.objects.get(title="路灯不亮")
    paper = order(desk, matter)
    assert lines(matter) == [], "what has not gone out has not happened"
    desk.do("issue", paper, "leader")
    (line,) = lines(matter)
    assert (line.sentence, line.facts, line.who) == ("公文发出", [f"督办单 {paper.number}"], paper.signer.name)
    assert lines(other) == []
    page = client_of(desk.stage.cast.clerk).get(f"/matters/{matter.pk}/").content.decode()
    assert f'<dt>公文</dt><dd><a href="/papers/{paper.pk}/">督办单 {paper.number}</a></dd>' in page
    assert "公文发出" not in client_of(desk.stage.cast.clerk).get(f"/matters/{other.pk}/").content.decode()
    desk.do("revoke", paper, "leader", words="发错了")
    assert [one.sentence for one in lines(matter)] == ["公文发出", "公文撤销"]
    assert "（已撤销）" in client_of(desk.stage.cast.clerk).get(f"/matters/{matter.pk}/").content.decode()


def test_who_gets_a_paper_is_told_once_and_signs_for_it_and_nobody_else_is_told(desk: Desk) -> None:
    paper = order(desk, Matter.objects.get(title="水渠堵塞"))
    assert people_told(paper) == set(), "not before it is issued"
    desk.do("issue", paper, "leader")
    assert people_told(paper) == {"刘建国", "赵小兰", "前任"}, "head and clerks of the unit"
    clerk = desk["clerk"]
    (notice,) = told.mine(clerk).filter(kind="paper")
    assert told.said([notice], clerk)[0].words == f"{paper.number}{paper.title}：发到您的单位，请签收"
    assert f"/papers/{paper.pk}/" in client_of(desk.stage.cast.clerk).get("/notices/").content.decode()
    assert told.mine(desk["other_clerk"]).filter(kind="paper").count() == 0
    assert queries.waits(clerk)["receive"].count() == 1
    desk.do("receive", paper, "clerk")
    assert queries.waits(clerk)["receive"].count() == 0
    desk.do("revoke", paper, "leader", words="发错了")
    notices.deliver(at=desk.stage.at, batch=10_000)
    assert told.said(told.mine(clerk)[:1], clerk)[0].words.endswith("：已撤销，不再执行")


def test_a_matter_of_its_units_alone_is_told_to_no_other_unit_and_not_to_the_town(desk: Desk) -> None:
    matter = Matter.objects.get(title="水渠堵塞")
    Matter.objects.filter(pk=matter.pk).update(secrecy=Secrecy.INTERNAL)
    other = desk.stage.cast.units["yingji"].pk
    for changed in ({"reach": Reach.TOWN}, {"units": (matter.lead_unit_id, other)}):
        paper = order(desk, matter, **changed)
        assert desk.refused(lambda paper=paper: desk.do("issue", paper, "secretary")).code == "papers.beyond_matter"
        paper.refresh_from_db()
        assert paper.serial is None
    named = desk.reviewed(kind=Kind.CIRCULAR, body=f"事项{matter.number}没有办成。", figures=())
    assert desk.refused(lambda: desk.do("issue", named, "secretary")).code == "papers.beyond_matter", "by its number"
    paper = order(desk, matter)
    assert paper.reach == Reach.NAMED
    desk.do("issue", paper, "secretary")
    assert people_told(paper) >= {"刘建国"}
    seen = {part for part in ("clerk", "office", "leader", "other_clerk", "organisation") if _sees(desk, part, paper)}
    allowed = {part for part in seen if part in ("clerk", "office") or _sees_matter(desk, part, matter)}
    assert seen == allowed
    assert "other_clerk" not in seen
    Matter.objects.filter(pk=matter.pk).update(secrecy=Secrecy.RESTRICTED)
    late = desk.draft(kind=Kind.SUPERVISION, origin=matter.stream, reach=Reach.NAMED)
    for verb, by in (("submit", "office"), ("review", "office2")):
        desk.do(verb, late, by)
    assert desk.refused(lambda: desk.do("issue", late, "secretary")).code == "papers.restricted"


def _sees(desk: Desk, part: str, paper: Paper) -> bool:
    return queries.visible_to(desk[part]).filter(pk=paper.pk).exists()


def _sees_matter(desk: Desk, part: str, matter: Matter) -> bool:
    return matters.visible_to(desk[part]).filter(pk=matter.pk).exists()


def test_a_circular_that_names_matters_stands_in_the_story_of_each_and_a_brief_in_none(desk: Desk) -> None:
    one, other = Matter.objects.get(title="水渠堵塞"), Matter.objects.get(title="路灯不亮")
    hidden = desk.stage.register(title="举报", secrecy=Secrecy.ACCUSATION, raisers=[])
    body = f"下列事项逾期：{one.number}、{other.number}、{hidden.number}、问{one.number}、9{one.number}。"
    circular = desk.issued(kind=Kind.CIRCULAR, body=body, figures=())
    assert [line.facts for line in lines(one)] == [[f"通报 {circular.number}"]] == [line.facts for line in lines(other)]
    assert lines(hidden) == []
    desk.issued(kind=Kind.BRIEF, body=body, figures=())
    assert len(lines(one)) == 1


def test_papers_of_an_older_version_learn_what_they_are_about(desk: Desk) -> None:
    matter = Matter.objects.get(title="水渠堵塞")
    paper, lost, month = order(desk, matter), desk.draft(origin="matter:"), desk.draft(origin="month:2026-10")
    Paper.objects.filter(pk=lost.pk).update(origin="matter:999999")
    Paper.objects.update(about=None)
    step = import_module("luoshi.core.papers.migrations.0004_about_from_origin")
    for _ in range(2):
        step.fill(apps, None)
    about = dict(Paper.objects.values_list("pk", "about_id"))
    assert (about[paper.pk], about[lost.pk], about[month.pk]) == (matter.pk, None, None)
