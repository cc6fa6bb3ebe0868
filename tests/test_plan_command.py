"""``./luoshi plan`` reads a plan without a database, prints its tree and writes it as JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import luoshi
from luoshi.core.plan.tests import word_files

pytestmark = [pytest.mark.row("0.4"), pytest.mark.slow]
REAL = Path(luoshi.__file__).parent / "demo" / "data" / "plan.txt"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """In a process where every database is out of reach."""
    surroundings = {**os.environ, "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}
    return subprocess.run(
        [sys.executable, "-m", "luoshi", "plan", *map(str, arguments)], capture_output=True, text=True, env=surroundings
    )


def test_the_tree_is_printed_and_written_as_json(tmp_path: Path) -> None:
    done = run(REAL, "--json", tmp_path / "plan.json")
    assert (done.returncode, done.stderr) == (0, "")
    for said in (
        "一、开展“大查摆”活动，对标对表找问题",
        "二是　学主业，提升专业能力。",
        "“五减一增”：减文件、",
        "共 4 章、17 条措施、62 句",
    ):
        assert said in done.stdout
    read = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert list(read) == ["title", "preamble", "chapters", "closing", "enumerations", "text"]
    assert list(read["chapters"][0]) == ["number", "title", "lead", "measures", "closing"]
    assert list(read["chapters"][0]["measures"][0]) == ["number", "lead", "sentences"]
    assert read["text"] == REAL.read_text(encoding="utf-8")


def test_json_without_a_name_is_all_that_is_printed() -> None:
    done = run(REAL, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["text"] == REAL.read_text(encoding="utf-8")


def test_what_was_not_read_is_said_and_what_can_not_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "预案.docx").write_bytes(word_files.office_plan())
    (tmp_path / "坏.docx").write_bytes(word_files.cut_short())
    done = run(tmp_path / "预案.docx")
    assert done.returncode == 0
    assert "说明：有 1 处修订是删除，没有读入。" in done.stdout
    for name, said in (("坏.docx", "这个 Word 文件是坏的"), ("没有.txt", "打不开")):
        failed = run(tmp_path / name)
        assert failed.returncode == 2
        assert said in failed.stderr
        assert len(failed.stderr.strip().splitlines()) == 1
