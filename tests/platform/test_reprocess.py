"""Doing it again: the same bodies give the same typed files, and a refused file comes to the door once more."""

from datetime import UTC, datetime

from aero_assets.environment import Environment
from aero_assets.feeds import find
from aero_assets.manifests import ArrivalManifest
from aero_assets.storage import Bucket
from aero_cli.reprocess import put_again, reprocess
from tests.unit.ingest.message_samples import sample

MESSAGES, METAR = find("partner/messages"), find("partner/metar")


def manifest(feed):
    return ArrivalManifest.load(Bucket(Environment.current().lake_bucket), feed, datetime.now(UTC).date())


def test_an_arrival_day_is_read_again_into_the_same_files(line):
    line.drop("one.txt", sample("mvt_01_departure").encode(), feed=MESSAGES.path)
    [request] = [request for request in line.tick("arrivals") if MESSAGES.path in str(request.tags)]
    line.run(request)
    before = manifest(MESSAGES)
    assert before.counts["rows_out"] == 1
    assert not [request for request in line.tick("arrivals") if MESSAGES.path in str(request.tags)]

    today, said = datetime.now(UTC).date(), []
    done = reprocess(MESSAGES, today, today, said.append)
    assert (done.arrival_days, done.handed_on) == (1, 1)
    [again] = [request for request in line.tick("arrivals") if MESSAGES.path in str(request.tags)]
    line.run(again)
    assert manifest(MESSAGES).files == before.files


def test_a_refused_file_comes_to_the_door_once_more(line):
    refused = line.drop("weather.txt", b"NO WEATHER\nAT ALL\n", feed=METAR.path)
    assert refused["status"] == "rejected"
    today = datetime.now(UTC).date()
    before = line.doors_words()
    partner = line.state.session("partner").client("s3")
    assert put_again(METAR, today, today, partner, lambda said: None).files == 1
    again = line.doors_word(refused["subject"].rsplit("-", 1)[-1], before)
    assert (again["status"], again["reason"]) == ("rejected", "unlike_lines")
