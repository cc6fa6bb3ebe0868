"""Whether numbers and files of papers are as they should be."""

from collections.abc import Iterator

from luoshi.core.evidence import storage
from luoshi.core.evidence.models import Item
from luoshi.core.papers import queries
from luoshi.core.papers.models import Paper, Template
from luoshi.kit.health import Examination, Symptom, some


def numbers(examination: Examination) -> Iterator[Symptom]:
    """Numbers without a gap, none beyond its run: recounted from the papers."""
    if faults := queries.number_faults():
        yield Symptom(f"文号对不上：{some(faults)}。", "请核对公文登记簿和数据库的改动；程序不会自己补号。")


def files(examination: Examination) -> Iterator[Symptom]:
    """Every issued paper has its file, and every template in use."""
    kept = set(Item.objects.filter(stream__startswith="paper:", file__isnull=False).values_list("stream", flat=True))
    issued = Paper.objects.filter(serial__isnull=False).select_related("series").order_by("pk").iterator()
    if bare := [paper.number for paper in issued if paper.stream not in kept]:
        yield Symptom(
            f"有 {len(bare)} 份已发的公文没有存档文件（{some(bare)}）。", "可能被依法删除，请核对经过。", is_wrong=False
        )
    used = Template.objects.filter(retired_at__isnull=True)
    if gone := [str(template) for template in used if not storage.path_of(template.sha256).is_file()]:
        yield Symptom(f"有 {len(gone)} 个模板的文件不见了（{some(gone)}）。", "请用备份恢复，或重新上传。")
