"""The outbox: nothing in it is lost, sent by two at once, or tried for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from planned import T0, at, minutes
from postgres_server import PostgresServer
from telling import alert_named

from jupyter_mlops.alerts.book import add_alert, find_alert, list_alerts, pause_alert, remove_alert
from jupyter_mlops.alerts.deliver import deliver
from jupyter_mlops.alerts.outbox import (
    LEASE,
    MOST_ATTEMPTS,
    Held,
    claim,
    delivery_row,
    find_delivery,
    history,
    key_of,
    renew,
    retry,
    settle,
)
from jupyter_mlops.errors import AlertError
from jupyter_mlops.model.alert import Happening
from jupyter_mlops.store import Store
from jupyter_mlops.store.fsck import check_store
from jupyter_mlops.store.rows import insert_new
from jupyter_mlops.store.schema import deliveries


def queue(store: Store, name: str, *causes: str) -> list[str]:
    """The keys of new deliveries of an alert."""
    keys = [key_of(name, "failure", cause) for cause in causes]
    rows = [delivery_row(key, name, Happening(event="failure"), T0) for key in keys]
    store.catalog.database.write(lambda c: insert_new(c, deliveries, rows + rows))
    return keys


def claimed(store: Store, minute: float, limit: int = 8) -> list[Held]:
    return claim(store, at(minute), limit=limit)


def keys_of(held: list[Held]) -> list[str]:
    return [one.delivery.key for one in held]


def test_each_alert_sends_one_at_a_time_the_oldest_first(store: Store) -> None:
    for name in ("a", "b"):
        add_alert(store, alert_named(name), T0)
    of_a, of_b = queue(store, "a", "1", "2"), queue(store, "b", "1")
    first = claimed(store, 0)
    assert keys_of(first) == [of_a[0], of_b[0]]
    assert claimed(store, 0) == []
    done = settle(store, first[0], None, at(0))
    assert done is not None
    assert (done.state, keys_of(claimed(store, 0))) == ("delivered", [of_a[1]])


def test_pauses_grow_and_end(store: Store) -> None:
    add_alert(store, alert_named("a"), T0)
    (key,) = queue(store, "a", "1")
    tries, minute = [], 0.0
    while (delivery := find_delivery(store, key)).state == "queued":
        minute = minutes(delivery.ready)
        (held,) = claimed(store, minute)
        assert claimed(store, minute + 0.4) == []
        tries.append(round(minute, 2))
        settle(store, held, f"try {held.delivery.attempts}", at(minute))
    assert tries[:6] == [0, 0.17, 0.5, 1.17, 2.5, 5.17]
    assert (len(tries), round(tries[-1] / 60)) == (MOST_ATTEMPTS, 23)
    assert (delivery.state, delivery.why, delivery.attempts) == ("failed", "try 32", 32)
    report = find_alert(store, "a")
    assert (report.waiting, report.failed) == (0, 1)

    assert retry(store, "a", [key[:8]], at(minute))[0].state == "queued"
    (held,) = claimed(store, minute)
    settle(store, held, None, at(minute))
    with pytest.raises(AlertError, match="has not failed: it is delivered"):
        retry(store, "a", [key], at(minute))
    with pytest.raises(AlertError, match="is of a, not of b"):
        retry(store, "b", [key], at(minute))


def test_who_dies_while_it_sends_is_replaced_and_late_words_of_it_do_not_count(
    store: Store,
) -> None:
    add_alert(store, alert_named("a"), T0)
    queue(store, "a", "1")
    (dead,) = claimed(store, 0)
    lease = LEASE / timedelta(minutes=1)
    assert claimed(store, lease) == []
    renew(store, [dead], at(lease))
    assert claimed(store, 2 * lease) == []
    (held,) = claimed(store, 2 * lease + 0.1)
    assert held.delivery.attempts == 2
    assert settle(store, dead, None, at(2 * lease + 0.2)) is None
    assert find_delivery(store, held.delivery.key).state == "sending"


def test_a_paused_alert_keeps_what_waits_and_a_removed_one_does_not(store: Store) -> None:
    for name in ("a", "b"):
        add_alert(store, alert_named(name), T0)
        queue(store, name, "1")
    pause_alert(store, "a", T0)
    (held,) = claimed(store, 0)
    assert held.delivery.alert == "b"
    remove_alert(store, "a", T0)
    remove_alert(store, "b", T0)
    assert deliver(store, held, lambda: at(1)) is None
    told = [delivery for name in ("a", "b") for delivery in history(store, name)]
    assert [(one.state, one.why) for one in told] == [("cancelled", "the alert was removed")] * 2


KILLED = """
import sys
from pathlib import Path
from jupyter_mlops.alerts.outbox import claim
from jupyter_mlops.alerts.deliver import deliver
from jupyter_mlops.runner.naming import now
from jupyter_mlops.store import Store
from jupyter_mlops.store.fsck import check_store
store = Store(Path(sys.argv[1])).open()
deliver(store, claim(store, now(), limit=1)[0], now)
"""


def test_killed_while_it_sends(store: Store, tmp_path: Path) -> None:
    """The receiver hears twice of it, by one key; the ledger has a beginning without an end."""
    heard, begun, go = (tmp_path / name for name in ("heard", "begun", "go"))
    os.mkfifo(begun)
    os.mkfifo(go)
    script = tmp_path / "receiver"
    receiver = f"#!/bin/sh\necho $JUPYTER_MLOPS_DELIVERY >> {heard}\n"
    script.write_text(f"{receiver}echo > {begun}\ncat {go}\n")
    script.chmod(0o700)
    add_alert(store, alert_named("a", to=str(script)), T0)
    (key,) = queue(store, "a", "1")
    sender = subprocess.Popen([sys.executable, "-c", KILLED, str(store.root)])
    begun.read_bytes()  # returns once the receiver runs
    sender.send_signal(signal.SIGKILL)
    sender.wait()

    go.write_bytes(b"")  # lets the orphan go on
    script.write_text(receiver)
    assert find_delivery(store, key).state == "sending"
    (held,) = claimed(store, 10**7)
    done = deliver(store, held, lambda: at(10**7))
    assert done is not None
    assert (done.state, done.attempts) == ("delivered", 2)
    assert heard.read_text().split() == [key, key]
    told = [(entry.action, entry.state) for entry in store.ledger.entries()]
    assert told == [("hook", "done"), ("hook", "begun"), ("hook", "begun"), ("hook", "done")]


def test_alerts_are_on_record(store: Store) -> None:
    """A catalog that is made anew has them as they were wanted last."""
    for name in ("a", "b", "c"):
        add_alert(store, alert_named(name), T0)
    pause_alert(store, "b", at(1))
    remove_alert(store, "c", at(1))
    before = list_alerts(store)
    assert store.rebuild_catalog().alerts == 2
    assert list_alerts(store) == before
    add_alert(store, alert_named("c"), at(2))
    assert [problem.kind for problem in check_store(store)] == []


def test_no_delivery_of_that_name(store: Store) -> None:
    for key in ("", "nothing"):
        with pytest.raises(AlertError, match="names no delivery"):
            find_delivery(store, key)


@pytest.mark.xdist_group("postgres")
def test_services_at_once_send_once(tmp_path: Path, postgres: PostgresServer) -> None:
    """Eight of them claim at one time, each with its own connections."""
    url = postgres.create_database()
    stores = [Store(tmp_path / "store", catalog=url).open() for _ in range(8)]
    names = [f"a{number}" for number in range(20)]
    for name in names:
        add_alert(stores[0], alert_named(name), T0)
        queue(stores[0], name, "1", "2")
    with ThreadPoolExecutor(8) as pool:
        claims = pool.map(lambda one: claimed(one, 0, limit=100), stores * 3)
    held = [one.delivery for part in claims for one in part]
    assert sorted(delivery.alert for delivery in held) == sorted(names)
    for one in stores:
        one.close()
