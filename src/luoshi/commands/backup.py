"""``./luoshi backup FILE``: the whole town in one file, while people go on working."""

import os
import sys
from argparse import Namespace
from pathlib import Path

from luoshi.commands.database import hidden, reach, sqlite_file
from luoshi.commands.errors import WrongUse
from luoshi.commands.frame import Parser, set_up
from luoshi.kit.errors import Refused

NAME = "backup"
HELP = "把整个乡镇备份成一个文件；使用中也可以做"


def arguments(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="写成哪个文件，例如 /mnt/u盘/云岭镇.luoshi")


def run(options: Namespace) -> int:
    """0: the backup stands and is whole; 1: it stands, and what was copied is not whole, or the disk is full.

    :raises WrongUse: for a database that is not there, or a place that can't be written to.
    """
    url = os.environ["DATABASE_URL"]
    if not url.startswith("sqlite:"):
        reach()
    elif not Path(sqlite_file(url)).is_file():
        raise WrongUse(f"没有 {hidden(url)} 这个数据库，没有可备份的。", "请检查 --db 和 DATABASE_URL。")
    set_up()
    from django.utils import timezone

    from luoshi.commands.keeping import taking, words
    from luoshi.core.journal.reading import Unreadable

    try:
        taken = taking.take(options.file, at=timezone.now())
    except Unreadable as error:
        raise WrongUse(str(error)) from error
    journal = taken.manifest["journal"]
    print(f"已备份{words.towns(taken.manifest)}：{words.counts(taken.manifest)}。")
    print(f"备份文件：{options.file}（{words.size(options.file.stat().st_size)}）")
    print(f"校验码：{taken.code}")
    if journal["root"]:
        print(f"流水最新印记：{journal['root']}")
    print("里面有账号、密钥和群众的联系方式：请存到另一台机器或移动硬盘上锁好，不要发到网上。")
    if "secret" not in taken.manifest["members"]:
        print("密钥写在 LUOSHI_SECRET 里，不在备份里，请另外保管。", file=sys.stderr)
    if taken.missing:
        print(f"有 {len(taken.missing)} 个附件本来就缺失或损坏，备份里没有：", file=sys.stderr)
        for name in taken.missing[:10]:
            print(f"  {name}", file=sys.stderr)
    if taken.broken:
        raise Refused(
            "backup.broken",
            f"备份写好了，但流水不完好：{taken.broken}",
            "请停用系统，原样保存数据库，再用完好的备份核对、恢复。",
        )
    if taken.missing:
        raise Refused("backup.missing", "备份写好了，但有附件本来就缺失或损坏。", "请运行 ./luoshi doctor 查看。")
    return 0
