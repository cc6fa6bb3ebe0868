"""The real plan, sentence by sentence as a person read it: the table below was written from the text, not from what the
program made of it."""

from pathlib import Path

import pytest

import luoshi
from luoshi.core.plan.reading import open_file, read_text

pytestmark = pytest.mark.row("0.4")

FILE = Path(luoshi.__file__).parent / "demo" / "data" / "plan.txt"
# number and title; the sentences before the measures; per measure its number and how each of its sentences begins
CHAPTERS = [
    (
        "一、",
        "开展“大查摆”活动，对标对表找问题",
        ["全面对标对表习近平总书记", "突出抓好“四对照、四查看”："],
        [
            ("一是", "对照习近平新时代中国特色"),
            ("二是", "对照习近平总书记关于增强"),
            ("三是", "对照省委实现“两个确保”", "查看推动党委政府决策部署"),
            ("四是", "对照先进典型、身边榜样", "查看在本职工作岗位上", "通过“三提两点一议”，请基层群众提"),
        ],
    ),
    (
        "二、",
        "开展“大学习”活动，学干并重提能力",
        ["强化“答卷意识”、克服“本领恐慌”"],
        [
            ("一是", "学理论，提升政治能力。", "深入实施习近平新时代", "研究制定加强全镇党员干部"),
            ("二是", "学主业，提升专业能力。", "按照标准化建设要求", "以人大政协换届为契机"),
            (
                "三是",
                "学先进，提升改革创新能力。",
                "以“抓人才、强创新、促发展”",
                "收集整理*在外优秀人才信息",
                "探索“政产学研用”协同创新模式。",
                "引导党员干部激活创造性思维",
                "发挥好老干部“传帮带”作用",
            ),
            (
                "四是",
                "学方法，提升统筹发展和安全能力。",
                "加强总体国家安全观",
                "注重发挥业务指导作用",
                "常态化开展安全生产",
            ),
            ("五是", "学基层，提升群众工作能力。", "持续开展“我为群众办实事”"),
        ],
    ),
    (
        "三、",
        "开展“大练兵”活动，查改贯通转作风",
        ["坚持问题导向，注重从思想深处提升", "重点锻造四种作风："],
        [
            ("一是", "突出凡事讲政治", "围绕贯彻落实“四个着力”", "开展贯彻落实习近平总书记重要指示批示"),
            ("二是", "突出担苦担难担重担险", "针对党员干部队伍中存在的“怕、慢、假、懒、乱”"),
            ("三是", "突出为基层减负增能", "紧盯会多文多"),
            (
                "四是",
                "突出优化营商环境",
                "加强政务诚信建设",
                "深入推进“万人助万企”活动",
                "落实好营商环境评价与奖惩办法",
                "各站所各行政村要结合实际",
            ),
        ],
    ),
    (
        "四、",
        "开展“大提升”活动，建治结合激活力",
        ["树立鲜明用人导向", "着力完善四项机制："],
        [
            ("一是", "完善正向激励机制。", "以结果论英雄", "大力选树在重大改革", "加大对年度考核优秀个人"),
            ("二是", "完善容错纠错机制。", "为干部系好“安全绳”"),
            ("三是", "完善澄清保护机制。", "为干部构建“保护网”", "及时为受到错告诬告的干部", "对受到恶意中伤"),
            ("四是", "完善立体监督机制。", "织密“监督网”"),
        ],
    ),
]
# every name of the kind number and word, in the order of the text; with what it counts where the text lists it
ENUMERATIONS = {
    "两个确保": (),
    "十大战略": (),
    "四城四区": (),
    "两示范、四标杆、一样板": (),
    "四对照、四查看": ("对照习近平新时代", "对照习近平总书记关于", "对照省委实现", "对照先进典型"),
    "八项本领": (),
    "七种能力": (),
    "一极两高三优四提升": (),
    "三提两点一议": (
        "请基层群众提",
        "请党员干部提",
        "请服务对象提",
        "上级和同级当面点",
        "书面点",
        "召开会议集体议",
    ),
    "五项能力提升计划": ("学理论", "学主业", "学先进", "学方法", "学基层"),
    "六大平台": ("红色引领", "栋梁锻造", "聚力赋能", "红鹰创业", "英才荟聚", "银发生辉"),
    "1十10": (),
    "五个一": (),
    "五治": ("政治", "法治", "德治", "自治", "智治"),
    "零上访零事故零案件": ("零上访", "零事故", "零案件"),
    "13710": (),
    "四不两直": (),
    "四种作风": ("突出凡事讲政治", "突出担苦", "突出为基层", "突出优化"),
    "两个维护": (),
    "四个着力": (),
    "四张牌": (),
    "三结合": (),
    "两个更好": (),
    "怕、慢、假、懒、乱": ("怕", "慢", "假", "懒", "乱"),
    "三个担当": (),
    "五减一增": ("减文件", "减会议", "减台账", "减事务", "减督考", "增关爱"),
    "三个注重": (),
    "一绳两网": ("安全绳", "保护网", "监督网"),
    "四项机制": ("完善正向激励机制", "完善容错纠错机制", "完善澄清保护机制", "完善立体监督机制"),
    "四项监督": (),
}


def begin(sentences: list[str], beginnings: list[str] | tuple[str, ...]) -> bool:
    return len(sentences) == len(beginnings) and all(map(str.startswith, sentences, beginnings))


def test_every_sentence_of_the_real_plan_stands_where_a_reader_puts_it() -> None:
    source = FILE.read_text(encoding="utf-8")
    plan = read_text(open_file(FILE.read_bytes()).text)
    read = plan.as_json()
    assert (read["text"], read["title"]) == (source, None)
    assert begin(read["preamble"], ["自“能力作风建设年”活动开展以来"])
    assert begin(read["closing"], ["下一步，*镇将继续"])
    assert [(c["number"], c["title"]) for c in read["chapters"]] == [(number, title) for number, title, *_ in CHAPTERS]
    for chapter, (_, title, lead, measures) in zip(read["chapters"], CHAPTERS, strict=True):
        assert begin(chapter["lead"], lead), title
        assert chapter["closing"] == []
        assert [m["number"] for m in chapter["measures"]] == [number for number, *_ in measures]
        for measure, (_, *beginnings) in zip(chapter["measures"], measures, strict=True):
            assert begin([measure["lead"], *measure["sentences"]], beginnings)
    words = "".join(part.number + part.text for part in plan.parts)
    assert "".join(words.split()) == "".join(source.split())


def test_every_name_by_number_is_found_with_what_the_text_lists() -> None:
    read = read_text(FILE.read_text(encoding="utf-8")).as_json()
    found = {one["name"]: one["items"] for one in read["enumerations"]}
    assert set(ENUMERATIONS) - set(found) == set()
    assert set(found) - set(ENUMERATIONS) == {"抓人才、强创新、促发展"}, "a list in quotation marks, no number"
    for name, beginnings in ENUMERATIONS.items():
        assert begin(found[name], beginnings), name
