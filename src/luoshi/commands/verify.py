"""`./luoshi verify`: is the journal whole? Reads only; makes no file but the bundle that was asked for."""

import os
import re
from argparse import Namespace
from pathlib import Path

from luoshi.commands.database import reach
from luoshi.commands.errors import Unreadable, WrongUse
from luoshi.commands.frame import Parser, set_up
from luoshi.kit.errors import Refused

NAME = "verify"
HELP = "检查流水和封存是否完好，可与另处保存的印记比对，可导出给外人检查"
HEX = re.compile(r"[0-9a-fA-F]{64}")


def arguments(parser: Parser) -> None:
    parser.add_argument("--root", metavar="HEX", help="另处保存的印记（六十四位十六进制数），看它是不是这份流水的")
    parser.add_argument("--export", metavar="FILE", type=Path, help="完好时导出到这个文件，供外人检查")


def run(options: Namespace) -> int:
    """0: whole, and the root is of this log. What was found is printed; what is not so is also said in one line on
    standard error, with exit code 1.

    :raises Refused: for a broken journal, or a root that is not of this log.
    :raises WrongUse: for a malformed root, or a bundle that can't be written.
    """
    if options.root is not None and not HEX.fullmatch(options.root):
        raise WrongUse("--root 应是六十四位十六进制数。", "请照原样抄写保存的印记。")
    if not os.environ["DATABASE_URL"].startswith("sqlite:"):
        reach()
    set_up()
    from luoshi.core.journal import bundle, reading, verification

    try:
        with reading.snapshot() as raw:
            report = verification.check(raw, options.root)
            if options.export is not None and report.broken is None:
                bundle.export(raw, report, options.export)
    except reading.Unreadable as error:
        raise Unreadable("journal.unreadable", str(error)) from error
    except OSError as error:
        raise WrongUse(f"导出文件 {options.export} 写不了（{error.strerror}）。", "请换一个能写的地方。") from error
    if report.broken is not None:
        print(f"不完好。{report.broken}")
        if options.export is not None:
            print("流水不完好，未导出。")
        raise Refused(
            "journal.broken", f"流水不完好：{report.broken}", "请停用系统，原样保存数据库，再用完好的备份核对、恢复。"
        )
    print(f"完好：流水 {report.events} 条，其中已封存 {report.sealed} 条、待封 {report.waiting} 条。")
    print(f"文字已依规销毁的 {report.erased} 条。")
    print(f"最新印记：{report.root}" if report.root else "尚未封存过。")
    if options.export is not None:
        print(f"已导出到 {options.export}，检查办法：python3 tools/verify_bundle.py {options.export}")
    if report.root_found is None:
        return 0
    if not report.root_found:
        print("所给印记不属于这份流水。")
        raise Refused(
            "journal.other_root",
            "所给印记不属于这份流水：流水被整批改写过，或印记抄错。",
            "请先核对印记；没有抄错的，请停用系统，原样保存数据库，交检查人员。",
        )
    print("所给印记属于这份流水。")
    return 0
