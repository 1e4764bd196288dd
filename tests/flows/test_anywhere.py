"""Asking for no more texts: first read for danger, forwarded in a live case, and asked about."""


def test_end_in_a_live_case_is_forwarded_and_asked(talk):
    talk.text("ana", "END")
    assert talk.heard("ana") == ["leave.ask"]
    assert talk.heard("bo") == ["> END"]
    talk.text("ana", "1")
    assert talk.heard("ana") == ["leave.done"]
    assert "assist.opted_out" in talk.heard("bo")
    assert talk.named("ana").wants_none


def test_go_on(talk):
    for words in ("leave me alone", "2"):
        talk.text("ana", words)
    assert talk.heard("ana") == ["leave.ask", "leave.stay"]
    assert not talk.named("ana").wants_none


def test_silence_is_no_opt_out(talk):
    talk.text("ana", "END")
    talk.forward(hours=3)
    assert not talk.named("ana").wants_none


def test_with_danger_it_is_danger(talk):
    talk.text("ana", "leave me alone i want to die")
    assert talk.heard("ana")[0] == "emergency.thoughts"


def test_from_nobody_it_opens_a_case(house):
    house.text("ana", "END")
    assert house.heard("ana") == ["intake.danger"]


def test_stop_from_a_stranger_opens_nothing(house):
    house.text("ana", "STOP")
    assert house.cases == {}
    assert house.heard("ana") == []
