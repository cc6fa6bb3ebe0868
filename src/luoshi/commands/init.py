"""``./luoshi init``: a real town. Makes the database, the town, and the first account with its one-time slip."""

import sys
from argparse import Namespace
from dataclasses import dataclass

from luoshi.commands.chinese import Parser
from luoshi.commands.errors import WrongUse
from luoshi.commands.frame import prepare_database, set_up
from luoshi.kit.errors import Refused

NAME = "init"
HELP = "建一个真正的乡镇：数据库、乡镇、第一个账号"
SLIP_DAYS = 3


@dataclass(frozen=True)
class Question:
    """One thing that has to be known: its option, how it is asked for, and what it is when nobody says."""

    option: str
    field: str
    """The field that a refusal of the action names."""
    ask: str
    otherwise: str = ""


QUESTIONS = {
    "name": Question("--name", "name", "乡镇名称，例如 云岭镇"),
    "code": Question("--code", "code", "乡镇代码，用拼音小写，例如 yunling"),
    "office_name": Question("--office-name", "office_name", "办公室名称", "党政综合办公室"),
    "person_name": Question("--person", "person_name", "第一位维护人员的姓名"),
    "username": Question("--username", "username", "他的登录账号，用拼音小写，例如 zhengping"),
}


def arguments(parser: Parser) -> None:
    for key, question in QUESTIONS.items():
        said = f"{question.ask}（不写：{question.otherwise}）" if question.otherwise else question.ask
        parser.add_argument(question.option, dest=key, metavar="…", default=None, help=said)


def run(options: Namespace) -> int:
    """0: the town is there, and the slip is printed.

    :raises WrongUse: where a town exists, something is missing and nobody can be asked, or an answer is refused.
    """
    set_up()
    prepare_database()
    from luoshi.core.org import queries

    if (town := queries.towns().first()) is not None:
        raise WrongUse(
            f"这个数据库里已经建了{town.name}。", "请直接运行 ./luoshi serve；另建一个镇请用 --db 换一个数据库。"
        )
    told: dict[str, str | None] = {key: getattr(options, key) for key in QUESTIONS}
    if not sys.stdin.isatty():
        lacking = [q.option for key, q in QUESTIONS.items() if told[key] is None and not q.otherwise]
        if lacking:
            raise WrongUse(f"少了 {'、'.join(lacking)}。", "请写全，或在终端里运行 ./luoshi init，逐项回答。")
        told = {key: told[key] if told[key] is not None else q.otherwise for key, q in QUESTIONS.items()}
        try:
            _begin(told)
        except Refused as refused:
            raise WrongUse(refused.sentence, refused.fix) from None
        return 0
    while True:
        for key, question in QUESTIONS.items():
            if told[key] is None:
                told[key] = _asked(question)
        try:
            _begin(told)
            return 0
        except Refused as refused:
            wrong = [key for key, question in QUESTIONS.items() if question.field == refused.field]
            if not wrong:
                raise
            print(refused)
            told[wrong[0]] = None


def _asked(question: Question) -> str:
    hint = f"（直接回车：{question.otherwise}）" if question.otherwise else ""
    try:
        return input(f"{question.ask}{hint}：").strip() or question.otherwise
    except EOFError:
        raise WrongUse("没有回答完，什么也没有建。", "请重新运行 ./luoshi init。") from None


def _begin(told: dict[str, str | None]) -> None:
    from django.utils import timezone

    from luoshi.core.org.actions.founding import begin_town
    from luoshi.core.org.rules import system

    begun = begin_town(**{key: value or "" for key, value in told.items()}, by=system("init"), at=timezone.now())
    print(f"{begun.town.name}已建好。")
    print(f"账号　{begun.account.username}（{begun.account.person.name}）")
    print(f"重置码　{begun.slip}　{SLIP_DAYS} 天内有效，只能用一次，现在就抄下来")
    print("下一步：运行 ./luoshi serve，打开网页的“登录→用重置单设新密码”，设好密码后建单位、加人员。")
