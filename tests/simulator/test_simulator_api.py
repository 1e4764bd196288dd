"""Reading from a cursor, waiting, resetting; the command."""

import re
import subprocess
import sys
import threading

import requests

from hotline.simulator import Settings, Simulator
from hotline.simulator.__main__ import arguments, settings

LINE, ANA, BO = "+13095550100", "+13095550123", "+13095550124"


def test_a_reader_asks_for_what_is_new(it):
    it.texts(ANA, "one")
    first = it.get("messages")
    assert [(m["phone"], m["body"], m["by"]) for m in first["messages"]] == [(ANA, "one", "phone")]
    assert it.get(f"messages?since={first['cursor']}")["messages"] == []
    it.send("two")
    it.settle()
    second = it.get(f"messages?since={first['cursor']}")
    assert [m["body"] for m in second["messages"]] == ["two"]
    assert it.get(f"messages?phone={BO}")["messages"] == []


def test_arrivals_come_in_the_order_they_reached_the_phone(it):
    it.fate(ANA, delay=60)
    it.send("slow")
    it.settle()
    it.fate(ANA, delay=None)
    it.send("fast")
    it.settle()
    first = it.get(f"phones/{ANA}/messages?arrived=1")
    it.call("POST", "time", forward="2m")
    it.settle()
    later = it.get(f"phones/{ANA}/messages?arrived=1&since={first['cursor']}")
    assert [[m["body"] for m in part["messages"]] for part in (first, later)] == [["fast"], ["slow"]]
    it.client.messages(later["messages"][0]["sid"]).update(body="")
    assert it.get(f"phones/{ANA}/messages?arrived=1&since={later['cursor']}")["messages"] == []


def test_a_reader_can_wait(it):
    found = {}
    reader = threading.Thread(target=lambda: found.update(it.get(f"phones/{BO}/messages?arrived=1&wait=5")))
    reader.start()
    it.send("not for Bo")
    it.send("for Bo", to=BO)
    reader.join(5)
    assert [m["body"] for m in found["messages"]] == ["for Bo"]


def test_waiting_ends_without_news(it):
    assert it.get("troubles?wait=0.05")["troubles"] == []
    assert it.get("messages?wait=0.05")["messages"] == []


def test_reset_forgets_all_but_numbers(it, reply):
    gone = threading.Event()
    it.line.answer = lambda call: (gone.wait(5), reply("<Message>late</Message>"))[1]
    it.call("POST", f"phones/{ANA}/texts", body="hi")
    it.line.wait(lambda: len(it.line.texts) == 1)
    it.fate(BO, state="dead")
    it.fault(500, times=9)
    cursor = it.call("POST", "reset")["cursor"]
    gone.set()
    it.settle()
    assert it.get(f"messages?since={cursor}")["messages"] == []
    assert it.get("phones")["phones"] == []
    assert it.get("troubles")["troubles"] == []
    assert it.get("numbers")["numbers"][0]["sms_url"] == f"{it.line.url}/twilio/sms"
    it.send(to=BO)
    assert it.inbox(BO) == ["hello"]


def test_numbers_can_be_added(it):
    it.call("POST", "numbers", number="+13095550150", sms_url=f"{it.line.url}/other")
    it.texts(ANA, "hi", to="+13095550150")
    assert it.line.texts[0].path == "/other"
    for path, body in (
        (f"phones/{ANA}/texts", {"body": "to whom?"}),
        (f"phones/{ANA}/texts", {"to": LINE, "media": [{"colour": "red"}]}),
        ("numbers", {"number": "+13095550151", "smsurl": "x"}),
        ("numbers", {"number": "0151"}),
    ):
        assert requests.post(f"{it.sim.url}/api/{path}", json=body, timeout=5).status_code == 400, path


def test_wishes_that_cannot_be(it):
    for path, body in (
        (f"phones/{ANA}/fate", {"state": "drowned"}),
        (f"phones/{ANA}/fate", {"delay": -1}),
        (f"phones/{ANA}/fate", {"weather": "fine"}),
        ("carrier", {"fate": {"callbacks": "loud"}}),
        ("carrier", {"opt_out": {"stop": ["alto"]}}),
    ):
        answer = requests.put(f"{it.sim.url}/api/{path}", json=body, timeout=5)
        assert (answer.status_code, bool(answer.json()["error"])) == (400, True), path
    for fault in ({"answer": 3}, {"answer": "explode"}, {"answer": 500, "on": "tuesday"}, {"answer": 500, "times": 0}):
        assert requests.post(f"{it.sim.url}/api/carrier/faults", json=fault, timeout=5).status_code == 400


def test_many_phones_at_once(it, reply):
    it.line.answer = lambda call: reply(f"<Message>re {call.form['Body']}</Message>")
    phones = [f"+13095550{number}" for number in range(110, 150)]
    for count in range(3):
        for phone in phones:
            it.call("POST", f"phones/{phone}/texts", body=f"{count}")
    it.settle()
    assert all(it.inbox(phone) == ["re 0", "re 1", "re 2"] for phone in phones)
    assert len({call.form["MessageSid"] for call in it.line.texts}) == 120


def test_the_command_line_says_everything():
    given = "--line http://127.0.0.1:8000/ --account AC1 --token t --number +13095550100 --no-rate --api-key SK1:s:x"
    told = settings(arguments().parse_args(given.split()))
    assert (told.line, told.paced, told.api_keys) == ("http://127.0.0.1:8000", False, (("SK1", "s:x"),))
    assert settings(arguments().parse_args([])).paced


def test_a_taken_port_is_one_plain_line():
    with Simulator(Settings()) as simulator:
        port = simulator.url.rpartition(":")[2]
        command = [sys.executable, "-m", "hotline.simulator", "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert port in ended.stderr


def test_the_command_serves_until_ended():
    command = [sys.executable, "-m", "hotline.simulator", "--port", "0", "--number", LINE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        url = re.search(r"http://[\d.:]+", running.stdout.readline())[0]
        assert requests.get(f"{url}/api/carrier", timeout=5).json()["numbers"] == [LINE]
        running.terminate()


def test_it_imports_nothing_of_ours():
    program = "import sys, hotline.simulator; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    ours = [m for m in told if m.partition(".")[0] in {"hotline", "flows", "messages", "workers", "twilio"}]
    assert all(m == "hotline" or m.startswith("hotline.simulator") for m in ours)
