"""The carrier's own words, with and without Advanced Opt-Out."""

import pytest
from twilio.base.exceptions import TwilioRestException

from hotline.simulator.optout import OptOut

LINE, ANA, BO = "+13095550100", "+13095550123", "+13095550124"


def code_of(send):
    with pytest.raises(TwilioRestException) as caught:
        send()
    return caught.value.code


@pytest.mark.parametrize(
    "word", ["STOP", "StopAll", "unsubscribe", "END", "quit", "CANCEL", "revoke", "OptOut", "  stop \n"]
)
def test_every_word_that_leaves(word):
    assert OptOut().meaning(word) == "STOP"


@pytest.mark.parametrize("word", ["stop.", "please stop", "STOP it", "opt out", "no", "ALTO"])
def test_words_that_do_not(word):
    assert OptOut().meaning(word) is None


def test_stop_is_confirmed_by_the_carrier_and_blocks_until_start(it):
    it.texts(ANA, "Stop")
    assert it.line.texts[0].form["Body"] == "Stop"
    assert "OptOutType" not in it.line.texts[0].form
    assert "unsubscribed" in it.inbox(ANA)[0]
    assert code_of(it.send) == 21610
    it.send(to=BO)
    it.texts(ANA, "STOP")
    assert len(it.inbox(ANA)) == 1
    it.texts(ANA, "yes")
    assert "re-subscribed" in it.inbox(ANA)[1]
    it.send("welcome back")
    assert it.inbox(ANA)[2] == "welcome back"
    assert it.troubles() == []


def test_yes_from_somebody_who_never_left_is_an_answer_only(it):
    it.texts(ANA, "YES")
    assert it.inbox(ANA) == []
    assert it.line.texts[0].form["Body"] == "YES"


def test_help_is_answered_by_the_carrier_and_told_to_the_line(it):
    it.texts(ANA, "help")
    assert "STOP to unsubscribe" in it.inbox(ANA)[0]
    assert it.get(f"phones/{ANA}/messages?arrived=1")["messages"][0]["by"] == "carrier"
    assert len(it.line.texts) == 1


def test_a_reply_to_somebody_who_left_fails_aloud(it, reply):
    it.line.answer = lambda call: reply('<Message action="/twilio/status">Are you sure?</Message>')
    it.texts(ANA, "STOP")
    assert len(it.inbox(ANA)) == 1
    assert it.troubles() == [21610]
    assert it.line.statuses[0].form["ErrorCode"] == "21610"


def test_a_phone_can_be_opted_out_without_a_word(it):
    it.call("PUT", f"phones/{ANA}", name="Ana", opted_out=True)
    assert code_of(it.send) == 21610
    it.call("PUT", f"phones/{ANA}", opted_out=False)
    it.send()
    phone = next(phone for phone in it.get("phones")["phones"] if phone["number"] == ANA)
    assert (phone["name"], phone["opted_out"]) == ("Ana", [])


def test_advanced_opt_out_names_the_kind_and_uses_its_own_words(carrier_with):
    it = carrier_with(advanced_opt_out=True, numbers=(LINE, "+13095550101"))
    it.call("PUT", "carrier", opt_out={"stop": ["stop", "alto"], "replies": {"STOP": "You are out.", "HELP": ""}})
    it.texts(ANA, "Alto", to=LINE)
    assert it.line.texts[0].form["OptOutType"] == "STOP"
    assert it.line.texts[0].form["MessagingServiceSid"] == it.get("carrier")["service"]
    assert it.inbox(ANA) == ["You are out."]
    for number in (LINE, "+13095550101"):
        assert code_of(lambda n=number: it.client.messages.create(to=ANA, from_=n, body="x")) == 21610
    it.texts(BO, "end", to=LINE)
    it.texts(BO, "help", to=LINE)
    assert "OptOutType" not in it.line.texts[1].form
    assert it.line.texts[2].form["OptOutType"] == "HELP"
    assert it.inbox(BO) == []


def test_twilios_own_words_cannot_be_changed():
    with pytest.raises(ValueError, match="advanced"):
        OptOut().changed({"stop": ["alto"]})
