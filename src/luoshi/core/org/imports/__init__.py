"""Units and people from Excel, and how the importers of this and higher floors find units and people by name."""

from luoshi.core.org.imports.actors import KEEPERS, actor_again, may, realm, ref
from luoshi.core.org.imports.directory import Names, name_key, names
from luoshi.core.org.imports.people import PEOPLE
from luoshi.core.org.imports.units import UNITS
from luoshi.kit.imports import registry

__all__ = [
    "KEEPERS",
    "PEOPLE",
    "UNITS",
    "Names",
    "actor_again",
    "may",
    "name_key",
    "names",
    "realm",
    "ref",
]

registry.register(UNITS)
registry.register(PEOPLE)
