"""An address filled in is the address that Django finds."""

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse, set_script_prefix

from luoshi.kit.addresses import address, of_one_page

ASKED = [("home", []), ("matter", [1]), ("matter", [987654321]), ("ledger", ["matters"]), ("matter-do", [12, "close"])]


@pytest.mark.parametrize(("name", "args"), ASKED)
def test_every_number_gives_its_own_address_under_every_prefix(name, args) -> None:
    for prefix in ("/", "/镇/", "/"):
        set_script_prefix(prefix)
        for _ in range(2):
            assert address(name, *args) == reverse(name, args=args)
            numbers = [arg + 1 if isinstance(arg, int) else arg for arg in args]
            assert address(name, *numbers) == reverse(name, args=numbers)
            with of_one_page():
                assert address(name, *args) == reverse(name, args=args)


def test_what_leads_nowhere_is_refused_and_a_template_may_ask_whether_it_does() -> None:
    for name, args in (("no-such-page", []), ("matter", []), ("matter", [-1]), ("matter", ["x"])):
        with pytest.raises(NoReverseMatch):
            address(name, *args)
    words = (
        "{% url 'matter' pk %}|{% url 'no-such-page' as none %}{{ none }}|{% url 'matter' pk='7' as kept %}{{ kept }}"
    )
    assert Template(words).render(Context({"pk": 5})) == f"{reverse('matter', args=[5])}||{reverse('matter', args=[7])}"
    with pytest.raises(NoReverseMatch):
        Template("{% url 'no-such-page' %}").render(Context())
