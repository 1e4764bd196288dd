"""Assist: two people texting each other through the line, and what may move or end that."""


def test_the_coordinator_hears_all_that_was_said_and_the_other_that_somebody_is_here(house):
    for words in ("i need detox", "no", "Milford", "Ana"):
        house.text("ana", words)
    house.heard("ana")
    house.text("bo", "1")
    assert house.heard("ana") == ["assist.accepted"]
    told = ["assist.you_have", "assist.brief", "> i need detox", "> no", "> Milford", "> Ana"]
    assert house.heard("bo")[1:] == told


def test_words_go_both_ways_without_a_receipt(talk):
    talk.text("ana", "hello?")
    talk.text("bo", "hi ana")
    assert (talk.heard("ana"), talk.heard("bo")) == (["> hi ana"], ["> hello?"])


def test_taken_is_not_answered(talk):
    talk.forward(minutes=2, seconds=1)
    assert talk.heard("bo") == ["assist.silent", "assist.silent_ring"]
    talk.forward(minutes=5)
    assert talk.heard("bo") == ["assist.next_asked"]
    assert talk.heard("cy") == ["offer.coordinator"]
    assert talk.heard("ana") == []


def test_the_first_keeps_access_and_answers_after_all(talk):
    talk.forward(minutes=8)
    talk.text("bo", "sorry, here now")
    assert talk.heard("ana") == ["> sorry, here now"]
    assert talk.heard("cy") == ["offer.coordinator", "offer.withdrawn"]
    talk.forward(hours=2)
    assert talk.heard("di") == []


def test_the_next_takes_it_and_both_hear_what_they_write(talk):
    talk.forward(minutes=8)
    talk.text("cy", "1")
    talk.heard("ana")
    assert "offer.covered" in talk.heard("bo")
    talk.heard("cy")
    talk.text("ana", "who is it")
    assert talk.heard("bo") == talk.heard("cy") == ["> who is it"]


def test_when_one_of_two_passes_the_other_keeps_it(talk):
    talk.forward(minutes=8)
    talk.text("cy", "1")
    talk.text("bo", "PASS")
    assert "paging" not in talk.open_flows("ana")
    assert talk.case_of("ana").coordinator == talk.named("cy").id


def test_a_participant_who_waits_15_minutes_is_the_same(talk):
    talk.text("bo", "hello")
    talk.forward(hours=1)
    talk.text("ana", "are you there")
    talk.forward(minutes=10)
    talk.text("ana", "please")
    talk.heard("bo")
    talk.forward(minutes=5, seconds=1)
    assert talk.heard("bo") == ["assist.waiting", "assist.silent_ring"]
    talk.forward(minutes=5)
    assert talk.heard("cy") == ["offer.coordinator"]


def test_a_coordinator_nobody_can_reach_is_not_the_only_one_asked(talk):
    talk.named("bo").fate = "unreachable"
    talk.text("ana", "hello?")
    assert talk.heard("cy") == ["offer.coordinator"]


def test_a_note_is_only_for_the_case(talk):
    talk.text("bo", "NOTE he has a dog")
    assert talk.heard("bo") == ["assist.note_saved"]
    assert talk.heard("ana") == []


def test_done_asks_back_and_then_how_it_went(talk):
    talk.text("bo", "DONE")
    assert talk.heard("bo") == ["assist.done_confirm"]
    assert talk.case_of("ana") is not None
    talk.text("bo", "1")
    assert talk.heard("bo") == ["assist.done_outcome"]
    assert talk.case_of("ana") is None
    talk.text("bo", "5")
    assert talk.heard("bo") == ["assist.done_thanks"]
    assert talk.cases[talk.named("ana").last_case].outcome == "not_for_us"
    assert talk.named("ana").muted_until is not None


def test_zero_sends_the_word_itself(talk):
    talk.text("bo", "Done!")
    talk.text("bo", "0")
    assert talk.heard("ana") == ["> Done!"]
    assert talk.case_of("ana") is not None


def test_a_verb_texted_twice_is_one_question(talk):
    for words in ("DONE", "DONE", "1"):
        talk.text("bo", words)
        talk.forward(seconds=1)
    assert talk.heard("bo") == ["assist.done_confirm", "assist.done_confirm", "assist.done_outcome"]


def test_an_outcome_nobody_names_is_no_dead_end(talk):
    for words in ("DONE", "1"):
        talk.text("bo", words)
    talk.forward(minutes=11)
    assert not [run for run in talk.runs.values() if run.open and run.flow == "outcome"]


def test_a_participants_done_closes_nothing(talk):
    talk.text("ana", "done")
    assert talk.case_of("ana") is not None
    assert talk.heard("bo") == ["> done"]


def test_handoff_asks_the_others_and_tells_everybody(talk):
    for words in ("HANDOFF", "1"):
        talk.text("bo", words)
    assert talk.heard("bo") == ["assist.handoff_confirm", "assist.handoff_asked"]
    assert talk.heard("cy") == ["offer.coordinator"]
    talk.text("cy", "1")
    assert talk.heard("bo") == ["assist.handed"]
    talk.heard("cy")
    talk.text("ana", "hi")
    assert (talk.heard("bo"), talk.heard("cy")) == ([], ["> hi"])


def test_a_handoff_nobody_takes_is_asked_about_and_silence_is_an_alarm(talk):
    for words in ("hello", "HANDOFF", "1"):
        talk.text("bo", words)
    for words in ("2", "2"):  # two rounds
        talk.text("cy", words)
    assert talk.heard("bo")[-1] == "assist.handoff_none"
    talk.forward(minutes=15, seconds=1)
    assert "alarm.handoff" in talk.heard("di")


def test_asked_again_or_kept(talk):
    for words in ("hello", "HANDOFF", "1"):
        talk.text("bo", words)
    for words in ("2", "2"):
        talk.text("cy", words)
    talk.text("bo", "1")
    assert talk.heard("cy").count("offer.coordinator") == 3
    for words in ("2", "2"):
        talk.text("cy", words)
    talk.text("bo", "2")
    talk.heard("di")
    talk.forward(hours=1)
    assert talk.heard("di") == []


def test_pass_gives_it_back_and_asks_as_if_it_came_in_just_now(talk):
    talk.text("bo", "PASS")
    assert talk.heard("bo") == ["assist.pass_done"]
    assert talk.heard("cy") == ["offer.coordinator"]
    assert talk.case_of("ana").coordinator is None
    assert {"alarm", "company", "paging"} <= set(talk.open_flows("ana"))


def test_pass_during_a_handoff_is_a_page_that_goes_on_until_somebody_comes(talk):
    for words in ("HANDOFF", "1", "PASS"):
        talk.text("bo", words)
    talk.text("cy", "2")
    talk.forward(minutes=20)
    assert "alarm.unanswered" in talk.heard("di")


def test_safe_asks_back_and_lowers_the_level(talk):
    talk.text("ana", "he is not breathing")
    for words in ("SAFE", "1"):
        talk.text("bo", words)
    assert talk.heard("bo")[-2:] == ["assist.safe_confirm", "assist.safe_done"]
    assert talk.case_of("ana").level == "none"
    talk.text("ana", "he is not breathing")
    assert talk.heard("ana")[-1] == "emergency.other"


def test_a_text_that_did_not_arrive_is_told_and_tried_twice_more(talk):
    talk.named("ana").fate = "unreachable"
    talk.text("bo", "hello")
    assert talk.heard("bo") == ["assist.failed"]
    talk.forward(minutes=16)
    assert talk.heard("bo") == []
    talk.forward(hours=1)
    assert talk.heard("bo") == ["assist.failed_last"]
    assert talk.heard("ana") == ["> hello"] * 3


def test_stop_is_told_to_the_coordinator_once_and_again_when_they_write(talk):
    talk.text("ana", "STOP")
    assert talk.heard("bo") == ["assist.unreachable"]
    talk.text("bo", "hello")
    assert talk.heard("bo") == ["assist.unreachable"]


def test_a_call_is_asked_for(talk):
    talk.text("ana", "call me")
    assert talk.heard("bo") == ["assist.asks_call"]
    assert talk.heard("ana") == ["intake.call"]
    talk.text("bo", "CALL")
    assert talk.heard("bo") == ["call.member"]


def test_a_quiet_day_is_asked_about_and_one_is_no_word_for_them(talk):
    talk.text("bo", "hello")
    talk.heard("ana")
    talk.forward(hours=24, seconds=2)
    assert talk.heard("bo") == ["assist.still_open"]
    talk.text("bo", "1")
    assert talk.heard("ana") == []


def test_the_other_coordinator_hears_that_it_has_ended(talk):
    talk.forward(minutes=8)
    talk.text("cy", "1")
    talk.heard("bo")
    for words in ("DONE", "1"):
        talk.text("cy", words)
    assert talk.heard("bo")[-1] == "assist.ended"
