"""Years that a town adds to the calendar; those that come with the program are files."""

from django.db import models

from luoshi.kit.models import Model
from luoshi.kit.workdays.engine import FIRST_YEAR, LAST_YEAR


class CalendarYear(Model):
    """One version of one year. Rows are only ever added: the newest of a year holds, the older ones are kept."""

    year = models.PositiveSmallIntegerField("年份")
    version = models.PositiveSmallIntegerField("第几版")
    source = models.CharField("依据", max_length=200)
    published_on = models.DateField("发布日期", null=True, blank=True)
    days = models.JSONField("放假和调休上班的日子")
    digest = models.CharField("内容摘要", max_length=64)
    added_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "年度工作日历"
        constraints = [
            models.UniqueConstraint(fields=["year", "version"], name="workdays_year_version"),
            models.CheckConstraint(
                condition=models.Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR, version__gte=1),
                name="workdays_year_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年第{self.version}版"
