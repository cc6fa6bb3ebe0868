"""The page of e-mail: whether it goes out, tried by a letter to oneself, and told in office words where it does not."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from luoshi.core.org.models import Person
from tests.support.story import client_of

if TYPE_CHECKING:
    from tests.support.story import Story

PAGE = "/notices/mail/"


def test_whoever_keeps_the_house_tries_mail_with_a_letter_to_oneself(story: Story, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    office = client_of(story.people["office"])
    assert "没有设，邮件不发" in office.get(PAGE).content.decode()
    refused = office.post(PAGE)
    assert refused.status_code == 409
    assert "还没有设发信的服务器" in refused.content.decode()
    settings.EMAIL_HOST = "smtp.example.org"
    assert "您还没有填电子邮箱" in office.post(PAGE).content.decode()
    Person.objects.filter(pk=story.people["office"].pk).update(email="zhoumin@example.org")
    assert "给自己试发一封" in office.get(PAGE).content.decode()
    assert mail.outbox == []
    assert office.post(PAGE, follow=True).content.decode().count("信已经交给服务器，请到 zhoumin@example.org") == 1
    assert [letter.to for letter in mail.outbox] == [["zhoumin@example.org"]]
    assert client_of(story.people["clerk"]).post(PAGE).status_code == 404
    assert len(mail.outbox) == 1


REFUSALS = (
    (smtplib.SMTPAuthenticationError(535, b"no"), "服务器不认这个账号或密码"),
    (smtplib.SMTPServerDisconnected("gone"), "服务器没有接受这封信"),
    (ConnectionRefusedError(), "地址或端口多半不对"),
    (TimeoutError(), "等了很久没有回答"),
    (OSError(), "连不上服务器"),
)


def test_a_server_that_does_not_take_the_letter_is_told_with_what_to_do(
    story: Story, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_HOST = "smtp.example.org"
    Person.objects.filter(pk=story.people["office"].pk).update(email="zhoumin@example.org")
    office = client_of(story.people["office"])
    for error, said in REFUSALS:

        def refuse(*_: object, error: Exception = error) -> int:
            raise error

        monkeypatch.setattr(EmailBackend, "send_messages", refuse)
        told = office.post(PAGE)
        assert told.status_code == 409
        assert said in told.content.decode()
        assert "改好后重新启动再试" in told.content.decode()
    assert mail.outbox == []
