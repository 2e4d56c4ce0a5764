"""Files into the inbox: each has the door's answer to itself, and earlier answers count for nothing."""

from hashlib import sha256

from aero_cli.inbox import ANSWERS, Inbox
from tests.fakes import FolderBucket


class Partner:
    """An inbox whose door answers what it was told to."""

    def __init__(self, lake, statuses):
        self.lake, self.statuses, self.silent = lake, statuses, False

    def upload_file(self, Filename, Bucket, Key):
        if not self.silent:
            answer(self.lake, Key, self.statuses[Key], number=len(list(self.lake.list(ANSWERS))))


def answer(lake, key, status, number):
    row = {"status": status, "rows_in": 3}
    if status == "rejected":
        row |= {"reason": "header_mismatch", "message": "no column for the amount"}
    mark = sha256(key.encode()).hexdigest()[:12]
    lake.write_json(f"{ANSWERS}partner/costs/2026112{number}T080000000000Z-{mark}-x.json", row)


def test_each_file_has_its_own_answer(tmp_path):
    lake = FolderBucket(tmp_path / "lake")
    files = {name: tmp_path / name for name in ("a.csv", "b.csv", "c.csv")}
    statuses = dict(zip(files, ("accepted", "duplicate", "rejected"), strict=True))
    inbox = Inbox(lake, Partner(lake, {f"partner/costs/{name}": status for name, status in statuses.items()}), "inbox")
    for name, file in files.items():
        inbox.put(file, f"partner/costs/{name}")
    answers = {answer.file.name: answer for answer in inbox.answers()}
    assert {name: answer.status for name, answer in answers.items()} == statuses
    assert (answers["c.csv"].reason, answers["c.csv"].message) == ("header_mismatch", "no column for the amount")
    assert (inbox.waiting, inbox.answers()) == (0, [])


def test_an_answer_to_an_earlier_file_of_the_same_name_is_none_to_this_one(tmp_path):
    lake = FolderBucket(tmp_path / "lake")
    answer(lake, "partner/costs/a.csv", "accepted", 1)
    partner = Partner(lake, {})
    partner.silent = True
    inbox = Inbox(lake, partner, "inbox")
    inbox.put(tmp_path / "a.csv", "partner/costs/a.csv")
    assert (inbox.answers(), inbox.waiting) == ([], 1)
    answer(lake, "partner/costs/a.csv", "duplicate", 2)
    assert [come.status for come in inbox.answers()] == ["duplicate"]
