"""Units as a tree of any depth, posts, people, appointments with dates, deputies, and accounts."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from luoshi.kit.again import again
from luoshi.kit.models import Model


class UnitKind(models.TextChoices):
    REGION = "region", "上级地区"
    TOWN = "town", "乡镇（街道）"
    OFFICE = "office", "内设机构"
    STATION = "station", "站所"
    VILLAGE = "village", "村（社区）"
    OTHER = "other", "其他单位"


class Unit(Model):
    """A unit. ``path`` is the slash-separated codes from the root (``/yunling/dangzheng/``); ``town`` is the nearest
    ancestor or self of kind town, empty above it."""

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    town = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField("名称", max_length=80)
    code = models.CharField("代码", max_length=40)
    kind = models.CharField("类别", max_length=16, choices=UnitKind.choices)
    path = models.CharField(max_length=400, unique=True)
    order = models.PositiveSmallIntegerField("排序", default=0)
    closed_on = models.DateField("撤销日期", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], name="org_unit_name", violation_error_message="同级已有同名单位。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TownProfile(Model):
    """What one town decides for itself: its letterhead, and the days that rules leave to it."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, primary_key=True, related_name="profile")
    issuer = models.CharField("发文机关标志", max_length=80)
    document_code = models.CharField("发文字号代字", max_length=20)
    evaluation_days = models.PositiveSmallIntegerField("评价等待天数", default=7)
    discipline_contact = models.CharField("纪检监察受理方式", max_length=200, blank=True)
    higher_contact = models.CharField("上级纪检监察受理方式", max_length=200, blank=True)
    takes_words = models.BooleanField("公开受理群众反映", default=True)
    is_demo = models.BooleanField(default=False)


class Person(Model):
    """Somebody who works here. Contact data serve only to reach the person about the work (legal duty of the town)."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="people")
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("手机", max_length=20, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    left_on = models.DateField("离开日期", null=True)

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    def get_queryset(self) -> models.QuerySet["Account"]:
        return super().get_queryset().select_related("person__town")

    def get(self, *args: Any, **kwargs: Any) -> "Account":
        """One account; by its key, as every request asks for whoever is signed in, with a statement compiled once."""
        if args or list(kwargs) != ["pk"] or not isinstance(kwargs["pk"], int):
            return super().get(*args, **kwargs)
        found: list[Account] = again("org.account", lambda pk: self.get_queryset().filter(pk=pk), **kwargs)
        if not found:
            raise self.model.DoesNotExist
        return found[0]

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """A sign-in. What its owner may do follows from the person's appointments alone: there is no superuser."""

    username = models.CharField("账号", max_length=40, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)

    objects = AccountManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.username


class Post(Model):
    """A post in a unit; ``duties`` are codes of ``rules.Duty`` and decide what its holder may do."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    name = models.CharField("岗位", max_length=60)
    duties = models.JSONField("职责", default=list)
    closed_on = models.DateField("撤销日期", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], name="org_post_name", violation_error_message="该单位已有同名岗位。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Appointment(Model):
    """A person in a post, from a day to a day (both included; open end: still)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    starts_on = models.DateField("任职日期")
    ends_on = models.DateField("免职日期", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="org_appointment_dates",
                violation_error_message="免职日期不能早于任职日期。",
            )
        ]


class Deputyship(Model):
    """Somebody acts for somebody else from a day to a day; everything done so names both."""

    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputy_for")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(principal=F("deputy")),
                name="org_deputy_other",
                violation_error_message="不能由本人代理本人。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="org_deputy_dates",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]


class ResetSlip(Model):
    """A one-time slip of paper with which somebody without e-mail sets a new password. Only its digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="slips")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
