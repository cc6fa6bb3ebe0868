"""People, appointments with dates, deputies: who one is on a day, and what nobody may do for themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.journal.models import Event
from luoshi.core.org import actions, queries
from luoshi.core.org.models import Appointment, Deputyship
from luoshi.core.org.rules import Actor, Duty, Hat
from luoshi.core.org.tests.people import Desk, post_of, refused
from luoshi.testing.cast import MAKER


def test_person_is_added_by_keepers_with_true_contact(desk: Desk) -> None:
    def add(by=desk.organisation, **how):
        return actions.add_person(town=desk.cast.town, by=by, at=desk.now, **{"name": "新来", **how})

    with refused("org.not_keeper"):
        add(by=desk.office)
    with refused("org.not_keeper"):
        add(by=desk.outsider)
    with refused("text.name.missing", "name"):
        add(name="")
    with refused("text.name.long", "name"):
        add(name="名" * 41)
    with refused("org.phone", "phone"):
        add(phone="<b>138</b>")
    with refused("org.email", "email"):
        add(email="a@b\nBcc: c@d.cn")
    person = add(name=" 新\u200b来 ", phone="１３８ 0000 0000", email="new@example.cn")
    assert (person.name, person.phone, person.town) == ("新来", "138 0000 0000", desk.cast.town)
    assert "新来" not in Event.objects.get(stream=f"person:{person.pk}").data


def test_contact_is_one_s_own_or_the_keeper_s(desk: Desk) -> None:
    clerk = desk.cast.clerk
    with refused("org.not_keeper"):
        actions.change_contact(clerk, phone="110", email="", by=desk.head, at=desk.now)
    assert actions.change_contact(clerk, phone="138", email="", by=desk.clerk, at=desk.now).phone == "138"
    assert actions.change_contact(clerk, phone="", email="", by=desk.organisation, at=desk.now).phone == ""


def test_appointment_makes_a_hat_from_its_first_to_its_last_day(desk: Desk) -> None:
    clerk, post = desk.cast.clerk, post_of(desk.cast.office)
    made = actions.appoint(clerk, post, starts_on=desk.day(2), by=desk.organisation, at=desk.now)
    actions.end_appointment(made, ends_on=desk.day(4), by=desk.organisation, at=desk.now)
    worn = [desk.cast.actor(clerk, desk.day(n)).has(Duty.OFFICE) for n in range(1, 6)]
    assert worn == [False, True, True, True, False]


def test_appointment_is_refused_twice_across_towns_and_by_who_may_not(desk: Desk) -> None:
    clerk, post, by = desk.cast.clerk, post_of(desk.cast.office), desk.organisation
    with refused("org.not_keeper"):
        actions.appoint(clerk, post, starts_on=desk.today, by=desk.secretary, at=desk.now)
    with refused("org.other_town", "person"):
        actions.appoint(desk.cast.outsider, post, starts_on=desk.today, by=by, at=desk.now)
    with refused("org.not_keeper"):
        actions.appoint(clerk, post_of(desk.cast.outsider), starts_on=desk.today, by=by, at=desk.now)
    first = actions.appoint(clerk, post, starts_on=desk.today, by=by, at=desk.now)
    with refused("org.already_appointed", "post"):
        actions.appoint(clerk, post, starts_on=desk.day(9), by=by, at=desk.now)
    actions.end_appointment(first, ends_on=desk.day(8), by=by, at=desk.now)
    assert actions.appoint(clerk, post, starts_on=desk.day(9), by=by, at=desk.now)


def test_nobody_appoints_themselves_nor_for_whom_they_act(desk: Desk) -> None:
    post = post_of(desk.cast.secretary)
    with refused("org.own_appointment", "post"):
        actions.appoint(desk.cast.organisation, post, starts_on=desk.today, by=desk.organisation, at=desk.now)
    actions.deputise(
        principal=desk.cast.organisation,
        deputy=desk.cast.clerk,
        starts_on=desk.today,
        ends_on=desk.today,
        by=desk.organisation,
        at=desk.now,
    )
    deputy = desk.clerk
    for person in (desk.cast.clerk, desk.cast.organisation):
        with refused("org.own_appointment", "post"):
            actions.appoint(person, post, starts_on=desk.today, by=deputy, at=desk.now)
    made = actions.appoint(desk.cast.village, post, starts_on=desk.today, by=deputy, at=desk.now)
    event = Event.objects.get(stream=f"person:{desk.cast.village.pk}", data__contains=desk.today.isoformat())
    assert event.actor == f"person:{desk.cast.clerk.pk}"
    assert made.person == desk.cast.village


def test_end_of_an_appointment_is_not_before_its_start_and_never_put_off(desk: Desk) -> None:
    held, by = desk.cast.clerk.appointments.get(), desk.organisation
    with refused("org.ends_before_start", "ends_on"):
        actions.end_appointment(held, ends_on=desk.day(-3000), by=by, at=desk.now)
    with refused("org.not_keeper"):
        actions.end_appointment(held, ends_on=desk.today, by=desk.clerk, at=desk.now)
    assert actions.end_appointment(held, ends_on=desk.today, by=by, at=desk.now).ends_on == desk.today
    for later in (0, 30):
        with refused("org.already_ended", "ends_on"):
            actions.end_appointment(held, ends_on=desk.day(later), by=by, at=desk.now)
    assert actions.end_appointment(held, ends_on=desk.day(-1), by=by, at=desk.now).ends_on == desk.day(-1)


def test_deputy_wears_the_principal_s_hats_within_the_dates(desk: Desk, django_assert_max_num_queries) -> None:
    cast = desk.cast
    actions.deputise(
        principal=cast.head, deputy=cast.clerk, starts_on=desk.today, ends_on=desk.day(3), by=desk.head, at=desk.now
    )
    with django_assert_max_num_queries(2):
        actor = cast.actor(cast.clerk, desk.today)
    assert [h.principal_name for h in actor.hats] == ["", "刘建国"], "one's own posts come first"
    assert actor.people_ids == {cast.clerk.pk, cast.head.pk}
    assert actor.duties == {Duty.CLERK, Duty.HEAD}
    signature = actor.signature(actor.hat(Duty.HEAD))
    assert (signature.actor, signature.principal) == (f"person:{cast.clerk.pk}", f"person:{cast.head.pk}")
    assert actor.signature().principal == ""
    for day, wears in ((-1, False), (0, True), (3, True), (4, False)):
        assert cast.actor(cast.clerk, desk.day(day)).has(Duty.HEAD) is wears
    assert cast.actor(cast.head, desk.today).people_ids == {cast.head.pk}


def test_deputy_of_a_deputy_is_nobody_s(desk: Desk) -> None:
    cast = desk.cast
    for principal, deputy in ((cast.secretary, cast.head), (cast.head, cast.clerk)):
        actions.deputise(
            principal=principal, deputy=deputy, starts_on=desk.today, ends_on=desk.today, by=MAKER, at=desk.now
        )
    assert desk.head.has(Duty.SECRETARY)
    assert not desk.clerk.has(Duty.SECRETARY)


def test_deputy_loses_the_hat_when_the_principal_leaves_the_post(desk: Desk) -> None:
    cast = desk.cast
    actions.deputise(
        principal=cast.head, deputy=cast.clerk, starts_on=desk.today, ends_on=desk.day(9), by=desk.head, at=desk.now
    )
    actions.end_appointment(cast.head.appointments.get(), ends_on=desk.day(1), by=desk.organisation, at=desk.now)
    assert [cast.actor(cast.clerk, desk.day(n)).has(Duty.HEAD) for n in (1, 2)] == [True, False]


def test_deputy_is_a_colleague_for_a_year_at_most_and_never_named_by_the_deputy(desk: Desk) -> None:
    cast = desk.cast

    def deputise(by=desk.head, principal=cast.head, deputy=cast.clerk, days=(0, 1)):
        return actions.deputise(
            principal=principal,
            deputy=deputy,
            starts_on=desk.day(days[0]),
            ends_on=desk.day(days[1]),
            by=by,
            at=desk.now,
        )

    with refused("org.deputy_self", "deputy"):
        deputise(deputy=cast.head)
    with refused("org.other_town", "deputy"):
        deputise(deputy=cast.outsider)
    for days in ((1, 0), (0, 367)):
        with refused("org.deputy_dates", "ends_on"):
            deputise(days=days)
    with refused("org.not_keeper"):
        deputise(by=desk.clerk)
    with refused("org.own_deputy", "deputy"):
        deputise(by=desk.organisation, principal=cast.secretary, deputy=cast.organisation)
    made = deputise(days=(0, 366))
    assert deputise(by=desk.organisation, deputy=cast.village)
    with refused("org.deputy_dates", "ends_on"):
        actions.end_deputyship(made, ends_on=desk.day(-1), by=desk.head, at=desk.now)
    with refused("org.not_keeper"):
        actions.end_deputyship(made, ends_on=desk.today, by=desk.clerk, at=desk.now)
    actions.end_deputyship(made, ends_on=desk.today, by=desk.head, at=desk.now)
    assert not cast.actor(cast.clerk, desk.day(1)).has(Duty.HEAD)


def test_actions_that_were_refused_leave_no_row_and_no_event(desk: Desk) -> None:
    before = (Event.objects.count(), Appointment.objects.count(), Deputyship.objects.count())
    with refused("org.own_appointment", "post"):
        actions.appoint(
            desk.cast.organisation,
            post_of(desk.cast.secretary),
            starts_on=desk.today,
            by=desk.organisation,
            at=desk.now,
        )
    with refused("org.deputy_dates", "ends_on"):
        actions.deputise(
            principal=desk.cast.head,
            deputy=desk.cast.clerk,
            starts_on=desk.today,
            ends_on=desk.day(-1),
            by=desk.head,
            at=desk.now,
        )
    assert (Event.objects.count(), Appointment.objects.count(), Deputyship.objects.count()) == before


def test_people_are_found_by_duty_unit_and_day(desk: Desk) -> None:
    cast = desk.cast
    found = queries.holders(Duty.HEAD, town_id=cast.town.pk, on=desk.today)
    assert {p.name for p in found} == {"刘建国", "孙大山", "李秋", "柳春来"}
    nongye = cast.units["nongye"].pk
    assert queries.holders(Duty.HEAD, town_id=cast.town.pk, on=desk.today, unit_ids=[nongye]) == [cast.head]
    assert queries.holders(town_id=cast.other_town.pk, on=desk.today) == [cast.outsider]
    assert queries.holders(Duty.HEAD, town_id=cast.town.pk, on=desk.day(-2000)) == []
    assert {p.name for p in queries.members([nongye], on=desk.today)} == {"刘建国", "赵小兰"}
    assert queries.units_of([cast.clerk.pk, cast.outsider.pk], on=desk.today) == {
        cast.clerk.pk: {nongye},
        cast.outsider.pk: {cast.other_unit.pk},
    }


def test_list_of_people_goes_on_by_key_without_gap(desk: Desk, django_assert_num_queries) -> None:
    actor, seen, after = desk.organisation, [], 0
    for _ in range(10):
        with django_assert_num_queries(2):
            found = queries.people_page(actor, on=desk.today, after=after, size=5)
            assert all(p.held for p in found)
        seen += found[:5]
        if len(found) <= 5:
            break
        after = found[4].pk
    assert seen == list(queries.people(actor).order_by("pk"))
    assert desk.cast.outsider not in seen
    assert queries.people_page(actor, on=desk.today, name="小兰") == [desk.cast.clerk]


@pytest.mark.parametrize("kind", ["public", "system"])
def test_who_is_no_person_has_no_duties(kind: str) -> None:
    actor = Actor(kind=kind, name="x")
    assert not actor.duties
    assert not actor.people_ids
    assert actor.hat() is None


hats = st.builds(
    Hat,
    post_id=st.integers(1, 9),
    post_name=st.just("岗"),
    unit_id=st.integers(1, 4),
    unit_name=st.just("单位"),
    unit_path=st.just("/a/"),
    duties=st.frozensets(st.sampled_from(Duty), max_size=3),
    principal_id=st.none() | st.integers(50, 52),
)


@given(
    st.lists(hats, max_size=6), st.frozensets(st.sampled_from(Duty), max_size=2), st.none() | st.sets(st.integers(1, 4))
)
def test_hat_fits_and_is_one_s_own_wherever_one_s_own_fits(worn, duties, units) -> None:
    actor = Actor(kind="person", name="某", person_id=1, town_id=1, hats=tuple(worn))
    fitting = [h for h in worn if (not duties or h.duties & duties) and (units is None or h.unit_id in units)]
    hat = actor.hat(*duties, unit_ids=units)
    if not fitting:
        assert hat is None
        return
    assert hat in fitting
    assert hat.principal_id is None or all(h.principal_id for h in fitting)
