"""Files of long ledgers belong to a person, as long as the posts are those under which they were asked for."""

import hashlib

from luoshi.core.org.imports import actor_again, ref
from luoshi.core.org.rules import Actor
from luoshi.kit.exports import registry


def _ref(actor: object) -> str:
    return ref(actor) if isinstance(actor, Actor) and actor.is_person else ""


def _standing(actor: Actor) -> str:
    """A digest of the posts held, own and as deputy, with their units and duties."""
    hats = sorted(f"{hat.post_id} {hat.unit_id} {sorted(hat.duties)} {hat.principal_id}" for hat in actor.hats)
    return hashlib.sha256("\n".join([str(actor.town_id), *hats]).encode()).hexdigest()


registry.register(registry.Readers(ref=_ref, again=actor_again, standing=_standing))
