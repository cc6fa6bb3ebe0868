"""What was merged into what. Asked inside actions, which have checked who asks."""

from luoshi.chapters.review.models import Finding
from luoshi.core.matters.models import Matter


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
