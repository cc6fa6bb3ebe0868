"""The house stands without any one of its chapters: what pointed at it is left out, nothing breaks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.ROOT)
CHAPTERS = sorted(app for app in settings.INSTALLED_APPS if app.startswith("luoshi.chapters."))
WALK = """
import json, os, sys
import django
from django.conf import settings
from luoshi import settings_test as real

left_out = sys.argv[1]
own = {name: getattr(real, name) for name in dir(real) if name.isupper()}
own["INSTALLED_APPS"] = [app for app in real.INSTALLED_APPS if app != left_out and not app.startswith(left_out + ".")]
own["DATABASES"] = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
settings.configure(**own)
django.setup()
from datetime import timedelta
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
from django.utils import timezone

call_command("migrate", verbosity=0)
setup_test_environment()
from luoshi.core.matters import actions
from luoshi.core.org import queries as org
from luoshi.testing.cast import make_cast

now = timezone.now()
cast = make_cast(now - timedelta(days=30))
office = org.actor_of(cast.office, on=timezone.localdate())
matter = actions.register(town=cast.town, title="路灯不亮", received_at=now, by=office, at=now)
told = {}
for name in ("office", "clerk", "discipline", "organisation"):
    client = Client(raise_request_exception=False)
    client.force_login(cast.everybody[name].account, backend="django.contrib.auth.backends.ModelBackend")
    pages = ["/home/", f"/matters/{matter.pk}/", "/ledgers/matters/", "/matters/units/", "/notices/", "/org/me/",
             f"/matters/units/{cast.units['nongye'].pk}/", "/matters/search/?q=路灯", "/matters/goals/"]
    pages += ["/matters/new/"] if name == "office" else ["/org/staff/"] if name == "organisation" else []
    for page in pages:
        answer = client.get(page)
        told[f"{name} {page}"] = [answer.status_code, answer.content.decode()]
public = Client(raise_request_exception=False)
for page in ("/", "/signin/", "/nothing/", "/healthz"):
    answer = public.get(page)
    told[f"public {page}"] = [answer.status_code, answer.content.decode()]
print(json.dumps(told))
"""


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_pages_of_the_house_work_without_a_chapter(chapter: str) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "", "DATABASE_URL": "sqlite://:memory:"}
    environment.pop("DJANGO_SETTINGS_MODULE")
    done = subprocess.run(
        [sys.executable, "-c", WALK, chapter], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, tuple[int, str]] = json.loads(done.stdout)
    prefix = "/" + chapter.rpartition(".")[2] + "/"
    for page, (status, text) in told.items():
        wanted = 302 if page == "public /nothing/" else 200
        assert status in (wanted, 404 if "nothing" in page else wanted), f"{page}: {status}"
        assert f'"{prefix}' not in text, page
        if chapter == "luoshi.chapters.review":
            assert 'href="/p/' not in text, page
    assert "路灯不亮" in told["office /ledgers/matters/"][1]
    assert "路灯不亮" in told["office /home/"][1]


def test_there_is_a_chapter_to_leave_out() -> None:
    assert CHAPTERS
