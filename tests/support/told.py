"""Who acts in the story of a town, and everything that the story knows by name."""

import hashlib
import io
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from luoshi.chapters.review.causes.models import Cause
from luoshi.chapters.review.examples.models import Example
from luoshi.chapters.review.likeness.models import Suggestion, Topic
from luoshi.chapters.review.meetings.models import Meeting
from luoshi.chapters.review.models import Complaint, Finding
from luoshi.chapters.review.selfreview.models import Round, Sheet
from luoshi.core.evidence.models import Item
from luoshi.core.matters import actions
from luoshi.core.matters.models import Matter, Raiser, Secrecy
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.models import Person
from luoshi.core.papers.models import Paper
from luoshi.core.plan.models import Goal, Version
from luoshi.testing.cast import Cast

ACCUSED = "举报饮水工程回扣"
"""What only discipline inspection may ever read."""


def picture(name: str = "现场.jpg") -> SimpleUploadedFile:
    """A small photograph."""
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "#8a6d3b").save(kept, "JPEG")
    return SimpleUploadedFile(name, kept.getvalue(), content_type="image/jpeg")


def receipt(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


class Town(Stage):
    """The stage of matters, on which every matter is raised by a citizen with a receipt of its own and by 柳春来."""

    def register(self, *, raisers: bool = True, **inputs: Any) -> Matter:
        title = inputs.get("title", "村口路灯不亮")
        told = [
            actions.NewRaiser(
                kind=Raiser.Kind.CITIZEN, raised_at=self.at, receipt_digest=receipt(title), name="张三", contact="138"
            ),
            actions.NewRaiser(kind=Raiser.Kind.CADRE, raised_at=self.at, person=self.cast.other_village),
        ]
        made = {"title": title, "received_at": self.at, "raisers": told if raisers else [], **inputs}
        by = "discipline" if inputs.get("secrecy") == Secrecy.ACCUSATION else "office"
        return actions.register(town=self.cast.town, by=self[by], at=self.tick(), **made)


@dataclass
class Story:
    """Everybody, and the matters by the turn that they have taken (``working``, ``dissent``, ``accusation`` …),
    what was found by the same kind of name, and the receipts."""

    stage: Town
    matters: dict[str, Matter] = field(default_factory=dict)
    goal: Goal | None = None
    plan: Version | None = None
    file: Item | None = None
    secret_file: Item | None = None
    findings: dict[str, Finding] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    complaint: Complaint | None = None
    suggestion: Suggestion | None = None
    cause: Cause | None = None
    meetings: list[Meeting] = field(default_factory=list)
    examples: dict[str, Example] = field(default_factory=dict)
    topic: Topic | None = None
    round: Round | None = None
    sheets: dict[str, Sheet] = field(default_factory=dict)

    @property
    def cast(self) -> Cast:
        return self.stage.cast

    @property
    def people(self) -> dict[str, Person]:
        return self.cast.everybody

    def __getitem__(self, name: str) -> Matter:
        return self.matters[name]

    def fresh(self, name: str) -> Matter:
        """The matter as the database has it now."""
        return Matter.objects.select_related("lead_unit", "town").get(pk=self.matters[name].pk)
