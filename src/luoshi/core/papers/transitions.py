"""The table of what can be done with a paper: from where, to where, who. Pages, actions and tests read it."""

from dataclasses import dataclass

from luoshi.core.org.rules import Duty
from luoshi.core.papers.models import State

SAME = ""
WRITERS = frozenset({Duty.OFFICE, Duty.SECRETARY, Duty.LEADER, Duty.ORGANISATION, Duty.DISCIPLINE})
REVIEWERS = frozenset({Duty.OFFICE, Duty.SECRETARY, Duty.LEADER})
SIGNERS = frozenset({Duty.SECRETARY, Duty.LEADER})
OFFICE = frozenset({Duty.OFFICE})


@dataclass(frozen=True)
class Verb:
    """One verb. ``duties``: who may; ``drafter``: whoever drafted it may too. ``says``: the label of the words that it
    asks for, empty for none; ``must``: they must be given."""

    name: str
    label: str
    sources: frozenset[State]
    target: State | str
    sentence: str
    duties: frozenset[Duty]
    drafter: bool = False
    says: str = ""
    must: bool = False

    @property
    def event(self) -> str:
        return f"paper.{self.name}"


_DRAFT, _SUBMITTED, _REVIEWED = State.DRAFT, State.SUBMITTED, State.REVIEWED

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("edit", "改稿", frozenset({_DRAFT}), SAME, "改稿", OFFICE, drafter=True),
        Verb("figure", "加数字", frozenset({_DRAFT}), SAME, "加一个数字", OFFICE, drafter=True),
        Verb("type_over", "手填数字", frozenset({_DRAFT}), SAME, "手填一个数字", OFFICE, drafter=True),
        Verb("submit", "送核", frozenset({_DRAFT}), _SUBMITTED, "送核", OFFICE, drafter=True, says="说明"),
        Verb("review", "核稿通过", frozenset({_SUBMITTED}), _REVIEWED, "核稿", REVIEWERS, says="核稿意见"),
        Verb("issue", "签发", frozenset({_REVIEWED}), State.ISSUED, "签发", SIGNERS, says="签发意见"),
        Verb(
            "send_back",
            "退回修改",
            frozenset({_SUBMITTED, _REVIEWED}),
            _DRAFT,
            "退回修改",
            REVIEWERS,
            drafter=True,
            says="退回的理由",
            must=True,
        ),
        Verb("archive", "归档", frozenset({State.ISSUED}), State.ARCHIVED, "归档", OFFICE),
        Verb(
            "withdraw",
            "撤回",
            frozenset({_DRAFT, _SUBMITTED, _REVIEWED}),
            State.WITHDRAWN,
            "撤回草稿",
            OFFICE,
            drafter=True,
            says="撤回的理由",
            must=True,
        ),
        Verb(
            "revoke",
            "撤销发文",
            frozenset({State.ISSUED, State.ARCHIVED}),
            State.WITHDRAWN,
            "撤销已发的文",
            SIGNERS,
            says="撤销的理由",
            must=True,
        ),
    )
}
SENTENCES: dict[str, str] = {verb.event: verb.sentence for verb in VERBS.values()} | {
    "paper.drafted": "拟稿",
    "paper.received": "签收",
    "paper.series_opened": "设立发文代字",
    "paper.series_closed": "停用发文代字",
    "paper.series_used": "定哪种公文用这个发文代字",
    "paper.run_begun": "登记已用到的文号",
    "paper.template_added": "上传模板",
    "paper.template_retired": "停用模板",
    "evidence.attached": "附文件",
    "journal.erased": "依法删除文字",
}
ON_PAGE = ("submit", "review", "issue", "archive", "send_back", "withdraw", "revoke")
"""The verbs that are buttons of a paper's page, in their order."""
