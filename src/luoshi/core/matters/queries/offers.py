"""Which verbs a person may do now, and why not the others. Pages show only these buttons."""

from dataclasses import dataclass
from datetime import date

from luoshi.core.matters.conditions import unmet
from luoshi.core.matters.models import Matter, State
from luoshi.core.matters.permissions import Standing, refusal
from luoshi.core.matters.transitions import VERBS, Verb
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused


@dataclass(frozen=True)
class Offer:
    """A verb that fits the matter's state: ``refused`` is empty when this person may do it now."""

    verb: Verb
    refused: Refused | None

    @property
    def leads_on(self) -> bool:
        """Whether it moves the matter towards its end: such a verb is the page's primary action."""
        return self.verb.name in ("assign", "sign", "claim", "verify", "close", "rule", "resume", "answer_from_above")


def offers(matter: Matter, actor: Actor, *, day: date, standing: Standing | None = None) -> list[Offer]:
    """The verbs that the state takes, those that this person may do first, in the order of the table."""
    standing = standing or Standing(matter, day=day)
    found = []
    for verb in VERBS.values():
        if State(matter.state) not in verb.sources or not verb.on_page:
            continue
        reason, _ = refusal(verb, standing, actor)
        found.append(Offer(verb, reason or unmet(verb, standing, actor)))
    return sorted(found, key=lambda offer: offer.refused is not None)
