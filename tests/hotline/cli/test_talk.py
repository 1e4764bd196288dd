"""Talking to the line in the terminal, and beginning where a flow begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import FLOWS
from hotline.cli.stage import Stage
from hotline.cli.talk import OPENINGS, Conversation
from tests.hotline.cli.conftest import Hotline


def test_a_conversation(hotline: Hotline) -> None:
    typed = "I want help\nno\n/who\n/forward 2m\n/forward soon\n/until noon\n/nosuch\n"
    typed += "/as Bo MENU\n/as bo\nLIST\n/quit\nnever read\n"
    result = hotline("talk", typed=typed)
    assert result.exit_code == 0, result.stderr
    assert "Reply YES or NO" in result.stdout
    assert "someone asks to talk with you" in result.stdout
    assert "  Carmen  coordinator" in result.stdout
    assert "RING" in result.stdout
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
    assert set(FLOWS) - set(OPENINGS) == {"admit"}  # over within one text
    assert not OPENINGS[flow] or flow in talk.stage.flows()


def test_time_goes_by_from_deadline_to_deadline(tmp_path: Path) -> None:
    shown: list[tuple[str, float]] = []
    stage = Stage(tmp_path, lambda name, at, words: shown.append((name, at.timestamp())))
    began = stage.now().timestamp()
    stage.texts("Ana", "I want help")
    stage.texts("Ana", "no")
    stage.forward("21m")
    waits = [round(at - began) for name, at in shown if name == "Ana"]
    assert [at for at in waits if at > 60] == pytest.approx([120, 300, 600, 1200], abs=5)
    assert stage.now().timestamp() - began == pytest.approx(21 * 60, abs=5)
