"""Work to be done later, and when recurring work is due."""

from django.db import models
from django.db.models import Q

from luoshi.kit.models import Model


class Job(Model):
    """One piece of work. A worker holds it by a lease and may finish it only as (id, owner, attempts) of that lease."""

    class State(models.TextChoices):
        READY = "ready", "待办"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未成"

    kind = models.CharField("种类", max_length=80)
    payload = models.JSONField("内容", default=dict)
    run_at = models.DateTimeField("不早于")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.READY)
    owner = models.CharField("办理进程", max_length=120, blank=True, default="")
    lease_until = models.DateTimeField("租期至", null=True, blank=True)
    attempts = models.PositiveIntegerField("已试次数", default=0)
    max_attempts = models.PositiveIntegerField("最多次数", default=5)
    progress = models.PositiveSmallIntegerField("进度（%）", default=0)
    message = models.CharField("进展", max_length=200, blank=True, default="")
    result = models.JSONField("结果", null=True, blank=True)
    error = models.TextField("差错", blank=True, default="")
    unique_key = models.CharField("唯一键", max_length=200, null=True, blank=True)
    created_at = models.DateTimeField("建立时间")
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        constraints = [
            models.UniqueConstraint(
                fields=["unique_key"], condition=Q(state__in=["ready", "running"]), name="jobs_one_unfinished_per_key"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="jobs_progress_to_100"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="jobs_running_has_lease"
            ),
        ]
        indexes = [
            models.Index(fields=["run_at", "id"], condition=Q(state="ready"), name="jobs_ready"),
            models.Index(fields=["lease_until", "id"], condition=Q(state="running"), name="jobs_running"),
            models.Index(fields=["finished_at"], condition=Q(state="done"), name="jobs_done"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="jobs_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Schedule(Model):
    """The one row of a recurring kind; ``next_at`` is advanced by compare-and-set, so it fires once."""

    kind = models.CharField("种类", max_length=80, primary_key=True)
    next_at = models.DateTimeField("下次")

    class Meta:
        verbose_name = verbose_name_plural = "定时"

    def __str__(self) -> str:
        return self.kind
