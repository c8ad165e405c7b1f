"""The sign of a service: one of several holds it, and it says since when one serves, or did."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from planned import at

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.schedule import ServiceStatus
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.sign import Sign, service_status, stop_service

RUNNING = ServiceStatus(running=True, since=iso(at(0)), host="here", pid=os.getpid())


def test_of_several_services_one_shows_the_sign(tmp_path: Path) -> None:
    one, other = Sign(tmp_path, host="here"), Sign(tmp_path, host="here")
    assert service_status(tmp_path) == ServiceStatus(running=False)
    assert (one.show(at(0)), other.show(at(0)), one.show(at(1))) == (True, False, True)
    assert service_status(tmp_path) == RUNNING
    one.drop(at(2))
    ended = ServiceStatus(running=False, since=iso(at(2)), stopped=True)
    assert service_status(tmp_path) == ended
    assert other.show(at(3))
    assert service_status(tmp_path) == replace(RUNNING, since=iso(at(3)))
    other.drop(at(4))


def test_of_a_service_that_died_its_last_sign_of_life_is_known(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        sign = Sign(tmp_path, host="here")
        sign.show(at(0))
        sign.show(at(7))
        os._exit(0)
    os.waitpid(child, 0)
    assert service_status(tmp_path) == ServiceStatus(running=False, since=iso(at(7)))


def test_what_cannot_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match="no service runs"):
        stop_service(tmp_path, host="here")
    sign = Sign(tmp_path, host="elsewhere")
    sign.show(at(0))
    with pytest.raises(ScheduleError, match="works on elsewhere, and this is here"):
        stop_service(tmp_path, host="here")
    sign.drop(at(1))
