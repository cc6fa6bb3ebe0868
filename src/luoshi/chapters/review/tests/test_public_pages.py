import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from luoshi.chapters.review.models import Channel, Complaint, Finding
from luoshi.chapters.review.tests.conftest import SignedIn
from luoshi.core.evidence.models import Item
from luoshi.core.matters.models import Raiser
from luoshi.core.org import actions as org
from luoshi.core.org.models import TownProfile, Unit
from luoshi.core.org.rules import system
from luoshi.kit.text import clean
from luoshi.testing.cast import Cast

WORDS = {"words": "村东头路灯坏了一个月", "place": "石桥沟村"}
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{2}")


@pytest.fixture
def one_town(cast: Cast) -> Cast:
    """An installation of one town: the other's has closed."""
    Unit.objects.filter(pk=cast.other_town.pk).update(closed_on=timezone.localdate())
    return cast


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    return out.getvalue()


def page(response: Any) -> str:
    return response.content.decode()


def test_a_title_cut_from_the_words_holds_no_piece_of_a_number_that_the_list_would_show(
    one_town: Cast, client: Client, signed_in: SignedIn
) -> None:
    said = "我叫张某某，家住村东头，身份证140423198001011234，电话13812345678，路灯坏了没人修"
    assert said.index("13812345678") < 40 <= said.index("13812345678") + 11
    assert client.post(reverse("public-raise"), {**WORDS, "words": said}).status_code == 302
    finding = Finding.objects.get()
    assert finding.title == f"{said[: said.index('13812345678')]}…"
    assert finding.words == said
    for name in ("findings", "finding"):
        shown = page(signed_in(one_town.office).get(reverse(name, args=[finding.pk] if name == "finding" else [])))
        assert "〔身份证号〕" in shown
        assert "1381234" not in shown


@pytest.mark.row("1.2")
def test_three_fields_without_account_give_a_receipt_that_looks_up(
    one_town: Cast, client: Client, files_kept: Path
) -> None:
    response = client.post(
        reverse("public-raise"),
        {**WORDS, "contact": "13800001111", "files": SimpleUploadedFile("路灯.jpg", photo())},
    )
    assert response.status_code == 302
    shown = page(client.get(response["Location"]))
    code = CODE.search(shown)
    assert code
    assert "<svg" in shown
    assert "style=" not in shown
    finding = Finding.objects.get()
    assert (finding.channel, finding.words, finding.place) == (Channel.CITIZEN, *WORDS.values())
    assert Item.objects.get().stream == finding.stream

    told = client.post(reverse("public-look"), {"code": code[0].lower()})
    assert "已经收到" in page(told)
    assert WORDS["words"] in page(told)
    assert told.status_code == 200
    wrong = client.post(reverse("public-look"), {"code": "K7M2-9QXT-4C"})
    assert wrong.status_code == 422
    assert "没有这个回执号" in page(wrong)
    assert WORDS["words"] not in page(wrong)


def test_the_receipt_is_shown_to_its_own_browser_and_put_away(one_town: Cast, client: Client) -> None:
    client.post(reverse("public-raise"), WORDS)
    receipt = reverse("public-receipt")
    assert CODE.search(page(client.get(receipt)))
    assert not CODE.search(page(Client().get(receipt)))
    assert "no-store" in client.get(receipt)["Cache-Control"]
    client.post(receipt)
    assert not CODE.search(page(client.get(receipt)))
    forged = Client()
    forged.cookies["receipt"] = "K7M2-9QXT-4C|"
    assert not CODE.search(page(forged.get(receipt)))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("words", "字" * 10_000, "超过 4000 字"),
        ("place", "地" * 10_000, "超过 120 字"),
        ("contact", "1" * 10_000, "超过 120 字"),
        ("words", "", "没有填写"),
        ("words", "\x00\x07\u200b \n", "没有填写"),
        ("place", "  ", "没有填写"),
    ],
)
def test_what_is_refused_stands_beside_its_field_and_nothing_typed_is_lost(
    one_town: Cast, client: Client, field: str, typed: str, said: str
) -> None:
    sent = {**WORDS, "contact": "老张", field: typed}
    response = client.post(reverse("public-raise"), sent)
    assert response.status_code == 422
    shown = page(response)
    assert said in shown
    assert re.search(rf'id="id_{field}_error"[^>]*>[^<]*{said}', shown)
    for name, value in sent.items():
        if value and name != field:
            assert value in shown
    assert Finding.objects.count() == 0
    assert client.post(reverse("public-raise"), WORDS).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE review_finding; --",
        "a\x00b\x1b[31mc",
        "{{ 7*7 }}{% now %}",
        "💡" * 20,
    ],
)
def test_hostile_words_are_kept_as_words(one_town: Cast, client: Client, signed_in: SignedIn, typed: str) -> None:
    response = client.post(reverse("public-raise"), {"words": typed, "place": typed, "contact": typed})
    assert response.status_code == 302
    finding = Finding.objects.get()
    assert finding.words == clean(typed)
    assert "<script>alert" not in page(signed_in(one_town.office).get(reverse("finding", args=[finding.pk])))
    assert "<script>alert" not in page(signed_in(one_town.office).get(reverse("findings")))
    code = CODE.search(page(client.get(response["Location"])))
    assert code
    assert "<script>alert" not in page(client.post(reverse("public-look"), {"code": code[0]}))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("路灯.jpg", b"MZ\x90\x00 not a picture", "不能作为附件"),
        ("路灯.jpg", "只是几句话".encode(), "内容却是纯文本"),
        ("run.exe", b"MZ", "不接收 .exe 文件"),
        ("空.jpg", b"", "是空的"),
        ("无后缀", b"abc", "没有后缀"),
    ],
)
def test_files_that_lie_are_refused_beside_the_field(
    one_town: Cast, client: Client, files_kept: Path, name: str, data: bytes, said: str
) -> None:
    response = client.post(reverse("public-raise"), {**WORDS, "files": SimpleUploadedFile(name, data)})
    assert response.status_code == 422
    assert re.search(rf'id="id_files_error"[^>]*>[^<]*{re.escape(said)}', page(response))
    assert WORDS["words"] in page(response)
    assert Finding.objects.count() == 0
    sent = client.post(reverse("public-raise"), {**WORDS, "files": SimpleUploadedFile("路灯.jpg", photo())})
    assert sent.status_code == 302


@pytest.mark.row("1.2")
def test_an_accuser_is_first_told_where_to_go(one_town: Cast, client: Client) -> None:
    TownProfile.objects.filter(unit=one_town.town).update(discipline_contact="镇纪委 0375-1234567")
    sent = {**WORDS, "accusation": "on"}
    first = client.post(reverse("public-raise"), sent)
    assert first.status_code == 200
    assert "镇纪委 0375-1234567" in page(first)
    assert WORDS["words"] in page(first)
    assert Finding.objects.count() == 0
    taken = client.post(reverse("public-raise"), {**sent, "confirmed": "1"})
    assert Finding.objects.get().is_accusation
    shown = page(client.get(taken["Location"]))
    assert "由纪检监察按规定办理" in shown
    assert "督办室当天" not in shown
    client.post(reverse("public-raise"), {**WORDS, "confirmed": "1"})
    assert [f.is_accusation for f in Finding.objects.order_by("pk")] == [True, False]


def test_too_many_are_refused_kindly_with_429(one_town: Cast, client: Client) -> None:
    for _ in range(20):
        assert client.post(reverse("public-raise"), WORDS).status_code == 302
    flood = client.post(reverse("public-raise"), WORDS)
    assert flood.status_code == 429
    assert "明天再来" in page(flood)
    assert WORDS["words"] in page(flood)
    assert Finding.objects.count() == 20
    for _ in range(10):
        assert client.post(reverse("public-look"), {"code": "22"}).status_code == 422
    assert client.post(reverse("public-look"), {"code": "22"}).status_code == 429


def test_behind_ones_own_proxy_the_address_is_what_the_proxy_wrote(
    one_town: Cast, client: Client, settings: Any
) -> None:
    def wrong(address: str) -> int:
        made = client.post(reverse("public-look"), {"code": "22"}, headers={"X-Forwarded-For": f"1.1.1.1, {address}"})
        return made.status_code

    for number in range(10):
        assert wrong(f"10.0.0.{number}") == 422
    assert wrong("10.0.0.99") == 429
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert wrong("10.0.0.99") == 422


def test_with_several_towns_each_has_its_own_pages(cast: Cast, client: Client) -> None:
    for name in ("public-front", "public-raise", "complaints"):
        assert "您要找哪个乡镇" in page(client.get(reverse(name)))
    assert client.post(reverse("public-raise"), WORDS).status_code == 200
    assert Finding.objects.count() == 0
    assert client.get("/p/wubaichang/").status_code == 404
    assert client.post(reverse("public-raise", args=["waibu"]), WORDS).status_code == 302
    assert Finding.objects.get().town == cast.other_town


def test_before_there_is_a_town_the_page_says_so(db: None, client: Client) -> None:
    assert "还没有建立乡镇" in page(client.get(reverse("public-front")))
    org.found_town(name="云岭镇", code="yunling", by=system("t"), at=timezone.now())
    assert "反映问题" in page(client.get(reverse("public-front")))


@pytest.mark.row("1.2")
def test_those_served_have_a_page_of_their_own(one_town: Cast, client: Client) -> None:
    assert client.post(reverse("public-raise-served"), WORDS).status_code == 302
    assert Finding.objects.get().channel == Channel.SERVED
    assert Raiser.objects.get().kind == Raiser.Kind.SERVED


def test_complaints_reach_the_office_and_discipline_inspection_alone(
    one_town: Cast, client: Client, signed_in: SignedIn
) -> None:
    text = "同一张表一周要填三遍"
    assert client.post(reverse("complaints"), {"text": ""}).status_code == 422
    assert client.post(reverse("complaints"), {"text": text}).status_code == 302
    assert signed_in(one_town.village).post(reverse("complaints"), {"text": text}).status_code == 302
    assert [c.person for c in Complaint.objects.all()] == [None, None]
    box = reverse("complaint-box")
    for part, who in one_town.everybody.items():
        response = signed_in(who).get(box)
        assert response.status_code == (200 if part in ("office", "office2", "discipline") else 404)
    assert text in page(signed_in(one_town.office).get(box))
    settle = reverse("complaint-settle", args=[Complaint.objects.first().pk])  # type: ignore[union-attr] - two were made
    assert signed_in(one_town.clerk).post(settle, {"outcome": "已并表"}).status_code == 404
    assert signed_in(one_town.office).post(settle, {"outcome": "已并表"}).status_code == 302
    assert signed_in(one_town.office).post(settle, {"outcome": "再记"}).status_code == 422
    assert Complaint.objects.filter(outcome="已并表").count() == 1


def test_forms_of_the_public_are_guarded_against_forgery(one_town: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    for name in ("public-raise", "public-look", "complaints", "public-receipt"):
        assert strict.post(reverse(name), WORDS).status_code == 403
    token = re.search('name="csrfmiddlewaretoken" value="(.+?)"', page(strict.get(reverse("public-raise"))))
    assert token
    assert strict.post(reverse("public-raise"), {**WORDS, "csrfmiddlewaretoken": token[1]}).status_code == 302
    assert Finding.objects.count() == 1


def test_the_poster_is_printed_by_cadres(one_town: Cast, client: Client, signed_in: SignedIn) -> None:
    assert client.get(reverse("poster")).status_code == 302
    shown = page(signed_in(one_town.office).get(reverse("poster")))
    assert shown.count("<svg") >= 2
    assert "http://testserver/p/raise/" in shown
    assert "style=" not in shown
