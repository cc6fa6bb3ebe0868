"""`./luoshi plan`: reads a plan and prints its tree. Needs no database and keeps nothing."""

import json
from argparse import Namespace
from pathlib import Path

from luoshi.commands.errors import Unreadable, WrongUse
from luoshi.commands.frame import Parser
from luoshi.core.plan.reading import Plan, open_file, read_plan
from luoshi.core.plan.reading.tree import Measure, Part
from luoshi.kit.errors import Refused

NAME = "plan"
HELP = "读一份方案（docx、txt），列出章、措施和句子"
_SCREEN = Path("-")


def arguments(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="方案文件，docx 或 txt（UTF-8、GB18030）")
    parser.add_argument(
        "--json",
        metavar="FILE",
        type=Path,
        nargs="?",
        const=_SCREEN,
        help="把结果写成 JSON 文件；不写文件名，只把 JSON 打在屏幕上",
    )


def run(options: Namespace) -> int:
    """0: it was read; how, and what was not, is printed first.

    :raises Unreadable: for a file that can't be read as a plan.
    :raises WrongUse: for a result that can't be written.
    """
    try:
        data = options.file.read_bytes()
    except OSError as error:
        raise Unreadable("plan.file", f"打不开 {options.file}（{error.strerror}）。", "请核对文件名。") from error
    try:
        opened = open_file(data, options.file.name)
    except Refused as refused:
        raise Unreadable(refused.code, refused.sentence, refused.fix) from refused
    plan = read_plan(opened)
    written = json.dumps(plan.as_json(), ensure_ascii=False, indent=1)
    if options.json == _SCREEN:
        print(written)
        return 0
    for note in opened.notes:
        print(f"说明：{note}")
    print("\n".join(_outline(plan)))
    if options.json is not None:
        try:
            options.json.write_text(written + "\n", encoding="utf-8")
        except OSError as error:
            raise WrongUse(f"{options.json} 写不了（{error.strerror}）。", "请换一个能写的地方。") from error
    return 0


def _outline(plan: Plan) -> list[str]:
    tree = plan.tree
    lines = [f"标题：{_told(tree.title)}"] if tree.title else ["（没有标题）"]
    lines += _bare("开头", tree.preamble)
    measures = 0
    for chapter in tree.chapters:
        lines += ["", f"{chapter.number}{chapter.title.text}" if chapter.title else "（没有分章）"]
        lines += _bare("引语", chapter.lead)
        for measure in chapter.measures:
            measures += 1
            lines += _measure(measure)
        lines += _bare("章末", chapter.closing)
    if tree.closing:
        lines += ["", *_bare("结尾", tree.closing)]
    lines += ["", "成套的提法："]
    lines += [f"  “{one.name}”{'：' + '、'.join(one.items) if one.items else ''}" for one in plan.enumerations] or [
        "  （没有）"
    ]
    sentences = [part for part in plan.parts if part.text]
    lines += [
        "",
        f"共 {len(tree.chapters)} 章、{measures} 条措施、{len(sentences)} 句。",
        f"没有记录落实的：{len(sentences)} 句，即全部（本命令只读文件，不看办理记录；装入系统后逐句对上）。",
    ]
    return lines


def _bare(label: str, parts: list[Part]) -> list[str]:
    return [f"  {label}｜{part.number}{part.text}" for part in parts]


def _measure(measure: Measure) -> list[str]:
    return [f"  {measure.number}　{measure.lead.text}", *(f"      · {part.number}{part.text}" for part in measure.rest)]


def _told(parts: list[Part]) -> str:
    return "".join(part.number + part.text for part in parts)
