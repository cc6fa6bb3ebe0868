"""Accounts, passwords and slips of paper."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory

from luoshi.core.org import actions
from luoshi.core.org.models import Account, ResetSlip
from luoshi.core.org.tests.people import Desk, refused, signed_in
from luoshi.settings import PASSWORD_HASHERS as REAL
from luoshi.testing.cast import PASSWORD

NEW = "Qingshan-7788"


def can_sign_in(username: str, password: str) -> bool:
    return authenticate(RequestFactory().post("/signin/"), username=username, password=password) is not None


def test_account_is_opened_once_and_without_a_password_for_nobody_to_use(desk: Desk) -> None:
    person = actions.add_person(town=desk.cast.town, name="新来", by=desk.organisation, at=desk.now)
    with refused("org.not_keeper"):
        actions.open_account(person, username="xinlai", by=desk.office, at=desk.now)
    with refused("org.username_taken", "username"):
        actions.open_account(person, username="ZhouMin", by=desk.organisation, at=desk.now)
    with refused("text.username.missing", "username"):
        actions.open_account(person, username=" ", by=desk.organisation, at=desk.now)
    account = actions.open_account(person, username="XinLai", by=desk.organisation, at=desk.now)
    assert account.username == "xinlai"
    assert not account.has_usable_password()
    assert not can_sign_in("xinlai", "")
    with refused("org.has_account", "person"):
        actions.open_account(person, username="xinlai2", by=desk.organisation, at=desk.now)


def test_disabled_account_cannot_sign_in_and_its_session_ends(desk: Desk) -> None:
    account = desk.cast.clerk.account
    client = signed_in(desk.cast.clerk)
    assert client.get("/org/me/").status_code == 200
    with refused("org.not_keeper"):
        actions.set_account_active(account, active=False, by=desk.office, at=desk.now)
    with refused("org.own_account"):
        actions.set_account_active(desk.cast.organisation.account, active=False, by=desk.organisation, at=desk.now)
    assert can_sign_in("zhaoxiaolan", PASSWORD)
    actions.set_account_active(account, active=False, by=desk.organisation, at=desk.now)
    assert not can_sign_in("zhaoxiaolan", PASSWORD)
    assert client.get("/org/me/").status_code == 302
    actions.set_account_active(account, active=True, by=desk.organisation, at=desk.now)
    assert can_sign_in("zhaoxiaolan", PASSWORD)


@pytest.mark.parametrize(
    "typed", [str, str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("-", "－") + "\n"]
)
def test_slip_works_once_however_it_is_typed(desk: Desk, typed) -> None:
    code = actions.make_reset_slip(desk.cast.clerk.account, by=desk.organisation, at=desk.now)
    assert code not in str(ResetSlip.objects.values().get())

    given = typed(code)

    def use(username="zhaoxiaolan", code=given):
        return actions.use_reset_slip(username=username, code=code, password=NEW, at=desk.now)

    with refused("org.slip_invalid", "code"):
        use(username="zhoumin")
    with refused("org.slip_invalid", "code"):
        use(code="AAAA-BBBB-CCCC")
    with refused("org.slip_invalid", "code"):
        use(code="")
    use(username=" ZhaoXiaolan ")
    assert can_sign_in("zhaoxiaolan", NEW)
    assert not can_sign_in("zhaoxiaolan", PASSWORD)
    with refused("org.slip_invalid", "code"):
        use()


def test_slip_expires_and_a_new_one_voids_the_old(desk: Desk) -> None:
    account = desk.cast.clerk.account
    last = timedelta(hours=actions.SLIP_HOURS)
    first = actions.make_reset_slip(account, by=desk.organisation, at=desk.now)
    second = actions.make_reset_slip(account, by=desk.organisation, at=desk.now)
    with refused("org.slip_invalid", "code"):
        actions.use_reset_slip(username="zhaoxiaolan", code=first, password=NEW, at=desk.now)
    with refused("org.slip_invalid", "code"):
        actions.use_reset_slip(
            username="zhaoxiaolan", code=second, password=NEW, at=desk.now + last + timedelta(seconds=1)
        )
    assert actions.use_reset_slip(username="zhaoxiaolan", code=second, password=NEW, at=desk.now + last) == account


def test_weak_password_keeps_the_slip_good(desk: Desk) -> None:
    code = actions.make_reset_slip(desk.cast.clerk.account, by=desk.organisation, at=desk.now)
    for weak, why in (("short1", "密码太短，至少要 8 位。"), ("password123", "太常见"), ("", "密码太短")):
        with refused("org.weak_password", "password", why):
            actions.use_reset_slip(username="zhaoxiaolan", code=code, password=weak, at=desk.now)
    assert actions.use_reset_slip(username="zhaoxiaolan", code=code, password=NEW, at=desk.now)


def test_slip_is_made_by_another_keeper_of_the_same_town(desk: Desk) -> None:
    with refused("org.own_slip"):
        actions.make_reset_slip(desk.cast.organisation.account, by=desk.organisation, at=desk.now)
    for nobody in (desk.office, desk.secretary, desk.outsider):
        with refused("org.not_keeper"):
            actions.make_reset_slip(desk.cast.clerk.account, by=nobody, at=desk.now)
    with refused("org.not_keeper"):
        actions.make_reset_slip(desk.cast.outsider.account, by=desk.organisation, at=desk.now)
    assert len(actions.make_reset_slip(desk.cast.clerk.account, by=desk.organisation, at=desk.now)) == 14


def test_password_is_changed_with_the_old_one(desk: Desk) -> None:
    account = Account.objects.get(username="zhaoxiaolan")
    with refused("org.wrong_password", "old"):
        actions.change_password(account, old="wrong", new=NEW, at=desk.now)
    with refused("org.weak_password", "password"):
        actions.change_password(account, old=PASSWORD, new="123", at=desk.now)
    actions.change_password(account, old=PASSWORD, new=NEW, at=desk.now)
    assert can_sign_in("zhaoxiaolan", NEW)


def test_slip_is_printed_large_once_with_the_way_to_use_it(desk: Desk) -> None:
    keeper, clerk = signed_in(desk.cast.organisation), desk.cast.clerk
    address = f"/org/staff/people/{clerk.pk}/slip/"
    assert keeper.get(address).status_code == 302
    assert not ResetSlip.objects.exists(), "looking makes no slip"
    answer = keeper.post(address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    code, page = answer.context["code"], answer.content.decode()
    assert page.count(code) == 1
    assert "http://testserver/signin/reset/" in page
    assert actions.use_reset_slip(username="zhaoxiaolan", code=code, password=NEW, at=ResetSlip.objects.get().made_at)
    for nobody in (desk.cast.office, desk.cast.outsider):
        assert signed_in(nobody).post(address).status_code == 404
    assert Client().post(address).status_code == 302
    outsider = f"/org/staff/people/{desk.cast.outsider.pk}/slip/"
    assert keeper.post(outsider).status_code == 404
    assert keeper.post(f"/org/staff/people/{desk.cast.organisation.pk}/slip/").status_code == 409
    assert ResetSlip.objects.count() == 1


def test_a_password_kept_the_old_way_still_opens_and_is_kept_anew(desk: Desk, settings: Any) -> None:
    settings.PASSWORD_HASHERS = REAL
    account = desk.cast.clerk.account
    account.password = make_password(NEW, hasher="pbkdf2_sha256")
    account.save(update_fields=["password"])
    assert not can_sign_in(account.username, NEW + "!")
    assert Account.objects.get(pk=account.pk).password.startswith("pbkdf2_sha256$")
    assert can_sign_in(account.username, NEW)
    kept = Account.objects.get(pk=account.pk).password
    assert kept.startswith("scrypt$16384$")
    assert len(kept) <= Account._meta.get_field("password").max_length
    assert can_sign_in(account.username, NEW)
    assert not can_sign_in(account.username, NEW.lower())
