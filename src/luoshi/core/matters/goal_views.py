"""目标: the tree with what hangs on it, one goal with its matters and their results, and which goal a matter serves."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.core.matters import lines, queries
from luoshi.core.matters.actions.aiming import set_goal
from luoshi.core.matters.forms import Pick
from luoshi.core.matters.models import Secrecy
from luoshi.core.matters.queries.goals import carries, served, serving, serving_none, summed
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.plan import actions
from luoshi.core.plan import queries as plan
from luoshi.core.plan.models import Goal, GoalLevel
from luoshi.core.plan.registry import goal_figures
from luoshi.kit.errors import Refused
from luoshi.kit.forms import PlainForm, attempt
from luoshi.kit.ledgers.figures import parse, read_many


def _pick(tree: list[plan.Branch], label: str, *, required: bool, hint: str = "") -> Pick:
    labels = {branch.goal.pk: branch.label for branch in tree}
    return Pick(
        [branch.goal for branch in tree],
        label=label,
        label_of=lambda goal: labels[goal.pk],
        required=required,
        help_text=hint,
    )


class AddForm(PlainForm):
    """A goal that is added."""

    name = forms.CharField(label="目标", max_length=120)
    level = forms.ChoiceField(label="层级", choices=GoalLevel.choices, initial=GoalLevel.TOWN)
    source = forms.CharField(label="出处", max_length=200, required=False, help_text="出自哪份文件、哪次会议。")

    def __init__(self, *args: Any, tree: list[plan.Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = _pick(tree, "上级目标", required=False, hint="它服务于哪个上级目标；没有不选。")


class RenameForm(PlainForm):
    name = forms.CharField(label="新的名称", max_length=120)


class MoveForm(PlainForm):
    def __init__(self, *args: Any, tree: list[plan.Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = _pick(tree, "上级目标", required=False, hint="不选，就不在任何目标之下。")


class DeleteForm(PlainForm):
    pass


class AimForm(PlainForm):
    def __init__(self, *args: Any, tree: list[plan.Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goal"] = _pick(tree, "服务的目标", required=True)


def _keeps(actor: Actor) -> bool:
    return actor.has(*actions.KEEPERS)


@require_http_methods(["GET", "POST"])
@signed_in()
def goals(request: HttpRequest) -> HttpResponse:
    """The tree: each goal with what serves it and all below it; matters without a goal stand at the end."""
    actor = actor_of_request(request)
    if request.method == "POST" and not _keeps(actor):
        raise Http404
    tree = plan.tree(plan.goals_of_town(actor.town_id) if actor.town_id else [])
    form = AddForm(request.POST if request.method == "POST" else None, tree=tree)
    if request.method == "POST":
        town = org.towns().get(pk=actor.town_id or 0)
        made = attempt(form, lambda: actions.add_goal(town=town, by=actor, at=timezone.now(), **form.cleaned_data))
        if made is not None:
            messages.success(request, f"已增加目标“{made.name}”。")
            return redirect("goals")
    counts = served(actor, [branch.goal.pk for branch in tree], today=timezone.localdate())
    context = {
        "rows": [(branch, summed(counts, branch.under)) for branch in tree],
        "none": serving_none(actor, today=timezone.localdate()),
        "form": form if _keeps(actor) else None,
    }
    return render(request, "matters/goals.html", context, status=409 if form.errors else 200)


def _goal(actor: Actor, pk: int) -> tuple[Goal, list[plan.Branch]]:
    tree = plan.tree(plan.goals_of_town(actor.town_id) if actor.town_id else [])
    found = next((branch.goal for branch in tree if branch.goal.pk == pk), None)
    if found is None:
        raise Http404
    return found, tree


def _page(
    request: HttpRequest, goal: Goal, tree: list[plan.Branch], *, asked: str = "", form: PlainForm | None = None
) -> HttpResponse:
    actor, today = actor_of_request(request), timezone.localdate()
    branch = next(one for one in tree if one.goal.pk == goal.pk)
    counts = served(actor, branch.under, today=today)
    above = [one.goal for one in tree if goal.pk in one.under and one.goal.pk != goal.pk]
    measures = plan.measures_of(actor, branch.under)
    count = summed(counts, branch.under)
    is_used = asked != "delete" and bool(len(branch.under) > 1 or measures or count.any or carries(actor, goal.pk))
    verbs = _verbs(goal, tree, is_used=is_used) if _keeps(actor) else []
    sources = [(one.label, parse(one.source.replace("{goal}", str(goal.pk)))) for one in goal_figures()]
    told = read_many([source for _, source in sources], actor)
    context = {
        "measures": measures,
        "figures": [(label, told[source]) for label, source in sources],
        "goal": goal,
        "above": above,
        "below": [(one, summed(counts, one.under)) for one in tree if one.goal.parent_id == goal.pk],
        "count": count,
        "matters": lines.results(serving(actor, branch.under), today=today),
        "verbs": [(name, label, form if form and name == asked else empty) for name, label, empty in verbs],
        "asked": asked,
    }
    return render(request, "matters/goal.html", context, status=409 if form else 200)


def _verbs(goal: Goal, tree: list[plan.Branch], *, is_used: bool) -> list[tuple[str, str, PlainForm]]:
    """What the keepers may do here; a goal that carries something is not offered for deletion."""
    found: list[tuple[str, str, PlainForm]] = [
        ("rename", "改名", RenameForm(initial={"name": goal.name}, auto_id="rename-%s")),
        ("move", "移到别的上级目标之下", MoveForm(initial={"parent": goal.parent_id}, tree=tree, auto_id="move-%s")),
    ]
    if not is_used:
        found.append(("delete", "删除", DeleteForm()))
    return found


@require_GET
@signed_in()
def goal(request: HttpRequest, pk: int) -> HttpResponse:
    """One goal: where it stands, what serves it, and the results in which that ended."""
    found, tree = _goal(actor_of_request(request), pk)
    return _page(request, found, tree)


@require_POST
@signed_in(*actions.KEEPERS)
def goal_do(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Rename, move or delete; refused, the page comes back with what was typed."""
    actor, now = actor_of_request(request), timezone.now()
    found, tree = _goal(actor, pk)
    form: PlainForm
    if verb == "rename":
        form = RenameForm(request.POST, auto_id="rename-%s")
        attempt(form, lambda: actions.rename_goal(found, by=actor, at=now, **form.cleaned_data))
    elif verb == "move":
        form = MoveForm(request.POST, tree=tree, auto_id="move-%s")
        attempt(form, lambda: actions.move_goal(found, by=actor, at=now, **form.cleaned_data))
    elif verb == "delete":
        form = DeleteForm(request.POST)
        attempt(form, lambda: actions.delete_goal(found, by=actor, at=now))
    else:
        raise Http404
    if not form.is_valid():
        return _page(request, found, tree, asked=verb, form=form)
    messages.success(request, {"rename": "已改名。", "move": "已移动。", "delete": "已删除。"}[verb])
    return redirect("goals") if verb == "delete" else redirect("goal", pk)


@require_http_methods(["GET", "POST"])
@signed_in(Duty.OFFICE, Duty.DISCIPLINE)
def matter_goal(request: HttpRequest, pk: int) -> HttpResponse:
    """Which goal an open matter serves: the office says it, discipline inspection for an accusation."""
    actor = actor_of_request(request)
    try:
        matter = queries.get(actor, pk)
    except Refused:
        raise Http404 from None
    office = Duty.DISCIPLINE if matter.secrecy == Secrecy.ACCUSATION else Duty.OFFICE
    if not matter.is_open or not actor.has(office):
        raise Http404
    tree = plan.tree(plan.goals(actor))
    form = AimForm(request.POST if request.method == "POST" else None, tree=tree, initial={"goal": matter.goal_id})
    if request.method == "POST":
        done = attempt(form, lambda: set_goal(matter, by=actor, at=timezone.now(), **form.cleaned_data))
        if done is not None and done.goal is not None:
            messages.success(request, f"目标已定为“{done.goal.name}”。")
            return redirect("matter", pk)
    context = {"matter": matter, "form": form, "tree": tree}
    return render(request, "matters/matter_goal.html", context, status=409 if form.errors else 200)
