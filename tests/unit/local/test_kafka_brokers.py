"""Brokers as services: how many, what they are told, and who depends on them. No Java here."""

import pytest

from aero_local import ports
from aero_local.errors import AeroError, ServiceError
from aero_local.services import kafka
from aero_local.services.known import live, services
from aero_local.services.supervisor import Supervisor


@pytest.fixture
def chosen(state):
    """A state directory with a port for everything."""
    ports.choose(state.ports_file, [port for service in services().values() for port in service.ports], {})
    return state


def _properties(state, number: int) -> dict[str, str]:
    return dict(line.split("=", 1) for line in kafka.properties(state, number).splitlines())


def test_there_is_one_broker_unless_somebody_chose_three(chosen):
    assert kafka.names(chosen) == ("kafka-1",)
    assert live(chosen) == ("kafka-1", "flink", "forwarder")

    kafka.choose_brokers(chosen, 3)

    assert kafka.brokers(chosen) == 3
    assert live(chosen) == ("kafka-1", "kafka-2", "kafka-3", "flink", "forwarder")
    assert len(set(kafka.bootstrap(chosen).split(","))) == 3


def test_a_cluster_keeps_its_size_for_good(chosen):
    kafka.choose_brokers(chosen, 1)
    kafka.choose_brokers(chosen, 1)

    with pytest.raises(AeroError, match="has 1 broker for good") as error:
        kafka.choose_brokers(chosen, 3)
    assert "aero destroy" in error.value.fix
    assert kafka.brokers(chosen) == 1


@pytest.mark.parametrize("count", [0, 2, 4])
def test_only_one_or_three_brokers_make_a_cluster(chosen, count):
    with pytest.raises(AeroError, match=f"{count} brokers are not possible"):
        kafka.choose_brokers(chosen, count)


def test_brokers_listen_on_loopback_only_and_make_no_topic_by_accident(chosen):
    kafka.choose_brokers(chosen, 3)

    for number in (1, 2, 3):
        told = _properties(chosen, number)
        assert told["auto.create.topics.enable"] == "false"
        for key in ("listeners", "advertised.listeners", "controller.quorum.voters"):
            assert all("127.0.0.1:" in address for address in told[key].split(","))
        assert told["log.dirs"].startswith(str(chosen.root))


def test_three_brokers_have_racks_and_agree_on_voters(chosen):
    kafka.choose_brokers(chosen, 3)

    told = [_properties(chosen, number) for number in (1, 2, 3)]

    assert len({settings["broker.rack"] for settings in told}) == 3
    assert len({settings["listeners"] for settings in told}) == 3
    assert len({settings["controller.quorum.voters"] for settings in told}) == 1
    assert {settings["min.insync.replicas"] for settings in told} == {"2"}
    assert {settings["offsets.topic.replication.factor"] for settings in told} == {"3"}


def test_one_broker_asks_for_no_replica_that_could_not_exist(chosen):
    told = _properties(chosen, 1)

    factors = {key: value for key, value in told.items() if key.endswith(("replication.factor", "isr", "replicas"))}
    assert set(factors.values()) == {"1"}
    assert len(factors) == 7


def test_cluster_ids_are_equal_for_one_state_directory_and_never_look_like_an_option(tmp_path):
    from aero_local.state import State

    states = [State(tmp_path / str(number)) for number in range(200)]
    ids = [kafka.cluster_id(state) for state in states]

    assert len(set(ids)) == len(ids)
    assert ids == [kafka.cluster_id(state) for state in states]
    assert {len(cluster_id) for cluster_id in ids} == {22}
    assert not any(cluster_id.startswith("-") for cluster_id in ids)


def test_a_broker_outside_of_the_cluster_does_not_start(chosen, monkeypatch):
    monkeypatch.setattr("aero_local.services.jvm.check", lambda is_installed: None)

    with pytest.raises(ServiceError, match="has 1 broker, so there is no kafka-2"):
        services()["kafka-2"].check(chosen)


def test_flink_stops_before_the_brokers_and_they_before_nothing_it_needs(chosen):
    order = Supervisor(chosen, services()).order()

    assert order.index("ministack") < order.index("kafka-1") < order.index("flink")
    assert max(order.index(f"kafka-{number}") for number in (1, 2, 3)) < order.index("flink")
