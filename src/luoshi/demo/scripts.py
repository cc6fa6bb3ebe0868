"""How one problem of the demo goes: a generator that acts, then says when it wants to go on.

Each ``yield`` is a moment; the loader resumes the story when that moment has come, and leaves it where it stands when
the history ends. So the matters that are still open today are simply stories that were not told to their end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.models import Channel, Finding
from luoshi.core.matters import actions as matters
from luoshi.core.matters.models import Evaluation, Grade, Matter, Raiser, Report, State, Urging
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import PUBLIC, Actor
from luoshi.demo.world import World

LEADERS = {"water": "郭爱民", "land": "郭爱民", "enterprise": "王建军", "burden": "王建军", "conduct": "王建军"}
SILENT = ""


@dataclass(frozen=True)
class Problem:
    """A problem of the data, set in a village, with the turn that its story takes."""

    row: dict[str, Any]
    village: Unit
    received: datetime
    turn: str
    answer: str

    @property
    def words(self) -> str:
        return str(self.row["words"]).replace("{v}", self.village.name)

    @property
    def title(self) -> str:
        first = self.words.split("。")[0].split("，")
        return "，".join(first[:2])[:60]


class Story:
    """One problem on its way. ``matter`` is fresh after every verb."""

    def __init__(self, world: World, problem: Problem) -> None:
        self.world, self.problem, self.row = world, problem, problem.row
        self.office = world.who("周敏")
        self.leader = world.people[LEADERS.get(str(problem.row["category"]), "徐海燕")]
        self.code = problem.village.code if problem.row["unit"] == "village" else str(problem.row["unit"])
        self.unit = world.units[self.code]
        staff = world.staff[self.code]
        self.head, self.clerk = staff[0], staff[-1]
        self.matter: Matter

    def fresh(self) -> Matter:
        self.matter = Matter.objects.get(pk=self.matter.pk)
        return self.matter

    def verifier(self, *, but: frozenset[int] = frozenset()) -> Person:
        """Somebody of another station: never of the lead unit, never one of ``but``."""
        others = [
            people[-1]
            for code, people in sorted(self.world.staff.items())
            if code in ("yingji", "bianmin", "zongzhi", "nongye", "guijian", "shuili")
            and code != self.code
            and people[-1].pk not in but
        ]
        return others[self.matter.pk % len(others)]

    def later(self, at: datetime, hours: float) -> datetime:
        return self.world.at_work(at, hours=hours)

    # How the words come in

    def take(self, at: datetime) -> Finding:
        channel = Channel(self.row["channel"])
        given: dict[str, Any] = {
            "town": self.world.town,
            "channel": channel,
            "words": self.problem.words,
            "title": self.problem.title,
            "place": self.problem.village.name if "{v}" in self.row["words"] else "",
            "category": self.world.categories[self.row["category"]],
            "at": at,
        }
        by: Actor = self.office
        if channel in (Channel.CITIZEN, Channel.SERVED):
            by = PUBLIC
        elif channel == Channel.CADRE:
            by = self.world.actor(self.world.staff[self.problem.village.code][0])
        elif channel in (Channel.SUPERIOR, Channel.PEER):
            given |= {"mode": self.row["mode"], "name": "县督查室" if channel == Channel.SUPERIOR else "邻镇互查组"}
            if self.row["mode"] == "written":
                given["document"] = f"督查通知〔{at.year}〕{at.timetuple().tm_yday}号"
        elif channel == Channel.MEETING:
            day = timezone.localdate(at)
            given |= {
                "meeting_name": "党委会",
                "meeting_on": day,
                "meeting_people": "陈立新、王建军、郭爱民、徐海燕、何清",
            }
        return review.take(by=by, **given).finding

    # The road of a matter

    def tell(self) -> Iterator[datetime]:
        """The whole story, from the words to zero."""
        at = self.problem.received
        yield at
        finding = self.take(at)
        at = self.later(at, 0.5)
        yield at
        if self.problem.turn == "answered":
            review.answer(
                finding, text="感谢反映。经了解，此事已纳入年度计划，近期动工，届时公示。", by=self.office, at=at
            )
            return
        if self.problem.turn == "unread":
            return
        self.matter = review.open_matter(
            finding,
            title=self.problem.title,
            grade=Grade(self.row["grade"]),
            cause=self.row["cause"],
            by=self.office,
            at=at,
        )
        if self.problem.turn == "registered":
            return
        at = self.later(at, 1.0)
        yield at
        yield from self.assigned(at)

    def assigned(self, at: datetime) -> Iterator[datetime]:
        lead = self.world.units["nongye"] if self.problem.turn == "contested" and self.code != "nongye" else self.unit
        helping = [self.problem.village] if "{v}" in self.row["words"] and self.unit != self.problem.village else []
        matters.assign(
            self.matter,
            lead_unit=lead,
            co_units=helping,
            leader=self.leader,
            standard=self.row["standard"],
            by=self.office,
            at=at,
        )
        if lead.pk != self.unit.pk:
            at = self.later(at, 3)
            yield at
            by = self.world.actor(self.world.staff["nongye"][0])
            matters.contest(self.matter, reason="此事不属本单位职责，交下来没有相应的权限和经费。", by=by, at=at)
            at = self.later(at, 8)
            yield at
            matters.propose_ruling(
                self.matter, unit=self.unit, reason=f"按职责清单，由{self.unit.name}牵头。", by=self.office, at=at
            )
            at = self.later(at, 5)
            yield at
            matters.rule(self.matter, granted=True, by=self.world.actor(self.leader), at=at)
        at = self.later(at, self.world.random.choice([1, 2, 4, 9]))
        yield at
        if self.problem.turn == "unsigned":
            return
        matters.sign(self.matter, handler=self.clerk, by=self.world.actor(self.head), at=at)
        self.fresh()
        yield from self.worked(at)

    def worked(self, at: datetime) -> Iterator[datetime]:
        handler = self.world.actor(self.clerk)
        turn = self.problem.turn
        at = self.later(at, 25 if turn != "late_report" else 110)
        yield at
        report = matters.report(
            self.matter, measures=self.row["measures"], progress="已到现场核实，措施已定，正在办理。", by=handler, at=at
        )
        read = self.later(at, 5)
        yield read
        if turn == "returned":
            matters.return_report(
                self.matter, report=report, reason="没有写清何时办到哪一步。", by=self.office, at=read
            )
            at = self.later(read, 6)
            yield at
            report = matters.report(
                self.matter, measures=self.row["measures"], progress="三日内完成采购，五日内施工。", by=handler, at=at
            )
            read = self.later(at, 4)
            yield read
        if turn != "stalled":
            review_as = Report.Review.GOOD if self.matter.pk % 3 else Report.Review.EXCELLENT
            matters.accept(self.matter, report=report, review=review_as, by=self.office, at=read)
        yield from self.turned(read)

    def turned(self, at: datetime) -> Iterator[datetime]:
        """What befalls it on the way, then the claim."""
        handler, turn = self.world.actor(self.clerk), self.problem.turn
        leader = self.world.actor(self.leader)
        due = self.fresh().resolve_due
        if turn == "in_hand":
            return
        if turn == "extended":
            asked = self.world.on_day(due - timedelta(days=3))
            at = max(asked, self.later(at, 0.2))
            yield at
            matters.ask_extension(
                self.matter, new_due=due + timedelta(days=7), reason="配件到货推迟，供货单位已出函。", by=handler, at=at
            )
            at = self.later(at, 3)
            yield at
            matters.decide_extension(self.matter, granted=True, by=self.office, at=at)
        elif turn in ("waiting", "still_waiting"):
            matters.suspend(self.matter, on_whom="县水利局", reason="等上级水量调度批复。", by=self.office, at=at)
            if turn == "still_waiting":
                return
            at = self.later(at, 24 * 6)
            yield at
            matters.resume(self.matter, reason="批复已到。", by=self.office, at=at)
        elif turn in ("sent_up", "still_sent_up"):
            matters.send_up(
                self.matter, to_whom="县自然资源局", document=f"云政〔{at.year}〕{at.month}号", by=self.office, at=at
            )
            if turn == "still_sent_up":
                return
            at = self.later(at, 24 * 12)
            yield at
            matters.answer_from_above(
                self.matter, decision="同意列入下年度安排，现阶段按程序办理。", by=self.office, at=at
            )
        elif turn == "planned":
            day = timezone.localdate(at)
            steps = [
                (day + timedelta(days=n * 20), what) for n, what in enumerate(("勘测设计", "招标", "施工", "验收"), 1)
            ]
            matters.draft_plan(self.matter, steps=steps, reason="涉及立项招标，一个月内办不成。", by=handler, at=at)
            at = self.later(at, 7)
            yield at
            matters.approve_plan(self.matter, granted=True, by=leader, at=at)
            for _ in range(2):
                at = self.later(at, 24 * 24)
                yield at
                done = matters.report(self.matter, progress="按方案推进，本月任务完成。", by=handler, at=at)
                at = self.later(at, 5)
                yield at
                matters.accept(self.matter, report=done, review=Report.Review.GOOD, by=self.office, at=at)
        elif turn == "regraded":
            matters.ask_regrade(
                self.matter, grade=Grade.MAJOR, reason="涉及三个单位，需要整体改造。", by=self.office, at=at
            )
            at = self.later(at, 4)
            yield at
            matters.regrade(self.matter, granted=True, by=leader, at=at)
        elif turn == "voided":
            matters.ask_void(self.matter, reason="与已办结的同一地点问题重复，经核实已解决。", by=self.office, at=at)
            at = self.later(at, 6)
            yield at
            matters.void(self.matter, granted=True, by=self.world.who("吴桐"), at=at)
            return
        elif turn == "handed_over" and len(self.world.staff[self.code]) > 1:
            matters.hand_over(self.matter, handler=self.head, words="经办人外出学习。", by=handler, at=at)
            self.clerk = self.head
        yield from self.claimed(at)

    def claimed(self, at: datetime) -> Iterator[datetime]:
        turn, due = self.problem.turn, self.fresh().resolve_due
        late = turn in ("late", "late_report", "stalled")
        if late:
            pressed = self.world.on_day(due + timedelta(days=2))
            if pressed > at:
                at = pressed
                yield at
                if timezone.localdate(at) > due:
                    matters.urge(self.matter, words="已经逾期，请说明原因。", by=self.office, at=at)
                at = self.later(at, 30)
                yield at
                matters.escalate(self.matter, level=Urging.Level.BLUE, reason="催办后仍未办结。", by=self.office, at=at)
                if turn == "stalled":
                    return
            at = self.later(at, 40 + self.world.random.randint(0, 90))
        else:
            room = max((due - timezone.localdate(at)).days, 1)
            day = timezone.localdate(at) + timedelta(days=self.world.random.randint(0, max(room - 1, 0)))
            at = max(self.world.on_day(day), self.later(at, 1))
        yield at
        if self.fresh().state not in (State.WORKING, State.PLANNED):
            return
        handler = self.world.actor(self.clerk)
        matters.claim(self.matter, result=self.row["result"], by=handler, at=at)
        yield from self.verified(at, refuse=turn == "refused")

    def verified(self, at: datetime, *, refuse: bool = False) -> Iterator[datetime]:
        named_at = self.later(at, 4)
        yield named_at
        judge = self.verifier(but=frozenset({self.clerk.pk}))
        matters.name_verifier(self.matter, person=judge, by=self.office, at=named_at)
        at = self.later(named_at, 20)
        yield at
        if refuse:
            matters.verify(
                self.matter, passed=False, seen="现场只完成一半，群众说还有断水。", by=self.world.actor(judge), at=at
            )
            at = self.later(at, 30)
            yield at
            matters.claim(self.matter, result=self.row["result"], by=self.world.actor(self.clerk), at=at)
            yield from self.verified(at)
            return
        matters.verify(
            self.matter, passed=True, seen="到现场看过，问了附近三户，与所报一致。", by=self.world.actor(judge), at=at
        )
        yield from self.judged(at, judge)

    def judged(self, at: datetime, judge: Person) -> Iterator[datetime]:
        """The raiser says what they think, or nothing."""
        asked = list(Evaluation.objects.filter(matter=self.matter, answer="").select_related("raiser"))
        answer = self.problem.answer
        if asked and answer != SILENT:
            at = self.later(at, self.world.random.choice([3, 20, 44]))
            yield at
            for evaluation in asked:
                self.says(evaluation, Evaluation.Answer(answer), at)
            if answer == Evaluation.Answer.UNSATISFIED:
                at = self.later(at, 16)
                yield at
                stands = self.problem.turn != "redone"
                other = self.world.actor(self.verifier(but=frozenset({self.clerk.pk, judge.pk})))
                matters.answer_dissent(
                    self.matter,
                    evaluation=asked[0],
                    stands=stands,
                    reason="水压已实测达标，您家支管堵塞已告知疏通办法。" if stands else "确有两户未通，退回重办。",
                    by=other,
                    at=at,
                )
                if not stands:
                    at = self.later(at, 30)
                    yield at
                    matters.claim(
                        self.matter,
                        result=f"{self.row['result']}遗漏的两户也已办好。",
                        by=self.world.actor(self.clerk),
                        at=at,
                    )
                    self.problem = Problem(self.row, self.problem.village, self.problem.received, "", "satisfied")
                    yield from self.verified(at)
                    return
        elif asked:
            at = self.world.on_day(asked[0].answer_due + timedelta(days=1))
            while timezone.localdate(at) <= asked[0].answer_due:
                at = self.later(at, 24)
            yield at
            for evaluation in asked:
                matters.lapse(evaluation, today=timezone.localdate(at), at=at)
        at = self.later(at, 4)
        yield at
        closes = self.world.actor(self.leader) if self.code == "duban" else self.office
        matters.close(self.matter, result=self.row["result"], by=closes, at=at)
        yield from self.after(at, judge)

    def says(self, evaluation: Evaluation, answer: Evaluation.Answer, at: datetime) -> None:
        raiser: Raiser = evaluation.raiser
        words = {"satisfied": "办得快，谢谢。", "fairly": "比以前好，希望能保持。", "unsatisfied": "我家还是没有解决。"}
        by = self.world.actor(raiser.person) if raiser.person else PUBLIC
        matters.evaluate(raiser, answer=answer, words=words[answer], by=by, at=at)

    def after(self, at: datetime, judge: Person) -> Iterator[datetime]:
        """回头看, a month or two later; some did not last."""
        if self.problem.turn not in ("rebound", "looked_at"):
            return
        at = self.later(at, 24 * 40)
        yield at
        other = self.verifier(but=frozenset({self.clerk.pk, judge.pk}))
        matters.name_verifier(self.matter, person=other, task="look", by=self.office, at=at)
        at = self.later(at, 20)
        yield at
        passed = self.problem.turn == "looked_at"
        seen = "一个多月后再看，没有反弹。" if passed else "一个多月后再看，又和原来一样。"
        matters.look_again(self.matter, passed=passed, seen=seen, by=self.world.actor(other), at=at)
        if not passed:
            self.fresh()
            self.problem = Problem(self.row, self.problem.village, self.problem.received, "", "fairly")
            yield from self.worked(at)
