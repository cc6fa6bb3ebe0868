from dataclasses import replace

import pytest

from luoshi.kit.documents.model import Attachment, Para
from luoshi.kit.documents.tests.samples import FULL, W, opened, paragraphs_of, plain_document, style_of, text_of
from luoshi.kit.errors import Refused


def test_red_mark_and_rule_stand_only_where_a_number_is():
    package = opened(replace(FULL, kind="通知"))
    (mark,), (number,) = paragraphs_of(package, "LuoshiMark"), paragraphs_of(package, "LuoshiNumber")
    assert (text_of(mark), text_of(number)) == ("云岭镇党政综合办公室文件", "云党政办〔2026〕3号")
    assert mark.find(f"{W}pPr/{W}spacing").get(f"{W}before") == "1984"  # 35 mm
    rule = style_of(package, "LuoshiNumber").find(f"{W}pPr/{W}pBdr/{W}bottom")
    assert rule.get(f"{W}color") == "FF0000"
    assert int(rule.get(f"{W}space")) * 25.4 / 72 == pytest.approx(4, abs=0.2)
    bare = opened(replace(FULL, number=None))
    assert not paragraphs_of(bare, "LuoshiMark") + paragraphs_of(bare, "LuoshiNumber")


@pytest.mark.parametrize(
    "number", ["云党政办[2026]3号", "云党政办〔2026〕第3号", "云党政办〔2026〕03号", "云党政办〔26〕3号", ""]
)
def test_number_outside_the_standard_is_refused(number):
    with pytest.raises(Refused) as refusal:
        opened(replace(FULL, number=number))
    assert (refusal.value.code, refusal.value.field) == ("documents.number", "number")
    assert opened(replace(FULL, number="〔2026〕3号"))


def test_report_upward_shows_who_approved_it_and_a_notice_does_not():
    assert "签发人：陈立新" in text_of(paragraphs_of(opened(FULL), "LuoshiNumberUp")[0])
    assert not paragraphs_of(opened(replace(FULL, kind="通知")), "LuoshiNumberUp")


def test_who_was_present_is_named_below_minutes_with_the_word_in_its_own_face():
    body = (Para(("现将议定事项纪要如下。",)), Para(("出席：镇长，各站所负责人",)), Para(("列席：县里的同志",)))
    present, also = paragraphs_of(opened(replace(FULL, kind="纪要", body=body)), "LuoshiBody")[1:3]
    assert text_of(present) == "出席：镇长，各站所负责人"
    faces = [run.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") for run in present.iter(f"{W}r")]
    assert faces == ["黑体", "仿宋_GB2312"]
    place, above = present.find(f"{W}pPr/{W}ind"), present.find(f"{W}pPr/{W}spacing")
    assert int(place.get(f"{W}hanging")) * 5 == pytest.approx(int(place.get(f"{W}left")) * 3, abs=5)
    assert int(above.get(f"{W}before")) > 500  # one line
    assert also.find(f"{W}pPr/{W}spacing").get(f"{W}before") == "0"
    plain = paragraphs_of(opened(replace(FULL, kind="通知", body=body)), "LuoshiBody")[1]
    assert len(list(plain.iter(f"{W}r"))) == 1


def test_date_is_arabic_and_stands_four_characters_from_the_right_under_the_name():
    package = opened(FULL)
    (signed,), (dated,) = paragraphs_of(package, "LuoshiSigned"), paragraphs_of(package, "LuoshiDated")
    assert text_of(dated) == "2026年4月2日"
    assert dated.find(f"{W}pPr/{W}ind").get(f"{W}rightChars") == "400"
    middle = [
        int(p.find(f"{W}pPr/{W}ind").get(f"{W}rightChars")) / 100 + width / 2 for p, width in ((signed, 10), (dated, 6))
    ]
    assert middle[0] == pytest.approx(middle[1], abs=0.02)
    assert style_of(package, "LuoshiSigned").find(f"{W}pPr/{W}keepNext") is not None
    assert [text_of(p) for p in paragraphs_of(opened(plain_document(Para(("无",)))), "LuoshiDated")] == []


def test_final_paper_without_a_date_is_refused_and_a_draft_leaves_room_for_it():
    with pytest.raises(Refused) as refusal:
        opened(replace(FULL, dated=None, draft=False))
    assert refusal.value.code == "documents.undated"
    (dated,) = paragraphs_of(opened(replace(FULL, dated=None)), "LuoshiDated")
    assert text_of(dated).replace("\u3000", "") == "年月日"


def test_recipients_attachments_note_and_imprint_follow_the_standard():
    package = opened(FULL)
    assert [text_of(p) for p in paragraphs_of(package, "LuoshiRecipients")] == ["县委办公室、县人民政府办公室："]
    assert [text_of(p) for p in paragraphs_of(package, "LuoshiAttachments")] == ["附件：1.问题整改台账", "2.责任分工表"]
    assert [text_of(p) for p in paragraphs_of(package, "LuoshiNote")] == ["（联系人：周敏）"]
    assert [text_of(p) for p in paragraphs_of(package, "LuoshiImprint")] == [
        "抄送：县纪委监委，县委组织部。",
        "云岭镇党政综合办公室2026年4月2日印发",
    ]
    imprint = package.tables[-1]._tbl
    place = imprint.find(f"{W}tblPr/{W}tblpPr")
    assert (place.get(f"{W}vertAnchor"), place.get(f"{W}tblpYSpec")) == ("margin", "bottom")
    rules = imprint.find(f"{W}tblPr/{W}tblBorders")
    assert [rules.find(f"{W}{side}").get(f"{W}sz") for side in ("top", "insideH", "bottom")] == ["8", "6", "8"]


def test_attachment_with_a_body_begins_a_page_and_one_without_a_name_is_refused():
    package = opened(FULL)
    (mark,) = paragraphs_of(package, "LuoshiAttachmentMark")
    assert text_of(mark) == "附件1"
    style = style_of(package, "LuoshiAttachmentMark")
    assert style.find(f"{W}pPr/{W}pageBreakBefore") is not None
    with pytest.raises(Refused) as refusal:
        opened(replace(FULL, attachments=(Attachment("  "),)))
    assert refusal.value.code == "documents.attachment"
