"""A row that is read is the row that Django would have made."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection, models
from django.db.models.signals import post_init, pre_init
from django.test.utils import CaptureQueriesContext

from luoshi.kit.jobs.models import Job
from luoshi.kit.models import Model


def made_by_django(model: type[models.Model], names: list[str], values: list[Any]) -> models.Model:
    row = super(Model, model).from_db("default", names, values)
    assert isinstance(row, model)
    return row


def test_a_row_holds_what_django_would_give_it_and_asks_for_what_was_left_out(now: datetime, db: None) -> None:
    job = Job.objects.create(kind="种", payload={"n": 1}, run_at=now, created_at=now, progress=3)
    assert not job._state.adding
    names = [field.attname for field in Job._meta.concrete_fields]
    values = list(Job.objects.values_list(*names).get())
    for some in (names, ["id", "kind"], ["id", "kind", "progress"]):  # in the order of the columns, as Django asks
        given = [values[names.index(name)] for name in some]
        read, theirs = Job.from_db("default", some, given), made_by_django(Job, some, given)
        ours, wanted = dict(vars(read)), dict(vars(theirs))
        assert vars(ours.pop("_state")) == vars(wanted.pop("_state"))
        assert ours == wanted
        assert read == theirs
        assert read.get_deferred_fields() == theirs.get_deferred_fields() == set(names) - set(some)
    with CaptureQueriesContext(connection) as asked:
        lazy = Job.objects.only("kind").get()
        assert (lazy.kind, lazy.progress, lazy.payload) == ("种", 3, {"n": 1})
    assert len(asked) == 3
    lazy.kind = "另一种"
    lazy.save()
    assert Job.objects.get().kind == "另一种"
    with pytest.raises(ValueError, match="zip"):
        Job.from_db("default", names, values[:-1])


def test_no_model_wants_what_is_left_out() -> None:
    """Neither an ``__init__`` of its own nor a signal before or after: both would be passed over in silence."""
    pending = list(Model.__subclasses__())
    found: set[type[Model]] = set()
    while pending:
        found.add(one := pending.pop())
        pending += one.__subclasses__()
    assert len(found) > 70
    for model in found:
        assert model.__init__ is models.Model.__init__, model
        if not model._meta.abstract:
            assert not pre_init.has_listeners(model), model
            assert not post_init.has_listeners(model), model
