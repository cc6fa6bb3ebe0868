"""Every test that opens the tests' database runs on both kinds; one that doesn't is enough once."""

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import pytest

@pytest.fixture
def db(): ...

@pytest.fixture
def story(db): ...

def test_by_fixture(db): ...
def test_through_another_fixture(story): ...
@pytest.mark.django_db
def test_by_mark(): ...
@pytest.mark.database
def test_of_its_kind(): ...
def test_of_dates_alone(): ...
"""


def test_the_second_pass_leaves_out_what_opens_no_database(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    pytester.makeini("[pytest]\nmarkers =\n  django_db\n  database")
    plain = ("-p", "no:django", "-p", "no:randomly", "-p", "tests.support.passes")
    pytester.runpytest_inprocess(*plain).assert_outcomes(passed=5)
    second = pytester.runpytest_inprocess(*plain, "--database-only", "-v")
    second.assert_outcomes(passed=4, deselected=1)
    second.stdout.no_fnmatch_line("*test_of_dates_alone*")
