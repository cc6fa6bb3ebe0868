"""The findings of a topic as rows, as HTML put together here: a topic has dozens of them, and a template takes for each what
the database takes for all."""

from collections.abc import Iterable
from datetime import date
from html import escape

from django.utils.safestring import SafeString

from luoshi.chapters.review.models import Finding
from luoshi.kit.addresses import address
from luoshi.kit.daywords import moment
from luoshi.kit.personal import masked


def rows(findings: Iterable[Finding], *, today: date) -> list[SafeString]:
    """Number, title, channel, place, when it came, how it stands; numbers of people masked."""
    return [_row(finding, today) for finding in findings]


def _row(finding: Finding, today: date) -> SafeString:
    return SafeString(
        f'<tr><td class="row-number">{finding.number}</td><td class="row-title"><a href="{address("finding", finding.pk)}">'
        f"{escape(masked(finding.title))}</a></td><td>{finding.channel_label}</td><td>{escape(masked(finding.place))}</td>"
        f'<td class="row-date">{moment(finding.received_at, today)}</td><td>{finding.get_state_display()}</td></tr>'
    )
