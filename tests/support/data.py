"""Real messages that the project does not carry: taken from the folder that ``LUOSHI_DATA`` names."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def luoshi_data() -> Path:
    """The folder with ``messages.xlsx``; a test that wants it is left out, and says so, where it is absent."""
    named = os.environ.get("LUOSHI_DATA", "")
    if not named or not (Path(named) / "messages.xlsx").is_file():
        pytest.skip("LUOSHI_DATA 没有指到放 messages.xlsx 的文件夹，用真实留言的测试没有跑")
    return Path(named).resolve()


@pytest.fixture(autouse=True, scope="session")
def files_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests upload goes to a folder of their own."""
    from django.test.utils import override_settings

    own: Any = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    with own:
        yield
