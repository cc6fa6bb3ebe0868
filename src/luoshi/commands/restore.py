"""``./luoshi restore FILE``: a backup becomes the town again, all of it or nothing."""

import os
from argparse import Namespace
from pathlib import Path

from luoshi.commands.database import hidden, reach
from luoshi.commands.frame import Parser, set_up, var_folder
from luoshi.kit.errors import Refused

NAME = "restore"
HELP = "从备份文件恢复整个乡镇；先停下 ./luoshi serve"


def arguments(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="./luoshi backup 写的文件")
    parser.add_argument("--overwrite", action="store_true", help="换掉数据库里现有的全部数据")


def run(options: Namespace) -> int:
    """0: the town stands and its journal is whole; 1: it was not so when it was copied, or the restore failed.

    :raises Unreadable: for a file that is no backup, is cut, changed, or of a newer version.
    :raises WrongUse: where the database can't be reached, is in use, or has data and nobody said ``--overwrite``.
    """
    set_up()
    from luoshi.commands.keeping import putting, words
    from luoshi.commands.keeping.archive import Reader

    with Reader(options.file):
        pass  # a file that is no backup is told before anything is made for it
    url = os.environ["DATABASE_URL"]
    reach()
    secret = None if os.environ.get("LUOSHI_SECRET") else var_folder() / "secret"
    put = putting.put(options.file, url, overwrite=options.overwrite, secret=secret)
    manifest = put.manifest
    print(f"已恢复{words.towns(manifest)}：{words.counts(manifest)}，到 {hidden(url)}。")
    print(f"备份做于 {manifest.get('made_at', '')[:16].replace('T', ' ')}，校验码：{put.code}")
    if put.moved_on:
        print(f"备份是旧版本做的，已升级到这个版本（{put.moved_on} 步）。")
    if manifest.get("missing"):
        print(f"有 {len(manifest['missing'])} 个附件备份时就已缺失。")
    if put.report.broken is not None:
        raise Refused(
            "restore.was_broken",
            f"照原样恢复好了，但流水在备份时就不完好：{put.report.broken}",
            "请用更早的完好备份核对。",
        )
    print(f"流水完好：{put.report.events} 条，最新印记：{put.report.root or '尚未封存过'}")
    print("运行 ./luoshi serve 即可使用。")
    return 0
