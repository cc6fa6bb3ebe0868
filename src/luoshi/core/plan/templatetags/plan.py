"""The picture of the campaign's flow; passages of the plan."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from luoshi.core.plan import lines
from luoshi.core.plan.drawing import draw_flow
from luoshi.core.plan.queries.campaign import Step

register = template.Library()


@register.simple_tag(name="flow_picture")
def flow_picture(steps: Sequence[Step]) -> SafeString:
    """The four steps as a band whose width is what each counts."""
    return SafeString(draw_flow([step.main for step in steps]))


register.simple_tag(lines.passage, name="passage")
