"""What was merged into what. Asked inside actions, which have checked who asks."""

from luoshi.chapters.review.models import ORIGIN, Finding
from luoshi.core.matters.models import Evaluation, Matter
from luoshi.kit.errors import Refused


def family(pk: int) -> list[int]:
    """A finding and all that was merged into it, directly or through others; itself first."""
    found, level = [pk], [pk]
    while level:
        level = list(Finding.objects.filter(merged_into_id__in=level).order_by("pk").values_list("pk", flat=True))
        found += level
    return found


def root(finding: Finding) -> Finding:
    """What stays: the finding at the end of the merges, or the finding itself."""
    while finding.merged_into is not None:
        finding = finding.merged_into
    return finding


def matter_of(finding: Finding) -> Matter | None:
    """The matter that a finding, or what it was merged into, became."""
    return root(finding).matter


def kept_together(finding: Finding) -> Refused | None:
    """Why a merged finding can no longer be taken out: somebody of its family was asked about the matter's result, and
    the answer stands there."""
    refs = [str(pk) for pk in family(finding.pk)]
    asked = Evaluation.objects.filter(
        raiser__matter=matter_of(finding), raiser__origin_kind=ORIGIN, raiser__origin_ref__in=refs
    )
    if not asked.exists():
        return None
    return Refused(
        "review.already_asked", "已就办理结果征询过这件的提出人，不能再拆出。", "还有未解决的，请另录一件问题。"
    )
