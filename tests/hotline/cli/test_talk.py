"""Talking to the line in the terminal, and beginning where a flow begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import FLOWS
from hotline.cli.stage import Stage
from hotline.cli.talk import BY_PHONE, OPENINGS, Conversation
from tests.hotline.cli.conftest import Hotline


def test_a_conversation(hotline: Hotline) -> None:
    typed = "I want help\nno\n/who\n/forward 2m\n/forward soon\n/until noon\n/nosuch\n"
    typed += "/as Bo MENU\n/as bo\nLIST\n/quit\nnever read\n"
    result = hotline("talk", typed=typed)
    assert result.exit_code == 0, result.stderr
    assert "Reply YES or NO" in result.stdout
    assert "someone asks to talk with you" in result.stdout
    assert "  Carmen  coordinator" in result.stdout
    assert 'phone rings: "This is the line. Someone asks to talk with you. Press 1' in " ".join(result.stdout.split())
    assert "  soon must be a length of time" in result.stdout
    assert "  noon must be a time of day" in result.stdout
    assert "/forward 5m      time goes by" in result.stdout
    assert "Bo> LIST" in result.stdout
    assert "never read" not in result.stdout
    assert "555-013" not in result.stdout


def test_nothing_is_left_behind(hotline: Hotline, folder: Path) -> None:
    assert hotline("talk", typed="hi\n").exit_code == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("flow", sorted(OPENINGS))
def test_an_opening_leads_to_its_flow(flow: str, tmp_path: Path) -> None:
    assert flow in FLOWS
    talk = Conversation(tmp_path)
    for line in OPENINGS[flow]:
        talk.do(line.format(code=talk.stage.code()))
    assert set(FLOWS) - set(OPENINGS) == {"admit", *BY_PHONE}  # the first is over within one text
    assert not OPENINGS[flow] or flow in talk.stage.flows()


@pytest.mark.parametrize("flow", sorted(BY_PHONE))
def test_what_begins_with_a_call_cannot_be_met_here(flow: str, hotline: Hotline) -> None:
    assert flow in FLOWS
    result = hotline("talk", flow)
    assert result.exit_code != 0
    assert "begins with a phone call" in result.stderr


def test_a_phone_rings_out(tmp_path: Path) -> None:
    shown: list[tuple[str, str, bool]] = []
    stage = Stage(tmp_path, lambda name, at, words, rings: shown.append((name, words, rings)))
    for name, words in (("Ana", "I want help"), ("Ana", "no"), ("Bo", "1"), ("Bo", "hi"), ("Bo", "CALL")):
        stage.texts(name, words)
    assert [name for name, words, rings in shown if rings and "Press 1 to be connected" in words] == ["Bo"]
    assert not any("no one pressed 1" in words for _, words, _ in shown)
    stage.forward("30s")
    assert [name for name, words, _ in shown if "no one pressed 1" in words] == ["Bo"]


def test_time_goes_by_from_deadline_to_deadline(tmp_path: Path) -> None:
    shown: list[tuple[str, float]] = []
    stage = Stage(tmp_path, lambda name, at, words, rings: shown.append((name, at.timestamp())))
    began = stage.now().timestamp()
    stage.texts("Ana", "I want help")
    stage.texts("Ana", "no")
    stage.forward("21m")
    waits = [round(at - began) for name, at in shown if name == "Ana"]
    assert [at for at in waits if at > 60] == pytest.approx([120, 300, 600, 1200], abs=5)
    assert stage.now().timestamp() - began == pytest.approx(21 * 60, abs=5)
