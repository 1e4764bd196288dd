"""What the line says, does, and understands: shown, checked and drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import messages
from flows import FLOWS
from hotline.cli.flows import DIAGRAM, redrawn
from tests.hotline.cli.conftest import Hotline

ROOT = Path(__file__).parents[3]


def test_the_wording_and_the_flows_are_checked(hotline: Hotline) -> None:
    for what in ("messages", "flows"):
        result = hotline(what, "check")
        assert result.stderr == ""
        assert result.exit_code == 0
        assert "nothing is wrong" in result.stdout


def test_what_is_wrong_is_said_line_by_line(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotline.cli.messages.faults", lambda *_: ["one thing", "another"])
    result = hotline("messages", "check")
    assert result.exit_code != 0
    assert result.stderr == "one thing\nanother\n"


def test_one_card_in_one_language(hotline: Hotline) -> None:
    spanish = messages.load().cards["intake.town"].sms["es"]
    shown = hotline("messages", "show", "intake.town", "--language", "es").stdout
    assert spanish in shown
    assert "en sms" not in shown
    told = json.loads(hotline("messages", "show", "intake", "--json").stdout)
    assert told["intake.town"]["es"]["sms"] == spanish
    assert not any(key.startswith("emergency.") for key in told)


def test_every_flow_can_be_drawn(hotline: Hotline) -> None:
    drawn = hotline("flows", "draw").stdout
    assert [line[3:] for line in drawn.splitlines() if line.startswith("%% ")] == list(FLOWS)
    assert hotline("flows", "draw", "intake").stdout.startswith("stateDiagram-v2\n    [*] --> opens\n")


def test_the_readmes_pictures_are_the_flows() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert DIAGRAM.findall(readme) == ["intake", "paging"]
    assert redrawn(readme) == readme, "draw them anew: hotline flows draw --readme"


def test_the_readme_is_drawn_anew(hotline: Hotline, folder: Path) -> None:
    (folder / "README.md").write_text("before\n```mermaid\n%% company\nof yesterday\n```\nafter\n")
    assert hotline("flows", "draw", "--readme").stdout == "README.md: drawn anew\n"
    assert hotline("flows", "draw", "--readme").stdout == "README.md: nothing changed\n"
    drawn = (folder / "README.md").read_text()
    assert "yesterday" not in drawn
    assert drawn.startswith("before\n```mermaid\n%% company\nstateDiagram-v2\n")
    assert drawn.endswith("```\nafter\n")


def test_how_a_text_is_read(hotline: Hotline) -> None:
    lines = hotline("triage", "my brother isn't breathing").stdout.splitlines()
    assert lines[0].split() == ["emergency", "my", "brother", "isn't", "breathing"]
    assert "  breathing: isn't breathing" in lines


def test_piped_texts_are_read_one_a_line(hotline: Hotline) -> None:
    lines = hotline("triage", typed="I want help\n\nmy brother isn't breathing\n").stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["none", "emergency"]
    assert "  breathing: isn't breathing" in lines


def test_a_level_a_line(hotline: Hotline, folder: Path) -> None:
    typed = "I want help\nshe won't wake up\n\ni wanna die\n"
    wanted = ["none\tI want help", "emergency\tshe won't wake up", "none\t", "suicidal\ti wanna die"]
    assert hotline("triage", "--lines", typed=typed).stdout.splitlines() == wanted
    (folder / "texts.txt").write_text(typed)
    assert hotline("triage", "--lines", "texts.txt").stdout.splitlines() == wanted


def test_the_context_matters(hotline: Hotline) -> None:
    opening = hotline("triage", "--context", "opening", "yes").stdout.split()[0]
    question = hotline("triage", "--context", "question", "yes").stdout.split()[0]
    assert (opening, question) == ("none", "emergency")


def test_a_labelled_file_is_scored(hotline: Hotline, folder: Path) -> None:
    head = "text,lang,label,context,note\n"
    (folder / "some.csv").write_text(
        head + "hello,en,not_emergency,opening,\nhe isn't breathing,en,emergency,opening,\n"
    )
    shown = hotline("triage", "--csv", "some.csv").stdout
    assert "language en (2)" in shown
    assert "context opening (2)" in shown
    assert "danger read as none: 0 of 1" in shown
    (folder / "asked.csv").write_text(head + "yes,en,emergency,emergency_question,\n")
    assert "context emergency_question (1)" in hotline("triage", "--csv", "asked.csv").stdout
    (folder / "bad.csv").write_text(head + "hello,en,fine,opening,\n")
    assert hotline("triage", "--csv", "bad.csv").stderr.startswith("bad.csv:2: label: must be one of")
    (folder / "bad.csv").write_text("words\nhello\n")
    assert hotline("triage", "--csv", "bad.csv").stderr.startswith("bad.csv:1: label, text: is missing")
