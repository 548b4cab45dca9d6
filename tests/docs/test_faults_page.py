from tests.faults.page import tables, written


def test_the_page_lists_every_case_of_the_scorecard_as_it_is() -> None:
    assert written() == tables()
