"""Small plans of other offices, each with a habit of its own; and files that can't be read, which say why."""

import json
from pathlib import Path
from typing import Any

import pytest

from luoshi.core.plan.reading import open_file, read_plan, read_text
from luoshi.core.plan.tests import word_files
from luoshi.kit.errors import Refused

pytestmark = pytest.mark.row("0.4")
PLANS = Path(__file__).parent / "plans"


def read(name: str) -> tuple[dict[str, Any], list[str]]:
    opened = open_file((PLANS / name).read_bytes(), name)
    plan = read_plan(opened)
    assert plan.text == opened.text
    return plan.as_json(), opened.notes


def outline(tree: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Number, title, and of each measure its number with the first four characters and how many sentences follow."""
    return [
        (c["number"], c["title"], [f"{m['number']}{m['lead'][:4]}+{len(m['sentences'])}" for m in c["measures"]])
        for c in tree["chapters"]
    ]


@pytest.mark.parametrize(
    "name",
    [
        "emergency",  # 1　总则, 1.1, 1.1.1: numbers without a point
        "chat_window",  # Markdown
        "speech",  # 首先……其次……最后
        "bare_heads",  # chapters without numbers between articles
        "mixed_widths",  # 一 、(一)1、 in a line, a. below (1)
        "running",  # 一要……二要……; 一是 behind commas
        "page_width",  # GB18030, lines cut by the page within numbers
    ],
)
def test_a_plan_of_another_office_is_read_as_a_person_wrote_it_down(name: str) -> None:
    tree, _ = read(f"{name}.txt")
    del tree["text"]
    assert tree == json.loads((PLANS / f"{name}.json").read_text(encoding="utf-8"))


def test_headings_without_numbers_count_where_the_file_says_that_they_are_headings() -> None:
    opened = open_file(word_files.headed(), "意见.docx")
    tree = read_plan(opened).as_json()
    assert tree["title"] == "关于推进移风易俗的实施意见"
    assert outline(tree) == [
        ("", "总体要求", []),
        ("", "主要任务", ["抵制高价+2", "简办丧事+1"]),
        ("", "组织保障", []),
    ]
    marked = "# 养老计划\n\n## 目标\n老年食堂覆盖每个村。\n## 任务\n### 办食堂\n每村一个。\n### 改居室\n每年50户。\n"
    assert outline(read_text(marked).as_json()) == [("", "目标", []), ("", "任务", ["办食堂+1", "改居室+1"])]
    assert read_text(marked).text == marked
    assert outline(read_text(marked.replace("#", "")).as_json()) == []


def test_word_counts_in_arabic_digits_below_chinese_chapters_where_it_is_told_to() -> None:
    opened = open_file(word_files.legal_numbers(), "规划.docx")
    tree = read_plan(opened).as_json()
    assert outline(tree) == [("第一章", "现状", ["1.112个村+1"]), ("第二章", "任务", ["2.1建队伍+0"])]


def test_without_numbers_everything_is_preamble() -> None:
    tree, _ = read("unnumbered.txt")
    assert tree["title"] == "青杠坪乡冬春森林防火工作要点"
    assert (len(tree["preamble"]), tree["chapters"], tree["closing"]) == (7, [], [])


def test_two_that_are_both_called_the_first_are_two() -> None:
    tree, _ = read("two_firsts.txt")
    assert tree["title"] == "槐树店街道关于规范沿街经营秩序的通知"
    assert [len(words) for words in tree["preamble"]] == [8, 14, 11]
    assert outline(tree) == [("", "", ["第一，摸清底数+1", "第二，划定场所+2", "第一，文明劝导+2", "第三，定期回看+1"])]
    assert tree["closing"] == ["特此通知。", "槐树店街道办事处", "2026年4月8日"]


def test_an_old_encoding_is_read_and_said() -> None:
    tree, notes = read("gb18030.txt")
    assert notes == ["文字编码是 GB18030。"]
    assert tree["title"] == "柏树垭镇“百日安全”行动安排"
    assert outline(tree) == [
        ("一、", "行动目标", []),
        ("二、", "主要任务", ["（一）查房屋。+2", "（二）查燃气。+1", "（三）查道路。+1"]),
        ("三、", "保障措施", []),
    ]
    assert tree["enumerations"] == [
        {"name": "三个不发生", "items": ["不发生亡人事故", "不发生较大火灾", "不发生群体中毒"]},
        {"name": "三件套", "items": ["软管", "阀门", "报警器"]},
    ]
    assert "㙍口路段设专人。" in tree["chapters"][1]["measures"][2]["sentences"][0]
    assert "\r" not in tree["text"]


def test_articles_of_chapters_are_measures_and_what_they_list_stays_in_them() -> None:
    tree, _ = read("articles.txt")
    assert tree["title"] == "白果树镇村级小微工程管理办法"
    assert outline(tree) == [
        ("第一章", "总　则", ["第一条为了管好+0", "第二条本办法所+1"]),
        ("第二章", "立项和实施", ["第三条立项由村+1", "第四条施工队伍+2", "第五条监督小组+0"]),
        ("第三章", "附　则", ["第六条本办法由+0", "第七条本办法自+0"]),
    ]
    assert tree["chapters"][1]["measures"][1]["sentences"][1] == "（二）十万元以上的，公开比选。"
    assert tree["closing"] == []


def test_arabic_numbers_hold_bracketed_ones_and_circles_stay_in_their_sentence() -> None:
    tree, _ = read("arabic.txt")
    assert outline(tree) == [
        ("1.", "工作任务", ["（1）清垃圾。+2", "（2）清塘沟。+1", "（3）清粪污。+1", "（4）改习惯。+1"]),
        ("2.", "时间步骤", ["（1）动员阶段+1", "（2）整治阶段+1", "（3）验收阶段+1"]),
        ("3.", "工作要求", ["一要真干；+0", "二要常干；+0", "三要大家一起+0"]),
    ]
    assert tree["chapters"][0]["measures"][0]["sentences"][1] == "垃圾做到①户分类、②村收集、③镇转运。"
    assert tree["closing"] == ["附件：1.责任分工表", "2.验收标准", "石板滩镇人民政府", "2026年2月25日"]
    assert [one["name"] for one in tree["enumerations"]] == ["三清一改"]


def test_word_counts_its_own_numbers_and_what_was_read_otherwise_is_said() -> None:
    opened = open_file(word_files.office_plan(), "预案.docx")
    plan = read_plan(opened)
    tree = plan.as_json()
    assert plan.text == opened.text
    assert tree["title"] == "龙王庙镇防汛应急预案"
    assert outline(tree) == [
        ("一、", "组织领导", ["（一）镇成立防+0", "（二）各村成立+2"]),
        ("二、", "响应措施", ["（一）雨前转移+1", "（二）雨中值守+4", "（三）水退后消+1"]),
    ]
    assert tree["chapters"][0]["measures"][1]["sentences"][1] == "汛期每天巡两遍。"
    assert tree["chapters"][1]["measures"][1]["sentences"] == ["村", "转移户数", "上坝村", "12"]
    assert tree["chapters"][1]["measures"][2]["sentences"] == ["联系人：镇应急办"]
    assert "一遍" not in tree["text"]
    assert opened.notes == [
        "有 7 段的编号是 Word 自动加的，已按文件里的编号规则还原。",
        "有 1 张表格，按行读出，一格一行，共 4 格。",
        "有 1 个文本框，读在它所在段落的后面。",
        "有 1 处修订是新增，按已接受读入。",
        "有 1 处修订是删除，没有读入。",
        "页眉、页脚没有读入。",
    ]


def test_what_cannot_be_read_says_why_and_what_to_do() -> None:
    for data, name, code in (
        (b"", "a.txt", "plan.empty"),
        (" \n　".encode(), "a.txt", "plan.empty"),
        (bytes(range(256)) * 40, "a.txt", "plan.not_text"),
        (b"\x00\x01" * 500, "a.txt", "plan.not_text"),
        (word_files.cut_short(), "a.docx", "plan.broken"),
        (word_files.no_word_inside(), "a.docx", "plan.broken"),
        (word_files.spoilt_inside(), "a.docx", "plan.broken"),
        ("一、不是压缩包".encode(), "a.docx", "plan.broken"),
        (word_files.locked(), "a.docx", "plan.locked"),
        (word_files.locked().replace(b"E\0n\0c", b"X\0n\0c"), "a.doc", "plan.old_word"),
        (b"{\\rtf1\\ansi }", "a.doc", "plan.other_kind"),
        (b"%PDF-1.7\n1 0 obj", "a.txt", "plan.other_kind"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><p>", "a.doc", "plan.other_kind"),
        (b"x" * (20 * 1024 * 1024 + 1), "a.txt", "plan.too_big"),
    ):
        with pytest.raises(Refused) as refused:
            open_file(data, name)
        assert refused.value.code == code, name
        assert refused.value.sentence
        assert refused.value.fix
    mixed = open_file("一、路灯。\n二、水渠。\n三、桥".encode("gb18030") * 9 + b"\xff\n", "a.txt")
    assert mixed.text.count("路灯") == 9
    assert "认不出的字" in mixed.notes[0]
    assert open_file("一、路灯".encode("utf-16")).text == "一、路灯"
    assert open_file("一、路灯\n二、桥".encode("utf-16-le")).text == "一、路灯\n二、桥"
    taiwan = open_file("關於加強環境衛生的通知\n一、目標\n做好衛生。".encode("big5"))
    assert (taiwan.text[:4], taiwan.notes) == ("關於加強", ["文字编码是 Big5（繁体）。"])
    assert "可能读错了" in open_file("閽眏媭挾矬嫓鍏".encode("gb18030"), "a.txt").notes[0]
    assert open_file(b"\xef\xbb\xbf" + "一、路灯".encode()).text == "一、路灯"


def test_two_hundred_pages_are_read_whole() -> None:
    page = (PLANS / "arabic.txt").read_text(encoding="utf-8") + (PLANS / "articles.txt").read_text(encoding="utf-8")
    text = page * 190
    plan = read_text(text)
    assert len(text) > 120_000
    assert plan.text == text


def test_what_stands_behind_numbers_in_running_text_is_counted_by_a_name() -> None:
    said = "（一）开展“四查四看”活动。一是查思想，看信念牢不牢；二是查作风，看工作实不实；三是查纪律；四是查担当。\n"
    four = read_text("一、自查\n" + said).as_json()["enumerations"]
    assert four == [{"name": "四查四看", "items": ["查思想", "查作风", "查纪律", "查担当"]}]
    three = read_text("一、自查\n" + said.replace("；四是查担当", "")).as_json()["enumerations"]
    assert three == [{"name": "四查四看", "items": []}]
