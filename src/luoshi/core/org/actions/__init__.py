"""Every write to units, posts, people, appointments, deputies and accounts. Each takes ``by`` and ``at``, is journaled.

Who may: ``organisation`` and ``data`` posts of the same town; ``found_town`` belongs to the first-run page and
``init``; the letterhead also to secretary and office.
"""

from luoshi.core.org.actions.accounts import (
    SLIP_HOURS,
    change_password,
    check_password,
    make_reset_slip,
    open_account,
    set_account_active,
    use_reset_slip,
)
from luoshi.core.org.actions.keepers import KEEPERS
from luoshi.core.org.actions.people import (
    add_person,
    appoint,
    change_contact,
    deputise,
    end_appointment,
    end_deputyship,
)
from luoshi.core.org.actions.units import (
    change_duties,
    change_profile,
    close_post,
    close_unit,
    create_post,
    found_town,
    open_unit,
    rename_unit,
)

__all__ = [
    "KEEPERS",
    "SLIP_HOURS",
    "add_person",
    "appoint",
    "change_contact",
    "change_duties",
    "change_password",
    "change_profile",
    "check_password",
    "close_post",
    "close_unit",
    "create_post",
    "deputise",
    "end_appointment",
    "end_deputyship",
    "found_town",
    "make_reset_slip",
    "open_account",
    "open_unit",
    "rename_unit",
    "set_account_active",
    "use_reset_slip",
]
