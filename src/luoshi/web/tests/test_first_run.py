"""The first-run page: a town for who has the word from the server, once, and nothing for anybody else."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from luoshi.core.org.models import Account, Person, Unit
from luoshi.core.org.rules import Duty
from luoshi.web import firstrun

FORM = {
    "name": "云岭镇",
    "code": "yunling",
    "office_name": "党政综合办公室",
    "person_name": "郑平",
    "username": "zhengping",
    "password": "yun-ling-1371",
    "again": "yun-ling-1371",
}


@pytest.fixture
def word(db: None, settings: Any, tmp_path: Path) -> str:
    settings.VAR = tmp_path
    return firstrun.token()


@pytest.mark.row("0.3")
def test_who_has_the_word_founds_the_town_once_and_signs_in(word: str, client: Client, tmp_path: Path) -> None:
    assert client.get("/")["Location"] == "/start/"
    assert "云岭镇" not in client.get("/start/").content.decode()
    done = client.post("/start/", {**FORM, "token": f" {word}\n"})
    assert done["Location"] == "/signin/", done.content.decode()
    town = Unit.objects.get(kind="town")
    assert (town.name, town.path) == ("云岭镇", "/yunling/")
    person = Person.objects.get()
    post = person.appointments.get().post
    assert set(post.duties) == {Duty.DATA, Duty.ORGANISATION}
    assert client.post("/signin/", {"username": "zhengping", "password": FORM["password"]})["Location"] == "/home/"
    assert client.get("/org/town/").status_code == 200
    assert "镇里还只有您一个人" in client.get("/home/").content.decode(), "what comes next"
    other = Person.objects.create(town=town, name="周敏")
    assert "镇里还只有您一个人" not in client.get("/home/").content.decode()
    other.delete()
    assert not (tmp_path / "first-run-token").exists()
    for again in (client.get("/start/"), client.post("/start/", {**FORM, "token": word, "code": "other"})):
        assert again.status_code == 404
    assert Unit.objects.filter(kind="town").count() == 1
    assert Client().get("/").status_code == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"token": ""}, "启动口令不对"),
        ({"token": "x" * 500}, "启动口令不对"),
        ({"again": "otherwise"}, "不一样"),
        ({"password": "12345678", "again": "12345678"}, "密码"),
        ({"password": "", "again": ""}, "密码"),
        ({"name": ""}, "乡镇名称"),
        ({"name": "镇" * 10_000}, "乡镇名称"),
        ({"code": "云岭"}, "小写字母"),
        ({"office_name": "\x00 "}, "办公室名称"),
        ({"person_name": ""}, "姓名"),
        ({"username": " "}, "账号"),
    ],
)
def test_a_wrong_answer_is_told_keeps_what_was_typed_and_makes_nothing(
    change: dict[str, str], said: str, word: str, client: Client
) -> None:
    answer = client.post("/start/", {**FORM, "token": word, **change})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert said in page
    assert 'value="郑平"' in page or "person_name" in change
    assert FORM["password"] not in page
    assert not Unit.objects.exists()
    assert not Account.objects.exists()
    assert firstrun.is_token(word)
