"""What every table's model is made from."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class Model(models.Model):
    """Django's model, made faster where rows are read.

    Django makes each row by way of ``__init__``, field by field with a signal before and after; on a page of fifty lines
    that was a sixth of the processor's time. Here the values go where ``__init__`` would put them. A model that needs its
    own ``__init__`` or those signals must not be made from this one.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(  # type: ignore[override] # the stubs know a later Django, which gives one argument more
        cls, db: str | None, field_names: Iterable[str], values: Iterable[Any]
    ) -> Self:
        """A row that was read: ``field_names`` are columns' attributes, those that are left out are deferred."""
        row = cls.__new__(cls)
        own = row.__dict__
        own["_state"] = state = ModelState()
        state.adding, state.db = False, db
        own.update(zip(field_names, values, strict=True))
        return row
