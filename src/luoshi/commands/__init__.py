"""The commands of ``./luoshi``.

A module of this package that has a ``NAME`` is a command; it bears the name of the command (``import_`` for a word of
Python's). It has ``NAME``, ``HELP`` (one line of Chinese), ``arguments(parser)`` and ``run(options) -> int``, where 0 is
done and 1 is not so; wrong use and unreadable input are raised as ``frame.WrongUse`` or ``frame.Unreadable`` and end
with 2.

What a command is made of, if it is much, stands in a folder beside it (``benching``, ``replaying``).

A command imports Django's models inside ``run`` only, after ``frame.set_up()``: before that the database is not chosen.
A command with ``PASS_THROUGH = True`` has no ``arguments``; it finds everything after its name in ``options.rest``.
"""
