"""Whether numbers and files of papers are as they should be."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, Max, OuterRef, Q

from luoshi.core.evidence import storage
from luoshi.core.evidence.models import Item
from luoshi.core.org import queries as org
from luoshi.core.org.rules import Duty
from luoshi.core.papers import queries
from luoshi.core.papers.actions.drafting import KIND, search_text
from luoshi.core.papers.models import Delivery, Paper, Template, Version
from luoshi.kit.documents import written
from luoshi.kit.health import Examination, Symptom, some
from luoshi.kit.search.checking import compare

_BYPASSED = "有人绕过程序改过数据库，或程序有错：请原样保存数据库，并告诉维护人员。"


def numbers(examination: Examination) -> Iterator[Symptom]:
    """Numbers without a gap, none beyond its run: recounted from the papers."""
    if faults := queries.number_faults():
        yield Symptom(f"文号对不上：{some(faults)}。", "请核对公文登记簿和数据库的改动；程序不会自己补号。")


def frozen(examination: Examination) -> Iterator[Symptom]:
    """Every figure that an issued paper names was fixed on issue, as a number or by hand; every text is a kept version."""
    issued = Paper.objects.filter(serial__isnull=False).select_related("series", "template")
    loose, texts = [], []
    for paper in issued.prefetch_related("figures").order_by("pk").iterator(chunk_size=200):
        known = {one.name for one in paper.figures.all() if one.taken_at and (one.typed or one.value is not None)}
        if (set(written.names(paper.body)) | queries.template_names(paper)) - known:
            loose.append(paper.number)
    if loose:
        yield Symptom(f"有已发的公文，数字没有全部定下来（{some(loose)}）。", _BYPASSED)
    kept = {pk: (n, most) for pk, n, most in Version.objects.values_list("paper").annotate(Count("pk"), Max("number"))}
    for pk, version in Paper.objects.order_by("pk").values_list("pk", "version"):
        if kept.get(pk) != (version, version):
            texts.append(pk)
    if texts:
        yield Symptom(f"有公文的稿次不全（编号 {some(texts)}）。", _BYPASSED)


def search(examination: Examination) -> Iterator[Symptom]:
    """Every paper is found by its words."""
    yield from compare(examination, kind=KIND, rows=Paper.objects.all(), text=search_text, what="公文")


def hands(examination: Examination) -> Iterator[Symptom]:
    """Nobody checked or signed what they wrote, but the secretary where it says so; units signed for what was out."""
    wrote = Version.objects.filter(paper=OuterRef("pk"))
    own = Paper.objects.filter(alone=False).filter(
        Q(reviewer__isnull=False) & Exists(wrote.filter(by=OuterRef("reviewer")))
        | Q(signer__isnull=False) & Exists(wrote.filter(by=OuterRef("signer")))
    )
    if found := sorted(own.values_list("pk", flat=True)[:1000]):
        yield Symptom(f"有公文由写稿的人自己核稿或签发（编号 {some(found)}）。", "请另一位领导看过；不妥的撤销后重发。")
    others = [
        paper.number
        for paper in Paper.objects.filter(alone=True, issued_on__isnull=False).select_related("series", "signer")
        if paper.signer and paper.issued_on and Duty.SECRETARY not in org.duties_on(paper.signer, on=paper.issued_on)
    ]
    if others:
        yield Symptom(
            f"有公文按“书记本人”例外签发，签发的当天却不是书记（{some(others)}）。",
            "请核对任职日期；不妥的撤销后重发。",
        )
    early = Delivery.objects.filter(received_at__isnull=False).filter(
        Q(paper__issued_at__isnull=True) | Q(received_at__lt=F("paper__issued_at")) | Q(received_by__isnull=True)
    )
    if found := sorted(set(early.values_list("paper_id", flat=True)[:1000])):
        yield Symptom(f"有公文的签收对不上：没有签收人，或早于签发（编号 {some(found)}）。", _BYPASSED)


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
