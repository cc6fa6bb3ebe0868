"""``./luoshi manage …``: Django's own commands."""

import os
from argparse import Namespace

from luoshi.commands.errors import WrongUse

NAME = "manage"
HELP = "运行 Django 自带的管理命令"
PASS_THROUGH = True


def take_database(rest: list[str]) -> tuple[str | None, list[str]]:
    """``--db URL`` out of the arguments, wherever it stands, and what is left of them.

    :raises WrongUse: where ``--db`` is the last word.
    """
    left: list[str] = []
    url: str | None = None
    words = iter(rest)
    for word in words:
        if word == "--db":
            url = next(words, None)
            if url is None:
                raise WrongUse("--db 后面要跟一个值。", "用法见 ./luoshi manage help。")
        elif word.startswith("--db="):
            url = word.removeprefix("--db=")
        else:
            left.append(word)
    return url, left


def run(options: Namespace) -> int:
    from django.core.management import CommandError, ManagementUtility, get_commands

    from luoshi.commands.database import check_url, reach

    url, rest = take_database(options.rest)
    if url:
        check_url(url)
        os.environ["DATABASE_URL"] = url
    reach()
    if rest and not rest[0].startswith("-") and rest[0] != "help":
        import django

        django.setup()
        if rest[0] not in get_commands():
            raise WrongUse(f"Django 没有“{rest[0]}”这个命令。", "有哪些见 ./luoshi manage help。")
    try:
        ManagementUtility(["./luoshi manage", *rest]).execute()
    except CommandError as error:
        raise WrongUse(f"没有做成：{error}。", "用法见 ./luoshi manage help。") from None
    return 0
