"""The pages: what was typed is never lost, outsiders learn nothing, everything goes through the actions."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from luoshi.core.org.models import Person, Post, Unit
from luoshi.core.org.tests.people import Desk, post_of, signed_in

KEPT = "/org/staff/"


def addresses(desk: Desk) -> list[str]:
    return [
        KEPT,
        f"{KEPT}units/new/",
        f"{KEPT}units/{desk.cast.units['nongye'].pk}/",
        f"{KEPT}posts/{post_of(desk.cast.clerk).pk}/",
        f"{KEPT}people/",
        f"{KEPT}people/new/",
        f"{KEPT}people/{desk.cast.clerk.pk}/",
    ]


def test_keepers_see_the_pages_and_nobody_else_learns_that_they_exist(desk: Desk) -> None:
    keeper = signed_in(desk.cast.organisation)
    others = [signed_in(p) for part, p in desk.cast.everybody.items() if part != "organisation"]
    for address in addresses(desk):
        assert keeper.get(address).status_code == 200, address
        assert [other.get(address).status_code for other in others] == [404] * len(others), address
        answer = Client().get(f"{address}?a=1")
        assert answer.status_code == 302
        assert answer["Location"] == f"/signin/?{urlencode({'next': f'{address}?a=1'})}"


def test_another_town_s_things_are_404(desk: Desk) -> None:
    keeper, cast = signed_in(desk.cast.organisation), desk.cast
    outside = post_of(cast.outsider)
    for address in (
        f"{KEPT}units/{cast.other_unit.pk}/",
        f"{KEPT}units/{cast.other_town.pk}/",
        f"{KEPT}posts/{outside.pk}/",
        f"{KEPT}people/{cast.outsider.pk}/",
    ):
        assert keeper.get(address).status_code == 404, address
        for verb in ("rename", "contact", "appoint", "disable"):
            assert keeper.post(f"{address}{verb}/", {"name": "夺走", "phone": "1"}).status_code == 404
    cast.outsider.refresh_from_db()
    assert cast.outsider.phone == ""
    answer = keeper.post(f"{KEPT}units/new/", {"parent": cast.other_unit.pk, "name": "分所", "code": "fs",
                                               "kind": "station", "order": 0})  # fmt: skip
    assert answer.status_code == 422
    assert "不在本镇" in answer.content.decode()
    assert not Unit.objects.filter(name="分所").exists()
    answer = keeper.post(f"{KEPT}people/{cast.clerk.pk}/appoint/", {"post": outside.pk, "starts_on": "2026-11-25"})
    assert answer.status_code == 422
    assert cast.clerk.appointments.count() == 1


def test_unit_post_person_appointment_account_in_one_walk(desk: Desk) -> None:
    keeper = signed_in(desk.cast.organisation)

    def do(address: str, **typed: object) -> str:
        answer = keeper.post(address, typed)
        assert answer.status_code == 302, answer.content.decode()
        there = answer["Location"]
        page = keeper.get(there)
        assert page.status_code == 200
        assert 'class="told"' in page.content.decode()
        return there.split("?")[0]

    town = desk.cast.town.pk
    unit = do(f"{KEPT}units/new/", parent=town, name="水利站", code="shuili", kind="station", order=9)
    do(f"{unit}rename/", name="水利服务站")
    do(f"{unit}post/", name="站长", duties=["head", "clerk"])
    post = Post.objects.get(unit__name="水利服务站")
    assert post.duties == ["clerk", "head"]
    person = do(f"{KEPT}people/new/", name="沈清", phone="138", email="")
    do(f"{person}appoint/", post=post.pk, starts_on="2026-11-01")
    do(f"{person}account/", username="shenqing")
    do(f"{person}contact/", phone="139", email="shen@example.cn")
    do(f"{person}deputise/", deputy=desk.cast.clerk.pk, starts_on="2026-11-01", ends_on="2027-01-01")
    one = Person.objects.get(name="沈清")
    assert (one.phone, one.account.username, one.deputies.get().deputy) == ("139", "shenqing", desk.cast.clerk)
    do(f"{person}disable/")
    do(f"{person}enable/")
    do(f"{KEPT}posts/{post.pk}/duties/", duties=["clerk"])
    appointment = one.appointments.get()
    do(f"{person}end-{appointment.pk}/", ends_on="2026-11-05")
    do(f"{KEPT}posts/{post.pk}/close/", on="2026-11-06")
    do(f"{unit}close/", on="2026-11-06")
    assert Unit.objects.get(name="水利服务站").closed_on is not None


def test_refusal_stands_beside_its_field_and_everything_typed_stays(desk: Desk) -> None:
    keeper = signed_in(desk.cast.organisation)
    unit = f"{KEPT}units/{desk.cast.units['nongye'].pk}/"
    answer = keeper.post(f"{unit}post/", {"name": "经办人", "duties": ["office"]})
    assert answer.status_code == 422
    form = next(o.form for o in answer.context["offers"] if o.verb.code == "post")
    assert [e.code for e in form.errors.as_data()["name"]] == ["org.post_name_taken"]
    page = answer.content.decode()
    assert 'value="经办人"' in page
    assert 'value="office" id="post-duties_2" checked' in page
    assert '<details class="verb" id="post" open>' in page
    assert '<details class="verb" id="rename">' in page
    answer = keeper.post(f"{unit}rename/", {"name": ""})
    assert "“新名称”没有填写" in answer.content.decode()
    answer = keeper.post(f"{unit}close/", {"on": "昨天"})
    assert "日期填写有误" in answer.content.decode()
    assert 'value="昨天"' in answer.content.decode()


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "'; DROP TABLE org_unit; --", "{{ 7*7 }}"])
def test_hostile_names_are_shown_as_they_were_typed(desk: Desk, typed: str) -> None:
    keeper = signed_in(desk.cast.organisation)
    address = f"{KEPT}units/{desk.cast.units['nongye'].pk}/"
    assert keeper.post(f"{address}rename/", {"name": typed}).status_code == 302
    assert Unit.objects.get(pk=desk.cast.units["nongye"].pk).name == typed
    page = keeper.get(address)
    assert "<script>alert" not in page.content.decode()
    assert page.context["unit"].name == typed


def test_ten_thousand_characters_are_refused_and_kept_in_the_form(desk: Desk) -> None:
    keeper, long = signed_in(desk.cast.organisation), "长" * 10_000
    answer = keeper.post(f"{KEPT}people/new/", {"name": long})
    assert answer.status_code == 422
    assert long in answer.content.decode()
    assert not Person.objects.filter(name__startswith="长长").exists()


def test_verb_that_is_not_offered_is_404_and_looking_at_one_leads_to_the_page(desk: Desk) -> None:
    keeper = signed_in(desk.cast.organisation)
    town = f"{KEPT}units/{desk.cast.town.pk}/"
    assert keeper.post(f"{town}close/", {"on": "2026-11-25"}).status_code == 404
    assert keeper.post(f"{town}nonsense/").status_code == 404
    assert keeper.post(town).status_code == 404
    answer = keeper.get(f"{town}rename/")
    assert (answer.status_code, answer["Location"]) == (302, town)


def test_everybody_has_a_page_of_their_own_and_names_a_deputy_there(desk: Desk) -> None:
    for part, person in desk.cast.everybody.items():
        answer = signed_in(person).get("/org/me/")
        assert answer.status_code == 200, part
        assert answer.context["person"] == person
        assert "/account/password/" in answer.content.decode()
    assert Client().get("/org/me/")["Location"] == "/signin/?next=%2Forg%2Fme%2F"
    client = signed_in(desk.cast.head)
    typed = {"deputy": desk.cast.clerk.pk, "starts_on": "2026-11-25", "ends_on": "2026-11-01"}
    assert client.post("/org/me/deputise/", typed).status_code == 422
    assert client.post("/org/me/deputise/", {**typed, "ends_on": "2099-11-28"}).status_code == 422
    assert client.post("/org/me/deputise/", {**typed, "ends_on": "2027-11-25"}).status_code == 302
    made = desk.cast.head.deputies.get()
    assert made.deputy == desk.cast.clerk
    assert client.post("/org/me/contact/", {"phone": "138", "email": "a@b.cn"}).status_code == 302
    assert client.post("/org/me/appoint/", {"post": 1}).status_code == 404, "no verb of the keeper's here"
    assert signed_in(desk.cast.clerk).post(f"/org/me/deputy-{made.pk}/", {"ends_on": "2026-11-26"}).status_code == 404


def test_settings_of_the_town_are_changed_by_who_keeps_them(desk: Desk) -> None:
    typed = {"issuer": "云岭镇人民政府", "document_code": "云政督", "evaluation_days": 9}
    for part in ("secretary", "office", "organisation"):
        client = signed_in(getattr(desk.cast, part))
        assert client.get("/org/town/").status_code == 200
        answer = client.post("/org/town/", {**typed, "evaluation_days": 99})
        assert answer.status_code == 422
        assert "1 至 30 天" in answer.content.decode()
        assert 'value="云政督"' in answer.content.decode()
        assert client.post("/org/town/", typed).status_code == 302
    for part in ("clerk", "leader", "discipline", "outsider"):
        assert signed_in(getattr(desk.cast, part)).get("/org/town/").status_code == 404
    desk.cast.town.profile.refresh_from_db()
    assert desk.cast.town.profile.evaluation_days == 9


def test_any_page_takes_twelve_statements_at_most(desk: Desk, django_assert_max_num_queries) -> None:
    keeper = signed_in(desk.cast.organisation)
    for address in (*addresses(desk), "/org/me/", "/org/town/"):
        with django_assert_max_num_queries(12):
            keeper.get(address)


def test_empty_search_says_what_to_do_next(desk: Desk) -> None:
    keeper = signed_in(desk.cast.organisation)
    assert "赵小兰" in keeper.get(f"{KEPT}people/?q=小兰").content.decode()
    page = keeper.get(f"{KEPT}people/?q=无此人&after=x").content.decode()
    assert "没有姓名含“无此人”的人员" in page
