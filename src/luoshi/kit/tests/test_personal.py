from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.personal import bare, holds_numbers, masked, shortened

NUMBERS = {
    "13812345678": "手机号",
    "138 1234 5678": "手机号",
    "138-1234-5678": "手机号",
    "+8613812345678": "手机号",
    "１３８１２３４５６７８": "手机号",
    "14042319800101001X": "身份证号",
    "140423198001010011": "身份证号",
    "140423 19800101 0011": "身份证号",
    "１４０４２３１９８００１０１００１X": "身份证号",
    "140423800101001": "身份证号",
    "6222021234567890123": "银行卡号",
    "0356-2234567": "电话号码",
    "03562345678": "电话号码",
}
KEPT = ("2026年11月25日", "13710", "37 件", "204路", "2018-031", "12345热线", "A00045581", "3.5公里", "20190425093209")


def test_numbers_of_people_are_masked_wherever_they_stand_and_others_are_kept() -> None:
    for number, kind in NUMBERS.items():
        for text in (f"电话{number}，请回", f"（{number}）", f"我叫王某某{number}住村东头"):
            assert holds_numbers(text)
            assert f"〔{kind}〕" in masked(text), text
            assert number not in masked(text)
            assert not any(sign.isdigit() for sign in masked(text)), text
            assert not any(sign.isdigit() for sign in bare(text))
    for text in KEPT:
        assert masked(text) == text
        assert not holds_numbers(text)


def test_an_identity_number_is_masked_right_after_letters_too_and_a_code_that_holds_letters_is_kept() -> None:
    for number in ("140423198001010011", "14042319800101001X"):
        assert masked(f"ID{number}，sfz{number}") == "ID〔身份证号〕，sfz〔身份证号〕"
    assert masked("统一代码91140423MA0GTX1234") == "统一代码91140423MA0GTX1234"


def test_a_cut_goes_through_no_number_and_what_fits_stays_whole() -> None:
    for number in NUMBERS:
        said = f"请回电话{number}，村东头"
        for longest in range(6, len(said)):
            cut = shortened(said, longest)
            assert len(cut) <= longest
            assert cut.endswith("…")
            assert number in cut or not any(sign.isdigit() for sign in cut)
        assert shortened(said, len(said)) == said
    assert shortened("路灯坏了三盏，2026年11月", 12) == "路灯坏了三盏，2026…"


@given(st.text(max_size=40))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(st.text(alphabet="0127８９X话机：- 村", max_size=24))
def test_whatever_holds_a_number_is_masked_however_few_its_digits(text: str) -> None:
    assert (masked(text) != text) == holds_numbers(text)


def test_the_shortest_number_is_masked() -> None:
    assert masked("电话2234567") == "电话〔电话号码〕"
