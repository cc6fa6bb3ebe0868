"""Pairs that wait, the topics of a month and the findings of a topic as lines and rows, as HTML put together here: there are
dozens of them, and a template takes for each what the database takes for all."""

from collections.abc import Iterable
from datetime import date
from html import escape

from django.utils.safestring import SafeString

from luoshi.chapters.review.likeness import queries
from luoshi.chapters.review.likeness.models import Suggestion
from luoshi.chapters.review.likeness.topics import Told
from luoshi.chapters.review.models import Finding
from luoshi.kit.addresses import address
from luoshi.kit.daywords import moment
from luoshi.kit.likeness.words import marked
from luoshi.kit.personal import masked

_NBSP = "\N{NO-BREAK SPACE}"
SHORT = 140
"""Characters of one text that stand in the list of pairs."""


def pairs(found: Iterable[Suggestion], *, decides: bool, today: date) -> list[SafeString]:
    """Two findings beside each other: why they may be one, what each says with the shared words marked."""
    return [_pair(one, decides, today) for one in found]


def _pair(pair: Suggestion, decides: bool, today: date) -> SafeString:
    target, words = address("suggestion", pair.pk), queries.shared_words(pair)
    why = "".join(f"<span>{escape(str(reason))}</span>" for reason in queries.told_reasons(pair))
    sides = "".join(_side(finding, words, target, today) for finding in (pair.one, pair.other))
    return SafeString(
        f'<section class="alike">\n  <p class="why">{why}</p>\n  <div class="pair">\n  {sides}\n  </div>\n'
        f'  <p class="actions"><a class="button quiet" href="{target}">{"核对" if decides else "对照看"}</a></p>\n</section>'
    )


def _side(finding: Finding, words: list[str], target: str, today: date) -> str:
    text = masked(finding.words)
    place = f" · {escape(masked(finding.place))}" if finding.place else ""
    return (
        f'<div><h2><a href="{target}">{_marked(masked(finding.title), words)}</a></h2>\n'
        f'  <p class="soft">{finding.number} · {finding.channel_label} · {moment(finding.received_at, today)}{place}'
        f" · {finding.get_state_display()}</p>\n"
        f"  <p>{_marked(text[:SHORT], words)}{'……' if len(text) > SHORT else ''}</p></div>"
    )


def _marked(text: str, words: list[str]) -> str:
    return "".join(f"<mark>{escape(part)}</mark>" if same else escape(part) for part, same in marked(text, words))


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
