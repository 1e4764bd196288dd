"""Whatever phones and the line do, in whatever order, nothing is left: no ghost in a queue, no timer, no talk."""

import random

import pytest
from twilio.base.exceptions import TwilioRestException

from hotline.simulator import calls

LINE = "+13095550100"
PHONES = [f"+130955501{number}" for number in range(10, 16)]
DOCUMENTS = {
    "/twilio/voice": [
        '<Enqueue action="/left" waitUrl="/wait">q</Enqueue>',
        '<Gather action="/left" numDigits="1"><Say>Press.</Say></Gather><Redirect>/dial</Redirect>',
        '<Dial action="/left"><Conference endConferenceOnExit="true" waitUrl="">r</Conference></Dial>',
        '<Record action="/left" timeout="3"/>',
    ],
    "/dial": [
        f'<Dial action="/left" timeout="6" hangupOnStar="true"><Number url="/whisper">{PHONES[0]}</Number></Dial>',
        f'<Dial timeout="6">{"".join(f"<Number>{phone}</Number>" for phone in PHONES[1:3])}</Dial><Say>Nobody.</Say>',
    ],
    "/called": ['<Dial action="/left" timeout="6"><Queue url="/about">q</Queue></Dial>', "<Redirect>/dial</Redirect>"],
    "/wait": ['<Say>Wait.</Say><Pause length="4"/>', '<Gather action="/leave" numDigits="1" timeout="4"/>'],
    "/whisper": ['<Gather action="/about" numDigits="1" timeout="4"/><Hangup/>'],
    "/about": ["<Say>Now.</Say>", '<Pause length="2"/>'],
    "/left": ["<Say>Goodbye.</Say>", "<Redirect>/twilio/voice</Redirect>"],
    "/leave": ["<Leave/>", "<Pause/>"],
}


def act(it, chance):
    """One thing that somebody does, whether it makes sense or not."""
    board = it.sim.switchboard
    going = [call for call in list(board.carrier.calls.values()) if call.going_on]
    what = chance.choice(["dial", "dial", "ring", "forward", "forward", "fate", *["hold"] * 6])
    phone = chance.choice(PHONES)
    if what == "dial":
        calls.dial(board, phone, LINE)
    elif what == "ring":
        it.client.calls.create(to=phone, from_=LINE, url=f"{it.line.url}/called", timeout=8)
    elif what == "forward":
        board.clock.forward(chance.choice(["1s", "4s", "9s"]))
    elif what == "fate":
        fate = {"calls": chance.choice(["rings", "answers", "voicemail", "busy"]), "voicemail_after": 3}
        board.carrier.phone(phone).fate = board.carrier.phone(phone).fate.changed(fate)
    elif going:
        call = chance.choice(going)
        key, elsewhere = chance.choice("1*"), chance.choice([{"status": "completed"}, {"url": f"{it.line.url}/dial"}])
        chance.choice(
            [
                lambda: calls.answer(board, call),
                lambda: calls.answer(board, call),
                lambda: calls.voicemail(board, call),
                lambda: calls.decline(board, call),
                lambda: calls.hang_up(board, call),
                lambda: calls.press(board, call, key),
                lambda: calls.speak(board, call, "yes"),
                lambda: it.client.calls(call.sid).update(**elsewhere),
            ]
        )()


def check(it):
    """Everything is where it belongs."""
    it.settle()
    carrier = it.sim.switchboard.carrier
    with carrier.lock:
        for call in carrier.calls.values():
            assert call.asking == 0
            assert call.going_on or not (call.stack or call.room), call.as_json()
            assert not call.room or call in call.room.members
        for queue in carrier.queues.values():
            assert all(waiting.activity in waiting.call.stack for waiting in queue.members)
            assert all(dialer in dialer.call.stack for dialer in queue.dialers)
            assert not (queue.members and queue.dialers)
        for room in carrier.conferences:
            assert all(member in member.call.stack for member in room.members)
            assert not room.members or room.status != "completed"


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_left_hanging(carrier_with, reply, caplog, seed):
    it, chance = carrier_with(), random.Random(seed)
    it.sim.switchboard.carrier.speaking = chance.choice([0.0, 15.0])
    it.line.answer = lambda call: reply(chance.choice(DOCUMENTS[call.path]))
    for turn in range(40):
        try:
            act(it, chance)
        except (calls.Senseless, TwilioRestException):
            pass  # 409 and 21220: what cannot be done changes nothing
        if turn % 5 == 4:
            check(it)
    for call in list(it.sim.switchboard.carrier.calls.values()):
        it.client.calls(call.sid).update(status="completed")
    check(it)
    assert it.settle()["later"] == 0
    assert it.troubles() == []
    assert caplog.text == ""
