"""`./luoshi import`: an Excel file in, through the same actions as the pages."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from luoshi.commands.errors import Unreadable, WrongUse
from luoshi.commands.frame import Parser, prepare_database, set_up
from luoshi.kit.errors import Refused

NAME = "import"
HELP = "导入 Excel：单位、人员、问题、台账"
KINDS = ("units", "people", "findings", "matters")
_PIECE = 1 << 20


def arguments(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="Excel 文件（.xlsx、.xls、.ods）")
    parser.add_argument("--as", dest="kind", required=True, choices=KINDS, help="里面是什么")
    parser.add_argument("--by", metavar="USER", help="以谁的账号导入；不写就是本镇数据岗")
    parser.add_argument("--sheet", metavar="NAME", help="工作簿里的哪一张表")
    parser.add_argument("--all-or-nothing", action="store_true", help="有一行不行就都不导入")
    parser.add_argument("--dry-run", action="store_true", help="只看会怎样，什么也不写")


def run(options: Namespace) -> int:
    """0: every row is in; 1: some were refused. The last line counts them.

    :raises WrongUse: for a user or a file that is not there.
    :raises Unreadable: for a file that is no workbook, or has no sheet that fits.
    """
    if not options.file.is_file():
        raise WrongUse(f"没有 {options.file} 这个文件。", "请核对路径。")
    set_up()
    prepare_database()
    from django.utils import timezone

    from luoshi.kit.imports import actions
    from luoshi.kit.imports import mapping as matching
    from luoshi.kit.imports.reading import columns_refusal

    by, now = _actor(options.by), timezone.now()
    declared = _declared(options.kind, by)
    try:
        batch = actions.stage(
            _pieces(options.file),
            name=options.file.name,
            slug=options.kind,
            sheet=options.sheet or "",
            all_or_nothing=options.all_or_nothing,
            by=by,
            at=now,
        )
        if matching.missing(declared, batch.mapping):
            raise columns_refusal(declared, actions.table_of(batch))
    except Refused as said:
        raise Unreadable(said.code, said.sentence, said.fix) from said
    print(_read_as(batch, declared), file=sys.stderr)
    actions.begin(batch, trial=options.dry_run, by=by, at=now)
    done = actions.go_on(batch.pk, at=now, report=_progress)
    if done is None or done.state == done.State.FAILED:
        raise Refused("imports.failed", done.error if done else "导入中断了。")
    for row in done.results.filter(outcome="refused").order_by("number").iterator():
        for fault in row.faults:
            print(f"{fault['cell']}：{fault['sentence']}")
    if done.state == done.State.REFUSED:
        print("有不能导入的行，按要求一行也没有写入。")
    print(f"rows {done.rows}, new {done.new}, changed {done.changed}, same {done.same}, refused {done.refused}")
    return 1 if done.refused else 0


def _read_as(batch: Any, declared: Any) -> str:
    """What was taken for what, so that a wrong reading is seen before its rows are."""
    from luoshi.kit.imports.opening import column_letters

    known = {place: declared.column(key).label for key, place in batch.mapping.items()}
    columns = [
        f"{column_letters(place)} {label}（{known[place]}）"
        if place in known
        else f"{column_letters(place)} {label}（不用）"
        for place, label in enumerate(batch.headers)
        if label
    ]
    return f"{batch.sheet_words}，第 {batch.header_row} 行是表头：{'、'.join(' '.join(one.split()) for one in columns)}"


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _progress(percent: int, message: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{percent}%　{message}", end="\n" if percent == 100 else "", file=sys.stderr, flush=True)


def _declared(kind: str, by: Any) -> Any:
    from luoshi.kit.imports import registry

    declared = registry.get(kind)
    if declared is None:
        raise WrongUse(f"“{kind}”所属的模块没有启用。")
    if not declared.may(by):
        raise Refused("imports.unknown_kind", f"{by.name}的岗位不能导入{declared.label}。", "请由数据岗或督办室导入。")
    return declared


def _actor(username: str | None) -> Any:
    """The actor of an account, else of the first data post of the first town."""
    from django.utils import timezone

    from luoshi.core.org import queries as org
    from luoshi.core.org.models import Account, Unit, UnitKind
    from luoshi.core.org.rules import Duty

    today = timezone.localdate()
    if username:
        account = Account.objects.filter(username=username.lower(), is_active=True).first()
        if account is None:
            raise WrongUse(f"没有“{username}”这个账号，或已停用。", "请核对账号。")
        return org.actor_of(account.person, on=today)
    town = Unit.objects.filter(kind=UnitKind.TOWN).order_by("pk").first()
    keepers = org.holders(Duty.DATA, town_id=town.pk, on=today) if town else []
    if not keepers:
        raise WrongUse("本镇还没有数据岗。", "请用 --by 写明以谁的账号导入。")
    return org.actor_of(keepers[0], on=today)
