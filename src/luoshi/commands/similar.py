"""``./luoshi similar``: which messages of a workbook tell of one thing. Reads nothing else and keeps nothing."""

import json
import time
from argparse import Namespace
from pathlib import Path

from luoshi.commands.chinese import Parser
from luoshi.commands.errors import WrongUse

NAME = "similar"
HELP = "找出留言里可能是同一件事的"
MOST_LINES = 20


def arguments(parser: Parser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.xlsx", help="留言表：留言编号、留言主题、留言详情、留言时间")
    parser.add_argument("--json", type=Path, metavar="FILE", help="把各组和各对写成 JSON 文件")


def run(options: Namespace) -> int:
    from luoshi.commands.resembling.messages import read
    from luoshi.kit.likeness.corpus import compare

    begun = time.perf_counter()
    messages = read(options.file)
    likeness = compare([message.told for message in messages])
    ids = [message.number for message in messages]
    found = {
        "groups": [[ids[place] for place in group] for group in likeness.groups],
        "pairs": [[ids[pair.one], ids[pair.other], round(pair.score, 4)] for pair in likeness.pairs],
        "seconds": round(time.perf_counter() - begun, 2),
    }
    if options.json:
        _write(options.json, found)
    print(
        f"{len(messages)} 条留言里，可能是同一件事的有 {len(likeness.groups)} 组、{len(likeness.pairs)} 对，"
        f"用时 {found['seconds']} 秒。只是提示，并不并由人定。"
    )
    for group in likeness.groups[:MOST_LINES]:
        print(f"  {len(group)} 条：{messages[group[0]].told.title}（{'、'.join(ids[place] for place in group[:8])}）")
    if len(likeness.groups) > MOST_LINES:
        print(
            f"  …… 其余 {len(likeness.groups) - MOST_LINES} 组{'见 JSON 文件' if options.json else '用 --json 写出'}。"
        )
    return 0


def _write(path: Path, found: dict[str, object]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"“{path}”写不进去（{error.strerror}）。", "请换一个能写的位置。") from None
