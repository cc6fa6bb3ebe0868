"""Files of ledgers that were too long to wait for: who asked, for what, and where the file lies."""

from django.db import models
from django.db.models import Q

from luoshi.kit.models import Model


class Export(Model):
    """One file asked for. ``person`` and ``standing`` are texts that only the floor above understands (``registry``).

    Whether it waits, runs or was given up says its job; ``state`` says only how it ended.
    """

    class State(models.TextChoices):
        ASKED = "asked", "正在生成"
        DONE = "done", "可以下载"
        REFUSED = "refused", "没有导成"

    person = models.CharField(max_length=80)
    standing = models.CharField(max_length=64)
    slug = models.CharField("台账", max_length=80)
    title = models.CharField("标题", max_length=200)
    query = models.TextField("条件", blank=True, help_text="parameters of the ledger's page, as in its address")
    said = models.CharField("条件说明", max_length=500, blank=True)
    key = models.CharField(max_length=64, help_text="digest of who asks for what: pressed twice is asked once")
    token = models.CharField(max_length=64, unique=True, help_text="name of the file on the disk")
    asked_at = models.DateTimeField("申请时间")
    job_id = models.BigIntegerField(null=True)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.ASKED)
    rows = models.PositiveIntegerField("行数", default=0)
    size = models.BigIntegerField("字节", default=0)
    finished_at = models.DateTimeField("完成时间", null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "台账导出"
        indexes = [
            models.Index(fields=["person", "-id"], name="exports_newest"),
            models.Index(fields=["asked_at"], name="exports_asked"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(state="asked"), name="exports_one_unfinished")
        ]

    def __str__(self) -> str:
        return f"{self.title} #{self.pk}"
