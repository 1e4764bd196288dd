"""The nudge: a doorbell by name. It never raises, never waits, and losing it loses nothing."""

import importlib

import pytest

from hotline.config import Settings
from hotline.nudge import JOBS, KEPT_S, PAUSE_S, Nudge, connect, create_nudge, queue, silence


@pytest.mark.parametrize("name", sorted(JOBS.values()))
def test_every_name_is_a_job(name):
    module, _, function = name.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))


def test_it_rings_for_one_row_in_its_lane(redis_url):
    Nudge(redis_url)("send", 4711, "urgent")
    with connect(redis_url) as connection:
        [job] = queue("urgent", connection).jobs
        assert (job.func_name, job.args, job.ttl) == (JOBS["send"], [4711], KEPT_S)
        assert queue("routine", connection).count == 0


def test_a_silent_redis_is_left_alone_for_a_while(tmp_path):
    now = [0.0]
    asked = []
    nudge = Nudge(f"unix://{tmp_path}/nobody.sock", clock=lambda: now[0])
    for each in nudge._queues.values():
        each.enqueue_call = lambda *args, **kwargs: asked.append(args) or connect(f"unix://{tmp_path}/no").ping()
    nudge("send", 1, "urgent")
    nudge("send", 2, "urgent")
    assert len(asked) == 1
    now[0] = PAUSE_S
    nudge("send", 3, "urgent")
    assert len(asked) == 2


def test_it_does_not_wait_for_a_redis_that_is_gone(tmp_path):
    Nudge(f"unix://{tmp_path}/nobody.sock")("send", 1, "urgent")


def test_without_redis_there_is_nobody_to_ring():
    assert create_nudge(Settings()) is silence
    silence("send", 1, "urgent")
