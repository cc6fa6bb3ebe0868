"""Accounts, passwords, and the slips of paper that open them."""

import hashlib
import secrets
import unicodedata
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from luoshi.core.journal.actions import Signature, record
from luoshi.core.org.actions.keepers import may_keep
from luoshi.core.org.models import Account, Person, ResetSlip
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.text import required_line

SLIP_HOURS = 72
WEAK = {
    "password_too_short": "密码太短，至少要 {min_length} 位。",
    "password_too_common": "这个密码太常见，容易被猜到。",
}


@transaction.atomic
def open_account(person: Person, *, username: str, by: Actor, at: datetime, password: str | None = None) -> Account:
    """A sign-in for a person; without a password only a reset slip opens it."""
    may_keep(by, person.town_id)
    username = required_line(username, label="账号", field="username", longest=40).lower()
    if Account.objects.filter(username=username).exists():
        raise Refused("org.username_taken", f"账号“{username}”已被使用。", "请换一个账号。", field="username")
    if Account.objects.filter(person=person).exists():
        raise Refused("org.has_account", f"{person.name}已有账号。", "忘记密码请开具重置单。", field="person")
    try:
        with transaction.atomic():
            account = Account.objects.create(username=username, person=person, password=make_password(password))
    except IntegrityError:  # somebody else pressed at the same moment
        raise Refused("org.username_taken", f"账号“{username}”已被使用。", "请换一个账号。", field="username") from None
    record(stream=f"person:{person.pk}", verb="org.account_opened", by=by.signature(), at=at)
    return account


@transaction.atomic
def set_account_active(account: Account, *, active: bool, by: Actor, at: datetime) -> None:
    may_keep(by, account.person.town_id)
    if by.person_id == account.person_id:
        raise Refused("org.own_account", "不能停用或启用自己的账号。", "请由另一位维护人员办理。")
    Account.objects.filter(pk=account.pk).update(is_active=active)
    record(
        stream=f"person:{account.person_id}",
        verb="org.account_enabled" if active else "org.account_disabled",
        by=by.signature(),
        at=at,
    )


def _slip_digest(code: str) -> str:
    """Of the letters and figures alone: how somebody groups or writes them makes no difference."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", code).upper() if c.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


@transaction.atomic
def make_reset_slip(account: Account, *, by: Actor, at: datetime) -> str:
    """A code to print, good once and for ``SLIP_HOURS``; slips made before no longer work. Returned only now."""
    may_keep(by, account.person.town_id)
    if by.person_id == account.person_id:
        raise Refused("org.own_slip", "不能为自己开具重置单。", "请由另一位维护人员开具。")
    ResetSlip.objects.filter(account=account, used_at__isnull=True).update(used_at=at)
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    code = "".join(secrets.choice(alphabet) for _ in range(12))
    ResetSlip.objects.create(
        account=account,
        digest=_slip_digest(code),
        made_by_id=by.person_id,
        made_at=at,
        expires_at=at + timedelta(hours=SLIP_HOURS),
    )
    record(stream=f"person:{account.person_id}", verb="org.slip_made", by=by.signature(), at=at)
    return "-".join((code[:4], code[4:8], code[8:]))


def check_password(password: str, account: Account | None = None) -> None:
    """Refuses a password that is too short or too common, with the reasons in Chinese."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        said = "".join(
            WEAK.get(str(one.code), "".join(one.messages)).format(**(one.params or {})) for one in error.error_list
        )
        raise Refused("org.weak_password", said, "请换一个更长、更少见的密码。", field="password") from None


@transaction.atomic
def use_reset_slip(*, username: str, code: str, password: str, at: datetime) -> Account:
    """Sets a new password with a slip. One sentence for every way in which it may be wrong, so that nothing is told."""
    slip = (
        ResetSlip.objects.select_for_update(of=("self",))
        .filter(digest=_slip_digest(code), used_at__isnull=True, expires_at__gte=at)
        .select_related("account")
        .first()
    )
    if slip is None or slip.account.username != username.strip().lower():
        raise Refused(
            "org.slip_invalid",
            "账号与重置码不符，或重置码已用过、已过期。",
            "请核对，或请数据岗重新开具。",
            field="code",
        )
    check_password(password, slip.account)
    slip.used_at = at
    slip.save(update_fields=["used_at"])
    account = slip.account
    account.password = make_password(password)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    record(stream=f"person:{account.person_id}", verb="org.password_set", by=_self(account), at=at)
    return account


@transaction.atomic
def change_password(account: Account, *, old: str, new: str, at: datetime) -> None:
    if not account.check_password(old):
        raise Refused("org.wrong_password", "原密码不对。", "请重新输入，或请数据岗开具重置单。", field="old")
    check_password(new, account)
    account.password = make_password(new)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    record(stream=f"person:{account.person_id}", verb="org.password_set", by=_self(account), at=at)


def _self(account: Account) -> Signature:
    return Signature(actor=f"person:{account.person_id}")
