"""`./luoshi doctor` as a person at the server types it: 0 and no ✗, or 1 and what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = [pytest.mark.slow, pytest.mark.row("N3")]


def luoshi(*words, var):
    environment = {**os.environ, "LUOSHI_VAR": str(var), "DJANGO_SETTINGS_MODULE": "luoshi.settings"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "luoshi", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_a_new_town_is_well_and_a_damaged_file_is_not(tmp_path):
    var, place = tmp_path / "var", tmp_path / "var" / "luoshi.sqlite3"
    code, said = luoshi("doctor", var=var)
    assert (code, "还没有" in said, place.exists()) == (1, True, False)
    made = ("--name", "云岭镇", "--code", "yunling", "--person", "郑平", "--username", "zhengping")
    assert luoshi("init", *made, var=var)[0] == 0
    code, said = luoshi("doctor", var=var)
    assert (code, "✗" in said, "没有发现毛病" in said) == (0, False, True), said
    data = bytearray(place.read_bytes())
    data[4096 * 20 : 4096 * 60] = bytes(4096 * 40)
    place.write_bytes(data)
    code, said = luoshi("doctor", var=var)
    assert (code, "✗" in said, "备份" in said or "sqlite" in said) == (1, True, True), said
    place.write_text("不是数据库" * 500, "utf-8")
    code, said = luoshi("doctor", var=var)
    assert (code, "不是可读的 SQLite 数据库" in said) == (1, True), said
