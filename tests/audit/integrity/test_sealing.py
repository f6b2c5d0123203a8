"""Sealing and proving: whatever is done to sealed entries is found and named."""

import json
import pickle
import random
import traceback
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sessions_ui.audit.integrity.checkpoints import (
    MARK_BYTES,
    Checkpoint,
    format_ranges,
    leaf_hash,
    merkle_root,
    parse_ranges,
)
from sessions_ui.audit.integrity.errors import IntegrityFailure
from sessions_ui.audit.integrity.seal_copy import last_copied, update_copy
from sessions_ui.audit.integrity.sealing import SealError, read_horizon, seal_entries
from sessions_ui.audit.integrity.verify import Scope, verify_entries
from sessions_ui.audit.integrity.verify_entry import verify_entry
from sessions_ui.audit.integrity.verify_segments import (
    split_into_segments,
    verify_ahead,
    verify_segments,
)
from sessions_ui.audit.log.canonical import COLUMNS
from sessions_ui.models import AuditCheckpoint, AuditEntry, AuditTerm, AuditValue, Edit, Kind
from tests.audit.authors import (
    KEY,
    PHONE,
    edit,
    intent,
    not_yet_committed,
    refusal,
    resolved,
    undone,
    waits,
)
from tests.keys import SEAL_KEY
from tests.tamper.tools import forget, insert_as, rehash, swap

pytestmark = pytest.mark.django_db


def prove(copy=None, **options):
    return verify_entries(key=SEAL_KEY, copy=copy, **options)


def ids():
    return list(AuditEntry.objects.order_by("id").values_list("id", flat=True))


@pytest.fixture
def sealed(sealing):
    """Three checkpoints, the second over nothing, with a hole that was there before the seal;
    then two entries that are not sealed. Gives the sealed ids and the copy's path."""
    for _ in range(3):
        edit(PHONE)
    gap = intent()
    forget(gap)
    edit()
    for made in range(3):
        if made == 2:
            edit({"vehicle.make": ("", "Ford")})
        seal_entries(key=SEAL_KEY)
    update_copy(sealing)
    known = ids()
    intent()
    intent()
    return known, gap, sealing


# --- sound ---------------------------------------------------------------------------------------


def test_it_proves_what_was_left_alone(sealed):
    known, _, copy = sealed
    report = prove(copy)
    assert (report.checkpoints, report.sealed, report.unsealed) == (3, len(known), 2)
    assert report.copied
    assert report.newest.last_id == known[-1]


def test_it_proves_an_empty_record(sealing):
    report = prove()
    assert (report.checkpoints, report.sealed, report.unsealed, report.newest) == (0, 0, 0, None)


def test_an_interval_with_nothing_new_has_a_seal_too(sealed):
    first, empty, last = map(Checkpoint.from_row, AuditCheckpoint.objects.order_by("n"))
    assert (empty.count, empty.ranges, empty.first_id) == (0, "", first.last_id + 1)
    assert empty.prev_hash == first.hash
    assert last.prev_hash == empty.hash


def test_a_seal_names_the_sealed_ids_as_ranges(sealed):
    known, gap, _ = sealed
    sealed_ids = [
        i for one in AuditCheckpoint.objects.order_by("n") for i in parse_ranges(one.ranges)
    ]
    assert sealed_ids == known
    assert gap not in sealed_ids


def test_many_entries_make_several_seals(db, monkeypatch):
    monkeypatch.setattr("sessions_ui.audit.integrity.sealing.ENTRIES_PER_CHECKPOINT", 4)
    for _ in range(3):
        edit()
    made = seal_entries(key=SEAL_KEY)
    assert [seal.count for seal in made] == [4, 4, 1]
    assert prove().sealed == 9


def test_it_does_not_seal_without_a_key_or_over_a_changed_entry(db):
    entry_id = edit()
    with pytest.raises(SealError, match="AUDIT_SEAL_KEY"):
        seal_entries(key="")
    AuditEntry.objects.filter(id=entry_id).update(ticket="changed")
    with pytest.raises(SealError, match=f"#{entry_id}"):
        seal_entries(key=SEAL_KEY)
    assert not AuditCheckpoint.objects.exists()


def test_the_copy_is_one_json_line_per_seal_and_catches_up(sealed):
    known, _, copy = sealed
    lines = [json.loads(line) for line in copy.read_text().splitlines()]
    assert [line["n"] for line in lines] == [1, 2, 3]
    assert update_copy(copy) == 0
    seal_entries(key=SEAL_KEY)
    seal_entries(key=SEAL_KEY)
    assert update_copy(copy) == 2
    assert prove(copy).checkpoints == 5


def test_only_the_end_of_a_long_copy_is_read(sealed, monkeypatch):
    copy = sealed[2]
    longest = max(map(len, copy.read_bytes().splitlines()))
    monkeypatch.setattr("sessions_ui.audit.integrity.seal_copy.LONGEST_LINE", longest + 5)
    assert last_copied(copy) == 3
    copy.write_text("")
    assert last_copied(copy) == 0
    copy.write_text('{"n": 4')
    with pytest.raises(ValueError, match="delimiter"):
        last_copied(copy)


def test_since_leaves_out_old_entries_but_not_the_chain(sealed):
    known, _, copy = sealed
    tomorrow = timezone.now() + timedelta(days=1)
    AuditEntry.objects.filter(id=known[0]).update(ticket="changed")
    assert prove(copy, scope=Scope(since=tomorrow)).sealed == 0
    AuditCheckpoint.objects.filter(n=1).update(count=1)
    with pytest.raises(IntegrityFailure, match="Checkpoint 1"):
        prove(copy, scope=Scope(since=tomorrow))


def test_erasing_a_personal_value_leaves_the_record_provable(sealed):
    AuditValue.objects.all().delete()
    assert prove(sealed[2]).sealed == len(sealed[0])


# --- tampered ------------------------------------------------------------------------------------


def doubt_of(copy=None):
    with pytest.raises(IntegrityFailure) as found:
        prove(copy)
    return found.value


@pytest.mark.parametrize(
    "column", [name for name in COLUMNS[1] if name not in {"op", "op_key", "hv", "kind"}]
)
def test_it_names_a_changed_entry_whatever_the_column(sealed, column):
    known, _, _ = sealed
    victim = known[4]
    was = AuditEntry.objects.values_list(column, flat=True).get(id=victim)
    now = {str: "x"}.get(type(was), 77)
    if column == "ts":
        now = was + timedelta(microseconds=1)
    assert was != now
    AuditEntry.objects.filter(id=victim).update(**{column: now})
    assert doubt_of().entry_id == victim


@pytest.mark.parametrize("place", [0, 5, -1])
def test_it_names_a_removed_entry(sealed, place):
    known, _, _ = sealed
    AuditEntry.objects.filter(id=known[place]).delete()
    doubt = doubt_of()
    assert doubt.entry_id == known[place]
    assert "missing" in str(doubt)


def test_it_names_an_inserted_entry(sealed):
    known, gap, _ = sealed
    insert_as(gap, like=AuditEntry.objects.get(id=known[1]).id)  # a sent: no unique key
    doubt = doubt_of()
    assert doubt.entry_id == gap
    assert "inserted" in str(doubt)


@pytest.mark.parametrize("new_id", [0, -7])
def test_it_names_an_entry_inserted_before_the_first(sealed, new_id):
    insert_as(new_id, like=sealed[0][1])
    assert doubt_of().entry_id == new_id


def test_it_names_entries_that_changed_places(sealed):
    known, _, _ = sealed
    swap(known[2], known[7])
    assert doubt_of().entry_id == known[2]


def test_it_names_an_entry_whose_hash_was_made_anew(sealed):
    known, _, _ = sealed
    AuditEntry.objects.filter(id=known[3]).update(actor_label="Nobody")
    rehash(known[3])
    doubt = doubt_of()
    assert doubt.entry_id == known[3]
    assert "made anew" in str(doubt)


def sign_again(n, **changes):
    """A checkpoint changed and signed as only a holder of the key can."""
    seal = replace(Checkpoint.from_row(AuditCheckpoint.objects.get(n=n)), **changes)
    AuditCheckpoint.objects.filter(n=n).update(**changes, signature=seal.sign(SEAL_KEY))


def test_the_root_decides_where_marks_agree_by_chance(sealed):
    """Four bytes of two leaves may be alike one day; their roots never are."""
    known, _, _ = sealed
    AuditEntry.objects.filter(id=known[0]).update(ticket="x")
    rehash(known[0])
    mark = leaf_hash(known[0], bytes(AuditEntry.objects.get(id=known[0]).hash))[:MARK_BYTES]
    sign_again(1, marks=mark + bytes(AuditCheckpoint.objects.get(n=1).marks)[MARK_BYTES:])
    doubt = doubt_of()
    assert doubt.entry_id == known[0]
    assert "root" in str(doubt)


def test_a_checkpoint_that_was_signed_anew_no_longer_fits_the_next(sealed):
    sign_again(1, sealed_at=timezone.now() - timedelta(days=9))
    assert "does not follow checkpoint 1" in str(doubt_of())


def test_nothing_can_be_added_below_the_horizon_of_a_seal(sealing, monkeypatch):
    last = edit() + 2
    monkeypatch.setattr("sessions_ui.audit.integrity.sealing.read_horizon", lambda: last + 5)
    seal_entries(key=SEAL_KEY)
    assert prove().sealed == 3
    insert_as(last + 3, like=last - 1)
    assert doubt_of().entry_id == last + 3


def test_a_leaf_belongs_to_its_id():
    assert leaf_hash(1, bytes(32)) != leaf_hash(2, bytes(32))


@pytest.mark.parametrize("count", range(1, 9))
def test_a_root_covers_every_leaf_and_their_order(count):
    leaves = [leaf_hash(n, bytes(32)) for n in range(count)]
    roots = {merkle_root(leaves), merkle_root(leaves + leaves[-1:])}
    for n in range(count):
        roots.add(merkle_root([*leaves[:n], bytes(32), *leaves[n + 1 :]]))
    if count > 1:
        roots.add(merkle_root(leaves[::-1]))
    assert len(roots) == count + 2 + (count > 1)


def test_it_names_a_changed_entry_that_is_not_sealed_yet(sealed):
    last = ids()[-1]
    AuditEntry.objects.filter(id=last).update(reason_note="changed")
    assert doubt_of().entry_id == last


def test_it_names_a_personal_value_that_was_exchanged(sealed):
    value = AuditValue.objects.order_by("entry_id").first()
    AuditValue.objects.filter(entry_id=value.entry_id, side=1).update(value="416-555-0000")
    assert doubt_of().entry_id == value.entry_id


@pytest.mark.parametrize(
    ("n", "change"),
    [
        (1, {"count": 1}),
        (1, {"ranges": "1-2"}),
        (2, {"last_id": 999}),
        (3, {"merkle_root": bytes(32)}),
        (3, {"prev_hash": bytes(32)}),
        (3, {"signature": bytes(32)}),
        (1, {"key_id": "0" * 16}),
        (2, {"sealed_at": timezone.now() - timedelta(days=9)}),
    ],
)
def test_it_names_a_changed_checkpoint(sealed, n, change):
    AuditCheckpoint.objects.filter(n=n).update(**change)
    assert f"Checkpoint {n}" in str(doubt_of())


@pytest.mark.parametrize("n", [1, 2])
def test_it_names_a_removed_checkpoint(sealed, n):
    AuditCheckpoint.objects.filter(n=n).delete()
    assert f"Checkpoint {n} is missing" in str(doubt_of())


def test_it_names_checkpoints_that_were_numbered_anew(sealed):
    AuditCheckpoint.objects.filter(n=1).delete()
    AuditCheckpoint.objects.filter(n=2).update(n=1)
    AuditCheckpoint.objects.filter(n=3).update(n=2)
    assert "Checkpoint 1" in str(doubt_of())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps the types of columns")
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("audit_entry", "op_key = 'x'"),
        ("audit_entry", "ts = 'x'"),
        ("audit_entry", "kind = 1.5"),
        ("audit_entry", "body = x'ff'"),
        ("audit_checkpoint", "sealed_at = 'x'"),
        ("audit_checkpoint", "first_id = 'x'"),
    ],
)
def test_what_can_no_longer_be_read_is_a_doubt_and_lets_go_of_the_database(sealed, table, change):
    with connection.cursor() as cursor:
        first = f"(SELECT MIN(rowid) FROM {table})"  # noqa: S608
        cursor.execute(f"UPDATE {table} SET {change} WHERE rowid = {first}")  # noqa: S608
    doubt, frames = doubt_of(), []
    cause = doubt.__cause__ or doubt.__context__
    while cause:
        frames += traceback.walk_tb(cause.__traceback__)
        cause = cause.__cause__ or cause.__context__
    assert not frames


# --- beside the entries --------------------------------------------------------------------------


def test_it_counts_personal_values_that_are_gone(sealed):
    known, _, copy = sealed
    assert prove(copy).missing_values.values == 0
    AuditValue.objects.filter(entry_id=known[0]).delete()
    AuditValue.objects.filter(entry_id=known[1], side=1).delete()
    gone = prove(copy).missing_values
    assert (gone.values, gone.entries, gone.first) == (3, 2, known[0])


@pytest.mark.parametrize("field", ["sms.to", "session.theme"])
def test_it_names_a_personal_value_that_was_added(sealed, field):
    known = sealed[0]
    plain = AuditEntry.objects.filter(kind=Kind.INTENT, body__contains="theme").first().id
    AuditValue.objects.create(entry_id=plain, field=field, side=0, salt=bytes(16), value="x")
    assert doubt_of().entry_id == plain
    AuditValue.objects.filter(entry_id=plain).delete()
    AuditValue.objects.create(entry_id=known[0], field="x.y", side=0, salt=bytes(16), value="x")
    assert doubt_of().entry_id == known[0]


def outcome_tokens(entry_id):
    return AuditTerm.objects.filter(entry_id=entry_id, field="@outcome")


@pytest.mark.parametrize("wrong", ["confirmed", "pending", "nonsense"])
def test_it_names_an_entry_that_is_found_under_another_outcome(sealed, wrong):
    refused = refusal()
    prove()
    outcome_tokens(refused).update(val=wrong)
    doubt = doubt_of()
    assert doubt.entry_id == refused
    assert f"“{wrong}”" in str(doubt)


def test_it_names_an_entry_that_is_found_under_two_outcomes_or_none(sealed):
    first, *_, last = AuditEntry.objects.filter(kind=Kind.INTENT).order_by("id")
    AuditTerm.objects.create(entry_id=first.id, field="@outcome", val="refused")
    assert doubt_of().entry_id == first.id
    outcome_tokens(first.id).filter(val="refused").delete()
    outcome_tokens(last.id).delete()
    doubt = doubt_of()
    assert doubt.entry_id == last.id
    assert "not found under its latest outcome, “pending”" in str(doubt)


def test_the_latest_outcome_is_the_last_that_was_recorded(sealing):
    edit_id = edit(outcome="unknown")
    resolved(edit_id, "not_in_effect")
    resolved(edit_id, "late_applied")
    prove()
    outcome_tokens(edit_id).update(val="not_in_effect")
    assert doubt_of().entry_id == edit_id


def test_an_index_row_or_an_edit_without_its_entry_shows_an_emptied_record(sealed):
    first = ids()[0]
    AuditCheckpoint.objects.all().delete()
    AuditEntry.objects.all().delete()
    AuditValue.objects.all().delete()
    doubt = doubt_of()
    assert doubt.entry_id == first
    assert "is missing" in str(doubt)
    AuditTerm.objects.all().delete()
    now = timezone.now()
    Edit.objects.create(
        entry_id=first, session_key=KEY, actor_id=1, changes={}, created_at=now, lease_until=now
    )
    doubt = doubt_of()
    assert doubt.entry_id == first
    assert KEY in str(doubt)
    Edit.objects.all().delete()
    assert prove().sealed == 0  # nothing inside the database tells
    assert "missing in the database" in str(doubt_of(sealed[2]))


def test_only_the_copy_shows_a_cut_end(sealed):
    known, _, copy = sealed
    last = AuditCheckpoint.objects.get(n=3)
    forget(last.first_id, ids()[-1])
    last.delete()
    assert prove().checkpoints == 2  # nothing inside the database tells
    doubt = doubt_of(copy)
    assert doubt.entry_id == last.first_id
    assert "missing in the database" in str(doubt)


def test_it_notices_a_chain_that_was_signed_anew_with_the_stolen_key(sealed):
    """With the key all of the inside can be made to agree; the copy elsewhere cannot."""
    known, _, copy = sealed
    AuditEntry.objects.filter(id=known[0]).update(ticket="x")
    rehash(known[0])
    AuditCheckpoint.objects.all().delete()
    seal_entries(key=SEAL_KEY)
    assert prove().checkpoints == 1
    assert "not the one that was copied" in str(doubt_of(copy))


def test_it_notices_another_key(sealed):
    with pytest.raises(IntegrityFailure, match="another key"):
        verify_entries(key="another")
    with pytest.raises(IntegrityFailure, match="AUDIT_SEAL_KEY"):
        verify_entries(key="")


@pytest.mark.parametrize("text", ["not json\n", '{"n": 1}\n', "[]\n", ""])
def test_it_notices_a_copy_that_is_none(sealed, text):
    sealed[2].write_text(text)
    assert doubt_of(sealed[2])


def test_a_copy_may_lack_the_seal_that_is_on_its_way(sealed):
    copy = sealed[2]
    seal_entries(key=SEAL_KEY)
    assert prove(copy).checkpoints == 4
    seal_entries(key=SEAL_KEY)
    assert "lacks the last 2" in str(doubt_of(copy))


def test_it_names_the_first_of_any_tampering(sealed):
    """A hundred at random: change, remove, insert, swap, make the hash anew."""
    known, gap, copy = sealed
    chance = random.Random(20261123)  # noqa: S311
    for _ in range(100):
        with undone():
            victim = chance.choice(known)
            deed = chance.choice(["change", "remove", "insert", "swap", "rehash"])
            if deed == "change":
                AuditEntry.objects.filter(id=victim).update(error_code=f"x{chance.random()}")
            elif deed == "remove":
                AuditEntry.objects.filter(id=victim).delete()
            elif deed == "insert":
                victim = gap
                insert_as(gap, like=known[1])
            elif deed == "swap":
                other = chance.choice([i for i in known if i != victim])
                swap(victim, other)
                victim = min(victim, other)
            else:
                AuditEntry.objects.filter(id=victim).update(request_id=f"x{chance.random()}")
                rehash(victim)
            assert doubt_of(copy).entry_id == victim, deed


# --- one entry, on its page ----------------------------------------------------------------------


def test_an_entry_s_page_can_tell_how_it_stands(sealed):
    known, _, _ = sealed
    fresh = verify_entry(AuditEntry.objects.get(id=ids()[-1]))
    assert (fresh.agrees, fresh.checkpoint) == (True, None)
    entry = AuditEntry.objects.get(id=known[-1])
    assert verify_entry(entry).agrees
    assert verify_entry(entry).checkpoint.n == 3
    AuditEntry.objects.filter(id=entry.id).update(ticket="x")
    assert not verify_entry(AuditEntry.objects.get(id=entry.id)).agrees
    rehash(entry.id)
    assert not verify_entry(AuditEntry.objects.get(id=entry.id)).agrees


# --- ranges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([7], "7"), ([1, 2, 3], "1-3"), ([1, 3, 4, 9], "1,3-4,9")],
)
def test_ranges_go_both_ways(numbers, text):
    assert format_ranges(numbers) == text
    assert list(parse_ranges(text)) == numbers


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's writers queue anyway")
@pytest.mark.django_db(transaction=True)
def test_the_horizon_waits_for_a_writer_that_has_drawn_its_id():
    """Else a seal could pass over an entry that is committed a moment later."""
    with not_yet_committed(intent) as drawn:
        waits(read_horizon)
    assert read_horizon() == drawn[0]


# --- in spans, by several processes --------------------------------------------------------------


class Inline:
    """A pool of processes that is none."""

    def submit(self, work, span):
        future = Future()
        try:
            future.set_result(work(span))
        except IntegrityFailure as doubt:
            future.set_exception(doubt)
        return future


@pytest.fixture
def small_spans(sealed, monkeypatch):
    """Every seal is a span of its own."""
    monkeypatch.setattr("sessions_ui.audit.integrity.verify_segments.SEGMENT_CHECKPOINTS", 1)
    return [Checkpoint.from_row(one) for one in AuditCheckpoint.objects.order_by("n")]


def test_spans_follow_each_other_without_a_gap(small_spans):
    spans = list(split_into_segments(small_spans, None))
    assert [span.after for span in spans] == [None, *(seal.last_id for seal in small_spans[:-1])]
    assert [seal for span in spans for seal in span.checkpoints] == small_spans


def test_spans_in_processes_find_what_one_process_finds(small_spans, sealed):
    alone = sum(
        (held.entries for held in verify_segments(split_into_segments(small_spans, None))), 0
    )
    shared = sum(
        (
            held.entries
            for held in verify_ahead(Inline(), split_into_segments(small_spans, None), 2)
        ),
        0,
    )
    assert alone == shared == len(sealed[0])


def test_the_first_doubt_is_first_however_many_processes(small_spans, sealed):
    """A bad entry under the first seal comes before a bad third seal, which was read earlier."""
    known = sealed[0]

    def doubtful():
        yield from small_spans[:2]
        raise IntegrityFailure("Checkpoint 3 is not as it was signed.", small_spans[2].first_id)

    with pytest.raises(IntegrityFailure, match="Checkpoint 3"):
        list(verify_ahead(Inline(), split_into_segments(doubtful(), None), 5))
    AuditEntry.objects.filter(id=known[1]).update(ticket="x")
    for run in (
        verify_ahead(Inline(), split_into_segments(doubtful(), None), 5),
        verify_segments(split_into_segments(doubtful(), None)),
    ):
        with pytest.raises(IntegrityFailure) as found:
            list(run)
        assert found.value.entry_id == known[1]


def test_a_doubt_can_come_from_another_process():
    came = pickle.loads(pickle.dumps(IntegrityFailure("Entry #7 is missing.", 7)))  # noqa: S301
    assert (str(came), came.entry_id) == ("Entry #7 is missing.", 7)


def test_an_earlier_value_comes_before_a_later_entry(sealed):
    known, _, _ = sealed
    AuditValue.objects.filter(entry_id=known[0], side=1).update(value="416-555-0000")
    AuditEntry.objects.filter(id=known[-1]).update(ticket="x")
    assert doubt_of().entry_id == known[0]


# --- only what is new ----------------------------------------------------------------------------


def test_it_can_begin_behind_a_seal(sealed):
    known, _, copy = sealed
    last = AuditCheckpoint.objects.get(n=3)
    AuditEntry.objects.filter(id=known[0]).update(ticket="x")
    assert prove(copy, scope=Scope(past=2)).sealed == sum(id_ >= last.first_id for id_ in known)
    assert prove(copy, scope=Scope(past=3)).sealed == 0
    AuditEntry.objects.filter(id=known[-1]).update(ticket="x")
    with pytest.raises(IntegrityFailure) as found:
        prove(copy, scope=Scope(past=2))
    assert found.value.entry_id == known[-1]


def test_beginning_behind_a_seal_it_still_wants_that_seal(sealed):
    sign_again(2, sealed_at=timezone.now() - timedelta(days=9))
    with pytest.raises(IntegrityFailure, match="does not follow checkpoint 2"):
        prove(scope=Scope(past=2))
    AuditCheckpoint.objects.filter(n=3).update(count=1)
    with pytest.raises(IntegrityFailure, match="not as it was signed"):
        prove(scope=Scope(past=3))
    AuditCheckpoint.objects.filter(n=3).delete()
    with pytest.raises(IntegrityFailure, match="Checkpoint 3 is missing"):
        prove(scope=Scope(past=3))
