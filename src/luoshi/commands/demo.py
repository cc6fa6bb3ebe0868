"""``./luoshi demo``: the demo township, loaded once and then served."""

import os
import sys
import threading
import webbrowser
from argparse import ArgumentTypeError, Namespace
from datetime import date
from pathlib import Path
from urllib.parse import quote

from luoshi.commands.chinese import Parser
from luoshi.commands.errors import WrongUse
from luoshi.commands.frame import set_up, var_folder
from luoshi.commands.serving import check_port, port_number, serve

NAME = "demo"
HELP = "演示乡镇：装好一年的往事，打开网页"
CHOOSES_DATABASE = True
FIRST_DAY, LAST_DAY = date(2006, 1, 1), date(2100, 12, 31)


def day(text: str) -> date:
    """A day written 2026-11-22, in years that have a calendar behind them or before them."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"日期要写成 2026-11-22 的样子，给的是“{text}”") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise ArgumentTypeError(f"日期要在 {FIRST_DAY} 到 {LAST_DAY} 之间，给的是“{text}”")
    return found


def arguments(parser: Parser) -> None:
    parser.add_argument("--port", type=port_number, default=8000, help="端口（不写：8000）")
    parser.add_argument("--no-browser", action="store_true", help="不打开浏览器")
    parser.add_argument(
        "--today", type=day, default=None, help="往事写到哪一天（不写：今天），演示里的今天就是那一天，例如 2026-11-22"
    )


def run(options: Namespace) -> int:
    folder = var_folder() / "demo"
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{quote(str((folder / 'demo.sqlite3').absolute()))}")
    check_port("127.0.0.1", options.port)
    set_up()
    from django.utils import timezone

    def prepare() -> None:
        _load(options.today or timezone.localdate(), folder)
        _set_clock(options.today)

    def ready(address: str) -> None:
        _greet(address, folder)
        if not options.no_browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    return serve("127.0.0.1", options.port, ready=ready, prepare=prepare)


def _load(today: date, folder: Path) -> None:
    """Load the township unless it is there. A database with a real town in it is never touched."""
    from luoshi.core.org import queries as org
    from luoshi.demo.loader import accounts_json, is_loaded, load, sign_ins

    accounts = folder / "accounts.json"
    if not is_loaded():
        if org.towns().exists():
            raise WrongUse("这个数据库里已经有一个真乡镇，不能装演示数据。", "请用 --db 换一个数据库，或不写 --db。")
        print("正在装演示乡镇：一年的往事，大约半分钟……", flush=True)
        loaded = load(today=today)
        for sentence in loaded.stopped:
            print(f"往事停在这一步：{sentence}", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    draft = accounts.with_suffix(".draft")
    draft.write_text(accounts_json(sign_ins()), "utf-8")
    draft.replace(accounts)


def _set_clock(asked: date | None) -> None:
    """Pages and jobs stand where the history stands, when that is not now."""
    from django.utils import timezone

    from luoshi.core.journal.queries import last_recorded
    from luoshi.demo.clock import ahead

    now = timezone.now()
    away = ahead(asked=asked, newest=last_recorded(), now=now)
    if away:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "luoshi.demo.settings",
            "LUOSHI_DEMO_AHEAD": str(away.total_seconds()),
        }
        here = timezone.localtime(now + away)
        print(f"演示乡镇里现在是 {here.year}年{here.month}月{here.day}日 {here:%H:%M}。", flush=True)


def _greet(address: str, folder: Path) -> None:
    """The address and the sign-ins that a first look wants; all of them are in the file."""
    from luoshi.demo.loader import sign_ins
    from luoshi.demo.world import PASSWORD

    wanted = ("陈立新", "周敏", "王建军", "刘建国", "赵小兰", "孙大山", "何清", "郑平", "马会计")
    print(f"\n落实（演示乡镇 云岭镇）：{address}")
    print(f"群众不用账号：{address}p/")
    print(f"工作人员登录：{address}signin/　密码都是 {PASSWORD}")
    by_name = {row["name"]: row for row in sign_ins()}
    for name in wanted:
        row = by_name[name]
        print(f"  {row['username']:<14}{name}　{row['role']}")
    print(f"全部账号在 {folder / 'accounts.json'}。按 Ctrl-C 停止。", flush=True)
