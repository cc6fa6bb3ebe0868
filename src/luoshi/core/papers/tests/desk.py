"""A desk for the tests of papers: the cast, a moment that moves on, a paper brought to any state."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.rules import Actor
from luoshi.core.papers import actions
from luoshi.core.papers.models import Kind, Paper
from luoshi.core.papers.registry import Draft
from luoshi.kit.errors import Refused

OPEN, RED = "matters?light=open", "matters?light=red"
FIGURES = (("在办", OPEN), ("逾期", RED))
BODY = "一、情况\n全镇在办【在办】件，其中逾期【逾期】件。\n二、要求\n（一）抓紧办。各单位抓紧办理。"


@dataclass
class Desk:
    """``at`` moves on by a minute with every act."""

    stage: Stage

    def __getitem__(self, part: str) -> Actor:
        return self.stage[part]

    def tick(self) -> datetime:
        return self.stage.tick()

    def draft(self, by: str = "office", **said: Any) -> Paper:
        told = {"kind": Kind.NOTICE, "title": "关于办好群众反映问题的通知", "body": BODY, "figures": FIGURES, **said}
        return actions.draft(Draft(**told), by=self[by], at=self.tick())

    def do(self, verb: str, paper: Paper, by: str, **said: Any) -> Any:
        done = getattr(actions, verb)(paper, by=self[by], at=self.tick(), **said)
        paper.refresh_from_db()
        return done

    def reviewed(self, **said: Any) -> Paper:
        paper = self.draft(**said)
        self.do("submit", paper, "office")
        self.do("review", paper, "office2")
        return paper

    def issued(self, by: str = "leader", **said: Any) -> Paper:
        paper = self.reviewed(**said)
        self.do("issue", paper, by)
        return paper

    def refused(self, act: Callable[[], object]) -> Refused:
        with pytest.raises(Refused) as refusal:
            act()
        return refusal.value

    @contextmanager
    def clock(self) -> Any:
        """The present of pages and lights is the desk's own."""
        with mock.patch("django.utils.timezone.now", side_effect=lambda: self.stage.at + timedelta(seconds=30)):
            yield
