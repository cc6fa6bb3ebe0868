"""Six problem ledgers as six clerks keep them, each with its own habits. All of the cast's town, in November 2026."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

THIN = Side(style="thin")


def _first(book: Workbook, title: str) -> Worksheet:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    return sheet


def party_office(book: Workbook) -> None:
    """党政办: a title over all columns, who filled it in and when, one header, real dates, a total and a note."""
    sheet = _first(book, "问题台账")
    sheet["A1"] = "云岭镇“四个大”活动问题台账"
    sheet.merge_cells("A1:K1")
    sheet["A1"].font, sheet["A1"].alignment = Font(name="方正小标宋简体", size=18), Alignment(horizontal="center")
    sheet["A2"] = "填报单位：党政综合办公室　　　　　填报日期：2026年11月10日"
    sheet.merge_cells("A2:K2")
    sheet.append(["序号", "问题", "表现", "根源", "整改措施", "责任领导", "责任单位", "责任人", "时限", "进展", "销号"])
    rows = [
        ("河道垃圾", "石桥沟段两处堆放生活垃圾", "保洁合同没有含河道", "重签合同，每周清运两次", "王建军", "石桥沟村",
         "孙大山", date(2026, 12, 5), "", ""),
        ("低保复核不及时", "三户收入变化半年未复核", "无人盯办", "逐户入户复核，建立月核制度", "王建军",
         "农业农村服务中心", "赵小兰", date(2026, 10, 20), "三户已复核完毕，一户退出", date(2026, 10, 18)),
        ("会议多、材料多", "9月镇级会议11次", "部门各开各的会", "合并开会，每周不超过一次", "陈立新", "党政综合办公室",
         "周敏", date(2026, 12, 31), "10月降到6次", "未销号"),
    ]  # fmt: skip
    for number, row in enumerate(rows, start=1):
        sheet.append([number, *row])
    sheet.append(["合计", "3件"])
    sheet.append(["注：本表一式两份，督办室、填报单位各存一份。"])
    for line in sheet.iter_rows(min_row=3, max_row=6):
        for cell in line:
            cell.border = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def farm_centre(book: Workbook) -> None:
    """农业农村服务中心: a header of two rows with merged groups, the unit merged downwards, dates as text in five forms."""
    sheet = _first(book, "2026")
    sheet["A1"] = "农业农村服务中心问题清单及整改情况"
    sheet.merge_cells("A1:I1")
    top = ["编号", "问题情况", None, "整改", None, None, "责任", None, None]
    below = [None, "存在问题", "具体表现", "整改举措", "完成时限", "整改进展", "责任单位", "责任领导", "责任人"]
    sheet.append(top)
    sheet.append(below)
    for area in ("A2:A3", "B2:C2", "D2:F2", "G2:I2"):
        sheet.merge_cells(area)
    days = ["2026-12-01", "2026/12/2", "2026.12.3", "2026年12月4日", "20261205", "12月6日前"]
    words = ["水渠漏水", "农药瓶乱丢", "冷库闲置", "机井电费分摊不清", "土地流转合同缺页", "补贴公示时间短"]
    for place, (word, day) in enumerate(zip(words, days, strict=True)):
        sheet.append(
            [f"农-{place + 1}", word, f"{word}，群众反映{place + 2}次", "现场核实，逐项解决", day, None,
             "农业农村服务中心" if place == 0 else None, "王建军" if place == 0 else None, "赵小兰"]
        )  # fmt: skip
    sheet.merge_cells("G4:G9")
    sheet.merge_cells("H4:H9")


def emergency_office(book: Workbook) -> None:
    """应急办: full-width figures and letters, blanks in headers, an empty column and row, a hidden sheet of last year."""
    sheet = _first(book, "隐患及问题")
    for column, label in zip(
        "CDEFGHI", ["编　号", "问 题", "原因分析", "措施（限３００字）", "责任部门", "经办人", "期限"], strict=True
    ):
        sheet[f"{column}4"] = label
    rows = [
        (
            "ＹＪ－０１",
            "加油站旁堆放杂物",
            "巡查走过场",
            "清理并划定禁放区",
            "应急管理办公室",
            "钱进",
            "２０２６年１２月１０日",
        ),
        None,
        (
            "ＹＪ－０２",
            "校车停靠点无护栏",
            "没有经费",
            "协调交警安装",
            "应急管理办公室 ",
            "钱　进",
            "２０２６．１２．１５",
        ),
        ("ＹＪ－０３", "消防栓缺水压", "管网老化", "报县水务公司检修", "应急管理办公室", "李秋", 46000 + 371),
    ]
    for line, row in enumerate(rows, start=5):
        for column, value in zip("CDEFGHI", row or (), strict=False):
            sheet[f"{column}{line}"] = value
    old = book.create_sheet("2025年（旧）")
    old.append(["编号", "问题", "责任单位"])
    old.append(["旧-1", "不应被读到", "应急管理办公室"])
    old.sheet_state = "hidden"


def village(book: Workbook) -> None:
    """石桥沟村: no numbers, one column for everything, section headings, a repeated header where the page turned."""
    sheet = _first(book, "Sheet1")
    sheet.append(["石桥沟村查摆问题清单（2026年11月）"])
    sheet.append([])
    header = ["序号", "查摆问题", "解决办法", "责任单位", "责任人", "提出时间", "是否销号", "备注"]
    sheet.append(header)
    sheet.append(["一、民生方面"])
    sheet.append(
        [
            1,
            "村口路灯三盏不亮，老人晚上出门不便。",
            "报修换灯",
            "石桥沟村",
            "孙大山",
            "11月2日",
            "是，2026年11月9日",
            "",
        ]
    )
    sheet.append([2, "卫生室周末没人值班", "排班公示", "石桥沟村", "孙大山", "11月3日", "否", "等排班"])
    sheet.append(header)
    sheet.append(["二、作风方面"])
    sheet.append([3, "村务公开栏三个月没有更新", "当月更新，每月五日前张贴", "石桥沟村", "孙大山", "11月5日", "√", ""])
    sheet.append([None, None, None, None, None, None, None, None])
    sheet.append(["说明：销号以镇督办室核查为准。"])


def old_ledger(book: Workbook) -> None:
    """督办室 2025: all closed long ago, closed by a word alone, a cover sheet before it, numbers kept as numbers."""
    cover = _first(book, "封面")
    cover["B5"] = "云岭镇历年积弊台账"
    cover["B6"] = "2025年度"
    sheet = book.create_sheet("积弊")
    sheet.append(["云岭镇历年积弊台账（2025年）"])
    sheet.append(["编号", "事项名称", "问题描述", "牵头单位", "责任人", "登记时间", "办结期限", "落实情况", "办理状态"])
    rows = [
        (1.0, "集体土地发包未公示", "2012年发包两块地未公示", "农业农村服务中心", "赵小兰", "2025.3.2", "2025.6.30", "已补公示",
         "已办结"),
        (2.0, "农机补贴重复申领", "一户两次申领", "农业农村服务中心", "赵小兰", "2025.4.10", "2025.7.31", "已追回",
         "已完成，长期坚持"),
        (3.0, "防汛物资账实不符", "编织袋少200条", "应急管理办公室", "李秋", datetime(2025, 5, 6), datetime(2025, 9, 30, 0, 0),
         "已补齐并建账", "已办结"),
    ]  # fmt: skip
    for row in rows:
        sheet.append(list(row))
    for cell in sheet["A"]:
        cell.fill = PatternFill("solid", fgColor="FFFF00")


def careless(book: Workbook) -> None:
    """A clerk in a hurry: every row but the first has something that only a person can put right."""
    sheet = _first(book, "台账")
    sheet.append(["编号", "问题", "责任单位", "责任人", "时限", "销号"])
    rows = [
        ("C1", "公厕没有扶手", "柳河湾村", "柳春来", "2026-12-20", ""),
        ("C2", "窗口午休无人", "便民服务中心", "", "2026-12-20", ""),
        ("C3", "树枝压线", "柳河湾村", "王二", "2026-12-20", ""),
        ("C4", "沼气池漏气", "柳河湾村", "柳春来", "尽快", ""),
        ("C5", "桥栏断裂", "柳河湾村", "柳春来", "2026年2月30日", ""),
        ("C6", "井盖缺失", "柳河湾村", "柳春来", date(1900, 1, 5), ""),
        ("C7", "健身器材坏", "柳河湾村", "柳春来", "9999-12-31", ""),
        ("C8", "", "柳河湾村", "柳春来", "2026-12-20", ""),
        ("C1", "同一编号又写一遍", "柳河湾村", "柳春来", "2026-12-20", ""),
        ("C9", "道路坑洼", "柳河湾村", "柳春来", "2026-12-20", "再议"),
        ("C10", "办事要跑两次", "柳河湾村", "柳春来、孙大山", "2026-12-20", ""),
    ]
    for row in rows:
        sheet.append(list(row))


BOOKS: dict[str, Callable[[Workbook], None]] = {
    "党政办": party_office,
    "农服中心": farm_centre,
    "应急办": emergency_office,
    "石桥沟村": village,
    "历年积弊": old_ledger,
    "着急的人": careless,
}


def write(name: str, folder: Path) -> Path:
    """One of them as a file."""
    book = Workbook()
    BOOKS[name](book)
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path
