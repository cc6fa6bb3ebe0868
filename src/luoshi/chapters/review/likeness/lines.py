"""The topics of a month and the findings of a topic as rows, as HTML put together here: there are dozens of them, and a
template takes for each what the database takes for all."""

from collections.abc import Iterable
from datetime import date
from html import escape

from django.utils.safestring import SafeString

from luoshi.chapters.review.likeness.topics import Told
from luoshi.chapters.review.models import Finding
from luoshi.kit.addresses import address
from luoshi.kit.daywords import moment
from luoshi.kit.personal import masked

_NBSP = "\N{NO-BREAK SPACE}"


def topics(told: Iterable[Told], *, today: date) -> list[SafeString]:
    """What it is about, how often by which channels, where, since when, and what came of it."""
    return [_topic(one, today) for one in told]


def _topic(one: Told, today: date) -> SafeString:
    link = f'<a href="{address("topic", one.topic.pk)}">'
    words = f'<br><small class="soft">都说到：{escape("、".join(one.topic.words))}</small>' if one.topic.words else ""
    channels = "、".join(f"{name} {n} 次" for name, n in one.channels)
    done = "、".join(f"{part.words} {part.count:,}{_NBSP}件" for part in one.done)
    return SafeString(
        f'<tr>\n  <td class="row-title">{link}{escape(one.topic.title)}</a>{words}</td>\n'
        f"  <td>{link}{one.count:,}{_NBSP}次</a><br><small>{channels}</small></td>\n"
        f"  <td>{escape('、'.join(one.places)) or '没有写明'}</td>\n"
        f'  <td class="row-date">{moment(one.first, today)}</td>\n  <td>{done}</td>\n</tr>'
    )


def rows(findings: Iterable[Finding], *, today: date) -> list[SafeString]:
    """Number, title, channel, place, when it came, how it stands; numbers of people masked."""
    return [_row(finding, today) for finding in findings]


def _row(finding: Finding, today: date) -> SafeString:
    return SafeString(
        f'<tr><td class="row-number">{finding.number}</td><td class="row-title"><a href="{address("finding", finding.pk)}">'
        f"{escape(masked(finding.title))}</a></td><td>{finding.channel_label}</td><td>{escape(masked(finding.place))}</td>"
        f'<td class="row-date">{moment(finding.received_at, today)}</td><td>{finding.get_state_display()}</td></tr>'
    )
