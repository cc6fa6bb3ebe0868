"""Units and posts: who may, what is refused, and what the journal keeps."""

import pytest

from luoshi.core.journal.models import Event
from luoshi.core.org import actions, queries
from luoshi.core.org.models import UnitKind
from luoshi.core.org.rules import Duty
from luoshi.core.org.tests.people import Desk, post_of, refused
from luoshi.testing.cast import MAKER


def verbs(stream: str) -> list[str]:
    return list(Event.objects.filter(stream=stream).order_by("seq").values_list("verb", flat=True))


def test_two_towns_never_share_a_code(desk: Desk) -> None:
    with refused("org.code_taken", "code"):
        actions.found_town(name="另一镇", code="yunling", by=MAKER, at=desk.now)
    town = actions.found_town(name="另一镇", code=" LingYi ", by=MAKER, at=desk.now)
    assert (town.path, town.town_id, town.profile.evaluation_days) == ("/lingyi/", town.pk, 7)


@pytest.mark.parametrize("code", ["", "云岭", "a/b", "a b", "-a", "x" * 41])
def test_code_is_plain_letters(desk: Desk, code: str) -> None:
    with refused("text.code.slug", "code"):
        actions.found_town(name="另一镇", code=code, by=MAKER, at=desk.now)


def test_unit_is_opened_by_keepers_alone_under_a_unit_in_use(desk: Desk) -> None:
    parent = desk.cast.units["nongye"]

    def open_unit(by=desk.organisation, name="水利站", code="shuili", under=parent):
        return actions.open_unit(parent=under, name=name, code=code, kind=UnitKind.STATION, by=by, at=desk.now)

    for nobody in (desk.office, desk.secretary, desk.clerk, desk.outsider):
        with refused("org.not_keeper"):
            open_unit(by=nobody)
    unit = open_unit()
    assert (unit.path, unit.town_id) == ("/yunling/nongye/shuili/", desk.cast.town.pk)
    assert verbs(f"unit:{unit.pk}") == ["org.unit_opened"]
    with refused("org.unit_name_taken", "name"):
        open_unit(code="shuili2")
    with refused("org.code_taken", "code"):
        open_unit(name="水利二站")
    with refused("text.name.missing", "name"):
        open_unit(name=" \n ", code="x")
    assert open_unit(name="水利站", code="shuili", under=desk.cast.units["yingji"]), "elsewhere both are free"
    actions.close_unit(unit, on=desk.today, by=desk.organisation, at=desk.now)
    with refused("org.parent_closed", "parent"):
        open_unit(under=unit, code="y")


def test_unit_takes_a_new_name_that_no_sibling_has(desk: Desk) -> None:
    unit = desk.cast.units["nongye"]
    with refused("org.unit_name_taken", "name"):
        actions.rename_unit(unit, name="应急管理办公室", by=desk.organisation, at=desk.now)
    with refused("org.not_keeper"):
        actions.rename_unit(unit, name="农业中心", by=desk.head, at=desk.now)
    assert actions.rename_unit(unit, name="农业中心", by=desk.organisation, at=desk.now).name == "农业中心"
    assert actions.rename_unit(unit, name="农业中心", by=desk.organisation, at=desk.now), "its own name is no other's"
    told = Event.objects.filter(stream=f"unit:{unit.pk}", verb="org.unit_renamed")
    assert [event.data for event in told] == ["{}", "{}"], "names are words, and words are kept apart"


def test_unit_with_people_or_parts_is_not_closed(desk: Desk) -> None:
    unit, by = desk.cast.units["yingji"], desk.organisation
    with refused("org.unit_staffed"):
        actions.close_unit(unit, on=desk.today, by=by, at=desk.now)
    for person in (desk.cast.other_head, desk.cast.other_clerk):
        actions.end_appointment(person.appointments.get(), ends_on=desk.day(-1), by=by, at=desk.now)
    part = actions.open_unit(parent=unit, name="消防队", code="xf", kind=UnitKind.OTHER, by=by, at=desk.now)
    with refused("org.unit_has_parts"):
        actions.close_unit(unit, on=desk.today, by=by, at=desk.now)
    actions.close_unit(part, on=desk.day(5), by=by, at=desk.now)
    with refused("org.unit_has_parts"):
        actions.close_unit(unit, on=desk.today, by=by, at=desk.now)
    with refused("org.not_keeper"):
        actions.close_unit(unit, on=desk.day(5), by=desk.office, at=desk.now)
    assert actions.close_unit(unit, on=desk.day(5), by=by, at=desk.now).closed_on == desk.day(5)
    with refused("org.unit_closed"):
        actions.close_unit(unit, on=desk.day(6), by=by, at=desk.now)
    with refused("org.town_stays"):
        actions.close_unit(desk.cast.town, on=desk.day(5), by=by, at=desk.now)


def test_closed_unit_is_given_no_work_and_no_posts(desk: Desk) -> None:
    unit = actions.open_unit(
        parent=desk.cast.town, name="临时站", code="ls", kind=UnitKind.STATION, by=MAKER, at=desk.now
    )
    assert unit in queries.working_units(desk.office)
    assert desk.cast.town not in queries.working_units(desk.office)
    assert actions.create_post(unit=unit, name="站长", duties=[Duty.HEAD], by=MAKER, at=desk.now)
    actions.close_unit(unit, on=desk.today, by=MAKER, at=desk.now)
    assert unit not in queries.working_units(desk.office)
    with refused("org.unit_closed", "unit"):
        actions.create_post(unit=unit, name="干事", duties=[], by=MAKER, at=desk.now)


def test_post_has_one_name_in_its_unit_and_each_duty_once(desk: Desk) -> None:
    unit, by = desk.cast.units["nongye"], desk.organisation
    with refused("org.post_name_taken", "name"):
        actions.create_post(unit=unit, name="经办人", duties=[Duty.CLERK], by=by, at=desk.now)
    with refused("org.not_keeper"):
        actions.create_post(unit=unit, name="农技员", duties=[Duty.CLERK], by=desk.head, at=desk.now)
    post = actions.create_post(unit=unit, name="农技员", duties=[Duty.HEAD, Duty.CLERK, Duty.HEAD], by=by, at=desk.now)
    assert post.duties == ["clerk", "head"]


def test_duties_change_at_once_but_never_one_s_own(desk: Desk) -> None:
    post = post_of(desk.cast.clerk)
    assert not desk.clerk.has(Duty.OFFICE)
    with refused("org.own_post", "duties"):
        actions.change_duties(
            post_of(desk.cast.organisation), duties=[Duty.SECRETARY], by=desk.organisation, at=desk.now
        )
    with refused("org.not_keeper"):
        actions.change_duties(post, duties=[Duty.OFFICE], by=desk.clerk, at=desk.now)
    actions.change_duties(post, duties=[Duty.OFFICE], by=desk.organisation, at=desk.now)
    assert desk.clerk.duties == {Duty.OFFICE}
    assert Event.objects.get(stream=f"post:{post.pk}", verb="org.duties_changed").data == (
        '{"from":["clerk"],"to":["office"]}'
    )


def test_post_in_which_somebody_is_stays(desk: Desk) -> None:
    post, by = post_of(desk.cast.clerk), desk.organisation
    with refused("org.post_held", "on"):
        actions.close_post(post, on=desk.day(1), by=by, at=desk.now)
    actions.end_appointment(desk.cast.clerk.appointments.get(), ends_on=desk.today, by=by, at=desk.now)
    with refused("org.post_held", "on"):
        actions.close_post(post, on=desk.today, by=by, at=desk.now)
    assert actions.close_post(post, on=desk.day(1), by=by, at=desk.now).closed_on == desk.day(1)
    with refused("org.post_closed"):
        actions.close_post(post, on=desk.day(1), by=by, at=desk.now)
    with refused("org.post_closed", "post"):
        actions.appoint(desk.cast.clerk, post, starts_on=desk.day(2), by=by, at=desk.now)


def test_letterhead_belongs_to_secretary_office_and_data(desk: Desk) -> None:
    def change(by, days=10, issuer="云岭镇人民政府"):
        return actions.change_profile(
            desk.cast.town,
            issuer=issuer,
            document_code="云政督",
            evaluation_days=days,
            discipline_contact="纪委 0371-0000000",
            higher_contact="",
            by=by,
            at=desk.now,
        )

    for nobody in (desk.clerk, desk.leader, desk.discipline, desk.outsider):
        with refused("org.not_profile_keeper"):
            change(nobody)
    for days in (0, 31, -1):
        with refused("org.evaluation_days", "evaluation_days"):
            change(desk.office, days)
    with refused("text.issuer.missing", "issuer"):
        change(desk.office, issuer="")
    for keeper in (desk.secretary, desk.office, desk.organisation):
        for days in (1, 30):
            assert change(keeper, days).evaluation_days == days
    assert queries.profile(desk.clerk).issuer == "云岭镇人民政府"
    assert queries.profile(desk.outsider).issuer != "云岭镇人民政府"


def test_tree_is_read_with_two_statements_whatever_its_size(desk: Desk, django_assert_num_queries) -> None:
    inner = actions.open_unit(
        parent=desk.cast.units["nongye"], name="兽医站", code="sy", kind=UnitKind.STATION, by=MAKER, at=desk.now
    )
    actor = desk.organisation
    with django_assert_num_queries(2):
        branches = queries.tree(actor, on=desk.today)
        assert [h.person.name for b in branches for h in b.held if b.unit.code == "nongye"] == ["刘建国", "赵小兰"]
    assert branches[0].unit == desk.cast.town
    order = [b.unit.code for b in branches]
    assert order.index(inner.code) == order.index("nongye") + 1
    assert {b.depth for b in branches} == {0, 1, 2}
    assert desk.cast.other_unit not in [b.unit for b in branches]
